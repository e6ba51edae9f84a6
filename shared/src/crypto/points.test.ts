import { beforeAll, describe, expect, it } from "vitest";
import { initCrypto } from "./init.ts";
import { boxKeyPair } from "./box.ts";
import { isBoxKey, isSignKey } from "./points.ts";
import { signKeyPair } from "./sign.ts";
import { counting, unhex } from "./testing.ts";
import rfc7748 from "./vectors/rfc7748.json" with { type: "json" };
import rfc8032 from "./vectors/rfc8032.json" with { type: "json" };
import small from "./vectors/small-order.json" with { type: "json" };
import speccheck from "./vectors/speccheck.json" with { type: "json" };

beforeAll(initCrypto);

describe("Ed25519 keys", () => {
  it("[K1] the eight points of small order and the six second spellings of them are all on the list", () => {
    expect(new Set(small.ed25519.canonical).size).toBe(8);
    expect(new Set(small.ed25519.nonCanonical).size).toBe(6);
  });

  it.each([...small.ed25519.canonical, ...small.ed25519.nonCanonical])("[K1] a key of small order is refused: %s", (key) => {
    expect(isSignKey(unhex(key))).toBe(false);
  });

  it("[K1] a key outside the main subgroup is refused", () => {
    const mixed = speccheck.cases.find((c) => c.name.startsWith("mixed orders"));
    expect(isSignKey(unhex(mixed?.publicKey ?? ""))).toBe(false);
    expect(mixed).toBeDefined();
  });

  it("[K1] a y that is no point, or not below the field's prime, is refused", () => {
    // y = 2 is on no point of the curve; 2^255 − 19 + 3 is a second spelling of y = 3, which is a point.
    expect(isSignKey(unhex(`02${"00".repeat(31)}`))).toBe(false);
    expect(isSignKey(unhex(`f0${"ff".repeat(30)}7f`))).toBe(false);
  });

  it("[K1] another length is refused, honest keys are taken", () => {
    const key = signKeyPair(counting(32)).publicKey;
    expect(isSignKey(key)).toBe(true);
    expect(isSignKey(key.subarray(1))).toBe(false);
    expect(isSignKey(new Uint8Array([...key, 0]))).toBe(false);
    for (const c of rfc8032.cases) expect(isSignKey(unhex(c.publicKey))).toBe(true);
  });
});

describe("X25519 keys", () => {
  it.each(small.x25519)("[K1] a key of small order is refused: %s", (key) => {
    expect(isBoxKey(unhex(key))).toBe(false);
  });

  it("[K1] another length is refused, honest keys are taken", () => {
    const key = boxKeyPair(counting(32)).publicKey;
    expect(isBoxKey(key)).toBe(true);
    expect(isBoxKey(key.subarray(1))).toBe(false);
    expect(isBoxKey(new Uint8Array([...key, 0]))).toBe(false);
    for (const c of rfc7748.cases) expect(isBoxKey(unhex(c.publicKey))).toBe(true);
  });
});
