// Turns the reports that test runners write for machines into counts. A test that was skipped, or a file that could not be loaded,
// did not pass; it counts as failed.
import { existsSync, readFileSync } from "node:fs";

/** `reasons`: why what failed did, a text each. */
/** @typedef {{ passed: number, failed: number, reasons?: readonly string[] }} Counts */

/** @type {Counts} */
export const NOT_RUN = { passed: 0, failed: 1 };

/** @param {string} file @returns {unknown} */
export function report(file) {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  } catch {
    return undefined;
  }
}

/** A suite that counts nothing, or ended badly in spite of good counts, has failed. @param {Counts} counts @param {number} code @returns {Counts} */
function settled(counts, code) {
  if (counts.passed + counts.failed === 0) return NOT_RUN;
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** @param {string} file vitest's json report @param {number} code @returns {Counts} */
export function vitestCounts(file, code) {
  const read = /** @type {{ testResults?: { status: string, assertionResults: { status: string }[] }[] } | undefined} */ (report(file));
  if (read?.testResults === undefined) return NOT_RUN;
  const tests = read.testResults.flatMap((result) => result.assertionResults);
  const passed = tests.filter((test) => test.status === "passed").length;
  const unloaded = read.testResults.filter(
    (result) => result.status === "failed" && !result.assertionResults.some((test) => test.status === "failed"),
  ).length;
  return settled({ passed, failed: tests.length - passed + unloaded }, code);
}

/** @param {string} file Playwright's json report @param {number} code @returns {Counts} */
export function playwrightCounts(file, code) {
  const read =
    /** @type {{ stats?: { expected: number, unexpected: number, flaky: number, skipped: number }, errors?: unknown[] } | undefined} */ (
      report(file)
    );
  if (read?.stats === undefined) return NOT_RUN;
  const { expected, unexpected, flaky, skipped } = read.stats;
  return settled({ passed: expected, failed: unexpected + flaky + skipped + (read.errors?.length ?? 0) }, code);
}

/** @param {number} code the exit code of a check that is one yes or no @returns {Counts} */
export const checkCounts = (code) => (code === 0 ? { passed: 1, failed: 0 } : NOT_RUN);
