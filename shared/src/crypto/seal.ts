import sodium from "libsodium-wrappers-sumo";
import { concat } from "../base/bytes.ts";
import { domainBytes, type Domain } from "./domain.ts";
import type { RandomBytes } from "./random.ts";

const NONCE = 24;
const TAG = 16;

/** `Seal(name, key, ad, m)`: a random nonce and XChaCha20-Poly1305 (rule E8), 40 bytes longer than the message. The key has 32 bytes. */
export function seal(name: Domain, key: Uint8Array, ad: Uint8Array, message: Uint8Array, random: RandomBytes): Uint8Array {
  const nonce = random(NONCE);
  return concat(nonce, sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(message, concat(domainBytes(name), ad), null, nonce, key));
}

/** The message of a seal, or undefined if key, name, associated data or any byte of it is not the one that it was sealed with. */
export function unseal(name: Domain, key: Uint8Array, ad: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < NONCE + TAG || key.length !== sodium.crypto_aead_xchacha20poly1305_ietf_KEYBYTES) return undefined;
  const nonce = sealed.subarray(0, NONCE);
  try {
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, sealed.subarray(NONCE), concat(domainBytes(name), ad), nonce, key);
  } catch {
    // With lengths checked, this is a tag that does not hold.
    return undefined;
  }
}
