// What is built or installed is stamped with a hash of what it was made from; another hash means: make it again.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

const SKIP = new Set(["node_modules", "dist", "dist-test", "build", "release", "coverage", "test-results"]);

/** @param {string} at @returns {string[]} every file at or below, in a fixed order */
function files(at) {
  if (!existsSync(at)) return [];
  if (!statSync(at).isDirectory()) return [at];
  return readdirSync(at)
    .filter((name) => !SKIP.has(name))
    .sort()
    .flatMap((name) => files(path.join(at, name)));
}

/**
 * One hash over the names and contents of files and folders; tests don't count.
 * @param {readonly string[]} inputs
 * @returns {string}
 */
export function hashOf(inputs) {
  const hash = createHash("sha256");
  for (const file of inputs.flatMap(files)) {
    if (/\.test\.[a-z]+$/.test(file)) continue;
    hash.update(`${file}\0`).update(createHash("sha256").update(readFileSync(file)).digest());
  }
  return hash.digest("hex");
}

/** @param {string} stamp @param {string} hash */
export const isFresh = (stamp, hash) => existsSync(stamp) && readFileSync(stamp, "utf8").trim() === hash;

/** @param {string} stamp @param {string} hash */
export function markFresh(stamp, hash) {
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, `${hash}\n`);
}
