import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { playwrightReasons, reason, vitestReasons } from "./reasons.mjs";

/** @param {unknown} report */
function file(report) {
  const at = path.join(mkdtempSync(path.join(tmpdir(), "reasons-")), "report.json");
  writeFileSync(at, JSON.stringify(report));
  return at;
}

describe("what failed, said again at the end of npm test", () => {
  it("[npm test] names vitest's failed tests and files that could not be loaded", () => {
    const report = file({
      testResults: [
        {
          status: "failed",
          assertionResults: [
            { status: "passed", fullName: "good" },
            { status: "failed", fullName: "bad", failureMessages: ["expected 1 to be 2"] },
          ],
        },
        { status: "failed", name: "gone.test.ts", message: "no such module", assertionResults: [] },
      ],
    });
    expect(vitestReasons(report)).toEqual(["bad\n    expected 1 to be 2", "gone.test.ts\n    no such module"]);
  });

  it("[npm test] names Playwright's failed tests, however deep, and errors outside tests", () => {
    const errors = [{ message: "\u001B[31mnot visible\u001B[39m" }];
    const spec = { title: "a story", tests: [{ results: [{ errors }] }] };
    const report = file({ errors: [{ message: "no tests" }], suites: [{ suites: [{ specs: [spec, { title: "good", tests: [] }] }] }] });
    expect(playwrightReasons(report)).toEqual(["outside the tests\n    no tests", "a story\n    not visible"]);
  });

  it("[npm test] a long message keeps its beginning and its end, and no report is no reason", () => {
    const text = reason("long", [`first${"x".repeat(9_000)}last`]);
    expect(text.length).toBeLessThan(1_700);
    expect(text).toMatch(/^long\n {4}first[^]*last$/u);
    expect([...vitestReasons("/nowhere/report.json"), ...playwrightReasons("/nowhere/report.json")]).toEqual([]);
  });
});
