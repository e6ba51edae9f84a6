import { z } from "zod";
import { idBytes, toId } from "../base/bytes.ts";
import type { Brand, Hex32, Signature } from "../base/ids.ts";
import { MAX_TIME } from "../base/time.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { decode, encode, type CborCode, type CborValue } from "./cbor.ts";

// Zod would otherwise try to compile validators with eval, which the pages' policy forbids.
z.config({ jitless: true });

export type StructCode = CborCode | "struct-unknown";

/** Reads and writes one type of structure: bytes at the edge, a checked value inside. */
export interface Codec<T> {
  encode(value: T): Uint8Array;
  /** Refuses what is longer than the type's limit, not canonical, or has an unknown or missing key (rules E1 to E3). */
  decode(bytes: Uint8Array): Result<T, Coded<StructCode>>;
}

const isBytes = (x: unknown): x is Uint8Array => x instanceof Uint8Array;

/** Any byte string up to a length. */
export const zBytes = (max: number): z.ZodType<Uint8Array, Uint8Array> => z.custom<Uint8Array>((x) => isBytes(x) && x.length <= max);

/** A byte string of exactly n bytes, of a branded type. */
export const zExact = <T extends Uint8Array>(n: number): z.ZodType<T, T> => z.custom<T>((x) => isBytes(x) && x.length === n);

/** 32 bytes on the wire, a branded id (lower-case hex) in memory. */
export const zId = <T extends Hex32>(): z.ZodType<T, Uint8Array> =>
  z.codec(
    zExact(32),
    z.custom<T>((x) => typeof x === "string" && /^[0-9a-f]{64}$/.test(x)),
    {
      decode: (bytes) => toId<T>(bytes),
      encode: (id) => idBytes(id as Hex32) as Uint8Array<ArrayBuffer>,
    },
  );

export const zSignature = (): z.ZodType<Signature, Signature> => zExact<Signature>(64);
export const zUint = (): z.ZodNumber => z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** A moment, ms since 1970 (rule E12). */
export const zTime = (): z.ZodNumber => zUint().max(MAX_TIME);
export const zText = (max: number): z.ZodString => z.string().max(max);
export const zBrandedText = <B extends string>(pattern: RegExp): z.ZodType<Brand<string, B>, Brand<string, B>> =>
  z.custom<Brand<string, B>>((x) => typeof x === "string" && pattern.test(x));

/**
 * The codec of one structure. `schema` must use strict objects (E3); its input side is the CBOR value, its output side the memory form.
 * @param max the type's limit in bytes (E2)
 * @param quick for structures that come by the thousand: the memory form of a value that the schema surely takes, else undefined, and then
 * the schema decides. It may take less than the schema, never more; a property test holds each against its schema.
 */
export function structCodec<T>(schema: z.ZodType<T>, max: number, quick?: (value: CborValue) => T | undefined): Codec<T> {
  return {
    encode: (value) => encode(z.encode(schema, value) as CborValue),
    decode: (bytes) => {
      const value = decode(bytes, max);
      if (!value.ok) return value;
      const known = quick?.(value.value);
      if (known !== undefined) return ok(known);
      const parsed = z.safeDecode(schema, value.value);
      return parsed.success ? ok(parsed.data) : err(coded("struct-unknown"));
    },
  };
}
