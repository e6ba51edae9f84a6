import { existsSync } from "node:fs";
import { hashOf, isFresh, markFresh } from "./fresh.mjs";
import { CACHE, inRoot } from "./paths.mjs";
import { run, tool } from "./run.mjs";
import { Stop, mustWrite } from "./stop.mjs";

/** @typedef {{ name: string, inputs: string[], output: string, args: string[] }} Build */

const SHARED = ["shared/src", "shared/package.json", "package-lock.json", "tsconfig.base.json"];

/** @type {readonly Build[]} */
export const BUILDS = [
  { name: "web app", inputs: ["web", "vite.config.ts", ...SHARED], output: "web/dist/index.html", args: ["build", "--logLevel", "warn"] },
  {
    name: "desktop app",
    inputs: ["desktop/src", "desktop/vite.config.ts", "desktop/package.json", ...SHARED],
    output: "desktop/build/main.cjs",
    args: ["build", "--logLevel", "warn", "-c", "desktop/vite.config.ts"],
  },
  {
    // With an in-memory replica in place of the worker: for looking at screens. e2e/src/fakeServer.ts serves it.
    name: "test build",
    inputs: ["web", "vite.config.ts", ...SHARED],
    output: "web/dist-test/index.html",
    args: ["build", "--logLevel", "warn", "--mode", "test", "--outDir", "dist-test"],
  },
];

/**
 * Builds what is missing or older than its sources.
 * @param {readonly string[]} [names] which builds; all by default
 * @param {(text: string) => void} [say] where the output goes; to the terminal by default
 */
export async function ensureBuilt(names = BUILDS.map((build) => build.name), say) {
  for (const build of BUILDS.filter(({ name }) => names.includes(name))) {
    const stamp = `${CACHE}/${build.name.replace(" ", "-")}.stamp`;
    const hash = hashOf(build.inputs.map((input) => inRoot(input)));
    if (existsSync(inRoot(build.output)) && isFresh(stamp, hash)) continue;
    mustWrite(CACHE, `the ${build.name} is built in this folder`);
    (say ?? ((text) => process.stdout.write(text)))(`Building the ${build.name} …\n`);
    if ((await run(tool("vite"), build.args, { minutes: 10, ...(say === undefined ? {} : { say }) })) !== 0)
      throw new Stop(`The ${build.name} could not be built; the reason is above.`);
    markFresh(stamp, hash);
  }
}
