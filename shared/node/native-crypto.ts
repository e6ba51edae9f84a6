import { createPrivateKey, createPublicKey, hash, sign, verify, type KeyObject } from "node:crypto";
import type { NativeCrypto } from "../src/crypto/native.ts";

/** The fixed bytes before an Ed25519 key in SubjectPublicKeyInfo and in PKCS #8 (RFC 8410). */
const SPKI = Buffer.from("302a300506032b6570032100", "hex");
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

let isTaken = false;

/**
 * Whether this is the first signature of a turn of the event loop. That one is done at once: a thread's way there and back costs as much as
 * it does, and more on a busy machine. What comes with it in the same turn goes to the threads, beside each other.
 */
function isFirst(): boolean {
  if (isTaken) return false;
  isTaken = true;
  setImmediate(() => {
    isTaken = false;
  });
  return true;
}

/** Node's OpenSSL: hashes without a way into WebAssembly, signatures in libuv's threads where several come together. */
export const nodeCrypto: NativeCrypto = {
  sha256: (bytes) => {
    // Text of one byte a letter, since a Buffer of its own would be memory outside the heap for each hash.
    const text = hash("sha256", bytes, "binary");
    const out = new Uint8Array(32);
    for (let i = 0; i < 32; i++) out[i] = text.charCodeAt(i);
    return out;
  },
  verifyKey: (publicKey) => createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: "der", type: "spki" }),
  verify: (key, message, signature) =>
    new Promise((resolve, reject) => {
      if (isFirst()) resolve(verify(null, message, key as KeyObject, signature));
      else
        verify(null, message, key as KeyObject, signature, (problem, holds) => {
          if (problem) reject(problem);
          else resolve(holds);
        });
    }),
  signKey: (seed) => createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" }),
  sign: (key, message) =>
    new Promise((resolve, reject) => {
      if (isFirst()) resolve(new Uint8Array(sign(null, message, key as KeyObject)));
      else
        sign(null, message, key as KeyObject, (problem, signature) => {
          if (problem) reject(problem);
          else resolve(new Uint8Array(signature));
        });
    }),
};
