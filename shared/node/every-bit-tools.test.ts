/** Rule S8: what stock tools find of a small bundle's flipped bits, each in its scope (docs/snapshot-format.md, section 13). */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
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
vi.setConfig({ testTimeout: 900_000, hookTimeout: 120_000 });

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

const everyBit = (bytes: Uint8Array): readonly number[] => Array.from({ length: 8 * bytes.length }, (_, bit) => bit);

/** So many bits, evenly over the file and over the places in a byte; all of them where there are not more. */
function some(bytes: Uint8Array, count: number): readonly number[] {
  const all = 8 * bytes.length;
  if (count >= all) return everyBit(bytes);
  return Array.from({ length: count }, (_, i) => Math.floor((i * all) / count) + (i % 8)).filter((bit) => bit < all);
}

/** Runs a program in the folder. Gives its exit code and what it printed. */
async function ran(program: string, args: readonly string[]): Promise<{ readonly code: unknown; readonly out: string }> {
  const child = spawn(program, args, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  const pieces: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => pieces.push(piece));
  const [code] = (await once(child, "close")) as unknown[];
  return { code, out: Buffer.concat(pieces).toString() };
}

/** The copies lie in a folder, the command sees one as `$f`; one shell for each core goes through its part of them. Gives those that the command took for good. */
async function passing(path: string, bits: readonly number[], command: string): Promise<number[]> {
  const at = join(folder, "copies");
  const shells = availableParallelism();
  for (let n = 0; n < shells; n++) mkdirSync(join(at, String(n)), { recursive: true });
  for (const [i, bit] of bits.entries()) writeFileSync(join(at, String(i % shells), String(bit)), flipped(bytesOf(path), bit));
  // It says how many it looked at, so that nothing passes for want of copies.
  const script = (n: number): string =>
    `n=0; for f in copies/${String(n)}/*; do [ -e "$f" ] || continue; n=$((n+1)); if ${command}; then echo "\${f##*/}"; fi; done; echo "looked $n"`;
  const said = await Promise.all(Array.from({ length: shells }, (_, n) => ran("sh", ["-c", script(n)])));
  rmSync(at, { recursive: true });
  const lines = said.flatMap(({ out }) => out.split("\n").filter(Boolean));
  const looked = lines.flatMap((line) => (line.startsWith("looked ") ? [Number(line.slice(7))] : []));
  expect(looked.reduce((sum, n) => sum + n, 0)).toBe(bits.length);
  return lines.flatMap((line) => (line.startsWith("looked ") ? [] : [Number(line)])).sort((x, y) => x - y);
}

const openssl = (manifest: string, signature: string, key: string): string =>
  `openssl pkeyutl -verify -pubin -inkey ${key} -rawin -in ${manifest} -sigfile ${signature} >/dev/null`;
const ssh = (manifest: string, signature: string, signers: string): string =>
  `ssh-keygen -Y verify -f ${signers} -I exporter -n countersign/v1/manifest -s ${signature} < ${manifest} >/dev/null`;
const ts = (manifest: string, stamp: string): string =>
  `openssl ts -verify -data ${manifest} -in ${stamp} -CAfile ${authority.root} >/dev/null`;

const LIST = "manifest-sha256.txt";
/** Bytes of a file of which every bit is given to `sha256sum`: half of all files, among them all signatures and keys. */
const SMALL = 900;

/** The version that an SSHSIG file names, behind the six letters with which it begins. */
const versionIn = (armoured: Uint8Array): number => Buffer.from(textIn(armoured), "base64").readUInt32BE(6);

/** What stands between the lines of an armoured file. */
const textIn = (armoured: Uint8Array): string => /-----\n([^-]*)\n-----/.exec(Buffer.from(armoured).toString("latin1"))?.[1] ?? "";

/** The bits whose flip changes what the base64 of an armoured file holds. Other programs skip the rest: line ends, bits that no byte needs, and a byte behind the end. */
function inArmour(path: string): readonly number[] {
  const bytes = bytesOf(path);
  const held = (b: Uint8Array): string => Buffer.from(textIn(b), "base64").toString("hex");
  return everyBit(bytes).filter((bit) => {
    const now = held(flipped(bytes, bit));
    return now !== "" && !now.startsWith(held(bytes));
  });
}

/** The bits of TSTInfo, of the signed attributes and of the signature in the answer of the test's authority. */
function signedIn(stamp: Buffer): readonly number[] {
  const whole = (at: number): readonly [from: number, to: number] => {
    const length = stamp[at + 1] ?? 0;
    // Of more than 127 bytes the length stands in the byte behind.
    const [head, body] = length === 0x81 ? [3, stamp[at + 2] ?? 0] : [2, length];
    return [at, at + head + body];
  };
  // TSTInfo begins with version 1 and the policy of the test's authority.
  const said = whole(stamp.indexOf(Buffer.from("02010106042a030401", "hex")) - 2);
  // The first signed attribute is the type of the content; all stand in one [0].
  const type = stamp.indexOf(Buffer.from("06092a864886f70d010903", "hex")) - 2;
  const attributes = whole(stamp[type - 2] === 0xa0 ? type - 2 : type - 3);
  const signature = stamp.findLastIndex((byte, at) => byte === 0x04 && stamp[at + 2] === 0x30 && whole(at)[1] === stamp.length);
  expect([stamp[said[0]], stamp[attributes[0]], signature > attributes[1]]).toEqual([0x30, 0xa0, true]);
  return [said, attributes, whole(signature)].flatMap(([from, to]) => Array.from({ length: 8 * (to - from) }, (_, i) => 8 * from + i));
}

describe("bits that stock tools find", () => {
  it("[S8] sha256sum: every one of the manifest and of every listed file up to 900 bytes, and four hundred of each larger one", async () => {
    let copies: string[] = [];
    let checked = Promise.resolve();
    const check = async (list: string, names: readonly string[]): Promise<void> => {
      const { code, out } = await ran("sha256sum", ["-c", list]);
      const said = out.split("\n").filter(Boolean);
      expect(code).toBe(1);
      expect(said.filter((line) => !line.endsWith(": FAILED"))).toEqual([]);
      expect(said.length).toBe(names.length);
      rmSync(join(folder, `${list}.d`), { recursive: true });
    };
    let batch = 0;
    const begin = (): string => {
      const name = `sums-${String(batch++)}`;
      mkdirSync(join(folder, `${name}.d`));
      return name;
    };
    let list = begin();
    const end = async (): Promise<void> => {
      const [name, names] = [list, copies];
      writeFileSync(join(folder, name), names.join(""));
      [list, copies] = [begin(), []];
      // One batch is checked while the next one is written.
      await checked;
      checked = check(name, names);
    };
    for (const [path, bytes] of good) {
      if (path === PATH.tagManifest || path.includes("countersigned-")) continue;
      const hash = createHash("sha256").update(bytes).digest("hex");
      const listed = bytesOf(path.startsWith("data/") ? PATH.manifest : PATH.tagManifest);
      expect(Buffer.from(listed).toString().includes(`${hash}  ${path}\n`), path).toBe(true);
      for (const bit of path === PATH.manifest || bytes.length <= SMALL ? everyBit(bytes) : some(bytes, 400)) {
        const name = `${list}.d/${String(copies.length)}`;
        writeFileSync(join(folder, name), flipped(bytes, bit));
        copies.push(`${hash}  ${name}\n`);
        if (copies.length === 4_000) await end();
      }
    }
    await end();
    await checked;
    rmSync(join(folder, `${list}.d`), { recursive: true });
  });

  it("[S8] openssl: every one of manifest.sig and of what signer.pem holds, and one for each byte of the list", async () => {
    const key = inArmour(PATH.signer);
    expect(key.length).toBeGreaterThan(8 * 55);
    expect(await passing(PATH.signature, everyBit(bytesOf(PATH.signature)), openssl(LIST, "$f", "signer.pem"))).toEqual([]);
    expect(await passing(PATH.signer, key, openssl(LIST, "manifest.sig", "$f"))).toEqual([]);
    expect(
      await passing(
        PATH.manifest,
        some(bytesOf(PATH.manifest), bytesOf(PATH.manifest).length),
        openssl("$f", "manifest.sig", "signer.pem"),
      ),
    ).toEqual([]);
  });

  it("[S8][S12] ssh-keygen: every one of what manifest.sshsig holds and of the key in allowed_signers, and four hundred of the list", async () => {
    const signature = inArmour(PATH.sshSignature);
    expect(signature.length).toBeGreaterThan(8 * 240);
    const signers = bytesOf(PATH.sshSigners);
    const from = Buffer.from(signers).lastIndexOf(" ") + 1;
    const key = everyBit(signers).filter((bit) => bit >> 3 >= from && bit >> 3 < signers.length - 1);
    expect(key.length).toBeGreaterThan(8 * 60);
    const passed = await passing(PATH.sshSignature, signature, ssh(LIST, "$f", "allowed_signers"));
    // It takes an older version of the form, 0, for the one that there is. Our own check does not.
    expect(passed.map((bit) => versionIn(flipped(bytesOf(PATH.sshSignature), bit)))).toEqual([0]);
    expect(await passing(PATH.sshSigners, key, ssh(LIST, "manifest.sshsig", "$f"))).toEqual([]);
    const list = some(bytesOf(PATH.manifest), 400);
    expect(await passing(PATH.manifest, list, ssh("$f", "manifest.sshsig", "allowed_signers"))).toEqual([]);
  });

  it("[S8][S14] openssl ts: every one of what the stamp says, of what is signed with it and of its signature, and four hundred of the list", async () => {
    const bits = signedIn(Buffer.from(bytesOf(PATH.stamp)));
    expect(bits.length).toBeGreaterThan(8 * 250);
    const passed = await passing(PATH.stamp, bits, ts(LIST, "$f"));
    // Of a list or set among the signed attributes openssl writes anew that it is one, and checks what it wrote.
    const isMark = (bit: number): boolean => bit % 8 === 5 && [0x30, 0x31, 0xa0].includes(bytesOf(PATH.stamp)[bit >> 3] ?? 0);
    expect(passed.filter((bit) => !isMark(bit))).toEqual([]);
    expect(passed.length).toBeLessThan(10);
    expect(await passing(PATH.manifest, some(bytesOf(PATH.manifest), 400), ts("$f", "manifest.tsr"))).toEqual([]);
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
