import { expect, it } from "vitest";
import { Checks, MAX_TOLD } from "./checks.ts";

it("[S7] a file that fails a million times fails once for all of it, and the list of places stays one that opens", () => {
  const checks = new Checks();
  for (let i = 0; i < MAX_TOLD + 50; i++) checks.failed("file-changed", `data/files/${String(i)}`);
  checks.failed("left-out-unfounded", "data/proof/changes.rows, entry 7");
  const { unchanged, complete } = checks.verdict();
  expect([unchanged.state, unchanged.checks.length, unchanged.checks[0]?.where]).toEqual(["failed", MAX_TOLD, "data/files/0"]);
  expect([complete.state, complete.checks.length]).toEqual(["failed", 1]);
});
