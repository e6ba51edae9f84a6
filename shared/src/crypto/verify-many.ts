import { concat, toHex } from "../base/bytes.ts";
import { domainBytes, type Domain } from "./domain.ts";
import { isPlainSignature } from "./plain-signature.ts";
import { isSignKey } from "./points.ts";
import { verifyRaw } from "./sign.ts";

export interface SignatureCheck {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** The part of WebCrypto that this needs; `shared/src` is compiled with neither the DOM's nor Node's types. */
export interface VerifySubtle<Key = unknown> {
  importKey(format: "raw", key: Uint8Array, algorithm: { name: "Ed25519" }, extractable: false, usages: ["verify"]): Promise<Key>;
  verify(algorithm: { name: "Ed25519" }, key: Key, signature: Uint8Array, message: Uint8Array): Promise<boolean>;
}

const ED25519 = { name: "Ed25519" } as const;
/** A single WebCrypto call is slower than libsodium; this many at a time are twice as fast. */
const IN_FLIGHT = 64;

/**
 * Whether each signature is `Sign(name, message)` under its key: the verdicts of `verify`, one for one, faster where the platform's
 * WebCrypto has Ed25519.
 *
 * libsodium's verdict is the normative one (rule K1), and platforms differ at the edges: some take any message under a key of small
 * order. So WebCrypto is believed only when it says yes to a signature on which no two implementations can differ; everything else
 * libsodium decides. `subtle` is the platform's own unless a test passes another; undefined is a platform without.
 */
export async function verifyMany(
  name: Domain,
  checks: readonly SignatureCheck[],
  subtle: VerifySubtle | undefined = platformSubtle(),
): Promise<boolean[]> {
  const keys = new Map<string, Promise<unknown>>();
  /** The platform's key, or undefined for one that must not be left to it. */
  const keyOf = (bytes: Uint8Array): Promise<unknown> => {
    const id = toHex(bytes);
    let key = keys.get(id);
    if (!key) keys.set(id, (key = subtle && isSignKey(bytes) ? importKey(subtle, bytes) : Promise.resolve(undefined)));
    return key;
  };
  const check = async ({ message, signature, publicKey }: SignatureCheck): Promise<boolean> => {
    const signed = concat(domainBytes(name), message);
    const key = isPlainSignature(signature) ? await keyOf(publicKey) : undefined;
    const certain = key !== undefined && subtle !== undefined && (await subtle.verify(ED25519, key, signature, signed));
    return certain || verifyRaw(signed, signature, publicKey);
  };
  const verdicts: boolean[] = [];
  for (let at = 0; at < checks.length; at += IN_FLIGHT) {
    verdicts.push(...(await Promise.all(checks.slice(at, at + IN_FLIGHT).map(check))));
  }
  return verdicts;
}

/** Undefined where the platform has WebCrypto but no Ed25519. */
async function importKey(subtle: VerifySubtle, bytes: Uint8Array): Promise<unknown> {
  try {
    return await subtle.importKey("raw", bytes, ED25519, false, ["verify"]);
  } catch {
    return undefined;
  }
}

const platformSubtle = (): VerifySubtle | undefined => (globalThis as unknown as { crypto?: { subtle?: VerifySubtle } }).crypto?.subtle;
