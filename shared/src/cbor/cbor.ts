import { decode as cborgDecode, encode as cborgEncode, rfc8949EncodeOptions, Tokenizer, Type, type Token } from "cborg";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { equalBytes } from "../base/bytes.ts";

/** The values that rule E1 knows. */
export type CborValue = number | string | boolean | null | Uint8Array | readonly CborValue[] | { readonly [key: string]: CborValue };

export type CborCode =
  /** Longer than its type allows (E2). */
  | "cbor-too-long"
  /** More than 16 levels deep or 200,000 items (E2). */
  | "cbor-too-deep"
  /** Not well-formed, not deterministic, or of a type that E1 does not know. */
  | "cbor-not-canonical";

export const MAX_DEPTH = 16;
export const MAX_ITEMS = 200_000;

class TooDeep extends Error {}
class Unknown extends Error {}

/** Counts levels and items while cborg reads, so that hostile nesting is refused before it costs a stack. */
class LimitedTokenizer extends Tokenizer {
  readonly #open: number[] = [];
  #items = 0;

  override next(): Token {
    const token = super.next();
    if (++this.#items > MAX_ITEMS) throw new TooDeep();
    if (Type.equals(token.type, Type.float) || Type.equals(token.type, Type.tag) || Type.equals(token.type, Type.undefined))
      throw new Unknown();
    this.#close();
    const isArray = Type.equals(token.type, Type.array);
    if (isArray || Type.equals(token.type, Type.map)) {
      const count = Number(token.value) * (isArray ? 1 : 2);
      if (!Number.isSafeInteger(count) || count > MAX_ITEMS) throw new TooDeep();
      if (count > 0) this.#open.push(count);
      if (this.#open.length > MAX_DEPTH) throw new TooDeep();
    }
    return token;
  }

  /** One item of the innermost container is read; containers that it completed are closed when their next sibling comes. */
  #close(): void {
    while (this.#open.at(-1) === 0) this.#open.pop();
    const last = this.#open.length - 1;
    const left = this.#open[last];
    if (left !== undefined) this.#open[last] = left - 1;
  }
}

/** Deterministic CBOR (rule E1). Throws on a value that E1 does not know: that is a bug of the caller. */
export function encode(value: CborValue): Uint8Array {
  // In Node cborg hands out slices of a pooled Buffer: a plain copy behaves the same on every platform.
  return new Uint8Array(cborgEncode(value, { ...rfc8949EncodeOptions, ignoreUndefinedProperties: false, float64: false }));
}

/**
 * Reads deterministic CBOR and nothing else (rules E1, E2). Canonical form is checked by writing the value again: a form with a second
 * spelling (long heads, unsorted or doubled keys, bad UTF-8) cannot give the same bytes.
 */
export function decode(bytes: Uint8Array, maxBytes: number): Result<CborValue, Coded<CborCode>> {
  if (bytes.length > maxBytes) return err(coded("cbor-too-long"));
  const options = {
    strict: true,
    allowIndefinite: false,
    allowUndefined: false,
    allowInfinity: false,
    allowNaN: false,
    allowBigInt: false,
    rejectDuplicateMapKeys: true,
  };
  let value: CborValue;
  try {
    value = cborgDecode(bytes, { ...options, tokenizer: new LimitedTokenizer(bytes, options) }) as CborValue;
  } catch (e) {
    return err(coded(e instanceof TooDeep || e instanceof RangeError ? "cbor-too-deep" : "cbor-not-canonical"));
  }
  return equalBytes(encode(value), bytes) ? ok(value) : err(coded("cbor-not-canonical"));
}
