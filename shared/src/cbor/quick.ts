import type { CborValue } from "./cbor.ts";

/** Checks for the `quick` side of a codec: plain comparisons that take what the schema's own types take. */

/** The value as a map with exactly so many keys; which ones, the caller sees by reading them. */
export function mapOf(value: CborValue | undefined, keys: number): Readonly<Record<string, CborValue | undefined>> | undefined {
  return mapFrom(value, keys, keys);
}

/** The value as a map with so many keys. */
export function mapFrom(
  value: CborValue | undefined,
  least: number,
  most: number,
): Readonly<Record<string, CborValue | undefined>> | undefined {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || Array.isArray(value)) return undefined;
  const keys = Object.keys(value).length;
  return keys >= least && keys <= most ? (value as Readonly<Record<string, CborValue | undefined>>) : undefined;
}

/** As `zBytes(max)`. */
export const isBytesUpTo = (value: CborValue | undefined, max: number): value is Uint8Array =>
  value instanceof Uint8Array && value.length <= max;

/** As `zExact(length)`. */
export const isBytesOf = (value: CborValue | undefined, length: number): value is Uint8Array =>
  value instanceof Uint8Array && value.length === length;

/** As `zUint()`; what was read as CBOR is an exact integer already. */
export const isUint = (value: CborValue | undefined): value is number => typeof value === "number" && value >= 0;
