import type { RecordId } from "@countersign/shared/base/ids";
import { describe, expect, it } from "vitest";
import { EVERYTHING, choiceWrong, datesWrong, scopeOf, secondsLeft } from "./scope.ts";

const id = "00000000000000000000000000000001" as RecordId;

describe("the scope of an export", () => {
  it("[S2] leaves settlement talk out unless it is chosen", () => {
    expect(scopeOf(EVERYTHING).settlement).toBe("leave-out");
    expect(scopeOf({ ...EVERYTHING, settlement: true }).settlement).toBe("include");
  });

  it("[S2] is explicit: all, none or the chosen ones, and no bound where no date is set", () => {
    expect(scopeOf(EVERYTHING)).toEqual({
      threads: "all",
      expenses: "all",
      settlement: "leave-out",
      files: true,
      pages: { style: "none" },
    });
    expect(scopeOf({ ...EVERYTHING, messages: "none", expenses: "none" })).toMatchObject({ threads: [], expenses: "none" });
    expect(scopeOf({ ...EVERYTHING, messages: "some", threads: [id], expenses: "some", chosen: [] })).toMatchObject({
      threads: [id],
      expenses: [],
    });
    expect(scopeOf({ ...EVERYTHING, from: "2026-01-01" })).toMatchObject({ from: "2026-01-01" });
    expect(scopeOf({ ...EVERYTHING, from: "2026-01-01" })).not.toHaveProperty("to");
  });

  it("[S45] is by child only where one is chosen", () => {
    expect(scopeOf(EVERYTHING)).not.toHaveProperty("children");
    expect(scopeOf({ ...EVERYTHING, children: ["Mia", "Leo"] })).toMatchObject({ children: ["Mia", "Leo"] });
  });

  it("[S2] refuses a period that ends before it begins", () => {
    expect(datesWrong({ ...EVERYTHING, from: "2026-02-01", to: "2026-01-31" })).toBe(true);
    expect(datesWrong({ ...EVERYTHING, from: "2026-02-01", to: "2026-02-01" })).toBe(false);
    expect(datesWrong({ ...EVERYTHING, to: "2026-02-01" })).toBe(false);
  });

  it("[S41] leaves out single records and files with a reason, and makes nothing without one", () => {
    const redacts = { ...EVERYTHING, redacts: true, records: [id] };
    expect(choiceWrong(redacts)).toBe(true);
    expect(choiceWrong({ ...redacts, reason: "x".repeat(301) })).toBe(true);
    expect(choiceWrong({ ...redacts, reason: " It names somebody else’s child. " })).toBe(false);
    expect(scopeOf({ ...redacts, reason: " By order. " }).redact).toEqual({ reason: "By order.", records: [id], files: [] });
    expect(scopeOf({ ...redacts, redacts: false })).not.toHaveProperty("redact");
    expect(scopeOf({ ...EVERYTHING, redacts: true })).not.toHaveProperty("redact");
  });

  it("[S6] numbers pages as chosen, and refuses a prefix, number or letter that no page could show", () => {
    expect(scopeOf({ ...EVERYTHING, pages: "serial", first: "41" }).pages).toEqual({ style: "serial", prefix: "CS-", from: 41 });
    expect(scopeOf({ ...EVERYTHING, pages: "sections", letter: "C" }).pages).toEqual({ style: "sections", from: "C" });
    expect(scopeOf({ ...EVERYTHING, pages: "without" })).not.toHaveProperty("pages");
    const wrong = [{ prefix: "cs" }, { prefix: "CS-1" }, { first: "0" }, { first: "1000000" }, { first: "x" }];
    for (const change of wrong) expect(choiceWrong({ ...EVERYTHING, pages: "serial", ...change }), JSON.stringify(change)).toBe(true);
    expect(choiceWrong({ ...EVERYTHING, pages: "sections", letter: "" })).toBe(true);
    expect(choiceWrong({ ...EVERYTHING, prefix: "cs" })).toBe(false);
  });

  it("[progress] estimates from the pace so far", () => {
    expect(secondsLeft(0, 500, 10, 100)).toBeUndefined();
    expect(secondsLeft(0, 10_000, 25, 100)).toBe(30);
    expect(secondsLeft(0, 10_000, 0, 100)).toBeUndefined();
  });
});
