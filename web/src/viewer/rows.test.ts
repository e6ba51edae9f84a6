import type { SnapshotReport } from "@countersign/shared/views/snapshot";
import { describe, expect, it } from "vitest";
import { EVERYTHING, matching, rowsOf, type Filter } from "./rows.ts";

const DAY = 86_400_000;
const proof = (at: number): object => ({ notAfter: at, claimed: at });
const REPORT = {
  zone: "Europe/Vienna",
  people: [],
  threads: [
    { id: "t1", subject: "School" },
    { id: "t2", subject: "Dentist", children: ["Mia", "Leo"] },
  ],
  messages: [
    { thread: "t1", author: "ada", text: "Boots on Friday", files: [], proof: proof(0) },
    { thread: "t2", author: "ben", text: "Three o’clock at the Café", files: [{ name: "Plan.pdf" }], proof: proof(2 * DAY) },
  ],
  expenses: [{ author: "ada", title: "Boots", category: "Clothes", children: ["Leo"], steps: [{ reason: "Too dear" }], proof: proof(DAY) }],
  setAside: [{ member: "ben", reason: "not-yours", notAfter: 3 * DAY }],
} as unknown as SnapshotReport;

const found = (filter: Partial<Filter>): readonly number[] => [...matching(rowsOf(REPORT), { ...EVERYTHING, ...filter })];

describe("what a reader looks for in the viewer", () => {
  it("[S19] stands in the order in which the relay logged it", () => {
    expect(rowsOf(REPORT).map(({ row }) => row.kind)).toEqual(["message", "expense", "message", "set-aside"]);
    expect(found({})).toEqual([0, 1, 2, 3]);
  });

  it("[S19] is found by kind, person, child, thread, and by words of every part, whatever their case", () => {
    expect(found({ kind: "message" })).toEqual([0, 2]);
    expect(found({ person: "ben" })).toEqual([2, 3]);
    expect(found({ thread: "t2" })).toEqual([2]);
    expect([found({ child: "Mia" }), found({ child: "Leo" }), found({ text: "leo" })]).toEqual([[2], [1, 2], [1, 2]]);
    expect(found({ text: " BOOTS " })).toEqual([0, 1]);
    expect(found({ text: "plan.pdf" })).toEqual([2]);
    expect(found({ text: "too dear" })).toEqual([1]);
    // However it is typed: as in the app's own search.
    expect([found({ text: "o'clock" }), found({ text: "CAFE" }), found({ text: "ｃａｆé" })]).toEqual([[2], [2], [2]]);
    expect(found({ text: "dentist", kind: "expense" })).toEqual([]);
  });

  it("[S19] days are those of the record's zone by the relay, both ends included", () => {
    expect(found({ from: "1970-01-02", to: "1970-01-03" })).toEqual([1, 2]);
    expect(found({ from: "1970-01-04" })).toEqual([3]);
    expect(found({ to: "1970-01-01" })).toEqual([0]);
  });
});
