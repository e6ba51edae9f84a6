import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CHARTER_CODES } from "./errors.ts";
import { LIFE_TYPES } from "../../test/lives.ts";
import { CHARTER_LIMITS } from "./limits.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/charter.md"), "utf8");

test("[C10] every code has its line in docs/charter.md, and no line has another", () => {
  const listed = [...page.matchAll(/^\| `(charter-[a-z-]+)` \|/gm)].map((m) => m[1]);
  expect(listed.toSorted()).toEqual([...CHARTER_CODES].toSorted());
});

test("[C12] every code has its place in the order of checks", () => {
  const order = page.slice(page.indexOf("## Evaluating"), page.indexOf("## Decisions"));
  expect(CHARTER_CODES.filter((code) => !order.includes(`\`${code}\``))).toEqual([]);
  const types = [...order.matchAll(/^\| `([a-z-]+)`[^|]*\|/gm)].map(([, type]) => type);
  expect(new Set(types)).toEqual(new Set(LIFE_TYPES).add("found"));
});

test("[L10] the page states the limits that hold", () => {
  for (const limit of [CHARTER_LIMITS.devices, CHARTER_LIMITS.pending, CHARTER_LIMITS.perDay, CHARTER_LIMITS.recoveriesPerDay]) {
    expect(page).toContain(`| ${limit} |`);
  }
});
