import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { ALL_CHANNELS } from "../base/channels.ts";
import { LIMITS } from "../base/limits.ts";
import { encode, type CborValue } from "../cbor/cbor.ts";
import { initCrypto } from "../crypto/init.ts";
import { decodeChangeRow, encodeChangeRow } from "./change-rows.ts";

beforeAll(() => initCrypto());

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);
const isBytes = (length: number) => (x: CborValue) => x instanceof Uint8Array && x.length === length;
const isText = (most: number) => (x: CborValue) => typeof x === "string" && x.length <= most;
const isUint = (x: CborValue): boolean => Number.isSafeInteger(x) && Number(x) >= 0;

/** docs/snapshot-format.md, the rows of data/proof/changes.rows, once more and in other words: what each field of a change may be. */
const ITEMS: readonly Readonly<Record<string, (x: CborValue) => boolean>>[] = [
  {
    c: (x) => x instanceof Uint8Array && x.length <= LIMITS.change,
    s: isBytes(64),
    x: isBytes(32),
    y: isBytes(32),
    k: isText(100),
    r: isText(100),
  },
  { h: isBytes(32), y: isBytes(32), k: isText(100), r: isText(100), w: (x) => x === "scope" || x === "settlement" || x === "redacted" },
  { l: isBytes(32) },
];
const RIGHT: readonly Readonly<Record<string, CborValue>>[] = [
  { c: bytes(40), s: bytes(64), x: bytes(32), y: bytes(32), k: "message", r: "ab" },
  { h: bytes(32), y: bytes(32), k: "expense", r: "cd", w: "scope" },
  { l: bytes(32) },
];
const ROW: Readonly<Record<string, (x: CborValue) => boolean>> = {
  n: isUint,
  b: (x) =>
    Array.isArray(x) &&
    x.length === 3 &&
    (ALL_CHANNELS as readonly unknown[]).includes(x[0]) &&
    isText(7)(x[1] as CborValue) &&
    isUint(x[2] as CborValue) &&
    Number(x[2]) <= 255,
};

const some = fc.constantFrom<CborValue[]>(
  ...[
    null,
    true,
    "",
    "scope",
    "settlement",
    "redacted",
    "messages",
    "x".repeat(100),
    "x".repeat(101),
    -1,
    0,
    255,
    256,
    Number.MAX_SAFE_INTEGER,
  ],
  ...[bytes(0), bytes(31), bytes(32), bytes(33), bytes(64), bytes(65), [], {}, ["messages", "2026-03", 0], ["messages", "2026-003", 0]],
  ...[
    ["messages", "2026-03", 256],
    ["charter", "all", 0],
    ["messages", "2026-03"],
    ["expenses", "2026", 0, 0],
    [bytes(32), "gWNNaWE"],
    [bytes(31), "gWNNaWE"],
    [bytes(32), "x".repeat(4_097)],
    [bytes(32), "gWNNaWE", 0],
  ],
);
const changed = (keys: readonly string[]) =>
  fc.array(fc.tuple(fc.constantFrom(...keys), fc.option(some, { nil: undefined })), { maxLength: 2 });

function after(
  fields: Readonly<Record<string, CborValue>>,
  list: readonly (readonly [string, CborValue | undefined])[],
): Map<string, CborValue> {
  const map = new Map(Object.entries(fields));
  for (const [key, value] of list) {
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }
  return map;
}

/** A change that came with its note has one field more, one that names children too; of a withheld one the names may stay behind their hash. */
const isOpened = (x: CborValue): boolean =>
  Array.isArray(x) && x.length === 2 && isBytes(32)(x[0] as CborValue) && isText(4_096)(x[1] as CborValue);
const MORE = [
  { ...ITEMS[0], m: isUint },
  { ...ITEMS[0], a: isOpened },
  { ...ITEMS[0], m: isUint, a: isOpened },
  { ...ITEMS[1], a: (x: CborValue) => isBytes(32)(x) || isOpened(x) },
];

const fits = (map: ReadonlyMap<string, CborValue>, rules: Readonly<Record<string, (x: CborValue) => boolean>>): boolean =>
  map.size === Object.keys(rules).length && Object.entries(rules).every(([key, rule]) => map.has(key) && rule(map.get(key) ?? null));

test("[S2][E3] a row is read if every field is what its form says and no other is there, and comes out as it went in", () => {
  const item = fc.tuple(fc.nat({ max: 2 }), changed(["c", "s", "x", "y", "k", "r", "m", "h", "w", "l", "a", "constructor"]));
  fc.assert(
    fc.property(changed(["n", "b", "constructor"]), fc.array(item, { maxLength: 3 }), (outer, inner) => {
      const items = inner.map(([form, list]) => after(RIGHT[form] ?? {}, list));
      const row = after({ n: 5, b: ["messages", "2026-03", 0] }, outer);
      const lawful = fits(row, ROW) && items.length > 0 && items.every((one) => [...ITEMS, ...MORE].some((rules) => fits(one, rules)));
      const wire = encode({ ...Object.fromEntries(row), i: items.map((one) => Object.fromEntries(one)) });
      const read = decodeChangeRow(wire);
      expect(read !== undefined).toBe(lawful);
      if (read) expect(encodeChangeRow(read)).toEqual(wire);
    }),
    { numRuns: 3_000 },
  );
});
