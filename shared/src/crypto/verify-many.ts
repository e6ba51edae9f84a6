import { concat, equalBytes, fromHex, toHex } from "../base/bytes.ts";
import { domainBytes, type Domain } from "./domain.ts";
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
    const key = isPlain(signature) ? await keyOf(publicKey) : undefined;
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

/** The y coordinates of the four points of order 8, without the sign bit, little endian. */
const ORDER_8 = [
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].map((hex) => fromHex(hex) ?? new Uint8Array());

/**
 * Whether a signature is far from every edge: S below 2^252 and so below the group's order, and R neither of small order (y is 0, ±1 or
 * one of ORDER_8) nor possibly written in a second way (y from 2^255 − 256 on). An honest signature fails this once in 2^124.
 */
function isPlain(signature: Uint8Array): boolean {
  if (signature.length !== 64 || ((signature[63] ?? 0) & 0xf0) !== 0) return false;
  const y = signature.slice(0, 32);
  y[31] = (y[31] ?? 0) & 0x7f;
  const high = y.subarray(1);
  if (high.every((b) => b === 0) || high.every((b, i) => b === (i === 30 ? 0x7f : 0xff))) return false;
  return !ORDER_8.some((point) => equalBytes(point, y));
}
