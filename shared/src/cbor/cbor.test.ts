import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { fromHex } from "../base/bytes.ts";
import type { LogId } from "../base/ids.ts";
import { decode, encode, type CborValue } from "./cbor.ts";
import { structCodec, zBytes, zId, zUint } from "./struct.ts";

const hex = (text: string): Uint8Array => fromHex(text.replaceAll(" ", "")) ?? new Uint8Array();

const cbor: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.maxSafeInteger(),
    fc.string({ unit: "binary" }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 40 }).map((b) => Uint8Array.from(b)),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(
      fc.string({ unit: "binary" }).filter((k) => k !== "__proto__"),
      tie("value"),
      { maxKeys: 5, noNullPrototype: true },
    ),
  ),
})).value;

describe("deterministic CBOR", () => {
  test("[E1] what is written is read back, byte for byte", () => {
    fc.assert(
      fc.property(cbor, (value) => {
        const bytes = encode(value);
        const back = decode(bytes, 1 << 20);
        expect(back).toEqual({ ok: true, value });
      }),
    );
  });

  test.each([
    ["a head that is longer than needed", "18 05"],
    ["a length that is longer than needed", "58 01 00"],
    ["an indefinite array", "9f 01 ff"],
    ["an indefinite text", "7f 61 61 ff"],
    ["a float", "f9 3c 00"],
    ["a float that is no integer", "fb 3ff8000000000000"],
    ["a tag", "c0 61 61"],
    ["undefined", "f7"],
    ["an unknown simple value", "f8 20"],
    ["keys out of order", "a2 61 62 01 61 61 02"],
    ["shorter key after longer", "a2 62 61 61 01 61 62 02"],
    ["a key twice", "a2 61 61 01 61 61 02"],
    ["a key that is a number", "a1 01 02"],
    ["bad UTF-8", "62 c3 28"],
    ["a lone surrogate in UTF-8", "63 ed a0 80"],
    ["an integer over 2^53", "1b 0020000000000001"],
    ["bytes after the end", "01 01"],
    ["an end too early", "82 01"],
    ["nothing", ""],
    ["a huge length with no data", "9b 00ffffffffffffff"],
  ])("[E1] %s is refused", (_name, bytes) => {
    expect(decode(hex(bytes), 100).ok).toBe(false);
  });

  test("[E1] a key named __proto__ is a key like any other", () => {
    const back = decode(hex("a1 69 5f5f70726f746f5f5f a1 61 61 01"), 100);
    expect(back.ok && Object.getPrototypeOf(back.value)).toBe(Object.prototype);
    expect(back.ok && Object.keys(back.value as object)).toEqual(["__proto__"]);
  });

  test("[E2] nesting deeper than 16 is refused, and 16 is not", () => {
    const nested = (n: number): Uint8Array => new Uint8Array([...Array.from({ length: n }, () => 0x81), 0x01]);
    expect(decode(nested(16), 1000).ok).toBe(true);
    const deep = decode(nested(17), 1000);
    expect(!deep.ok && deep.error.code).toBe("cbor-too-deep");
    const veryDeep = decode(nested(900_000), 1 << 20);
    expect(!veryDeep.ok && veryDeep.error.code).toBe("cbor-too-deep");
  });

  test("[E2] siblings do not count as depth", () => {
    expect(decode(encode([[1], [2], [[3]], { a: [4] }, []]), 1000).ok).toBe(true);
    expect(decode(encode(Array.from({ length: 500 }, () => [1, { a: 2 }])), 100_000).ok).toBe(true);
  });

  test("[E2] longer than its type is refused before it is read", () => {
    const long = decode(encode("x".repeat(50)), 20);
    expect(!long.ok && long.error.code).toBe("cbor-too-long");
  });

  test("[E1] any changed bit gives another value or is refused", () => {
    const bytes = encode({ a: 1, b: [true, null, "text"], c: new Uint8Array([1, 2, 3]) });
    for (let i = 0; i < bytes.length * 8; i++) {
      const flipped = Uint8Array.from(bytes);
      flipped[i >> 3] = (flipped[i >> 3] ?? 0) ^ (1 << (i & 7));
      const back = decode(flipped, 1000);
      if (back.ok) expect(encode(back.value)).toEqual(flipped);
    }
  });
});

describe("structures", () => {
  const codec = structCodec(z.strictObject({ v: z.literal(1), log: zId<LogId>(), n: zUint(), note: zBytes(4).optional() }), 200);
  const value = { v: 1 as const, log: "ab".repeat(32) as LogId, n: 5 };

  test("[E3] ids are bytes outside and hex inside", () => {
    const bytes = codec.encode(value);
    expect(codec.decode(bytes)).toEqual({ ok: true, value });
    const raw = decode(bytes, 200);
    expect(raw.ok && raw.value).toMatchObject({ log: new Uint8Array(32).fill(0xab) });
  });

  test.each<[string, CborValue]>([
    ["an unknown key", { v: 1, log: new Uint8Array(32), n: 5, x: 1 }],
    ["a missing key", { v: 1, log: new Uint8Array(32) }],
    ["an id of 31 bytes", { v: 1, log: new Uint8Array(31), n: 5 }],
    ["an id as text", { v: 1, log: "ab".repeat(32), n: 5 }],
    ["a negative count", { v: 1, log: new Uint8Array(32), n: -5 }],
    ["another version", { v: 2, log: new Uint8Array(32), n: 5 }],
    ["an optional key that is too long", { v: 1, log: new Uint8Array(32), n: 5, note: new Uint8Array(5) }],
    ["null for a key that is left out", { v: 1, log: new Uint8Array(32), n: 5, note: null }],
  ])("[E3] %s is refused", (_name, raw) => {
    const back = codec.decode(encode(raw));
    expect(!back.ok && back.error.code).toBe("struct-unknown");
  });
});
