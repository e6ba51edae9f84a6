import sodium from "libsodium-wrappers-sumo";

export interface Argon2idCost {
  readonly memKiB: number;
  readonly passes: number;
}

/**
 * Argon2id version 1.3 (RFC 9106) with one lane: a 32-byte key from a passphrase and a 16-byte salt. The passphrase is taken in
 * Unicode form NFKC, so that the same keys pressed on another system give the same bytes.
 *
 * Undefined if salt or cost are out of Argon2id's range, or the device has not that much memory; the caller refuses costs below the
 * minimum before it asks.
 */
export function argon2id(passphrase: string, salt: Uint8Array, cost: Argon2idCost): Uint8Array | undefined {
  const memory = cost.memKiB * 1024;
  if (salt.length !== sodium.crypto_pwhash_SALTBYTES || !Number.isSafeInteger(memory) || !Number.isSafeInteger(cost.passes))
    return undefined;
  try {
    return sodium.crypto_pwhash(32, passphrase.normalize("NFKC"), salt, cost.passes, memory, sodium.crypto_pwhash_ALG_ARGON2ID13);
  } catch {
    // libsodium says only that it could not: a cost beyond its range, or memory that is not there.
    return undefined;
  }
}
