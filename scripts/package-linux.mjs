// npm run package:linux: the desktop app as an unpacked folder in release/, and a look at what it was fused to.
// With the official Electron installed that is what people get; with the tests' stand-in it only proves that packaging works.
import "./lib/check-node.mjs";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ensureBuilt } from "./lib/build.mjs";
import { electronRuntime } from "./lib/electron-runtime.mjs";
import { wrongFuses } from "./lib/fuses.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { CACHE, inRoot } from "./lib/paths.mjs";
import { run, tool } from "./lib/run.mjs";
import { Stop, program } from "./lib/stop.mjs";

/**
 * The settings to build with. The tests' stand-in is too old to have every fuse, and electron-builder stops at one that is missing.
 * @param {import("./lib/electron-runtime.mjs").Runtime} runtime
 */
function settingsFile(runtime) {
  const shipped = inRoot("electron-builder.yml");
  if (runtime.source !== "fallback") return shipped;
  const file = path.join(CACHE, "electron-builder.yml");
  writeFileSync(file, readFileSync(shipped, "utf8").replace(/^ *grantFileProtocolExtraPrivileges:.*$/m, ""));
  return file;
}

program(async () => {
  await ensureInstalled();
  await ensureBuilt(["web app", "desktop app"]);
  const runtime = await electronRuntime();
  // A copy without the loader that the tests put into it.
  const dist = path.join(CACHE, "electron", "to-package");
  rmSync(dist, { recursive: true, force: true });
  cpSync(runtime.folder, dist, { recursive: true });
  rmSync(path.join(dist, "resources", "app"), { recursive: true, force: true });

  const settings = [`-c.electronVersion=${runtime.version}`, `-c.electronDist=${dist}`];
  const code = await run(tool("electron-builder"), ["--linux", "dir", "--config", settingsFile(runtime), ...settings], {
    minutes: 10,
  });
  if (code !== 0) throw new Stop("The package could not be made; electron-builder says why above.");
  const executable = inRoot("release", "linux-unpacked", "countersign");
  const wrong = await wrongFuses(executable);
  if (wrong.length > 0) throw new Stop(`The package is not closed as it should be: ${wrong.join(", ")}.`);
  console.log(
    `\n${executable} is made and closed${runtime.source === "fallback" ? ", around the tests' Electron: for trying, not for people" : ""}.`,
  );
  return 0;
});
