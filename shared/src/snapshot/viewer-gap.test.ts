import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { toBase64, toHex, utf8 } from "../base/bytes.ts";
import { sha256 } from "../crypto/hash.ts";
import { initCrypto } from "../crypto/init.ts";
import { GapReader, type Filled } from "./viewer-gap.ts";

const BEGIN = '<p>&lt;</p><script type="application/octet-stream" id="bundle">';
const END = "</script><script>run()</script>\n";
beforeAll(initCrypto);

/** Reads a page that comes in pieces of these sizes, the last of which goes on. */
function read(page: string, sizes: readonly number[] = []): Filled | undefined {
  const bytes = utf8(page);
  const gap = new GapReader(bytes.length);
  let at = 0;
  for (const size of sizes) {
    gap.take(bytes.subarray(at, at + size));
    at += size;
  }
  gap.take(bytes.subarray(at));
  return gap.finish();
}

describe("the gap of a viewer page", () => {
  it("[S19] is found and emptied the same, whatever the pieces in which the page comes", () => {
    const template = toHex(sha256(utf8(BEGIN + END)));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 20 }), (filling, sizes) => {
        expect(read(BEGIN + toBase64(filling) + END, sizes)).toEqual({ template, filling });
      }),
      { seed: 19, numRuns: 300 },
    );
  });

  it("[S19] holds base64 and nothing else, stands once, and is closed", () => {
    const wrong = [
      "",
      BEGIN,
      END,
      `${BEGIN}QUJD`,
      `${BEGIN}QUJD</scrip`,
      `${BEGIN}QUJ${END}`,
      `${BEGIN}QUI=QUI=${END}`,
      `${BEGIN}QUI=${"QUJD".repeat(20)}${END}`,
      `${BEGIN}QUJD\n${END}`,
      `${BEGIN}QUJD<b>${END}`,
      `${BEGIN}QUJD${END}${BEGIN}${END}`,
    ];
    for (const page of wrong) for (let size = 1; size < 12; size++) expect(read(page, new Array(40).fill(size)), page).toBeUndefined();
  });
});
