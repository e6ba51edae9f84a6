import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { encode, type CborValue } from "../cbor/cbor.ts";
import { initCrypto } from "../crypto/init.ts";
import { toHex } from "../base/bytes.ts";
import { ENTRY_CHANNELS } from "../base/channels.ts";
import { readAuthorPart } from "./header.ts";
import { LIMITS } from "../base/limits.ts";

beforeAll(() => initCrypto());

/** Rule L0's table, once more and in other words: what each field may be. */
const RULES: Readonly<Record<string, (value: CborValue) => boolean>> = {
  v: (x) => x === 1,
  log: (x) => x instanceof Uint8Array && x.length === 32,
  // Bundles and acknowledgements have one field more (rules L8a, L8d).
  kind: (x) => x === 1 || x === 2 || x === 4 || x === 6,
  ch: (x) => (ENTRY_CHANNELS as readonly CborValue[]).includes(x),
  e: (x) => Number.isSafeInteger(x) && Number(x) >= 0,
  book: (x) => x instanceof Uint8Array && x.length === 32,
  dev: (x) => x instanceof Uint8Array && x.length === 32,
  cc: (x) => x instanceof Uint8Array && x.length === 32,
  bh: (x) => x instanceof Uint8Array && x.length === 32,
  bl: (x) => Number.isSafeInteger(x) && Number(x) >= 0 && Number(x) <= LIMITS.body,
  s: (x) => x instanceof Uint8Array && x.length === 64,
};

const some = fc.constantFrom<CborValue[]>(
  ...[
    null,
    true,
    "",
    "messages",
    "charter",
    "constructor",
    -1,
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    LIMITS.body,
    LIMITS.body + 1,
    Number.MAX_SAFE_INTEGER,
  ],
  ...[new Uint8Array(31), new Uint8Array(32), new Uint8Array(33), new Uint8Array(64), new Uint8Array(65), [], {}],
);
const right = { v: 1, log: new Uint8Array(32).fill(1), kind: 1, ch: "messages", e: 3, book: new Uint8Array(32).fill(2) };
const rest = {
  dev: new Uint8Array(32).fill(3),
  cc: new Uint8Array(32).fill(4),
  bh: new Uint8Array(32).fill(5),
  bl: 9,
  s: new Uint8Array(64),
};

test("[E3][L0] an author part is read if every field is what the rule says, and no other is there", () => {
  const changes = fc.array(fc.tuple(fc.constantFrom(...Object.keys(RULES), "x", "constructor"), fc.option(some, { nil: undefined })), {
    maxLength: 3,
  });
  fc.assert(
    fc.property(changes, (list) => {
      const map = new Map<string, CborValue>(Object.entries({ ...right, ...rest }));
      for (const [key, value] of list) {
        if (value === undefined) map.delete(key);
        else map.set(key, value);
      }
      const lawful = map.size === 11 && Object.entries(RULES).every(([key, rule]) => map.has(key) && rule(map.get(key) ?? null));
      const read = readAuthorPart(encode(Object.fromEntries(map)));
      expect(read.ok).toBe(lawful);
      if (read.ok) expect(read.value.author.commitment).toBe(toHex(map.get("cc") as Uint8Array));
    }),
    { numRuns: 3_000 },
  );
});
