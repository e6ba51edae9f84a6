import { beforeAll, expect, it } from "vitest";
import { toHex } from "../base/bytes.ts";
import { boxKeyPair } from "./box.ts";
import { sharedSecret } from "./exchange.ts";
import { initCrypto } from "./init.ts";
import { counting, unhex } from "./testing.ts";
import rfc7748 from "./vectors/rfc7748.json" with { type: "json" };
import small from "./vectors/small-order.json" with { type: "json" };

beforeAll(initCrypto);

it.each(rfc7748.cases)("[C3] X25519 of RFC 7748, $name", (c) => {
  expect(toHex(sharedSecret(unhex(c.secretKey), unhex(c.publicKey)) ?? new Uint8Array())).toBe(c.shared);
});

it.each(rfc7748.keyPairs)("[C3] the X25519 key pair of RFC 7748, $name", (c) => {
  expect(toHex(boxKeyPair(unhex(c.secretKey)).publicKey)).toBe(c.publicKey);
});

it("[C3] both sides come to the same secret", () => {
  const a = boxKeyPair(counting(32));
  const b = boxKeyPair(counting(32, 100));
  expect(sharedSecret(a.secretKey, b.publicKey)).toEqual(sharedSecret(b.secretKey, a.publicKey));
});

it("[K1] a point of small order gives no secret, whatever the own key is", () => {
  for (const secret of [counting(32), counting(32, 77)]) {
    for (const point of small.x25519) expect(sharedSecret(secret, unhex(point))).toBeUndefined();
  }
});

it("[K1] a key of another length gives no secret", () => {
  const { publicKey } = boxKeyPair(counting(32));
  expect(sharedSecret(counting(31), publicKey)).toBeUndefined();
  expect(sharedSecret(counting(32), publicKey.subarray(1))).toBeUndefined();
});
