import sodium from "libsodium-wrappers-sumo";

/**
 * The X25519 shared secret (RFC 7748): 32 bytes that go into a key derivation, never a key themselves. Undefined if a key has
 * another length than 32 bytes or the public one is of small order, so that the other side cannot dictate the result (rule K1).
 */
export function sharedSecret(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
  if (secretKey.length !== sodium.crypto_scalarmult_SCALARBYTES || publicKey.length !== sodium.crypto_scalarmult_BYTES) return undefined;
  try {
    return sodium.crypto_scalarmult(secretKey, publicKey);
  } catch {
    // With lengths checked, the one thing that libsodium refuses is an all-zero result.
    return undefined;
  }
}
