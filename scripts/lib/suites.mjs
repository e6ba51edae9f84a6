import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { ensureBuilt } from "./build.mjs";
import { NOT_RUN, checkCounts, playwrightCounts, vitestCounts } from "./counts.mjs";
import { electronRuntime } from "./electron-runtime.mjs";
import { CACHE } from "./paths.mjs";
import { run, tool } from "./run.mjs";
import { Stop } from "./stop.mjs";
import { systemTrouble } from "./system.mjs";

/** @typedef {import("./counts.mjs").Counts} Counts */
/** @typedef {{ name: string, run: () => Promise<Counts> }} Suite */

/** A fresh place for a runner's report: an old one must not be read. @param {string} name */
function reportFile(name) {
  const file = path.join(CACHE, "results", `${name}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  return file;
}

/** @param {string} name @param {string} command @param {readonly string[]} args @returns {Suite} */
const check = (name, command, args) => ({ name, run: async () => checkCounts(await run(command, args, { minutes: 12 })) });

async function unit() {
  // Some unit tests check with stock tools that what we write can be read without us.
  const trouble = await systemTrouble();
  if (trouble !== undefined) console.error(trouble);
  const file = reportFile("unit");
  const code = await run(tool("vitest"), ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`], { minutes: 15 });
  return vitestCounts(file, code);
}

async function build() {
  await ensureBuilt();
  return checkCounts(0);
}

async function endToEnd() {
  const trouble = await systemTrouble();
  if (trouble !== undefined) throw new Stop(trouble);
  const runtime = await electronRuntime();
  console.log(`Electron ${runtime.version} (${runtime.source})`);
  await ensureBuilt();
  const file = reportFile("e2e");
  const playwright = [tool("playwright"), "test", "-c", "e2e/playwright.config.ts", "--reporter=list,json"];
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: file, COUNTERSIGN_ELECTRON: runtime.executable };
  const code = await run("xvfb-run", ["-a", "-s", "-screen 0 1366x900x24", ...playwright], { env, minutes: 20 });
  return playwrightCounts(file, code);
}

/** In the order in which they run: what is quick to fail comes first. @type {readonly Suite[]} */
export const SUITES = [
  check("lint", tool("eslint"), [".", "--max-warnings", "0"]),
  check("format", tool("prettier"), ["--check", "--log-level", "warn", "."]),
  check("typecheck", process.execPath, ["scripts/typecheck.mjs"]),
  check("unused", tool("knip"), []),
  { name: "unit", run: unit },
  { name: "build", run: build },
  { name: "e2e", run: endToEnd },
];

/**
 * Runs one suite; whatever keeps it from running counts as a failure and is said.
 * @param {Suite} suite
 * @returns {Promise<Counts>}
 */
export async function runSuite(suite) {
  try {
    return await suite.run();
  } catch (error) {
    console.error(error instanceof Stop ? error.message : error);
    return NOT_RUN;
  }
}
