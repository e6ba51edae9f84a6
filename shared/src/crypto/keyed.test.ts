import sodium from "libsodium-wrappers-sumo";
import { beforeAll, expect, it } from "vitest";
import { toHex } from "../base/bytes.ts";
import { initCrypto } from "./init.ts";
import { keyed } from "./keyed.ts";
import { counting, unhex } from "./testing.ts";
import blake2b from "./vectors/blake2b.json" with { type: "json" };
import vectors from "./vectors/countersign.json" with { type: "json" };

beforeAll(initCrypto);

// The published answers have a 64-byte key and output, which Keyed has not; the primitive beneath it is asked.
it.each(blake2b.cases)("[E9] keyed BLAKE2b of $length bytes has the published answer", ({ length, digest }) => {
  expect(toHex(sodium.crypto_generichash(64, counting(length), unhex(blake2b.key)))).toBe(digest);
});

it.each(vectors.keyed)("[E9] Keyed of $name as another implementation has it", (c) => {
  expect(toHex(keyed(c.name as "book-key", unhex(c.key), unhex(c.x)))).toBe(c.out);
});

it("[E9] name, key and input all change the result", () => {
  const key = counting(32);
  const x = counting(8);
  const all = [
    keyed("book-key", key, x),
    keyed("recovery", key, x),
    keyed("book-key", counting(32, 1), x),
    keyed("book-key", key, counting(8, 1)),
  ];
  expect(new Set(all.map(toHex)).size).toBe(4);
});

it("[E9] the key has 32 bytes", () => {
  for (const n of [0, 16, 31, 33, 64]) expect(() => keyed("book-key", counting(n), counting(1))).toThrow("a key has 32 bytes");
});
