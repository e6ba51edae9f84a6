import { mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { utf8 } from "../src/base/bytes.ts";
import { initCrypto } from "../src/crypto/init.ts";
import { FileScratch } from "./scratch.ts";

let folder = "";
beforeAll(async () => {
  await initCrypto();
  folder = await mkdtemp(join(tmpdir(), "scratch-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("plain bytes in a file without a name", () => {
  it("[S9] come out as they went in, wherever one reads (seeded)", async () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 50_000 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(parts, fc.array(fc.tuple(fc.nat(400_000), fc.nat(200_000)), { maxLength: 8 }), async (pieces, reads) => {
        const scratch = await FileScratch.create(folder);
        try {
          for (const piece of pieces) await scratch.sink(piece);
          const all = Buffer.concat(pieces);
          const source = scratch.source;
          expect(source.size).toBe(all.length);
          for (const [from, length] of [[0, all.length] as const, ...reads]) {
            const read = await source.read(from, from + length);
            if (from + length > all.length) expect(read).toBeUndefined();
            else expect(read && all.subarray(from, from + length).equals(read)).toBe(true);
          }
        } finally {
          await scratch.close();
        }
      }),
      { seed: 9, numRuns: 40 },
    );
  });

  it("[S9] leave no name from the first moment on, and what lies on the disk cannot be read", async () => {
    const scratch = await FileScratch.create(folder);
    expect(await readdir(folder)).toEqual([]);
    const word = "a word that nobody else shall read";
    await scratch.sink(utf8(word.repeat(10_000)));
    const source = scratch.source;
    expect(Buffer.from((await source.read(0, word.length)) ?? []).toString()).toBe(word);
    expect(await readdir(folder)).toEqual([]);
    // The system shows a file without a name to its own process alone.
    const held: Buffer[] = [];
    for (const fd of await readdir("/proc/self/fd")) {
      const to = await readlink(`/proc/self/fd/${fd}`).catch(() => "");
      if (to.startsWith(folder)) held.push(await readFile(`/proc/self/fd/${fd}`));
    }
    // The last block is not there before it is full.
    expect(held.map((bytes) => bytes.length)).toEqual([Math.floor((word.length * 10_000) / 65_536) * (65_536 + 40)]);
    expect(held.some((bytes) => bytes.includes("nobody"))).toBe(false);
    await scratch.close();
  });

  it("[S9] are nowhere where there is no such folder: that is the system's error", async () => {
    await expect(FileScratch.create(join(folder, "none"))).rejects.toThrow(/ENOENT/);
    expect(await readdir(folder)).toEqual([]);
  });
});
