import { describe, expect, it } from "vitest";
import { chosenWords } from "./chosen.ts";

describe("what was chosen for a snapshot", () => {
  it("[R7] stands in words, never as it was noted", () => {
    expect(chosenWords('{"threads":"all","expenses":"all","settlement":"leave-out","files":true}')).toEqual([
      "All conversations",
      "All expenses",
    ]);
    expect(
      chosenWords(
        '{"threads":["a","b"],"expenses":"none","children":["Mia","Leo"],"from":"2026-01-01","to":"2026-06-30","settlement":"include","files":false}',
      ),
    ).toEqual([
      "2 conversations",
      "No expenses",
      "Only about Mia, Leo",
      "From 2026-01-01",
      "Up to and with 2026-06-30",
      "With messages marked as settlement talk",
      "Without attached files",
    ]);
    expect(chosenWords('{"threads":[],"expenses":["a"]}')).toEqual(["No conversations", "One expense"]);
  });

  it("[R7] with what was left out one by one and why, how pages are numbered, and how it was sealed", () => {
    const scope = { threads: "all", expenses: "all", settlement: "leave-out", files: true };
    const redact = { reason: "Not about the children.", records: ["a", "b"], files: ["c"] };
    expect(
      chosenWords(JSON.stringify({ ...scope, redact, pages: { style: "serial", prefix: "CS-", from: 1 }, seal: "passphrase" })),
    ).toEqual([
      "All conversations",
      "All expenses",
      "Left out one by one: 2 messages and expenses, one attached file. Your reason: Not about the children.",
      "With PDF pages that have one running number",
      "Sealed with a passphrase",
    ]);
  });

  it("[R7] a note that was cut, or that another version wrote, is passed over", () => {
    for (const bad of ['{"threads":["a', "[]", "null", '{"threads":7,"expenses":"all"}', ""]) expect(chosenWords(bad)).toEqual([]);
  });
});
