/** Rule S8: what stock tools find of a small bundle's flipped bits, each in its scope (docs/snapshot-format.md, section 13). */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { unpack, type Bundle } from "../test/bundle.ts";
import { makeSmallBundle } from "../test/small-bundle.ts";
import { makeAuthority, type Authority } from "../test/time-stamp-authority.ts";
import { initCrypto } from "../src/crypto/init.ts";
import { PATH } from "../src/snapshot/paths.ts";
import { initAutomergeNode } from "./automerge.ts";
import { nodePages } from "./pdf-ports.ts";

// Programs of others, thousands of times, on machines that may be slow.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

let folder = "";
let good: Bundle;
let authority: Authority;

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  folder = mkdtempSync(join(tmpdir(), "every-bit-tools-"));
  authority = await makeAuthority(join(folder, "authority"));
  good = await unpack((await makeSmallBundle(authority, nodePages)).zip);
  for (const [path, bytes] of good) if (!path.startsWith("data/")) writeFileSync(join(folder, nameOf(path)), bytes);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const nameOf = (path: string): string => path.replace("signatures/", "");
const bytesOf = (path: string): Uint8Array => good.get(path) ?? new Uint8Array();

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const out = bytes.slice();
  out[bit >> 3] = (out[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return out;
}

/** So many bits, evenly over the file and over the places in a byte; all of them where there are not more. */
function some(bytes: Uint8Array, count: number): readonly number[] {
  const all = 8 * bytes.length;
  const n = Math.min(count, all);
  return Array.from({ length: n }, (_, i) => Math.floor((i * all) / n) + (n === all ? 0 : i % 8)).filter((bit) => bit < all);
}

/** One shell for all: the copies lie in a folder, the command sees one as `$f`. Gives those that it took for good. */
function passing(path: string, bits: readonly number[], command: string): number[] {
  const at = join(folder, "copies");
  mkdirSync(at);
  for (const bit of bits) writeFileSync(join(at, String(bit)), flipped(bytesOf(path), bit));
  const script = `for f in copies/*; do if ${command}; then basename "$f"; fi; done`;
  const ran = spawnSync("sh", ["-c", script], { cwd: folder, encoding: "utf8", maxBuffer: 1e8, stdio: ["ignore", "pipe", "ignore"] });
  rmSync(at, { recursive: true });
  expect(ran.status).toBe(0);
  return ran.stdout
    .split("\n")
    .filter(Boolean)
    .map(Number)
    .sort((a, b) => a - b);
}

const openssl = (manifest: string, signature: string, key: string): string =>
  `openssl pkeyutl -verify -pubin -inkey ${key} -rawin -in ${manifest} -sigfile ${signature} >/dev/null`;
const ssh = (manifest: string, signature: string, signers: string): string =>
  `ssh-keygen -Y verify -f ${signers} -I exporter -n countersign/v1/manifest -s ${signature} < ${manifest} >/dev/null`;
const ts = (manifest: string, stamp: string): string =>
  `openssl ts -verify -data ${manifest} -in ${stamp} -CAfile ${authority.root} >/dev/null`;

const LIST = "manifest-sha256.txt";

/** The bits whose flip changes what the base64 of an armoured file holds. Other programs skip the rest: line ends, and bits that no byte needs. */
function inArmour(path: string): readonly number[] {
  const bytes = bytesOf(path);
  const held = (b: Uint8Array): string =>
    Buffer.from(/-----\n([^-]*)\n-----/.exec(Buffer.from(b).toString("latin1"))?.[1] ?? "", "base64").toString("hex");
  return some(bytes, bytes.length).filter((bit) => {
    const now = held(flipped(bytes, bit));
    return now !== "" && now !== held(bytes);
  });
}

describe("bits that stock tools find", () => {
  it("[S8] sha256sum: every one of the small files, and four hundred of each larger one", () => {
    const at = join(folder, "sums");
    mkdirSync(at);
    const lines: string[] = [];
    for (const [path, bytes] of good) {
      if (path === PATH.tagManifest || path.includes("countersigned-")) continue;
      const hash = createHash("sha256").update(bytes).digest("hex");
      const listed = bytesOf(path.startsWith("data/") ? PATH.manifest : PATH.tagManifest);
      expect(Buffer.from(listed).toString().includes(`${hash}  ${path}\n`), path).toBe(true);
      for (const bit of some(bytes, bytes.length <= 320 ? 8 * bytes.length : 400)) {
        const name = `sums/${String(lines.length)}`;
        writeFileSync(join(folder, name), flipped(bytes, bit));
        lines.push(`${hash}  ${name}\n`);
      }
    }
    writeFileSync(join(folder, "list"), lines.join(""));
    const ran = spawnSync("sha256sum", ["-c", "list"], { cwd: folder, encoding: "utf8", maxBuffer: 1e8 });
    rmSync(at, { recursive: true });
    expect(ran.status).toBe(1);
    expect(ran.stdout.split("\n").filter((line) => line.endsWith(": OK"))).toEqual([]);
    expect(ran.stdout.split("\n").filter((line) => line.endsWith(": FAILED")).length).toBe(lines.length);
  });

  it("[S8] openssl: every one of manifest.sig, of what signer.pem holds, and a hundred of the list", () => {
    const list = some(bytesOf(PATH.manifest), 100);
    const key = inArmour(PATH.signer);
    expect(key.length).toBeGreaterThan(55);
    expect(passing(PATH.signature, some(bytesOf(PATH.signature), 512), openssl(LIST, "$f", "signer.pem"))).toEqual([]);
    expect(passing(PATH.signer, key, openssl(LIST, "manifest.sig", "$f"))).toEqual([]);
    expect(passing(PATH.manifest, list, openssl("$f", "manifest.sig", "signer.pem"))).toEqual([]);
  });

  it("[S8][S12] ssh-keygen: one bit of each byte that manifest.sshsig holds, of the key in allowed_signers, and a hundred of the list", () => {
    const signature = inArmour(PATH.sshSignature);
    expect(signature.length).toBeGreaterThan(240);
    const signers = bytesOf(PATH.sshSigners);
    const from = Buffer.from(signers).lastIndexOf(" ") + 1;
    const key = some(signers, signers.length).filter((bit) => bit >> 3 >= from && bit >> 3 < signers.length - 1);
    expect(key.length).toBeGreaterThan(60);
    expect(passing(PATH.sshSignature, signature, ssh(LIST, "$f", "allowed_signers"))).toEqual([]);
    expect(passing(PATH.sshSigners, key, ssh(LIST, "manifest.sshsig", "$f"))).toEqual([]);
    expect(passing(PATH.manifest, some(bytesOf(PATH.manifest), 100), ssh("$f", "manifest.sshsig", "allowed_signers"))).toEqual([]);
  });

  it("[S8][S14] openssl ts: of what the stamp says and of its signature a third, and fifty of the list", () => {
    const stamp = Buffer.from(bytesOf(PATH.stamp));
    // TSTInfo: version 1, then the policy of the test's authority.
    const said = stamp.indexOf(Buffer.from("02010106042a030401", "hex")) - 2;
    const end = said + 2 + (stamp[said + 1] ?? 0);
    expect(said).toBeGreaterThan(0);
    const bits: number[] = [];
    for (let bit = 8 * said; bit < 8 * stamp.length; bit += 3) if (bit < 8 * end || bit >= 8 * (stamp.length - 64)) bits.push(bit);
    expect(bits.length).toBeGreaterThan(400);
    expect(passing(PATH.stamp, bits, ts(LIST, "$f"))).toEqual([]);
    expect(passing(PATH.manifest, some(bytesOf(PATH.manifest), 50), ts("$f", "manifest.tsr"))).toEqual([]);
  });

  it("[S8] sha256sum: every listed file that was removed, renamed or swapped", () => {
    const at = join(folder, "bag");
    for (const [path, bytes] of good) {
      mkdirSync(dirname(join(at, path)), { recursive: true });
      writeFileSync(join(at, path), bytes);
    }
    const isFound = (): boolean => spawnSync("sha256sum", ["-c", LIST, PATH.tagManifest], { cwd: at, stdio: "ignore" }).status !== 0;
    expect(isFound()).toBe(false);
    const listed = [...good.keys()].filter((path) => path !== PATH.tagManifest && !path.includes("countersigned-"));
    for (const [i, path] of listed.entries()) {
      const [one, two] = [join(at, path), join(at, listed[(i + 1) % listed.length] ?? "")];
      renameSync(one, `${one}.old`);
      expect(isFound(), `${path} renamed`).toBe(true);
      renameSync(two, one);
      renameSync(`${one}.old`, two);
      expect(isFound(), `${path} swapped`).toBe(true);
      renameSync(one, `${one}.old`);
      renameSync(two, one);
      renameSync(`${one}.old`, two);
    }
    expect(isFound()).toBe(false);
  });

  it("[S8] and all of them take the files as they are", () => {
    for (const [path, command] of [
      [PATH.signature, openssl(LIST, "$f", "signer.pem")],
      [PATH.sshSignature, ssh(LIST, "$f", "allowed_signers")],
      [PATH.stamp, ts(LIST, "$f")],
    ] as const) {
      writeFileSync(join(folder, "whole"), bytesOf(path));
      expect(spawnSync("sh", ["-c", command.replace("$f", "whole")], { cwd: folder }).status, path).toBe(0);
    }
  });
});
