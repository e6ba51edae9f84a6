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

  it("[R7] where it was too much for a note, says how many there were, and that not all of it stands here", () => {
    const scope = { threads: ["a"], expenses: ["b", "c"], of: { threads: 300, records: 90 } };
    const redact = { reason: "Not about the children.", records: ["a"], files: [] };
    const words = chosenWords(JSON.stringify({ ...scope, redact }));
    expect(words.slice(0, 2)).toEqual(["300 conversations", "2 expenses"]);
    expect(words[2]).toContain("90 messages and expenses");
    expect(words.at(-1)).toContain("too much to be noted here in whole");
    // Cut by an earlier version, in the middle of its list.
    expect(chosenWords('{"threads":["a')).toEqual([words.at(-1)]);
  });

  it("[R7] a note that another version wrote is passed over", () => {
    for (const bad of ["[]", "null", '{"threads":7,"expenses":"all"}', ""]) expect(chosenWords(bad)).toEqual([]);
  });
});
