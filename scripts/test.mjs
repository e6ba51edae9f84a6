// npm test: every check there is, each as a named suite, ending with one line that counts them all. Needs Node and nothing else.
import "./lib/check-node.mjs";
import { parseArgs } from "node:util";
import { ensureInstalled } from "./lib/install.mjs";
import { CACHE } from "./lib/paths.mjs";
import { Stop, mustWrite, program } from "./lib/stop.mjs";
import { SUITES, prepare, runSuites } from "./lib/suites.mjs";

/** @returns {typeof SUITES} */
function chosen() {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  if (values.only === undefined) return SUITES;
  const names = values.only.split(",");
  const unknown = names.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown.length > 0)
    throw new Stop(`There is no suite ${unknown.join(", ")}; there are ${SUITES.map((suite) => suite.name).join(", ")}.`);
  return SUITES.filter((suite) => names.includes(suite.name));
}

program(async () => {
  const suites = chosen();
  mustWrite(CACHE, "the tests keep their reports there");
  await ensureInstalled();

  prepare(suites);
  let passed = 0;
  let failed = 0;
  const lines = [];
  const reasons = [];
  for (const { suite, counts, seconds } of await runSuites(suites)) {
    passed += counts.passed;
    failed += counts.failed;
    for (const reason of counts.reasons ?? []) reasons.push(`${suite.name}: ${reason}`);
    lines.push(
      `${counts.failed === 0 ? "ok    " : "FAILED"} ${suite.name.padEnd(10)} ${String(counts.passed)} good, ${String(counts.failed)} bad, ${String(seconds)} s`,
    );
  }
  if (reasons.length > 0) console.log(`\n== what failed, again\n${reasons.slice(0, 20).join("\n")}`);
  console.log(`\n${lines.join("\n")}\n`);
  console.log(`${String(passed)} passed, ${String(failed)} failed`);
  return failed === 0 ? 0 : 1;
});
