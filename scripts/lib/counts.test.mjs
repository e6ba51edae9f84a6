import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { checkCounts, playwrightCounts, vitestCounts } from "./counts.mjs";

/** @param {unknown} report */
function file(report) {
  const at = path.join(mkdtempSync(path.join(tmpdir(), "counts-")), "report.json");
  writeFileSync(at, typeof report === "string" ? report : JSON.stringify(report));
  return at;
}

/** @param {...string} statuses */
const tests = (...statuses) => statuses.map((status) => ({ status }));

describe("the counts of npm test", () => {
  it("[npm test] counts vitest's tests, with skipped ones as failed", () => {
    const report = file({ testResults: [{ status: "failed", assertionResults: tests("passed", "failed", "pending", "passed") }] });
    expect(vitestCounts(report, 1)).toEqual({ passed: 2, failed: 2 });
  });

  it("[npm test] counts a test file that could not be loaded", () => {
    const report = file({
      testResults: [
        { status: "passed", assertionResults: tests("passed") },
        { status: "failed", assertionResults: [] },
      ],
    });
    expect(vitestCounts(report, 1)).toEqual({ passed: 1, failed: 1 });
  });

  it("[npm test] a bad exit code is a failure in spite of good counts", () => {
    const report = file({ testResults: [{ status: "passed", assertionResults: tests("passed") }] });
    expect(vitestCounts(report, 1)).toEqual({ passed: 1, failed: 1 });
    expect(vitestCounts(report, 0)).toEqual({ passed: 1, failed: 0 });
  });

  it("[npm test] counts Playwright's tests, flaky and skipped ones and errors outside tests as failed", () => {
    const report = file({ stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 1 }, errors: [{}] });
    expect(playwrightCounts(report, 1)).toEqual({ passed: 5, failed: 4 });
  });

  it("[npm test] a suite without a report, with a broken one or without tests has failed", () => {
    for (const at of ["/nowhere/report.json", file("{"), file({ testResults: [] })])
      expect(vitestCounts(at, 0)).toEqual({ passed: 0, failed: 1 });
    expect(playwrightCounts("/nowhere/report.json", 0)).toEqual({ passed: 0, failed: 1 });
    expect(playwrightCounts(file({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 } }), 0)).toEqual({ passed: 0, failed: 1 });
  });

  it("[npm test] a static check counts one", () => {
    expect([checkCounts(0), checkCounts(2)]).toEqual([
      { passed: 1, failed: 0 },
      { passed: 0, failed: 1 },
    ]);
  });
});
