import { createHash } from "node:crypto";
import { concat, toHex, utf8 } from "../src/base/bytes.ts";
import { domainBytes } from "../src/crypto/domain.ts";
import { sign, signKeyPair } from "../src/crypto/sign.ts";
import { counting, flipped, unhex } from "../src/crypto/testing.ts";
import type { SignatureCheck } from "../src/crypto/verify-many.ts";
import small from "../src/crypto/vectors/small-order.json" with { type: "json" };

/** Signatures on which implementations differ, and plain ones beside them: every faster verifier is held against libsodium on these (K1). */

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const number = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes.toReversed())}`);
const scalar = (n: bigint): Uint8Array => unhex(n.toString(16).padStart(64, "0")).toReversed();
const sha512 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha512").update(bytes).digest());

/** Signatures with the domain `change` that hold, of three authors. */
export const honest = (n: number): SignatureCheck[] =>
  Array.from({ length: n }, (_, i) => {
    const pair = signKeyPair(counting(32, i % 3));
    const message = utf8(`change ${i}`);
    return { message, signature: sign("change", message, pair.secretKey), publicKey: pair.publicKey };
  });

/** Signatures that some implementation takes and libsodium refuses, or that none takes. */
export function edges(): SignatureCheck[] {
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

/** Honest ones with one bit changed. */
export const wrong = (): SignatureCheck[] =>
  honest(4).map((c, i) => (i % 2 === 0 ? { ...c, signature: flipped(c.signature, 13 * i) } : { ...c, message: flipped(c.message, i) }));
