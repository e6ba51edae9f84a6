import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { CborReader, Refused } from "./read.ts";
import { writeCbor } from "./write.ts";

/** The values that rule E1 knows. */
export type CborValue = number | string | boolean | null | Uint8Array | readonly CborValue[] | { readonly [key: string]: CborValue };

export type CborCode =
  /** Longer than its type allows (E2). */
  | "cbor-too-long"
  /** More than 16 levels deep or 200,000 items (E2). */
  | "cbor-too-deep"
  /** Not well-formed, not deterministic, or of a type that E1 does not know. */
  | "cbor-not-canonical";

/** Deterministic CBOR (rule E1). Throws on a value that E1 does not know: that is a bug of the caller. */
export const encode = (value: CborValue): Uint8Array => writeCbor(value);

/** Reads deterministic CBOR and nothing else (rules E1, E2). Byte strings in the value are copies. */
export function decode(bytes: Uint8Array, maxBytes: number): Result<CborValue, Coded<CborCode>> {
  if (bytes.length > maxBytes) return err(coded("cbor-too-long"));
  try {
    return ok(new CborReader(bytes).whole());
  } catch (problem) {
    if (problem instanceof Refused) return err(coded(problem.code));
    throw problem;
  }
}
