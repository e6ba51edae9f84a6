/**
 * What a platform does faster than libsodium's WebAssembly, or away from the thread that asks. A program hands it in once, before anything
 * is computed; without it everything is libsodium's. It decides nothing that two implementations could decide differently: see `later.ts`.
 */
export interface NativeCrypto {
  /** SHA-256 (FIPS 180-4), a plain array of its own. */
  sha256(bytes: Uint8Array): Uint8Array;
  /** An Ed25519 public key of 32 bytes that rule K1 takes, made ready for `verify`. */
  verifyKey(publicKey: Uint8Array): unknown;
  /** Whether the signature holds, found on another thread where that pays. */
  verify(key: unknown, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
  /** The Ed25519 key of a 32-byte seed, made ready for `sign`. */
  signKey(seed: Uint8Array): unknown;
  /** The signature (RFC 8032: there is only one), made on another thread where that pays. */
  sign(key: unknown, message: Uint8Array): Promise<Uint8Array>;
}

let inUse: NativeCrypto | undefined;

/** Undefined goes back to libsodium alone. */
export function useNativeCrypto(native: NativeCrypto | undefined): void {
  inUse = native;
}

export const nativeCrypto = (): NativeCrypto | undefined => inUse;
