import { decode, encode, type CborValue } from "@countersign/shared/cbor/cbor";

/** A number from 0 to n − 1. */
export type Below = (n: number) => number;

/** A fast generator: SHA-256 for each number would cost more than the relay. */
export function below(seed: Uint8Array): Below {
  // xorshift32 does not take zero.
  let state = new DataView(seed.buffer, seed.byteOffset).getUint32(0) || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

const KEYS = ["t", "v", "id", "entries", "a", "b", "from", "window", "log", "as", "s", "__proto__", "constructor"] as const;
const WORDS = ["push", "hello", "device", "subscribe", "mail-put", "found", "", "t", "\u0000", "\uFEFF"] as const;
const NUMBERS = [0, 1, 23, 24, 255, 256, 65_536, 2 ** 32, Number.MAX_SAFE_INTEGER, -1, -(2 ** 32)] as const;
const one = <T>(pick: Below, list: readonly T[]): T => list[pick(list.length)] as T;

/** Any value that CBOR of rule E1 has. */
export function anyValue(pick: Below, depth = 0): CborValue {
  switch (pick(depth > 3 ? 6 : 9)) {
    case 0:
      return one(pick, NUMBERS);
    case 1:
      return new Uint8Array(pick(70));
    case 2:
      return one(pick, WORDS);
    case 3:
      return null;
    case 4:
      return pick(2) === 0;
    case 5:
      return pick(1_000_000);
    case 6:
      return Array.from({ length: pick(5) }, () => anyValue(pick, depth + 1));
    default:
      return Object.fromEntries(Array.from({ length: pick(5) }, () => [one(pick, KEYS), anyValue(pick, depth + 1)]));
  }
}

/** A message with one field altered, taken away or added; a list or map in it may be the one that is met. */
export function altered(pick: Below, value: CborValue): CborValue {
  if (Array.isArray(value) && value.length > 0) {
    const at = pick(value.length);
    return (value as readonly CborValue[]).map((item, i) => (i === at ? altered(pick, item) : item));
  }
  if (value instanceof Uint8Array) return bitten(pick, value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return anyValue(pick);
  const map = value as { readonly [key: string]: CborValue };
  const keys = Object.keys(map);
  const key = keys.length === 0 ? "t" : one(pick, keys);
  switch (pick(6)) {
    case 0:
      return Object.fromEntries(Object.entries(map).filter(([k]) => k !== key));
    case 1:
      return { ...map, [one(pick, KEYS)]: anyValue(pick) };
    case 2:
      return { ...map, [key]: anyValue(pick) };
    default:
      return { ...map, [key]: altered(pick, map[key] ?? null) };
  }
}

/** Bytes with a few of them changed, or cut, doubled or empty. */
export function bitten(pick: Below, bytes: Uint8Array): Uint8Array {
  const out = Uint8Array.from(bytes);
  switch (pick(8)) {
    case 0:
      return out.subarray(0, pick(out.length + 1));
    case 1:
      return Uint8Array.from([...out, ...out.subarray(0, pick(out.length + 1))]);
    default:
      for (let i = pick(3); i >= 0 && out.length > 0; i--) out[pick(out.length)] = pick(256);
      return out;
  }
}

/** One hostile frame out of lawful ones: noise, foreign values, altered messages, altered bytes. */
export function hostile(pick: Below, lawful: readonly { readonly value: CborValue; readonly bytes: Uint8Array }[]): Uint8Array {
  const { value, bytes } = one(pick, lawful);
  switch (pick(10)) {
    case 0:
      return Uint8Array.from({ length: pick(200) }, () => pick(256));
    case 1:
      return encode(anyValue(pick));
    case 2:
      // Nesting, and lengths that promise what never comes.
      return Uint8Array.from([...Array.from({ length: pick(40) }, () => 0x81), one(pick, [0x9a, 0x5a, 0x7a, 0xba, 0x1b, 0xfb]), pick(256)]);
    case 3:
    case 4:
    case 5:
    case 6:
      return encode(altered(pick, value));
    default:
      return bitten(pick, bytes);
  }
}

/** A message that can be read as one, and is wrong or too much only in what it holds: what costs its sender a receipt and not the connection. */
export function subtle(pick: Below, pushes: readonly { readonly value: CborValue }[]): Uint8Array {
  switch (pick(12)) {
    case 0:
      return encode({ t: "subscribe", from: one(pick, NUMBERS.slice(0, 9)), window: 1 + pick(1_024) });
    case 1:
      return encode({ t: "ping", x: one(pick, NUMBERS.slice(0, 9)) });
    default: {
      const push = one(pick, pushes).value as { readonly entries: readonly { readonly a: Uint8Array; readonly b: Uint8Array }[] };
      const at = pick(push.entries.length);
      const entries = push.entries.map((e, i) => {
        if (i !== at) return e;
        if (pick(3) === 0) return { a: e.a, b: bitten(pick, e.b) };
        return { a: pick(2) === 0 ? bitten(pick, e.a) : alteredBytes(pick, e.a), b: e.b };
      });
      return encode({ t: "push", id: pick(1_000), entries });
    }
  }
}

/** Canonical bytes of an altered value, so that it is the schema or a rule that has to refuse it. */
function alteredBytes(pick: Below, bytes: Uint8Array): Uint8Array {
  const read = decode(bytes, bytes.length);
  return read.ok ? encode(altered(pick, read.value)) : bytes;
}
