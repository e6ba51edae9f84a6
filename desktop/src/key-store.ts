/**
 * The system's key store (Keychain, DPAPI, libsecret or KWallet) through Electron's safeStorage. It is one way to unlock the vault
 * among several, and only where it is real: `basic_text` encrypts under a password that is printed in Chromium's source.
 */
import { Buffer } from "node:buffer";
import { fromHex, toHex } from "@countersign/shared/base/bytes";

const NOT_REAL = new Set(["basic_text", "unknown"]);

/**
 * Whether sealing would protect anything.
 * @param backend on Linux: what safeStorage chose; undefined where this Electron can't say, which then counts as none
 */
export function isReal(platform: NodeJS.Platform, available: boolean, backend: string | undefined): boolean {
  if (!available) return false;
  return platform !== "linux" || (backend !== undefined && !NOT_REAL.has(backend));
}

/** What is used of safeStorage. The calls that answer at once are the ones that every Electron we run on has. */
interface Store {
  isEncryptionAvailable(): boolean;
  encryptString(text: string): Buffer;
  decryptString(sealed: Buffer): string;
  getSelectedStorageBackend?(): string;
}

export function keyStoreAvailable(store: Store, platform: NodeJS.Platform): boolean {
  return isReal(platform, store.isEncryptionAvailable(), platform === "linux" ? store.getSelectedStorageBackend?.() : undefined);
}

/** Undefined when there is no real store. */
export function sealKey(store: Store, platform: NodeJS.Platform, key: Uint8Array): Uint8Array | undefined {
  return keyStoreAvailable(store, platform) ? new Uint8Array(store.encryptString(toHex(key))) : undefined;
}

/** Undefined when there is no real store, or it does not open this: another account, another computer, a new keyring. */
export function unsealKey(store: Store, platform: NodeJS.Platform, sealed: Uint8Array): Uint8Array | undefined {
  if (!keyStoreAvailable(store, platform)) return undefined;
  try {
    const key = fromHex(store.decryptString(Buffer.from(sealed)));
    return key?.length === 32 ? key : undefined;
  } catch {
    return undefined;
  }
}
