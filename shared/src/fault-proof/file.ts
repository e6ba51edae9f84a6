import { z } from "zod";
import { concat, equalBytes, utf8 } from "../base/bytes.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { structCodec, zBytes, zExact, zText, zUint } from "../cbor/struct.ts";
import { LIMITS } from "../base/limits.ts";

/**
 * A fault proof: a file that shows to anybody, without an account or a network, that a relay signed what it must never have signed
 * (docs/fault-proof.md). A line that names the format, then deterministic CBOR.
 */
const MAGIC = utf8("countersign proof 1\n");
const FAMILY = utf8("countersign proof ");

/** A longer file is refused before it is parsed. */
export const MAX_PROOF_BYTES = 8 * 1024 * 1024;
/** Ending of the file's name. */
export const PROOF_SUFFIX = ".countersign-proof";

const hash = zExact<Uint8Array>(32);
const path = z.array(hash).max(64);
const note = zText(LIMITS.note);
/** A place of the log: its sequence number, the header's bytes (the leaf's data), and the way to the note's root. */
const place = z.strictObject({ n: zUint(), d: zBytes(8_192), p: path });
const placeWithBody = z.strictObject({ n: zUint(), d: zBytes(8_192), p: path, b: zBytes(LIMITS.body).optional() });

const claim = z.discriminatedUnion("t", [
  /** Two notes over trees of which neither begins with the other. */
  z.strictObject({ t: z.literal("fork"), a: note, b: note, r: hash.optional(), p: path.optional() }),
  /** A note over fewer entries that is later than one over more. */
  z.strictObject({ t: z.literal("rollback"), a: note, b: note }),
  /** An entry that is wrong by itself. */
  z.strictObject({ t: z.literal("entry"), a: note, e: place }),
  /** Two entries that contradict each other. */
  z.strictObject({ t: z.literal("pair"), a: note, e: place, f: place }),
  /** All statements up to one that breaks a rule of the charter. */
  z.strictObject({ t: z.literal("charter"), a: note, e: z.array(placeWithBody).min(1).max(20_000) }),
  /** Statements up to one that replaces an epoch, and a later entry under the epoch that was replaced. */
  z.strictObject({ t: z.literal("epoch"), a: note, e: z.array(placeWithBody).min(2).max(20_000) }),
  /** What a device kept and nobody else can check. */
  z.strictObject({ t: z.literal("kept"), code: zText(40), n: zUint().nullable(), e: z.array(zBytes(LIMITS.frame)).max(64) }),
]);
export type FaultClaim = z.output<typeof claim>;
export type ProvenPlace = z.output<typeof place>;
export type ProvenStatement = z.output<typeof placeWithBody>;

const file = z.strictObject({
  v: z.literal(1),
  /** Charter statements with the places that they are said to have; the founding one first. They pin the log's key and the relay's name. */
  c: z
    .array(z.strictObject({ n: zUint(), t: zUint(), b: zBytes(LIMITS.statement) }))
    .min(1)
    .max(20_000),
  f: claim,
});
export type FaultProof = z.output<typeof file>;
const codec = structCodec<FaultProof>(file, MAX_PROOF_BYTES);

export type ProofFileCode = "proof-none" | "proof-too-large" | "proof-damaged" | "proof-newer";

/** Whether a file begins like a fault proof, of whatever version. */
export const isProofFile = (bytes: Uint8Array): boolean => equalBytes(bytes.subarray(0, FAMILY.length), FAMILY);

export const encodeProof = (proof: FaultProof): Uint8Array => concat(MAGIC, codec.encode(proof));

/** Reads the form. Nothing of it may be believed before `checkProof`. */
export function decodeProof(bytes: Uint8Array): Result<FaultProof, Coded<ProofFileCode>> {
  if (!isProofFile(bytes)) return err(coded("proof-none"));
  if (bytes.length > MAX_PROOF_BYTES) return err(coded("proof-too-large"));
  if (!equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)) {
    const line = new TextDecoder().decode(bytes.subarray(FAMILY.length, FAMILY.length + 8));
    return err(coded(/^[1-9][0-9]{0,5}\n/.test(line) ? "proof-newer" : "proof-damaged"));
  }
  const read = codec.decode(bytes.subarray(MAGIC.length));
  return read.ok ? ok(read.value) : err(coded("proof-damaged", read.error.code));
}
