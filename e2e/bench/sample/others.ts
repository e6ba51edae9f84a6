/** What other programs take for the nearest thing to one of our steps, on the same snapshot. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { CHROMIUM, CHROMIUM_ARGS } from "../../src/browser.ts";

/** What a program took. `peakBytes` is that of its largest process. */
export interface Other {
  readonly what: string;
  readonly beside: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
}

/** Runs a command and says what it used: the kernel tells a parent of its children once they have ended. */
const WATCH = `
import json, resource, subprocess, sys, time
began = time.monotonic()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"code": code, "wall": time.monotonic() - began, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss}))
`;

interface Watched {
  readonly code: number;
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
}

/** Undefined where the program is not here, or failed: then there is nothing to stand beside. */
function watch(what: string, beside: string, command: readonly string[]): Other | undefined {
  const ran = spawnSync("/usr/bin/python3", ["-c", WATCH, ...command], { encoding: "utf8", timeout: 300_000 });
  if (ran.status !== 0) return undefined;
  const { code, wall, cpu, peak } = JSON.parse(ran.stdout) as Watched;
  return code === 0 ? { what, beside, wallMs: wall * 1_000, cpuMs: cpu * 1_000, peakBytes: peak * 1_024 } : undefined;
}

/** @param file a snapshot with printed pages */
export function others(file: string): readonly Other[] {
  const folder = path.join(path.dirname(file), "unpacked");
  mkdirSync(folder);
  const at = (name: string): string => path.join(folder, name);
  const runs: (Other | undefined)[] = [
    watch("unzip", "reading every file of it", ["unzip", "-q", "-o", file, "-d", folder]),
    watch("verify.py of the bundle (Python, PyNaCl)", "signatures, hashes and the Merkle root; no rules, tables or pages", [
      ...["/usr/bin/python3", at("data/proof/verify.py"), folder],
    ]),
    watch("Chromium, data/report/messages.html to PDF", "the messages alone, laid out and printed", [
      ...[CHROMIUM, ...CHROMIUM_ARGS, "--headless", "--no-pdf-header-footer", `--print-to-pdf=${at("printed.pdf")}`],
      `file://${at("data/report/messages.html")}`,
    ]),
    watch("zip", "packing the same files", ["zip", "-q", "-r", at("packed.zip"), at("data")]),
  ];
  if (!existsSync(at("data"))) return [];
  return runs.filter((run) => run !== undefined);
}
