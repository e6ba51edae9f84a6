import { expect, it } from "vitest";
import { OuterBounds, type Anchored } from "./bounds.ts";

const anchor = (key: string, seq: number, size: number, time: number): Anchored => ({
  kind: "cosignature",
  key,
  name: key,
  seq,
  size,
  time,
});

it("[S40][L11b] each key bounds by its own latest anchor below and its own earliest above, the key with the most anchors first", () => {
  const all = [
    anchor("one", 10, 9, 100),
    anchor("two", 11, 9, 90),
    anchor("two", 20, 18, 200),
    anchor("two", 30, 28, 200),
    anchor("two", 40, 38, 150),
    ...["c", "d", "e", "f", "g", "h", "i"].map((key) => anchor(key, 50, 49, 300)),
  ];
  const bounds = new OuterBounds(all);
  const of = (seq: number, size?: number): string[] =>
    bounds.of(seq, size).map((b) => `${b.side} ${b.by} ${String(b.at)} entry ${String(b.seq)}`);
  // Of what a checkpoint of 35 entries holds, the latest; of two equal ones the first in the log. The ninth key is not looked at.
  expect(of(60, 35)).toEqual(["not-before two 200 entry 20", "not-before one 100 entry 10"]);
  expect(of(60)).toEqual([]);
  // Entry 17 is covered by three of the second key's, of which the earliest counts, whatever came first.
  expect(of(17).filter((line) => !line.includes("300"))).toEqual(["not-after two 150 entry 40"]);
  expect(of(17)).toHaveLength(7);
  expect(of(8)[0]).toBe("not-after two 90 entry 11");
  // A checkpoint holds an entry whose number is below its size.
  expect([of(60, 10), of(60, 11)]).toEqual([[], ["not-before one 100 entry 10"]]);
});
