import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { concat, toHex, utf8 } from "../base/bytes.ts";
import { domainBytes } from "./domain.ts";
import { initCrypto } from "./init.ts";
import { sign, signKeyPair, verify } from "./sign.ts";
import { counting, flipped, unhex } from "./testing.ts";
import { verifyMany, type SignatureCheck, type VerifySubtle } from "./verify-many.ts";
import small from "./vectors/small-order.json" with { type: "json" };

beforeAll(initCrypto);

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const number = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes.toReversed())}`);
const scalar = (n: bigint): Uint8Array => unhex(n.toString(16).padStart(64, "0")).toReversed();
const sha512 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha512").update(bytes).digest());

/** A subtle that takes every key and says yes to everything: what it is asked shows what is left to the platform. */
function yes(asked: string[] = []): VerifySubtle {
  return {
    importKey: (_format, key) => Promise.resolve(toHex(key)),
    verify: (_algorithm, _key, signature) => {
      asked.push(toHex(signature));
      return Promise.resolve(true);
    },
  };
}
const no: VerifySubtle = { importKey: () => Promise.resolve("key"), verify: () => Promise.resolve(false) };
const noEd25519: VerifySubtle = {
  importKey: () => Promise.reject(new Error("NotSupportedError")),
  verify: () => Promise.reject(new Error("not asked")),
};

const honest = (n: number): SignatureCheck[] =>
  Array.from({ length: n }, (_, i) => {
    const pair = signKeyPair(counting(32, i % 3));
    const message = utf8(`change ${i}`);
    return { message, signature: sign("change", message, pair.secretKey), publicKey: pair.publicKey };
  });

/** Signatures that some implementation takes and libsodium refuses, or that none takes. */
function edges(): SignatureCheck[] {
  const seed = counting(32);
  const { publicKey, secretKey } = signKeyPair(seed);
  const message = utf8("an example");
  const signature = sign("change", message, secretKey);
  const smallPoints = [...small.ed25519.canonical, ...small.ed25519.nonCanonical].map(unhex);

  // The secret scalar of RFC 8032, from which S = hA solves the equation for R the neutral element.
  const digest = sha512(seed).subarray(0, 32);
  digest[0] = (digest[0] ?? 0) & 248;
  digest[31] = ((digest[31] ?? 0) & 127) | 64;
  const a = number(digest);
  const smallR = smallPoints.map((r): SignatureCheck => {
    const h = number(sha512(concat(r, publicKey, domainBytes("change"), message)));
    return { message, publicKey, signature: concat(r, scalar((h * a) % ORDER)) };
  });
  // With A and R neutral and S zero the equation holds for every message.
  const smallKeys = smallPoints.map((key): SignatureCheck => ({ message, publicKey: key, signature: concat(key, new Uint8Array(32)) }));
  const largeS = concat(signature.subarray(0, 32), scalar(number(signature.subarray(32)) + ORDER));
  return [
    ...smallR,
    ...smallKeys,
    { message, publicKey, signature: largeS },
    { message, publicKey, signature: signature.subarray(1) },
    { message, publicKey, signature: concat(signature, new Uint8Array(1)) },
    { message, publicKey: publicKey.subarray(1), signature },
    { message, publicKey: new Uint8Array(32).fill(255), signature },
  ];
}

const wrong = (): SignatureCheck[] =>
  honest(4).map((c, i) => (i % 2 === 0 ? { ...c, signature: flipped(c.signature, 13 * i) } : { ...c, message: flipped(c.message, i) }));

const verdicts = (checks: readonly SignatureCheck[]): boolean[] => checks.map((c) => verify("change", c.message, c.signature, c.publicKey));

describe("with the platform's WebCrypto", () => {
  it("[K1] more than are in flight at a time, each has its own verdict", async () => {
    const checks = [...honest(150), ...wrong(), ...edges(), ...honest(3)];
    const expected = verdicts(checks);
    expect(expected.filter(Boolean).length).toBe(153);
    expect(await verifyMany("change", checks)).toEqual(expected);
    expect(await verifyMany("change", [])).toEqual([]);
  });

  it("[K1] the platform would take a signature that libsodium refuses", async () => {
    // Else the next tests guard against nothing here.
    const { subtle } = globalThis.crypto;
    const taken = await Promise.all(
      edges().map(async (c) => {
        try {
          const key = await subtle.importKey("raw", Uint8Array.from(c.publicKey), { name: "Ed25519" }, false, ["verify"]);
          return await subtle.verify(
            { name: "Ed25519" },
            key,
            Uint8Array.from(c.signature),
            concat(domainBytes("change"), c.message).slice(),
          );
        } catch {
          return false;
        }
      }),
    );
    expect(taken).toContain(true);
    expect(verdicts(edges())).not.toContain(true);
  });

  it("[E7] another domain is another signature", async () => {
    expect(await verifyMany("entry", honest(2))).toEqual([false, false]);
  });
});

describe("with other platforms", () => {
  it("[K1] a platform that says yes to everything is not asked about what libsodium refuses at the edges", async () => {
    const asked: string[] = [];
    expect(await verifyMany("change", edges(), yes(asked))).toEqual(edges().map(() => false));
    expect(asked).toEqual([]);
  });

  it("[K1] honest signatures are left to it", async () => {
    const asked: string[] = [];
    const checks = honest(70);
    expect(await verifyMany("change", checks, yes(asked))).toEqual(checks.map(() => true));
    expect(asked.toSorted()).toEqual(checks.map((c) => toHex(c.signature)).toSorted());
  });

  it("[K1] its no is not the last word", async () => {
    const checks = [...honest(3), ...wrong()];
    expect(await verifyMany("change", checks, no)).toEqual(verdicts(checks));
  });

  it("[K1] without Ed25519 libsodium decides alone", async () => {
    const checks = [...honest(3), ...wrong(), ...edges()];
    expect(await verifyMany("change", checks, noEd25519)).toEqual(verdicts(checks));
  });
});
