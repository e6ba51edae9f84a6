// Why tests failed, from the reports that runners write for machines: said again, short, after the last suite, where whoever sees only
// the end of a long output still finds it.
import { stripVTControlCharacters } from "node:util";
import { report } from "./counts.mjs";

/** Longer messages keep their beginning, which says what was expected, and their end, which says what a program printed last. */
const LONGEST = 1600;

/** @param {string} name @param {readonly string[]} messages @returns {string} the name, then the messages, indented and shortened */
export function reason(name, messages) {
  const text = stripVTControlCharacters(messages.join("\n")).trim();
  const half = LONGEST / 2;
  const short = text.length <= LONGEST ? text : `${text.slice(0, half)}\n…\n${text.slice(-half)}`;
  return `${name}\n${short.replaceAll(/^/gmu, "    ")}`;
}

/** @typedef {{ fullName?: string, status: string, failureMessages?: string[] }} VitestTest */
/** @typedef {{ name?: string, status: string, message?: string, assertionResults: VitestTest[] }} VitestFile */

/** @param {string} file vitest's json report @returns {string[]} one text for each test, or file, that failed */
export function vitestReasons(file) {
  const read = /** @type {{ testResults?: VitestFile[] } | undefined} */ (report(file));
  return (read?.testResults ?? []).flatMap((result) => {
    const failed = result.assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0) return result.status === "failed" ? [reason(result.name ?? "a file", [result.message ?? ""])] : [];
    return failed.map((test) => reason(test.fullName ?? "a test", test.failureMessages ?? []));
  });
}

/** @typedef {{ message?: string }} PlaywrightError */
/** @typedef {{ title: string, tests: { results: { errors?: PlaywrightError[] }[] }[] }} Spec */
/** @typedef {{ specs?: Spec[], suites?: PlaywrightSuite[] }} PlaywrightSuite */

/** @param {PlaywrightSuite} suite @returns {string[]} */
function inSuite(suite) {
  const here = (suite.specs ?? []).flatMap((spec) => {
    const errors = spec.tests.flatMap((test) => test.results.flatMap((result) => result.errors ?? []));
    return errors.length === 0
      ? []
      : [
          reason(
            spec.title,
            errors.map((error) => error.message ?? ""),
          ),
        ];
  });
  return [...here, ...(suite.suites ?? []).flatMap(inSuite)];
}

/** @param {string} file Playwright's json report @returns {string[]} one text for each test that failed, and each error outside tests */
export function playwrightReasons(file) {
  const read = /** @type {{ suites?: PlaywrightSuite[], errors?: PlaywrightError[] } | undefined} */ (report(file));
  const outside = (read?.errors ?? []).map((error) => reason("outside the tests", [error.message ?? ""]));
  return [...outside, ...inSuite({ suites: read?.suites ?? [] })];
}
