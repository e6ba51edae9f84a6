/** What a lawyer does with a snapshot: the command line, stock tools, and copies in which somebody changed something. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { ROOT } from "./paths.ts";

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  /** All that it printed. */
  readonly said: string;
}

export function ran(command: string, args: readonly string[], cwd?: string): Ran {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (error) throw error;
  return { status, stdout, said: stdout + stderr };
}

export const CLI = path.join(ROOT, "shared/bin/countersign.mjs");
export const countersign = (...args: string[]): Ran => ran(process.execPath, [CLI, ...args]);

export function unpack(snapshot: string, folder: string): void {
  const unpacked = ran("python3", ["-m", "zipfile", "-e", snapshot, folder]);
  if (unpacked.status !== 0) throw new Error(unpacked.said);
}

/** Unpacks it and lets the stock tools look at it there, with the commands that the bundle prints. */
export function stockTools(snapshot: string, folder: string): { readonly sha256sum: Ran; readonly openssl: Ran } {
  unpack(snapshot, folder);
  const signature = ["-rawin", "-in", "manifest-sha256.txt", "-sigfile", "signatures/manifest.sig"];
  return {
    sha256sum: ran("sha256sum", ["-c", "--quiet", "manifest-sha256.txt"], folder),
    openssl: ran("openssl", ["pkeyutl", "-verify", "-pubin", "-inkey", "signatures/signer.pem", ...signature], folder),
  };
}

export const qpdfCheck = (folder: string, pdf: string): Ran => ran("qpdf", ["--check", pdf], folder);

const SPOIL = `import hashlib, sys, zipfile
source, out, name, relist = sys.argv[1:]
with zipfile.ZipFile(source) as a, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as b:
    files = {i.filename: a.read(i) for i in a.infolist()}
    was = files[name]
    at = len(was) * 2 // 3
    files[name] = was[:at] + bytes([was[at] ^ 1]) + was[at + 1:]
    if relist == "relist":
        old, new = (hashlib.sha256(f).hexdigest().encode() for f in (was, files[name]))
        files["manifest-sha256.txt"] = files["manifest-sha256.txt"].replace(old, new)
    for i in a.infolist():
        b.writestr(i.filename, files[i.filename])
`;

/** A copy in which one character of a file is another. `relist`: and the manifest lists the file as it is now, as somebody would who knows how. */
export function spoil(snapshot: string, out: string, name: string, relist?: "relist"): void {
  const spoilt = ran("python3", ["-c", SPOIL, snapshot, out, name, relist ?? ""]);
  if (spoilt.status !== 0) throw new Error(spoilt.said);
}
