import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "./paths.ts";

const VITE = "node_modules/vite/bin/vite.js";
const TEST_BUILD = ["--mode", "test", "--outDir", "dist-test"];
const BUILT = path.join(ROOT, "web", "dist-test", "index.html");

/** Where the test build (with the in-memory replica) is served: each of Playwright's workers has a server of its own. */
export const FAKE_PORT = 4199 + Number(process.env["TEST_PARALLEL_INDEX"] ?? "0");
export const FAKE_ORIGIN = `http://127.0.0.1:${String(FAKE_PORT)}`;

/** The time of the newest file below a folder. */
function newest(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((latest, entry) => {
    const full = path.join(folder, entry.name);
    return Math.max(latest, entry.isDirectory() ? newest(full) : statSync(full).mtimeMs);
  }, 0);
}

const isStale = (): boolean => !existsSync(BUILT) || statSync(BUILT).mtimeMs <= newest(path.join(ROOT, "web", "src"));

/** Builds web/dist-test where it is missing or older than its sources. A second worker that finds it stale waits for the first. */
async function build(): Promise<void> {
  if (!isStale()) return;
  const building = path.join(ROOT, ".cache", "dist-test.building");
  try {
    mkdirSync(path.dirname(building), { recursive: true });
    mkdirSync(building);
  } catch {
    for (let i = 0; i < 600 && existsSync(building); i++) await sleep(200);
    rmSync(building, { recursive: true, force: true });
    return build();
  }
  try {
    const done = spawnSync(process.execPath, [VITE, "build", ...TEST_BUILD], { cwd: ROOT, encoding: "utf8" });
    if (done.status !== 0) throw new Error(`the test build failed:\n${done.stdout}${done.stderr}`);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

/** Serves the test build of the web app as production would, with the same headers. Gives back what stops it. */
export async function serveFake(): Promise<() => void> {
  await build();
  const child: ChildProcess = spawn(process.execPath, [VITE, "preview", ...TEST_BUILD, "--port", String(FAKE_PORT)], {
    cwd: ROOT,
    stdio: "ignore",
  });
  for (let i = 0; i < 100; i++) {
    try {
      if ((await fetch(FAKE_ORIGIN)).ok) return () => child.kill();
    } catch {
      // Not listening yet.
    }
    await sleep(100);
  }
  child.kill();
  throw new Error("the preview server did not start");
}
