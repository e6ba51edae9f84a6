import { concat, toHex } from "../base/bytes.ts";
import type { Signature, SignSecretKey } from "../base/ids.ts";
import { domainBytes, type Domain } from "./domain.ts";
import { nativeCrypto, type NativeCrypto } from "./native.ts";
import { isPlainSignature } from "./plain-signature.ts";
import { isSignKey } from "./points.ts";
import { signRaw, verifyRaw } from "./sign.ts";

/** Keys that were checked and made ready; the one that was unused longest goes first. */
const MOST_KEYS = 2_048;
const keys = new Map<string, { readonly native: NativeCrypto; readonly key: unknown }>();

/**
 * The verdict of `verify`, found on another thread where the platform has one. libsodium's is the normative one (rule K1): the platform is
 * believed only when it says yes to a plain signature under a key that K1 takes, on which no two implementations can differ; everything else
 * libsodium decides.
 */
export async function verifyLater(name: Domain, message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): Promise<boolean> {
  const native = nativeCrypto();
  const signed = concat(domainBytes(name), message);
  const ready = native && isPlainSignature(signature) ? keyOf(native, publicKey) : undefined;
  if (native && ready && (await native.verify(ready.key, signed, signature))) return true;
  return verifyRaw(signed, signature, publicKey);
}

/** Signs like `signRaw`, on another thread where the platform has one. The key is made ready once. */
export function signerLater(secretKey: SignSecretKey): (message: Uint8Array) => Promise<Signature> {
  const native = nativeCrypto();
  if (!native) return (message) => Promise.resolve(signRaw(message, secretKey));
  // libsodium's secret key is the seed and the public key.
  const key = native.signKey(secretKey.subarray(0, 32));
  return async (message) => (await native.sign(key, message)) as Signature;
}

function keyOf(native: NativeCrypto, publicKey: Uint8Array): { readonly key: unknown } | undefined {
  const id = toHex(publicKey);
  const known = keys.get(id);
  if (known?.native === native) {
    keys.delete(id);
    keys.set(id, known);
    return known;
  }
  if (!isSignKey(publicKey)) return undefined;
  const made = { native, key: native.verifyKey(publicKey) };
  keys.set(id, made);
  if (keys.size > MOST_KEYS) keys.delete(keys.keys().next().value ?? id);
  return made;
}
