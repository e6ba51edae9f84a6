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
];

/**
 * Builds what is missing or older than its sources.
 * @param {readonly string[]} [names] which builds; all by default
 */
export async function ensureBuilt(names = BUILDS.map((build) => build.name)) {
  for (const build of BUILDS.filter(({ name }) => names.includes(name))) {
    const stamp = `${CACHE}/${build.name.replace(" ", "-")}.stamp`;
    const hash = hashOf(build.inputs.map((input) => inRoot(input)));
    if (existsSync(inRoot(build.output)) && isFresh(stamp, hash)) continue;
    mustWrite(CACHE, `the ${build.name} is built in this folder`);
    console.log(`Building the ${build.name} …`);
    if ((await run(tool("vite"), build.args, { minutes: 10 })) !== 0)
      throw new Stop(`The ${build.name} could not be built; the reason is above.`);
    markFresh(stamp, hash);
  }
}
