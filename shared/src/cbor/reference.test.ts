import { decode as cborgDecode, encode as cborgEncode, rfc8949EncodeOptions } from "cborg";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { equalBytes } from "../base/bytes.ts";
import { decode, encode, type CborValue } from "./cbor.ts";

/**
 * Another implementation beside ours: cborg reads with its strict options and writes what it read again, so that whatever has a second
 * spelling gives other bytes. Slow, and so a reference for tests only.
 */
function reference(bytes: Uint8Array): CborValue | undefined {
  const options = {
    strict: true,
    allowIndefinite: false,
    allowUndefined: false,
    allowInfinity: false,
    allowNaN: false,
    allowBigInt: false,
  };
  try {
    const value = cborgDecode(bytes, { ...options, rejectDuplicateMapKeys: true }) as CborValue;
    return hasUnknown(value) || !equalBytes(referenceEncode(value), bytes) ? undefined : value;
  } catch {
    return undefined;
  }
}

const referenceEncode = (value: CborValue): Uint8Array =>
  Uint8Array.from(cborgEncode(value, { ...rfc8949EncodeOptions, ignoreUndefinedProperties: false, float64: false }));

/** Floats, which cborg gives as numbers. Integers that are written as floats do not come back as the same bytes. */
const hasUnknown = (value: unknown): boolean => {
  if (typeof value === "number") return !Number.isSafeInteger(value);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return false;
  return Object.values(value).some(hasUnknown);
};

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 60 }),
  fc.constantFrom("__proto__", "constructor", "é", "", "ab", "aa", "b", "𐀀", "\uFFFF", "a".repeat(23), "a".repeat(24)),
);
const value: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.maxSafeInteger(),
    fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 4_294_967_295, 4_294_967_296, Number.MAX_SAFE_INTEGER, -1, -24, -25, -256, -257),
    text,
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 300 }).map((b) => Uint8Array.from(b)),
    fc.array(tie("value"), { maxLength: 30 }),
    fc.dictionary(text, tie("value"), { maxKeys: 30, noNullPrototype: true }),
  ),
})).value;

/** Bytes that look like CBOR more often than chance: heads of all widths, keys in and out of order, cut and altered values. */
const almost = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.array(
    fc.constantFrom(
      0x18,
      0x19,
      0x1a,
      0x1b,
      0x38,
      0x41,
      0x58,
      0x61,
      0x62,
      0x78,
      0x81,
      0x82,
      0xa1,
      0xa2,
      0xb8,
      0xf4,
      0xf6,
      0xf7,
      0xf9,
      0xff,
      0,
      1,
      23,
    ),
    {
      maxLength: 16,
    },
  ),
  fc.tuple(value, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 })).map(([v, changes]) => {
    const bytes = encode(v);
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
    return bytes;
  }),
  fc.tuple(value, fc.nat()).map(([v, at]) => {
    const bytes = encode(v);
    return bytes.subarray(0, at % (bytes.length + 1));
  }),
);

describe("CBOR beside another implementation", () => {
  test("[E1] every value is written as the other one writes it", () => {
    fc.assert(
      fc.property(value, (v) => {
        expect(encode(v)).toEqual(referenceEncode(v));
      }),
      { numRuns: 500 },
    );
  });

  test("[E1] whatever bytes come, both give the same value or both refuse", () => {
    fc.assert(
      fc.property(almost, (raw) => {
        const bytes = Uint8Array.from(raw);
        // The other one loses a byte order mark at a text's beginning.
        fc.pre(!Buffer.from(bytes).includes("\uFEFF"));
        const theirs = reference(bytes);
        const ours = decode(bytes, 1 << 20);
        expect(ours.ok ? ours.value : undefined).toEqual(theirs);
      }),
      { numRuns: 5_000 },
    );
  });

  test("[E1] a byte order mark at the beginning of a text stays", () => {
    expect(decode(encode({ "\uFEFFk": "\uFEFFtext" }), 100)).toEqual({ ok: true, value: { "\uFEFFk": "\uFEFFtext" } });
  });

  test("[E1] a part of a larger buffer is read in its own bounds, and what is read does not change with it", () => {
    const buffer = Buffer.alloc(64, 0x41);
    const bytes = encode({ a: new Uint8Array([1, 2, 3]) });
    buffer.set(bytes, 5);
    const read = decode(buffer.subarray(5, 5 + bytes.length), 100);
    buffer.fill(0);
    expect(read).toEqual({ ok: true, value: { a: new Uint8Array([1, 2, 3]) } });
  });

  test.each([
    ["a fraction", 1.5],
    ["a number beyond what is exact", 2 ** 53],
    ["nothing at all", undefined],
    ["a big integer", 5n],
    ["undefined in a map", { a: undefined }],
    ["not a number", Number.NaN],
  ])("[E1] %s cannot be written", (_name, wrong) => {
    expect(() => encode(wrong as CborValue)).toThrow(TypeError);
  });
});
