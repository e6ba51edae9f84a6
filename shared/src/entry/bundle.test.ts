import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { allOf } from "../snapshot/rows.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { seededRandom } from "../../test/random.ts";
import { equalBytes, toId, utf8 } from "../base/bytes.ts";
import type { ChannelKey, DeviceId, FileId, FileKey, LogId, Signature } from "../base/ids.ts";
import { initCrypto } from "../crypto/init.ts";
import { signKeyPair } from "../crypto/sign.ts";
import { sourceOf } from "../sample/source.ts";
import { bodyCommitment, encodeBody, type ChangesBody } from "./body.ts";
import { ackPlacement, bundleCommitment, openBundle, sealBundle, type Covered } from "./bundle.ts";
import { joinChunk, splitChunk } from "./chunk-parts.ts";
import { ENTRY_KIND, makeAuthorPart, parseAuthorPart, type AuthorPart, type Placement } from "./header.ts";
import { MAX_UNPACKED, packBodies, unpackBodies } from "./pack.ts";

const random = seededRandom("bundle");
let house: Household;
/** Opened bodies of a household with hostile changes in it, in the order of the log. */
let bodies: readonly ChangesBody[];

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  house = makeHousehold();
  bodies = (await allOf(sourceOf(house).entries)).map((e) => e.body);
});

const MESSAGES = { channel: "messages", period: "2026-03", shard: 0 } as const;
const LOG = "1f".repeat(32) as LogId;
const KEY = new Uint8Array(32).fill(9) as ChannelKey;
const pair = () => signKeyPair(new Uint8Array(32).fill(8));

const covered = (list: readonly ChangesBody[]): Covered[] =>
  list.map((body, i) => ({ seq: 10 + 2 * i, leaf: new Uint8Array(32).fill(i), body: { ...body, book: MESSAGES } }));

function sealed(entries: readonly Covered[], key = KEY): { author: AuthorPart; body: Uint8Array } {
  const { publicKey, secretKey } = pair();
  const made = sealBundle({ log: LOG, device: toId<DeviceId>(publicKey), book: MESSAGES, epoch: 3, key, entries, random });
  if (!made) throw new Error("too large");
  const author = parseAuthorPart(makeAuthorPart(made.placement, made.body, secretKey));
  if (!author.ok) throw new Error(author.error.code);
  return { author: author.value, body: made.body };
}

const bytesUpTo = (max: number) => fc.uint8Array({ maxLength: max });
/** Bodies that no honest client would make: bytes for changes, text for notes. */
const wild: fc.Arbitrary<Omit<ChangesBody, "book">> = fc.record({
  secret: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  changes: fc.array(
    fc.record({
      bytes: fc.oneof(
        bytesUpTo(60),
        fc
          .tuple(fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 3 }), bytesUpTo(60))
          .map(([deps, rest]) => joinChunk(deps, rest)),
        bytesUpTo(40).map((rest) => joinChunk([], Uint8Array.from([...rest, 4, ...utf8("cs1."), 1]))),
      ),
      signature: fc.uint8Array({ minLength: 64, maxLength: 64 }).map((s) => s as Signature),
      tag: fc.record(
        { kind: fc.string({ maxLength: 10 }), root: fc.string({ maxLength: 20 }), children: fc.string({ maxLength: 20 }) },
        { requiredKeys: ["kind", "root"] },
      ),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  notes: fc.array(fc.string({ maxLength: 30, unit: "grapheme" }), { maxLength: 3 }),
  fileKeys: fc.array(
    fc.record({
      file: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((b) => toId<FileId>(b)),
      key: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((b) => b as FileKey),
    }),
    { maxLength: 2 },
  ),
});

describe("bundles", () => {
  test("[L8c] every body of a household comes back to the byte, and so does its commitment", () => {
    const entries = covered(bodies);
    const { author, body } = sealed(entries);
    const opened = openBundle(author, body, KEY);
    if (!opened.ok) throw new Error(opened.error.code);
    expect(opened.value.length).toBe(entries.length);
    opened.value.forEach((b, i) => {
      const before = entries[i]?.body;
      if (!before) throw new Error("an entry");
      expect(equalBytes(encodeBody(b), encodeBody(before))).toBe(true);
      expect(bodyCommitment(b)).toBe(bodyCommitment(before));
    });
    expect(author.covers).toEqual(entries.flatMap((_, i) => (i === 0 ? [10, 1] : [1, 1])));
    expect(author.commitment).toBe(bundleCommitment(entries.map((e) => e.leaf)));
  });

  test("[L8c] what is packed is a fraction of what it was", () => {
    const loose = bodies.reduce((n, b) => n + encodeBody(b).length, 0);
    const packed = packBodies(bodies);
    const size = packed.secrets.length + packed.signatures.length + packed.seals.length + packed.deflated.length;
    expect(size).toBeLessThan(loose / 2);
  });

  test("[L8c] whatever a hostile client put into its entries comes back too", () => {
    fc.assert(
      fc.property(fc.array(wild, { minLength: 1, maxLength: 5 }), (list) => {
        const before = list.map((b) => ({ ...b, book: MESSAGES }));
        const back = unpackBodies(packBodies(before))?.map((b) => encodeBody({ ...b, book: MESSAGES }));
        expect(back).toEqual(before.map(encodeBody));
      }),
      { numRuns: 100 },
    );
  });

  test("[L8c] anything else than what was packed opens to something else or to nothing, and never throws", () => {
    const packed = packBodies(bodies.slice(0, 6));
    const whole = JSON.stringify(unpackBodies(packed)?.map((b) => [...encodeBody({ ...b, book: MESSAGES })]));
    const parts = ["secrets", "signatures", "seals", "deflated"] as const;
    // A deflate stream has a few bits that stand for nothing.
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.nat(), fc.nat(7), fc.integer({ min: -2, max: 2 }), (part, at, bit, cut) => {
        const bytes = packed[part];
        const flipped = Uint8Array.from(bytes, (b, i) => (i === at % bytes.length ? b ^ (1 << bit) : b));
        const changed = cut < 0 ? flipped.subarray(0, flipped.length + cut) : flipped;
        const back = unpackBodies({ ...packed, [part]: changed, size: packed.size + Math.max(0, cut) });
        const text = back && JSON.stringify(back.map((b) => [...encodeBody({ ...b, book: MESSAGES })]));
        if (part !== "deflated") expect(text).not.toBe(whole);
      }),
      { numRuns: 400 },
    );
  });

  test("[L8c] a bundle that would swell beyond its limit is not unpacked", () => {
    const packed = packBodies(bodies.slice(0, 2));
    expect(unpackBodies({ ...packed, size: MAX_UNPACKED + 1 })).toBeUndefined();
    expect(unpackBodies({ ...packed, size: packed.size - 1 })).toBeUndefined();
    expect(unpackBodies({ ...packed, size: 2 ** 52 })).toBeUndefined();
  });

  test("[L8c] it opens under the key of its epoch alone, as what its header says", () => {
    const { author, body } = sealed(covered(bodies.slice(0, 4)));
    const code = (a: AuthorPart, b = body, key = KEY): string | undefined => {
      const opened = openBundle(a, b, key);
      return opened.ok ? undefined : opened.error.code;
    };
    expect(code(author)).toBeUndefined();
    expect(code(author, body, new Uint8Array(32) as ChannelKey)).toBe("bundle-sealed");
    expect(code({ ...author, covers: [10, 4] })).toBe("bundle-sealed");
    expect(code({ ...author, epoch: 2 })).toBe("bundle-sealed");
    expect(code(author, body.subarray(1))).toBe("bundle-sealed");
  });

  test("[L8a] a header says what it covers if it is a bundle's, of what it is one if an acknowledgement's, and neither otherwise", () => {
    const { publicKey, secretKey } = pair();
    const device = toId<DeviceId>(publicKey);
    const base = {
      log: LOG,
      channel: "messages",
      epoch: 0,
      book: "0".repeat(64),
      device,
      commitment: "2".repeat(64),
    } as unknown as Placement;
    const parse = (p: Partial<Placement>): string => {
      const read = parseAuthorPart(makeAuthorPart({ ...base, ...p }, new Uint8Array(0), secretKey));
      return read.ok ? "ok" : read.error.code;
    };
    expect(parse({ kind: ENTRY_KIND.bundle, covers: [0, 2, 1, 4_094] })).toBe("ok");
    expect(parse({ kind: ENTRY_KIND.ack, of: 7 })).toBe("ok");
    for (const wrong of [
      { kind: ENTRY_KIND.bundle },
      { kind: ENTRY_KIND.bundle, covers: [] },
      { kind: ENTRY_KIND.bundle, covers: [0, 4_097] },
      { kind: ENTRY_KIND.bundle, covers: [3, 1, 0, 1] },
      { kind: ENTRY_KIND.bundle, covers: [0, 1], of: 1 },
      { kind: ENTRY_KIND.ack },
      { kind: ENTRY_KIND.ack, of: 1, covers: [0, 1] },
      { kind: ENTRY_KIND.changes, covers: [0, 1] },
      { kind: ENTRY_KIND.changes, of: 1 },
      { kind: ENTRY_KIND.anchor, of: 1 },
    ])
      expect(parse(wrong), JSON.stringify(wrong)).toBe("header-malformed");
  });

  test("[L8d] an acknowledgement names the bundle by its place and its header's leaf", () => {
    const bundle = { seq: 40, leaf: new Uint8Array(32).fill(3), channel: "messages", epoch: 2, book: "4".repeat(64) } as const;
    const device = toId<DeviceId>(pair().publicKey);
    expect(ackPlacement(LOG, { ...bundle, book: bundle.book as never }, device)).toEqual({
      ...{ log: LOG, kind: 5, channel: "messages", epoch: 2, book: "4".repeat(64), device },
      ...{ commitment: "03".repeat(32), of: 40 },
    });
  });

  test("[X2] a change taken apart is put together to the byte, and what is no plain change is left whole", () => {
    for (const { bytes } of bodies.flatMap((b) => b.changes)) {
      const parts = splitChunk(bytes);
      if (parts) expect(joinChunk(parts.deps, parts.rest)).toEqual(bytes);
      else expect(bytes[8]).not.toBe(1);
    }
    const [first] = bodies.flatMap((b) => b.changes);
    const bytes = first?.bytes ?? new Uint8Array();
    for (let i = 0; i < 12; i++) {
      const flipped = Uint8Array.from(bytes, (b, j) => (i === j ? b ^ 1 : b));
      expect(splitChunk(flipped)).toBeUndefined();
    }
    expect(splitChunk(new Uint8Array())).toBeUndefined();
  });
});
