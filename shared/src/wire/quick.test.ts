import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { encode, type CborValue } from "../cbor/cbor.ts";
import { initCrypto } from "../crypto/init.ts";
import { LIMITS } from "../base/limits.ts";
import { clientMessage, clientMessageCodec, relayMessage, relayMessageCodec } from "./messages.ts";

beforeAll(() => initCrypto());

/** Values near each limit, of the right type and of every wrong one. */
const bytes = (max: number): fc.Arbitrary<CborValue> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(0, 1, 31, 32, 33, max - 1, max).map((n) => new Uint8Array(Math.max(0, n))) },
    fc.constant(new Uint8Array(max + 1)),
    other,
  );
const other: fc.Arbitrary<CborValue> = fc.oneof(
  fc.constantFrom<CborValue[]>(null, true, "", "push", "entries", -1, 0, 1, Number.MAX_SAFE_INTEGER, [], {}),
  fc.uint8Array({ maxLength: 4 }).map((b) => Uint8Array.from(b)),
);
const uint = fc.oneof({ weight: 5, arbitrary: fc.maxSafeNat() }, other);
const record = (model: Record<string, fc.Arbitrary<CborValue>>): fc.Arbitrary<CborValue> =>
  fc.tuple(fc.record(model), fc.constantFrom(0, 0, 0, 0, 1, 2), fc.nat(), other).map(([whole, change, at, value]) => {
    if (change === 0) return whole;
    const keys = Object.keys(whole);
    // One key less, or one that nobody knows.
    return change === 1 ? Object.fromEntries(Object.entries(whole).filter((_, i) => i !== at % keys.length)) : { ...whole, x: value };
  });
const list = (item: fc.Arbitrary<CborValue>, most: number): fc.Arbitrary<CborValue> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.array(item, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(most, most + 1).chain((n) => item.map((one) => Array.from({ length: n }, () => one))) },
    { weight: 1, arbitrary: other },
  );

const push = record({
  t: fc.oneof({ weight: 9, arbitrary: fc.constant<CborValue>("push") }, other),
  id: uint,
  entries: list(record({ a: bytes(LIMITS.author), b: bytes(64) }), LIMITS.entriesInPush),
});
const entries = record({
  t: fc.oneof({ weight: 9, arbitrary: fc.constant<CborValue>("entries") }, other),
  from: uint,
  items: list(
    fc.oneof(bytes(32), record({ a: bytes(LIMITS.author), r: bytes(LIMITS.relay), b: fc.oneof(fc.constant(null), bytes(64)) })),
    4_096,
  ),
  note: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<CborValue[]>(null, "", "note", "x".repeat(LIMITS.note), "x".repeat(LIMITS.note + 1)) },
    other,
  ),
});

describe("messages that are read without their schema", () => {
  test("[E3] a push is taken exactly as the schema takes it", () => {
    fc.assert(
      fc.property(push, (value) => {
        const read = clientMessageCodec.decode(encode(value));
        const schema = z.safeDecode(clientMessage, value as never);
        expect(read.ok ? read.value : undefined).toEqual(schema.data);
      }),
      { numRuns: 2_000 },
    );
  });

  test("[E3] entries are taken exactly as the schema takes them", () => {
    fc.assert(
      fc.property(entries, (value) => {
        const raw = encode(value);
        fc.pre(raw.length <= LIMITS.frame);
        const read = relayMessageCodec.decode(raw);
        const schema = z.safeDecode(relayMessage, value as never);
        expect(read.ok ? read.value : undefined).toEqual(schema.data);
      }),
      { numRuns: 300 },
    );
  });

  test("[E2] a body at the limit is taken, one beyond it is not", () => {
    const of = (length: number): boolean =>
      clientMessageCodec.decode(encode({ t: "push", id: 1, entries: [{ a: new Uint8Array(3), b: new Uint8Array(length) }] })).ok;
    expect([of(LIMITS.body), of(LIMITS.body + 1)]).toEqual([true, false]);
  });
});
