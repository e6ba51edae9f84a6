import { spawnSync } from "node:child_process";
import { ROOT } from "./paths.ts";

/** Builds the app with the in-memory replica where that is not up to date. Called once before all tests, not by each of Playwright's workers. */
export default function ensureTestBuild(): void {
  const done = spawnSync(process.execPath, ["scripts/build.mjs", "test build"], { cwd: ROOT, stdio: "inherit" });
  if (done.status !== 0) throw new Error("the test build failed; the reason is above");
}
