import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import { ensureBuilt } from "./build.mjs";
import { NOT_RUN, checkCounts, playwrightCounts, vitestCounts } from "./counts.mjs";
import { electronRuntime } from "./electron-runtime.mjs";
import { CACHE } from "./paths.mjs";
import { playwrightReasons, reason, vitestReasons } from "./reasons.mjs";
import { run, tool } from "./run.mjs";
import { Stop } from "./stop.mjs";
import { systemTrouble } from "./system.mjs";

/** @typedef {import("./counts.mjs").Counts} Counts */
/** @typedef {(text: string) => void} Say */
/**
 * `light`: needs one core, and runs beside another such one. What it has to say goes to `say`.
 * @typedef {{ name: string, light: boolean, run: (say?: Say) => Promise<Counts> }} Suite
 */
/** @typedef {{ suite: Suite, counts: Counts, seconds: number }} Outcome */

/** A fresh place for a runner's report: an old one must not be read. @param {string} name */
function reportFile(name) {
  const file = path.join(CACHE, "results", `${name}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  return file;
}

/** @param {string} name @param {string} command @param {readonly string[]} args @returns {Suite} */
const check = (name, command, args) => ({
  name,
  light: true,
  run: async (say) => checkCounts(await run(command, args, { minutes: 12, ...(say === undefined ? {} : { say }) })),
});

/**
 * Starts something once; who asks later gets the same answer, or the same reason why there is none.
 * @template T
 * @param {() => Promise<T>} make
 */
function once(make) {
  /** @type {Promise<T> | undefined} */
  let made;
  return () => {
    made ??= make();
    // Whoever needs it sees the reason; until then nobody does.
    made.catch(() => undefined);
    return made;
  };
}

const system = once(systemTrouble);
const electron = once(electronRuntime);

/** Begins to fetch what the later suites need, which takes waiting and no core: the checks need not wait for it. @param {readonly Suite[]} suites */
export function prepare(suites) {
  if (suites.some(({ name }) => name === "unit" || name === "e2e")) void system();
  if (suites.some(({ name }) => name === "e2e")) void electron();
}

async function unit() {
  // Some unit tests check with stock tools that what we write can be read without us.
  const trouble = await system();
  if (trouble !== undefined) console.error(trouble);
  const file = reportFile("unit");
  const code = await run(tool("vitest"), ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`], { minutes: 35 });
  return { ...vitestCounts(file, code), reasons: vitestReasons(file) };
}

/** @param {Say} [say] */
async function build(say) {
  await ensureBuilt(undefined, say);
  return checkCounts(0);
}

async function endToEnd() {
  const trouble = await system();
  if (trouble !== undefined) throw new Stop(trouble);
  const runtime = await electron();
  console.log(`Electron ${runtime.version} (${runtime.source})`);
  await ensureBuilt();
  const file = reportFile("e2e");
  const playwright = [tool("playwright"), "test", "-c", "e2e/playwright.config.ts", "--reporter=list,json"];
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: file, COUNTERSIGN_ELECTRON: runtime.executable };
  const code = await run("xvfb-run", ["-a", "-s", "-screen 0 1366x900x24", ...playwright], { env, minutes: 35 });
  return { ...playwrightCounts(file, code), reasons: playwrightReasons(file) };
}

/** In the order in which they run: what is quick to fail comes first, and of the light ones what takes longest. @type {readonly Suite[]} */
export const SUITES = [
  // In two parts, one for each core: each reads the types of its own files.
  check("lint-apps", tool("eslint"), [".", "--ignore-pattern", "shared/**", "--max-warnings", "0"]),
  check("lint-shared", tool("eslint"), ["shared", "--max-warnings", "0"]),
  check("typecheck", process.execPath, ["scripts/typecheck.mjs"]),
  check("format", tool("prettier"), ["--check", "--log-level", "warn", "."]),
  check("unused", tool("knip"), []),
  { name: "build", light: true, run: build },
  { name: "unit", light: false, run: unit },
  { name: "e2e", light: false, run: endToEnd },
];

/**
 * Runs one suite; whatever keeps it from running counts as a failure and is said.
 * @param {Suite} suite
 * @param {Say} [say]
 * @returns {Promise<Outcome>}
 */
async function runSuite(suite, say) {
  const start = Date.now();
  const outcome = (/** @type {Counts} */ counts) => ({ suite, counts: { ...counts }, seconds: Math.round((Date.now() - start) / 1000) });
  try {
    return outcome(await suite.run(say));
  } catch (error) {
    (say ?? console.error)(error instanceof Stop ? error.message : inspect(error));
    return outcome(NOT_RUN);
  }
}

/**
 * Runs suites: light ones two at a time, each shown as a whole once it has ended, then the others one by one as they go.
 * @param {readonly Suite[]} suites
 * @returns {Promise<readonly Outcome[]>} one for each suite, in their order
 */
export async function runSuites(suites) {
  /** @type {Map<Suite, Outcome>} */
  const outcomes = new Map();
  const waiting = suites.filter((suite) => suite.light);
  const lane = async () => {
    for (let suite = waiting.shift(); suite !== undefined; suite = waiting.shift()) {
      /** @type {string[]} */
      const said = [];
      const outcome = await runSuite(suite, (text) => said.push(text));
      if (outcome.counts.failed > 0) outcome.counts.reasons = [reason("what it printed", said)];
      outcomes.set(suite, outcome);
      console.log(`\n== ${suite.name}\n${said.join("").trimEnd()}`);
    }
  };
  await Promise.all([lane(), lane()]);
  for (const suite of suites.filter(({ light }) => !light)) {
    console.log(`\n== ${suite.name}`);
    outcomes.set(suite, await runSuite(suite));
  }
  return suites.map((suite) => outcomes.get(suite) ?? { suite, counts: NOT_RUN, seconds: 0 });
}
