import sodium from "libsodium-wrappers-sumo";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { concat } from "../base/bytes.ts";
import type { FileKey } from "../base/ids.ts";
import { initCrypto } from "./init.ts";
import {
  openStream,
  sealedStreamLength,
  sealStream,
  STREAM_CHUNK,
  STREAM_HEADER,
  STREAM_TAG,
  StreamOpener,
  StreamSealer,
} from "./stream.ts";
import { counting, flipped } from "./testing.ts";

beforeAll(initCrypto);

const key = counting(32) as FileKey;
const sealed = (plain: Uint8Array): Uint8Array => concat(...sealStream(plain, key));
const FULL = STREAM_CHUNK + STREAM_TAG;
/** Three chunks, the last a short one. */
const plain = counting(2 * STREAM_CHUNK + 1000).map((b, i) => b ^ (i >> 16));
/** A stream under the same key with chunks and tags of one's own choice. */
function forged(chunks: readonly { readonly plain: Uint8Array; readonly tag: number }[]): Uint8Array {
  const { state, header } = sodium.crypto_secretstream_xchacha20poly1305_init_push(key);
  return concat(header, ...chunks.map((c) => sodium.crypto_secretstream_xchacha20poly1305_push(state, c.plain, null, c.tag)));
}

describe("whole files", () => {
  it.each([0, 1, STREAM_CHUNK - 1, STREAM_CHUNK, STREAM_CHUNK + 1, 2 * STREAM_CHUNK, 3 * STREAM_CHUNK + 5])(
    "[W8] %i bytes come back, and the sealed length is known before",
    (n) => {
      const bytes = counting(n);
      const s = sealed(bytes);
      expect(s.length).toBe(sealedStreamLength(n));
      expect(openStream(s, key)).toEqual(bytes);
    },
  );

  it("[W8] header of 24 bytes, chunks of 65,536 and the rest, 17 bytes more each", () => {
    expect([...sealStream(plain, key)].map((p) => p.length)).toEqual([STREAM_HEADER, FULL, FULL, 1000 + STREAM_TAG]);
    expect([STREAM_HEADER, STREAM_CHUNK, STREAM_TAG]).toEqual([24, 65_536, 17]);
  });

  it("[W8] a file cut off anywhere is refused, at the end of a chunk too", () => {
    const s = sealed(plain);
    const ends = [
      0,
      1,
      STREAM_HEADER - 1,
      STREAM_HEADER,
      STREAM_HEADER + 1,
      STREAM_HEADER + FULL - 1,
      STREAM_HEADER + FULL,
      STREAM_HEADER + 2 * FULL,
    ];
    for (const end of [...ends, STREAM_HEADER + 2 * FULL + STREAM_TAG, s.length - 1])
      expect(openStream(s.subarray(0, end), key)).toBeUndefined();
  });

  it("[W8] chunks that were moved, left out or doubled are refused", () => {
    const s = sealed(plain);
    const head = s.subarray(0, STREAM_HEADER);
    const [a, b, c] = [0, 1, 2].map((i) => s.subarray(STREAM_HEADER + i * FULL, STREAM_HEADER + (i + 1) * FULL)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    expect(openStream(concat(head, a, b, c), key)).toEqual(plain);
    for (const order of [[b, a, c], [a, c], [b, c], [a, a, b, c], [a, b, b, c], [c]])
      expect(openStream(concat(head, ...order), key)).toBeUndefined();
  });

  it("[W8] a file that goes on after its end is refused", () => {
    const s = sealed(plain);
    expect(openStream(concat(s, new Uint8Array(1)), key)).toBeUndefined();
    expect(openStream(concat(s, s.subarray(STREAM_HEADER)), key)).toBeUndefined();
    // The end falls on a chunk's border, so what follows arrives as a chunk of its own.
    const even = sealed(plain.subarray(0, STREAM_CHUNK));
    expect(openStream(concat(even, even.subarray(STREAM_HEADER)), key)).toBeUndefined();
  });

  it("[W8] a changed bit is refused, wherever it is", () => {
    const s = sealed(plain);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: s.length * 8 - 1 }), (bit) => {
        expect(openStream(flipped(s, bit), key)).toBeUndefined();
      }),
      { seed: 8, numRuns: 60, examples: [[0], [STREAM_HEADER * 8 - 1], [STREAM_HEADER * 8], [s.length * 8 - 1]] },
    );
  });

  it("[W8] another key opens nothing", () => {
    expect(openStream(sealed(plain), counting(32, 1) as FileKey)).toBeUndefined();
    expect(openStream(sealed(plain), counting(31) as FileKey)).toBeUndefined();
  });

  it("[W8] the sealer of the key cannot write one file in two ways", () => {
    const message = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
    const last = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    const full = counting(STREAM_CHUNK);
    const some = counting(5);
    expect(
      openStream(
        forged([
          { plain: full, tag: message },
          { plain: some, tag: last },
        ]),
        key,
      ),
    ).toEqual(concat(full, some));
    // No chunk marked as the last one.
    expect(openStream(forged([{ plain: full, tag: message }]), key)).toBeUndefined();
    // An empty last chunk after a full one.
    expect(
      openStream(
        forged([
          { plain: full, tag: message },
          { plain: new Uint8Array(), tag: last },
        ]),
        key,
      ),
    ).toBeUndefined();
    // Tags that the format does not use.
    for (const tag of [sodium.crypto_secretstream_xchacha20poly1305_TAG_PUSH, sodium.crypto_secretstream_xchacha20poly1305_TAG_REKEY]) {
      expect(
        openStream(
          forged([
            { plain: full, tag },
            { plain: some, tag: last },
          ]),
          key,
        ),
      ).toBeUndefined();
    }
  });
});

describe("chunk by chunk", () => {
  it("[W8] the sealer takes full chunks, then one last", () => {
    const sealer = new StreamSealer(key);
    expect(() => sealer.push(counting(5), false)).toThrow("length");
    expect(() => sealer.push(new Uint8Array(STREAM_CHUNK + 1), true)).toThrow("length");
    sealer.push(counting(STREAM_CHUNK), false);
    sealer.push(counting(5), true);
    expect(() => sealer.push(counting(5), true)).toThrow("finished");
  });

  it("[W8] the opener says when a file is whole, and refuses for good after the first wrong chunk", () => {
    const [header, a, b, c] = [...sealStream(plain, key)] as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const opener = StreamOpener.start(header, key);
    expect(opener?.pull(a)).toEqual(plain.subarray(0, STREAM_CHUNK));
    expect(opener?.finished).toBe(false);
    expect(opener?.pull(b)).toBeDefined();
    expect(opener?.pull(c)).toEqual(plain.subarray(2 * STREAM_CHUNK));
    expect(opener?.finished).toBe(true);
    expect(opener?.pull(c)).toBeUndefined();
    expect(opener?.finished).toBe(false);

    const other = StreamOpener.start(header, key);
    expect(other?.pull(b)).toBeUndefined();
    expect(other?.pull(a)).toBeUndefined();
    expect(StreamOpener.start(header.subarray(1), key)).toBeUndefined();
  });

  it("[W8] a short chunk in the middle is refused", () => {
    const message = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
    const s = forged([{ plain: counting(5), tag: message }]);
    const opener = StreamOpener.start(s.subarray(0, STREAM_HEADER), key);
    expect(opener?.pull(s.subarray(STREAM_HEADER))).toBeUndefined();
  });
});
