import { equalBytes } from "../base/bytes.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sourceOfInput, type ReadOpened } from "./input.ts";

const SIZE = 3 * 1024 * 1024 + 17;
const content = Uint8Array.from({ length: SIZE }, (_, i) => (i * 31) & 255);
const file = { name: "a.zip", size: SIZE, id: "one" };

describe("a file that was opened with the desktop app", () => {
  it("[desktop] reads as the same bytes in any order, and asks for no more than it needs", async () => {
    const asked: number[] = [];
    const read: ReadOpened = (id, from, to) => {
      asked.push(to - from);
      return Promise.resolve(id === "one" && to <= SIZE ? content.subarray(from, to) : undefined);
    };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(SIZE), fc.nat(SIZE)), { maxLength: 20 }), async (ranges) => {
        const source = sourceOfInput(file, read);
        for (const [a, b] of ranges) {
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          const got = await source.read(from, to);
          expect(got && equalBytes(got, content.subarray(from, to)), `${from} to ${to}`).toBe(true);
        }
        expect(await source.read(0, SIZE + 1)).toBeUndefined();
      }),
      { seed: 20_261_125, numRuns: 50 },
    );
    expect(Math.max(...asked)).toBeLessThanOrEqual(SIZE);
    asked.length = 0;
    const forwards = sourceOfInput(file, read);
    for (let at = 0; at + 1_000 <= SIZE; at += 1_000) await forwards.read(at, at + 1_000);
    expect(asked.length).toBeLessThanOrEqual(5);
  });

  it("[desktop] one that is gone, or has no name to read it by, reads as nothing", async () => {
    const gone: ReadOpened = () => Promise.resolve(undefined);
    for (const source of [sourceOfInput(file, gone), sourceOfInput(file, undefined), sourceOfInput({ ...file, id: undefined }, gone)]) {
      expect(source.size).toBe(SIZE);
      expect(await source.read(0, 10)).toBeUndefined();
    }
  });
});
