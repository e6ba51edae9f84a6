import { base64, base64urlnopad, hex as hexCoder } from "@scure/base";
import type { Hex32 } from "./ids.ts";

const encoder = new TextEncoder();
// A leading byte order mark is kept: two byte strings must not read as one text.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** The text of valid UTF-8, else undefined. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

export const toHex = (bytes: Uint8Array): string => hexCoder.encode(bytes);

/** Bytes of lower-case hex of even length, else undefined. */
export function fromHex(hex: string): Uint8Array | undefined {
  // The library takes capitals too; one text for each value keeps ids comparable.
  return /^(?:[0-9a-f]{2})*$/.test(hex) ? hexCoder.decode(hex) : undefined;
}

/** The id of exactly 32 bytes. Throws on another length: callers have checked it at the edge. */
export function toId<T extends Hex32>(bytes: Uint8Array): T {
  if (bytes.length !== 32) throw new Error("an id has 32 bytes");
  return toHex(bytes) as T;
}

/** The bytes of an id. Ids are only made by checked constructors, so this cannot fail. */
export function idBytes(id: Hex32): Uint8Array {
  const out = fromHex(id);
  if (out?.length !== 32) throw new Error("not an id");
  return out;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Eight bytes, big endian. `n` is a safe integer of at least 0. */
export function u64(n: number): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(n));
  return out;
}

/** Standard base64 with padding (RFC 4648 section 4). */
export const toBase64 = (bytes: Uint8Array): string => base64.encode(bytes);
/** base64url without padding (RFC 4648 section 5). */
export const toBase64url = (bytes: Uint8Array): string => base64urlnopad.encode(bytes);

/** Bytes of canonical padded base64, else undefined. */
export const fromBase64 = (text: string): Uint8Array | undefined => attempt(() => base64.decode(text));
/** Bytes of canonical unpadded base64url, else undefined. */
export const fromBase64url = (text: string): Uint8Array | undefined => attempt(() => base64urlnopad.decode(text));

/** The library throws on text that is not canonical: a wrong letter or length, missing or extra padding, leftover bits that are not zero. */
function attempt(decode: () => Uint8Array): Uint8Array | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
