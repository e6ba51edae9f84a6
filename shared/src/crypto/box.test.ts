import { beforeAll, expect, it } from "vitest";
import { concat, utf8 } from "../base/bytes.ts";
import { boxKeyPair, boxOpen, boxSeal } from "./box.ts";
import { initCrypto } from "./init.ts";
import { counting, flipped, unhex } from "./testing.ts";
import small from "./vectors/small-order.json" with { type: "json" };

beforeAll(initCrypto);

const message = utf8("an epoch's key");

it("[E10] a box opens for its pair and no other", () => {
  const pair = boxKeyPair(counting(32));
  const sealed = boxSeal(pair.publicKey, message);
  expect(sealed.length).toBe(message.length + 48);
  expect(boxOpen(pair, sealed)).toEqual(message);
  expect(boxOpen(boxKeyPair(counting(32, 1)), sealed)).toBeUndefined();
});

it("[E10] no bit of a box may change and no byte be missing or added", () => {
  const pair = boxKeyPair(counting(32));
  const sealed = boxSeal(pair.publicKey, message);
  for (let bit = 0; bit < sealed.length * 8; bit += 7) expect(boxOpen(pair, flipped(sealed, bit))).toBeUndefined();
  for (let n = 0; n < sealed.length; n++) expect(boxOpen(pair, sealed.subarray(0, n))).toBeUndefined();
  expect(boxOpen(pair, concat(sealed, new Uint8Array(1)))).toBeUndefined();
});

it("[E10] a pair keeps its own copy of the secret", () => {
  const secret = counting(32);
  const pair = boxKeyPair(secret);
  const sealed = boxSeal(pair.publicKey, message);
  secret.fill(0);
  expect(boxOpen(pair, sealed)).toEqual(message);
});

it("[K1] nothing is sealed to a key of small order or another length", () => {
  for (const key of [...small.x25519.map(unhex), counting(31), counting(33)]) {
    expect(() => boxSeal(key, message)).toThrow("not an X25519 public key");
  }
});

it("[K1] a box whose one-time key is of small order does not open", () => {
  const pair = boxKeyPair(counting(32));
  const sealed = boxSeal(pair.publicKey, message);
  for (const key of small.x25519) expect(boxOpen(pair, concat(unhex(key), sealed.subarray(32)))).toBeUndefined();
});
