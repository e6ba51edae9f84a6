import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  concat,
  equalBytes,
  fromBase64,
  fromBase64url,
  fromHex,
  fromUtf8,
  idBytes,
  toBase64,
  toBase64url,
  toHex,
  toId,
  u64,
  utf8,
} from "./bytes.ts";
import type { LogId } from "./ids.ts";

const bytes = fc.uint8Array({ maxLength: 200 });
/** RFC 4648 section 10: text, base64, base16 in lower case. */
const RFC_4648 = [
  ["", "", ""],
  ["f", "Zg==", "66"],
  ["fo", "Zm8=", "666f"],
  ["foo", "Zm9v", "666f6f"],
  ["foob", "Zm9vYg==", "666f6f62"],
  ["fooba", "Zm9vYmE=", "666f6f6261"],
  ["foobar", "Zm9vYmFy", "666f6f626172"],
] as const;

describe("text of bytes", () => {
  it.each(RFC_4648)("[E3] the vector %j of RFC 4648 holds both ways", (text, base64, hex) => {
    const plain = utf8(text);
    expect(toBase64(plain)).toBe(base64);
    expect(fromBase64(base64)).toEqual(plain);
    expect(toBase64url(plain)).toBe(base64.replace(/=+$/, ""));
    expect(fromBase64url(base64.replace(/=+$/, ""))).toEqual(plain);
    expect(toHex(plain)).toBe(hex);
    expect(fromHex(hex)).toEqual(plain);
  });

  it("[E3] base64url uses - and _ where base64 uses + and /", () => {
    const plain = Uint8Array.of(0xfb, 0xff, 0xbf);
    expect(toBase64(plain)).toBe("+/+/");
    expect(toBase64url(plain)).toBe("-_-_");
    expect(fromBase64("-_-_")).toBeUndefined();
    expect(fromBase64url("+/+/")).toBeUndefined();
  });

  it.each(["Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "Z", "=", "Zm9v=", "Zm 9v", "Zm9v\n", " ", "Zg==Zg==", "Zm9é"])(
    "[E3] base64 that is not canonical is refused: %j",
    (text) => {
      expect(fromBase64(text)).toBeUndefined();
    },
  );

  it.each(["Zg==", "Zm8=", "Zh", "Zm9", "Z", "=", "Zm 9", "Zm9v\n", "Zm9v.", "Zm9é"])(
    "[E3] base64url that is not canonical is refused: %j",
    (text) => {
      expect(fromBase64url(text)).toBeUndefined();
    },
  );

  it.each(["6", "6G", "AB", "aB", "0x", " 66", "66\n", "é0", "6 "])("[E3] hex that is not lower case and whole is refused: %j", (text) => {
    expect(fromHex(text)).toBeUndefined();
  });

  it("[E3] every text of bytes gives the bytes back, and no second text does", () => {
    fc.assert(
      fc.property(bytes, fc.string({ maxLength: 24 }), (plain, other) => {
        expect(fromHex(toHex(plain))).toEqual(plain);
        expect(fromBase64(toBase64(plain))).toEqual(plain);
        expect(fromBase64url(toBase64url(plain))).toEqual(plain);
        for (const [read, write] of [
          [fromHex, toHex],
          [fromBase64, toBase64],
          [fromBase64url, toBase64url],
        ] as const) {
          const read1 = read(other);
          if (read1) expect(write(read1)).toBe(other);
        }
      }),
      { seed: 4648 },
    );
  });
});

describe("bytes", () => {
  it("[E1] UTF-8 that is not valid is refused", () => {
    expect(fromUtf8(utf8("Grüße 🙂"))).toBe("Grüße 🙂");
    for (const bad of ["ff", "c0af", "eda080", "f4908080", "e282"]) expect(fromUtf8(fromHex(bad) ?? utf8("fixture"))).toBeUndefined();
  });

  it("[E4] a byte order mark is text like any other", () => {
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa");
  });

  it("[E1] an id is 32 bytes and comes back as the same bytes", () => {
    const plain = new Uint8Array(32).map((_, i) => 7 * i);
    expect(idBytes(toId<LogId>(plain))).toEqual(plain);
    expect(() => toId(plain.subarray(1))).toThrow();
    expect(() => idBytes("00" as LogId)).toThrow();
  });

  it("[E1] u64 is big endian", () => {
    expect(toHex(u64(0x0102030405))).toBe("0000000102030405");
    expect(toHex(u64(Number.MAX_SAFE_INTEGER))).toBe("001fffffffffffff");
  });

  it("[E6] concat joins in order; equalBytes compares length and content", () => {
    expect(toHex(concat(Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3)))).toBe("010203");
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0))).toBe(false);
  });
});
