// Type-checks every project, two at a time.
import { run, tool } from "./lib/run.mjs";

const PROJECTS = [
  // Without Node's and the browser's types: what is in shared/src must run anywhere.
  "shared/tsconfig.json",
  "shared/tsconfig.node.json",
  "web/tsconfig.json",
  "sync-server/tsconfig.json",
  "desktop/tsconfig.json",
  "e2e/tsconfig.json",
  "tsconfig.tools.json",
];

const waiting = [...PROJECTS];
/** @type {string[]} */
const bad = [];

async function worker() {
  for (let project = waiting.shift(); project !== undefined; project = waiting.shift()) {
    if ((await run(tool("tsc"), ["-p", project])) !== 0) bad.push(project);
  }
}

await Promise.all([worker(), worker()]);
if (bad.length > 0) console.error(`Type errors in ${bad.join(", ")}`);
process.exitCode = bad.length > 0 ? 1 : 0;
