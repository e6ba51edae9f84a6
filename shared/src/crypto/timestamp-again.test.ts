import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { stampAt, stampingKey, type Stamping } from "../../test/stamping-key.ts";
import { utf8 } from "../base/bytes.ts";
import { initCrypto } from "./init.ts";
import { checkTimestamp } from "./timestamp.ts";
import { timestampParts } from "./timestamp-parts.ts";

const SEED = Number(process.env["STAMP_SEED"] ?? 20_261_126);
const BYTES = utf8("what is stamped");
const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));

let real: Stamping;
let same: Stamping;

beforeAll(async () => {
  await initCrypto();
  real = await stampingKey("Famous TSA", 7, day(1), day(100));
  // All that anybody reads in it is the same, but for the key.
  same = await stampingKey("Famous TSA", 7, day(1), day(100));
});

const isGood = async (answer: Uint8Array, bytes = BYTES): Promise<string> => {
  const read = await checkTimestamp(answer, bytes);
  return read.ok ? "good" : `${read.error.code} ${read.error.detail ?? ""}`.trim();
};

describe("a time stamp whose certificates came before", () => {
  it("[S14] is held against their dates at its own moment, whatever the stamps before it were", async () => {
    const at = (n: number): Promise<Uint8Array> => stampAt(BYTES, day(n), real);
    const [before, first, last, after] = await Promise.all([at(-1), at(2), at(99), at(101)]);
    expect(await isGood(first)).toBe("good");
    expect(await isGood(after)).toBe("stamp-signature expired");
    expect(await isGood(last)).toBe("good");
    expect(await isGood(before)).toBe("stamp-signature expired");
    expect(await isGood(after)).toBe("stamp-signature expired");
  });

  it("[S14] is refused where another key signed, also one whose certificate has the same names, number and dates and came before too", async () => {
    const [own, theirs] = [await stampAt(BYTES, day(2), real), await stampAt(BYTES, day(2), same)];
    const [a, b] = [await checkTimestamp(own, BYTES), await checkTimestamp(theirs, BYTES)];
    expect([a.ok, b.ok]).toEqual([true, true]);
    expect(a.ok && b.ok && a.value.authority === b.value.authority && a.value.certificate !== b.value.certificate).toBe(true);
    for (const [by, other] of [
      [real, same],
      [same, real],
    ] as const) {
      expect(await isGood(await stampAt(BYTES, day(3), by, { signer: other }))).toBe("stamp-signature");
      // The right key, and beside it a certificate that the signed part does not name.
      expect(await isGood(await stampAt(BYTES, day(3), by, { certificates: [other.certificate] }))).toBe("stamp-signature");
      const both = await stampAt(BYTES, day(3), by, { certificates: [real.certificate, same.certificate] });
      expect([await isGood(both), await isGood(both)]).toEqual(["stamp-signature signers", "stamp-signature signers"]);
    }
    expect([await isGood(own), await isGood(theirs)]).toEqual(["good", "good"]);
  });

  it("[S14] is refused for other bytes, and with a second list of certificates", async () => {
    const answer = await stampAt(BYTES, day(2), real);
    expect(await isGood(answer)).toBe("good");
    expect(await isGood(answer, utf8("something else"))).toBe("stamp-imprint");
    const parts = timestampParts(answer);
    if (!parts) throw new Error("it is in plain DER");
    // The list once more, behind the first, with every length right.
    const twice = within(answer, parts.certificates);
    expect(twice.length).toBe(answer.length + parts.certificates.length);
    expect(timestampParts(twice)).toBeUndefined();
    expect(await isGood(twice)).toBe("stamp-unreadable");
  });

  it("[S14] comes to the same as if they had not, whatever bits of it are other ones", async () => {
    const answer = await stampAt(BYTES, day(2), real);
    expect(await isGood(answer)).toBe("good");
    let apart = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(answer.length * 8 - 1), { minLength: 0, maxLength: 3 }), async (flips) => {
        const changed = answer.slice();
        for (const at of flips) changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7));
        if (timestampParts(changed)) apart += 1;
        vi.resetModules();
        const { checkTimestamp: anew } = await import("./timestamp.ts");
        const fresh = await anew(changed, BYTES);
        // The second time its own list is known.
        expect(await anew(changed, BYTES)).toEqual(fresh);
        expect(await checkTimestamp(changed, BYTES)).toEqual(fresh);
      }),
      { seed: SEED, numRuns: 250, examples: [[[]]] },
    );
    expect(apart).toBeGreaterThan(100);
  }, 300_000);
});

describe("an answer taken apart", () => {
  it("[S14] is the certificates, and the answer as it would be without them", async () => {
    const [answer, none] = [await stampAt(BYTES, day(2), real), await stampAt(BYTES, day(2), real, { certificates: [] })];
    const parts = timestampParts(answer);
    expect(parts?.certificates[0]).toBe(0xa0);
    expect(parts?.rest.length).toBeLessThan(answer.length - (parts?.certificates.length ?? 0) + 1);
    // Nothing is left to take out, and that is no list either.
    expect(timestampParts(parts?.rest ?? answer)).toBeUndefined();
    expect(await isGood(parts?.rest ?? answer)).toBe("stamp-unreadable");
    expect(timestampParts(none)?.certificates).toEqual(new Uint8Array([0xa0, 0]));
  });

  it("[S14] is read as one where it is not in plain DER, or has bytes behind it or too many", async () => {
    const answer = await stampAt(BYTES, day(2), real);
    expect(timestampParts(answer)).toBeDefined();
    const longer = (n: number): Uint8Array => new Uint8Array([...answer, ...new Array<number>(n).fill(0)]);
    expect(timestampParts(longer(1))).toBeUndefined();
    expect(timestampParts(longer(20_000))).toBeUndefined();
    for (let length = 0; length < answer.length; length += 7) expect(timestampParts(answer.subarray(0, length))).toBeUndefined();
    // The same lengths, told in more bytes than it takes, and with an end mark.
    const [tag, , high, low] = answer;
    const rest = answer.subarray(4);
    expect(answer[1]).toBe(0x82);
    expect(timestampParts(new Uint8Array([tag ?? 0, 0x83, 0, high ?? 0, low ?? 0, ...rest]))).toBeUndefined();
    expect(timestampParts(new Uint8Array([tag ?? 0, 0x80, ...rest, 0, 0]))).toBeUndefined();
  });
});

/** The answer with `list` once more behind itself, in DER. */
function within(answer: Uint8Array, list: Uint8Array): Uint8Array {
  const at = Buffer.from(answer).indexOf(list);
  const out = [...answer.subarray(0, at + list.length), ...list, ...answer.subarray(at + list.length)];
  // Every element that holds it is longer by as much; all of them have lengths of two bytes.
  for (let i = 0; i < at; i++) {
    const length = ((answer[i + 2] ?? 0) << 8) | (answer[i + 3] ?? 0);
    if (answer[i + 1] !== 0x82 || i + 4 + length < at + list.length || ![0x30, 0xa0].includes(answer[i] ?? 0)) continue;
    out[i + 2] = (length + list.length) >> 8;
    out[i + 3] = (length + list.length) & 0xff;
    i += 3;
  }
  return new Uint8Array(out);
}
