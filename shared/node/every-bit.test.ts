/** Rule S8: a small bundle with every kind of file, and every single bit of each of them. docs/snapshot-format.md says who finds which. */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { filesOf, pack, unpack, type Bundle } from "../test/bundle.ts";
import { makeSmallBundle, type SmallBundle } from "../test/small-bundle.ts";
import { makeAuthority } from "../test/time-stamp-authority.ts";
import { toHex } from "../src/base/bytes.ts";
import { Sha256 } from "../src/crypto/hash.ts";
import { checkTimestamp } from "../src/crypto/timestamp.ts";
import { initCrypto } from "../src/crypto/init.ts";
import { parseManifest } from "../src/snapshot/bag.ts";
import { sourceOfBytes } from "../src/snapshot/bytes-io.ts";
import { payloadFault } from "../src/snapshot/check-bag.ts";
import { Checks } from "../src/snapshot/checks.ts";
import type { Founded } from "../src/snapshot/derive.ts";
import { PATH } from "../src/snapshot/paths.ts";
import { checkCountersignatures } from "../src/snapshot/verify-more.ts";
import { checkSignature, checkTags } from "../src/snapshot/verify-tags.ts";
import { inspectSnapshot } from "../src/snapshot/verify.ts";
import { openZip } from "../src/snapshot/zip-read.ts";
import { initAutomergeNode } from "./automerge.ts";
import { nodePages } from "./pdf-ports.ts";

// Millions of flipped bits, on machines that may be slow and without instructions for SHA-256.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const BLOCK = 64;
let folder = "";
let small: SmallBundle;
let good: Bundle;
let derived: Founded;
let hashes: ReadonlyMap<string, string>;

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  folder = await mkdtemp(join(tmpdir(), "every-bit-"));
  small = await makeSmallBundle(await makeAuthority(join(folder, "authority")), nodePages);
  good = await unpack(small.zip);
  hashes = new Map([...good].filter(([path]) => path.startsWith("data/")).map(([path, bytes]) => [path, hashOf(bytes)]));
  const looked = await inspectSnapshot(sourceOfBytes(small.zip), { pdf: nodePages });
  if (!looked.ok || !looked.value.derived) throw new Error("the small bundle is a good one");
  derived = looked.value.derived;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const ours = (bytes: Uint8Array): string => toHex(new Sha256().update(bytes).digest());

/** Runs through every bit of a copy of these bytes, one flipped at a time. Gives how many there were. */
async function eachBit(bytes: Uint8Array, look: (flipped: Uint8Array, bit: number) => unknown): Promise<number> {
  const copy = bytes.slice();
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const at = bit >> 3;
    copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7));
    await look(copy, bit);
    copy[at] = bytes[at] ?? 0;
  }
  return 8 * bytes.length;
}

type Step = (bundle: Bundle, checks: Checks) => Promise<unknown>;
const tags: Step = (bundle, checks) => checkTags(filesOf(bundle), hashes, derived, checks);
const signature: Step = (bundle, checks) => checkSignature(filesOf(bundle), derived.statement.exporter, checks);
const countersignature: Step = (bundle, checks) => checkCountersignatures(filesOf(bundle), derived, checks);

async function isFound(step: Step, path: string, bytes: Uint8Array): Promise<boolean> {
  const checks = new Checks();
  await step(new Map([...good, [path, bytes]]), checks);
  const { unchanged, keys } = checks.verdict();
  return [...unchanged.checks, ...keys.checks].some((c) => c.state === "failed");
}

describe("every single bit", () => {
  it("[S8] of every file under data/ is found by the manifest", () => {
    const list = parseManifest(good.get(PATH.manifest) ?? new Uint8Array()) ?? new Map<string, string>();
    expect(hashes.size).toBeGreaterThanOrEqual(26);
    for (const [path, bytes] of good) {
      if (!path.startsWith("data/")) continue;
      expect(payloadFault(list, path, ours(bytes)), path).toBeUndefined();
      const copy = Buffer.from(bytes);
      const before = createHash("sha256");
      const missed: number[] = [];
      for (let block = 0; block < copy.length; block += BLOCK) {
        // What stands before the flipped bit is hashed once: all flips of a block begin with the same state.
        const end = Math.min(block + BLOCK, copy.length);
        for (let bit = 8 * block; bit < 8 * end; bit++) {
          const at = bit >> 3;
          copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7));
          const hash = before.copy().update(copy.subarray(block)).digest("hex");
          // Now and then the verifier's own hash must say the same of the same bytes.
          if (bit % 4_093 === 0) expect(ours(copy)).toBe(hash);
          if (payloadFault(list, path, hash) !== "file-changed") missed.push(bit);
          copy[at] = bytes[at] ?? 0;
        }
        before.update(copy.subarray(block, end));
      }
      expect(missed, path).toEqual([]);
    }
  });

  it("[S8] of a file as large as the true viewer is found, in its first block, one in the middle and the last", () => {
    const copy = Buffer.alloc(6_200_003, good.get(PATH.viewer) ?? "");
    const list = new Map([[PATH.viewer, hashOf(copy)]]);
    for (const block of [0, 3_100_032, copy.length - BLOCK]) {
      const before = createHash("sha256").update(copy.subarray(0, block));
      for (let bit = 8 * block; bit < 8 * (block + BLOCK); bit++) {
        const at = bit >> 3;
        copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7));
        const hash = before.copy().update(copy.subarray(block)).digest("hex");
        if (payloadFault(list, PATH.viewer, hash) !== "file-changed") throw new Error(`bit ${String(bit)} was missed`);
        copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7));
      }
    }
    expect(hashOf(copy)).toBe(list.get(PATH.viewer));
  });

  it("[S8][S12] of every list, signature, key and tag file is found by the check that reads it", async () => {
    const others = [...good].filter(([path]) => !path.startsWith("data/"));
    const own: Readonly<Record<string, Step>> = {
      [PATH.manifest]: signature,
      [PATH.signature]: signature,
      [PATH.signer]: signature,
      [PATH.sshSignature]: signature,
    };
    for (const [path, bytes] of others) {
      const step = path.includes("countersigned") ? countersignature : (own[path] ?? tags);
      const missed: number[] = [];
      await eachBit(bytes, async (flipped, bit) => {
        if (!(await isFound(step, path, flipped))) missed.push(bit);
      });
      expect(missed, path).toEqual([]);
    }
  });

  it("[S14] of a time stamp changes nothing of what it says, also where no list names it", async () => {
    const list = good.get(PATH.manifest) ?? new Uint8Array();
    const answer = good.get(PATH.stamp) ?? new Uint8Array();
    const right = await checkTimestamp(answer, list);
    if (!right.ok) throw new Error(right.error.code);
    let found = 0;
    // Each takes a signature with an elliptic curve, so of every byte one bit.
    for (let at = 0; at < answer.length; at++) {
      const flipped = await checkTimestamp(
        answer.map((b, i) => (i === at ? b ^ (1 << (at & 7)) : b)),
        list,
      );
      if (flipped.ok) expect(flipped.value, String(at)).toEqual(right.value);
      else found += 1;
    }
    expect(found).toBeGreaterThan(0.9 * answer.length);
  });

  it("[S8][S20] of everything in the archive that is no file is found", async () => {
    const { zip } = small;
    const opened = await openZip(sourceOfBytes(zip));
    expect(opened.ok && opened.value.isAsWritten).toBe(true);
    const copy = zip.slice();
    const missed: number[] = [];
    for (const at of frameOf(zip)) {
      for (let bit = 0; bit < 8; bit++) {
        copy[at] = (copy[at] ?? 0) ^ (1 << bit);
        const flipped = await openZip(sourceOfBytes(copy));
        if (flipped.ok && flipped.value.isAsWritten) missed.push(8 * at + bit);
        copy[at] = zip[at] ?? 0;
      }
    }
    expect(missed).toEqual([]);
  });

  it("[S8] of a packed file is found as it is unpacked, or the file is the same", async () => {
    const packed = [PATH.csvSetAside, PATH.checkpoint];
    const alone = await pack(new Map(packed.map((path) => [path, good.get(path) ?? new Uint8Array()])));
    const isFrame = new Set(frameOf(alone));
    let [found, same] = [0, 0];
    await eachBit(alone, async (flipped, bit) => {
      if (isFrame.has(bit >> 3)) return;
      const opened = await openZip(sourceOfBytes(flipped));
      if (!opened.ok) throw new Error("the frame is untouched");
      const files = await Promise.all(packed.map((path) => opened.value.read(path)));
      if (files.includes(undefined)) found += 1;
      else same += 1;
      for (const [i, bytes] of files.entries()) if (bytes) expect(bytes).toEqual(good.get(packed[i] ?? ""));
    });
    // Bits behind the end of a packed stream, and lengths of codes that it does not use.
    expect(found).toBeGreaterThan(50 * same);
  });
});

/** Every place of the archive that holds no packed byte of a file. */
function frameOf(zip: Uint8Array): number[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const directory = view.getUint32(zip.length - 6, true);
  const isFile = new Uint8Array(zip.length);
  for (let at = directory; view.getUint32(at, true) === 0x02014b50; at += 46 + view.getUint16(at + 28, true)) {
    const local = view.getUint32(at + 42, true);
    const data = local + 30 + view.getUint16(at + 28, true);
    isFile.fill(1, data, data + view.getUint32(at + 20, true));
  }
  return [...isFile.keys()].filter((at) => isFile[at] === 0);
}
