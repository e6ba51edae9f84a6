import sodium from "libsodium-wrappers-sumo";
import { concat } from "../base/bytes.ts";
import type { BoxPublicKey, BoxSecretKey } from "../base/ids.ts";
import { isBoxKey } from "./points.ts";

export interface BoxKeyPair {
  readonly publicKey: BoxPublicKey;
  readonly secretKey: BoxSecretKey;
}

/** The X25519 key pair of a 32-byte secret. Throws on another length. */
export function boxKeyPair(secret: Uint8Array): BoxKeyPair {
  return { publicKey: sodium.crypto_scalarmult_base(secret) as BoxPublicKey, secretKey: secret.slice() as BoxSecretKey };
}

/**
 * `Box(to, m)`: libsodium's sealed box under a one-time key of its own making (rule E10), 48 bytes longer than the message.
 * Throws if `to` is not a key that K1 accepts: keys are checked where they are read.
 */
export function boxSeal(to: Uint8Array, message: Uint8Array): Uint8Array {
  if (!isBoxKey(to)) throw new Error("not an X25519 public key");
  return sodium.crypto_box_seal(message, to);
}

/** The message of a sealed box, or undefined if it is not for this pair or was altered. */
export function boxOpen(pair: BoxKeyPair, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < sodium.crypto_box_SEALBYTES) return undefined;
  try {
    return sodium.crypto_box_seal_open(sealed, pair.publicKey, pair.secretKey);
  } catch {
    // Keys of a pair have their lengths, so this is a box that does not open.
    return undefined;
  }
}

/**
 * The bytes that libsodium's sealed box has under the one-time secret given: 32 random bytes, never used again. For callers whose
 * randomness is passed in, so that generated households and vectors come out alike each time. Throws like `boxSeal`.
 */
export function boxSealUnder(to: Uint8Array, message: Uint8Array, oneTime: Uint8Array): Uint8Array {
  if (!isBoxKey(to)) throw new Error("not an X25519 public key");
  const { publicKey, secretKey } = boxKeyPair(oneTime);
  const nonce = sodium.crypto_generichash(sodium.crypto_box_NONCEBYTES, concat(publicKey, to), null);
  return concat(publicKey, sodium.crypto_box_easy(message, nonce, to, secretKey));
}
