import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { isReal, keyStoreAvailable, sealKey, unsealKey } from "./key-store.ts";

const KEY = new Uint8Array(32).map((_, i) => i);

/** A store that turns every byte over. */
const store = (backend?: string) => {
  const flip = (bytes: Uint8Array): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0xff));
  return {
    isEncryptionAvailable: () => true,
    encryptString: (text: string) => flip(Buffer.from(text)),
    decryptString: (sealed: Buffer) => flip(sealed).toString(),
    ...(backend === undefined ? {} : { getSelectedStorageBackend: () => backend }),
  };
};

describe("the system's key store", () => {
  it("[desktop] on Linux it counts only with a named, real keyring", () => {
    expect(isReal("linux", true, "gnome_libsecret")).toBe(true);
    expect(isReal("linux", true, "kwallet6")).toBe(true);
    for (const backend of ["basic_text", "unknown", undefined]) expect(isReal("linux", true, backend)).toBe(false);
    expect(isReal("linux", false, "gnome_libsecret")).toBe(false);
    expect([isReal("darwin", true, undefined), isReal("win32", true, undefined), isReal("win32", false, undefined)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("[desktop] never seals with basic_text", () => {
    expect(keyStoreAvailable(store("basic_text"), "linux")).toBe(false);
    expect(sealKey(store("basic_text"), "linux", KEY)).toBeUndefined();
  });

  it("[desktop] gives the key back, and nothing for what is not a key of 32 bytes", () => {
    const real = store("gnome_libsecret");
    const sealed = sealKey(real, "linux", KEY);
    expect(sealed).toBeDefined();
    expect(unsealKey(real, "linux", sealed ?? new Uint8Array())).toEqual(KEY);
    expect(unsealKey(real, "linux", real.encryptString("00ff"))).toBeUndefined();
    const broken = {
      ...real,
      decryptString: () => {
        throw new Error("no such key");
      },
    };
    expect(unsealKey(broken, "linux", KEY)).toBeUndefined();
  });
});
