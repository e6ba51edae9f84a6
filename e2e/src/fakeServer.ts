import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "./paths.ts";

const VITE = "node_modules/vite/bin/vite.js";
const TEST_BUILD = ["--mode", "test", "--outDir", "dist-test"];

/** Where the test build (with the in-memory replica) is served: each of Playwright's workers has a server of its own. */
export const FAKE_PORT = 4199 + Number(process.env["TEST_PARALLEL_INDEX"] ?? "0");
export const FAKE_ORIGIN = `http://127.0.0.1:${String(FAKE_PORT)}`;

/** Serves the test build of the web app (testBuild.ts) as production would, with the same headers. Gives back what stops it. */
export async function serveFake(): Promise<() => void> {
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
