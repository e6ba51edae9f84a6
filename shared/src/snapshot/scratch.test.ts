import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { utf8 } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import { blobBlocks } from "./blob-io.ts";
import { PackedBlocks } from "./packed-blocks.ts";
import { PackedRows } from "./packed-rows.ts";
import { NOTE_ROW } from "./row-codecs.ts";
import { SealedScratch, type BlockStore } from "./scratch.ts";

beforeAll(initCrypto);

/** Blocks in memory, of which `room` fit. */
function storeOf(room = Infinity): BlockStore & { readonly blocks: Uint8Array[] } {
  const blocks: Uint8Array[] = [];
  return {
    blocks,
    put: (n, block) => {
      if (n >= room) return Promise.reject(new Error("no room"));
      blocks[n] = block;
      return Promise.resolve();
    },
    get: (n) => Promise.resolve(blocks[n]),
  };
}

const STORES: readonly (readonly [string, () => BlockStore])[] = [
  ["blocks as Blobs", blobBlocks],
  ["blocks elsewhere", storeOf],
];

describe("a scratch", () => {
  it.each(STORES)("[S9] of %s gives what was written, wherever one reads, while more is written (seeded)", async (_, make) => {
    const parts = fc.array(fc.uint8Array({ maxLength: 90_000 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(parts, fc.array(fc.tuple(fc.nat(400_000), fc.nat(200_000)), { maxLength: 4 }), async (pieces, reads) => {
        const scratch = new SealedScratch(make());
        let all = Buffer.alloc(0);
        for (const piece of pieces) {
          expect(await scratch.write(piece)).toBe(all.length);
          all = Buffer.concat([all, piece]);
          expect(scratch.size).toBe(all.length);
          for (const [from, length] of [[0, all.length] as const, ...reads]) {
            const read = await scratch.read(from, from + length);
            if (from + length > all.length) expect(read).toBeUndefined();
            else expect(read && all.subarray(from, from + length).equals(read)).toBe(true);
          }
        }
      }),
      { seed: 9, numRuns: 25 },
    );
  });

  it("[S9] hands out nothing that can be read, and takes nothing back that is not its own block at its place", async () => {
    const store = storeOf();
    const scratch = new SealedScratch(store);
    await scratch.write(utf8("a word that nobody else shall read ".repeat(20_000)));
    expect(store.blocks.length).toBeGreaterThan(5);
    expect(store.blocks.some((block) => Buffer.from(block).includes("nobody"))).toBe(false);
    const [first, second] = store.blocks;
    if (!first || !second) throw new Error("more than one");
    store.blocks[0] = second;
    expect(await scratch.read(0, 10)).toBeUndefined();
    store.blocks[0] = first;
    expect(Buffer.from((await scratch.read(0, 6)) ?? []).toString()).toBe("a word");
  });

  it("[S9] that has no room left says so, each time, and has what was written before", async () => {
    const scratch = new SealedScratch(storeOf(1));
    const bytes = new Uint8Array(65_536).map((_, i) => i % 251);
    expect(await scratch.write(bytes)).toBe(0);
    expect(await scratch.write(bytes)).toBe(65_536);
    for (let n = 0; n < 2; n++) await expect(scratch.write(bytes)).rejects.toThrow("no room");
    const read = await scratch.read(0, 131_072);
    expect(read && Buffer.concat([bytes, bytes]).equals(read)).toBe(true);
  });
});

describe("what is packed", () => {
  const block = (n: number, length = 50_000): Uint8Array => new Uint8Array(length).map((_, i) => (i * (n + 7) * 31) >> 3);
  const isSame = (a: Uint8Array | undefined, b: Uint8Array): boolean => a !== undefined && Buffer.from(a).equals(b);

  it("[S1] is the same out of a scratch, out of memory, and where the scratch was full half-way", async () => {
    for (const scratch of [undefined, new SealedScratch(storeOf()), new SealedScratch(storeOf(2))]) {
      const blocks = new PackedBlocks(scratch);
      for (let n = 0; n < 20; n++) await blocks.push(block(n));
      expect(blocks.length).toBe(20);
      for (const n of [19, 0, 7, 8, 1]) expect(isSame(await blocks.at(n), block(n))).toBe(true);
      expect(await blocks.at(20)).toBeUndefined();
    }
  });

  it("[S1] is not held where there is a scratch, however many rows there are", async () => {
    const note = (n: number): string => `${String(n)} ${Buffer.from(block(n, 300)).toString("base64")}`;
    const held: number[] = [];
    for (const count of [2_000, 20_000]) {
      const rows = new PackedRows(NOTE_ROW, new SealedScratch(storeOf()));
      for (let n = 0; n < count; n++) await rows.push(note(n));
      held.push(rows.bytes);
      let n = 0;
      for await (const row of rows) if (row === note(n)) n++;
      expect([n, rows.length]).toEqual([count, count]);
    }
    // One block of rows is open.
    for (const bytes of held) expect(bytes).toBeLessThan(80_000);
  });
});
