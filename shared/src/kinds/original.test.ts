import { describe, expect, it } from "vitest";
import type { FileId, Hex32 } from "../base/ids.ts";
import { formatFiles, parseFiles, type FileRecord } from "./files.ts";
import { parseOriginal } from "./original.ts";

const hex = (digit: string): Hex32 => digit.repeat(64) as Hex32;
const photo: FileRecord = {
  id: hex("1") as FileId,
  name: "shoes.jpg",
  type: "image/jpeg",
  size: 5,
  hash: hex("2"),
  sealedSize: 60,
  sealedHash: hex("3"),
  keyCommitment: hex("4"),
};
const kept = { kind: "original", v: 1, at: 1, commitment: hex("5"), salt: hex("6"), files: formatFiles([photo]) };
const parse = (change: object) => parseOriginal(new Map(Object.entries({ ...kept, ...change })));

describe("the original of a photo", () => {
  it("[R6][R12] a file record keeps what it commits to, and one without says nothing of it", () => {
    const committed = { ...photo, original: hex("5") };
    expect(parseFiles(formatFiles([committed, photo]))).toEqual([committed, photo]);
    expect(formatFiles([committed])).not.toBe(formatFiles([photo]));
  });

  it("[R12] is one file, its commitment and its salt, and nothing else", () => {
    expect(parse({})).toMatchObject({ commitment: hex("5"), salt: hex("6"), files: [photo] });
    for (const wrong of [
      { files: formatFiles([photo, photo]) },
      { files: "AA" },
      { salt: "66" },
      { salt: hex("A") },
      { commitment: 5 },
      { at: -1 },
      { v: 2 },
      { place: "48.2082 N" },
    ])
      expect(parse(wrong), JSON.stringify(wrong)).toBeUndefined();
  });
});
