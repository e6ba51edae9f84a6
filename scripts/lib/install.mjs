import { hashOf, isFresh, markFresh } from "./fresh.mjs";
import { ROOT, inRoot } from "./paths.mjs";
import { run } from "./run.mjs";
import { Stop, mustWrite } from "./stop.mjs";

const STAMP = inRoot("node_modules", ".countersign-stamp");

/** Runs `npm ci` when nothing is installed or the lock file has changed since. */
export async function ensureInstalled() {
  const hash = hashOf([inRoot("package-lock.json")]);
  if (isFresh(STAMP, hash)) return;
  mustWrite(inRoot("node_modules"), "the dependencies are installed there");
  console.log("Installing the dependencies (npm ci) …");
  const code = await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: ROOT, minutes: 20 });
  if (code === 127) throw new Stop("npm was not found. It comes with Node.js; on Debian it is the package npm.");
  if (code !== 0)
    throw new Stop("The dependencies could not be installed; npm says why above. It needs the npm registry or a filled npm cache.");
  markFresh(STAMP, hash);
}
