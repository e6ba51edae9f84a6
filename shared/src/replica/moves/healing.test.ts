import { expect, test } from "vitest";
import type { StatementOf } from "../../charter/types.ts";
import { isAnswerTo } from "./healing.ts";

test("[C8i] a device consents by itself to the move that its person asked for, and to no other relay or address", () => {
  const row = { name: "next.example", address: "https://next.example" };
  const answer = { relay: row.name, address: row.address, fork: {} } as StatementOf<"move-log">;
  expect(isAnswerTo(row, answer)).toBe(true);
  expect(isAnswerTo(row, { ...answer, address: "https://elsewhere.example" })).toBe(false);
  expect(isAnswerTo(row, { relay: row.name, fork: {} } as StatementOf<"move-log">)).toBe(false);
  expect(isAnswerTo(row, { ...answer, relay: "other.example" })).toBe(false);
  expect(isAnswerTo(row, { relay: row.name, address: row.address } as StatementOf<"move-log">)).toBe(false);
});
