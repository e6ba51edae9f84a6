import sodium from "libsodium-wrappers-sumo";
import { beforeAll, describe, expect, it } from "vitest";
import { toHex } from "../base/bytes.ts";
import { argon2id } from "./argon.ts";
import { initCrypto } from "./init.ts";
import { counting, unhex } from "./testing.ts";
import vectors from "./vectors/argon2id.json" with { type: "json" };

beforeAll(initCrypto);

/** The least that Argon2id takes: 8 KiB, one pass. */
const cheap = { memKiB: 8, passes: 1 };

/**
 * The Argon2id vector of RFC 9106 (section 5.3) has four lanes, a secret and associated data, none of which libsodium offers. The
 * vectors here have one lane and neither, as the protocol has: they are the ones that libsodium itself publishes and is tested with
 * on other platforms. That the WebAssembly build agrees with them is what this shows.
 */
describe("published vectors", () => {
  it.each(vectors.strings)("[K2] a passphrase with $passes passes over $memKiB KiB", (c) => {
    expect(toHex(argon2id(c.passphrase, unhex(c.salt), c) ?? new Uint8Array())).toBe(c.output);
  });

  // These passwords are not text and the outputs longer than a key, so the primitive beneath is asked.
  it.each(vectors.raw)("[K2] bytes with $passes passes over $memory bytes", (c) => {
    const length = c.output.length / 2;
    const out = sodium.crypto_pwhash(length, unhex(c.password), unhex(c.salt), c.passes, c.memory, sodium.crypto_pwhash_ALG_ARGON2ID13);
    expect(toHex(out)).toBe(c.output);
  });
});

it("[K2] passphrase, salt, memory and passes all change the key", () => {
  const keys = [
    argon2id("correct horse", counting(16), cheap),
    argon2id("correct horsf", counting(16), cheap),
    argon2id("correct horse", counting(16, 1), cheap),
    argon2id("correct horse", counting(16), { ...cheap, memKiB: 16 }),
    argon2id("correct horse", counting(16), { ...cheap, passes: 2 }),
  ];
  expect(new Set(keys.map((k) => toHex(k ?? new Uint8Array()))).size).toBe(5);
  for (const key of keys) expect(key?.length).toBe(32);
});

it("[K2] one passphrase typed on two systems gives one key", () => {
  expect(argon2id("Gr\u00fc\u00dfe", counting(16), cheap)).toEqual(argon2id("Gru\u0308\u00dfe", counting(16), cheap));
});

it("[K2] salt and cost out of range give no key", () => {
  for (const n of [0, 8, 15, 17, 32]) expect(argon2id("x", counting(n), cheap)).toBeUndefined();
  for (const passes of [0, -1, 1.5, Number.NaN]) expect(argon2id("x", counting(16), { ...cheap, passes })).toBeUndefined();
  for (const memKiB of [0, 7, -1, Number.NaN, 2 ** 32, 2 ** 50]) expect(argon2id("x", counting(16), { ...cheap, memKiB })).toBeUndefined();
});
