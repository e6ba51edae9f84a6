import type { Hex32 } from "./ids.ts";

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** The text of valid UTF-8, else undefined. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

export function toHex(bytes: Uint8Array): string {
  let out = "";
  for (const b of bytes) out += HEX[b] ?? "";
  return out;
}

/** Bytes of lower-case hex of even length, else undefined. */
export function fromHex(hex: string): Uint8Array | undefined {
  if (hex.length % 2 !== 0 || !/^[0-9a-f]*$/.test(hex)) return undefined;
  const out = new Uint8Array(hex.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return out;
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

const B64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function encode64(bytes: Uint8Array, alphabet: string, pad: boolean): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i] ?? 0;
    const b = bytes[i + 1];
    const c = bytes[i + 2];
    out += alphabet.charAt(a >> 2) + alphabet.charAt(((a & 3) << 4) | ((b ?? 0) >> 4));
    out += b === undefined ? (pad ? "=" : "") : alphabet.charAt(((b & 15) << 2) | ((c ?? 0) >> 6));
    out += c === undefined ? (pad ? "=" : "") : alphabet.charAt(c & 63);
  }
  return out;
}

/** Standard base64 with padding (RFC 4648 section 4). */
export const toBase64 = (bytes: Uint8Array): string => encode64(bytes, B64, true);
/** base64url without padding (RFC 4648 section 5). */
export const toBase64url = (bytes: Uint8Array): string => encode64(bytes, B64.slice(0, 62) + "-_", false);

function decode64(text: string, url: boolean): Uint8Array | undefined {
  const body = url ? text : text.replace(/={1,2}$/, "");
  if (!url && text.length % 4 !== 0) return undefined;
  if (body.length % 4 === 1 || !(url ? /^[A-Za-z0-9_-]*$/ : /^[A-Za-z0-9+/]*$/).test(body)) return undefined;
  const out = new Uint8Array(Math.floor((body.length * 3) / 4));
  let acc = 0;
  let bits = 0;
  let at = 0;
  for (const ch of body) {
    const v = ch === "-" ? 62 : ch === "_" ? 63 : B64.indexOf(ch);
    acc = ((acc << 6) | v) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (acc >> bits) & 255;
    }
  }
  // Leftover bits must be zero, else two texts would name the same bytes.
  return (acc & ((1 << bits) - 1)) === 0 ? out : undefined;
}

/** Bytes of canonical padded base64, else undefined. */
export const fromBase64 = (text: string): Uint8Array | undefined => decode64(text, false);
/** Bytes of canonical unpadded base64url, else undefined. */
export const fromBase64url = (text: string): Uint8Array | undefined => decode64(text, true);
