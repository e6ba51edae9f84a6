import * as A from "@automerge/automerge/slim";
import { equalBytes, toId } from "../base/bytes.ts";
import type { ChangeHash, DeviceId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { MAX_TIME } from "../base/time.ts";
import { sha256 } from "../crypto/hash.ts";
import { LIMITS } from "../base/limits.ts";
import { checkCounts, Leb128Reader, MAX_DEPS, MAX_OPS } from "./columns.ts";
import type { ReasonCode } from "../base/reasons.ts";

/** One operation as Automerge decodes it; only what rule X8 looks at. */
export interface Op {
  readonly action: string;
  readonly obj: string;
  readonly key?: string;
  readonly value?: unknown;
  readonly datatype?: string;
  readonly insert?: boolean;
  readonly pred: readonly string[];
}

/** A change whose bytes are canonical (rule X2). Nothing is known yet of who signed it or whether it is lawful. */
export interface ParsedChange {
  readonly bytes: Uint8Array;
  readonly hash: ChangeHash;
  /** Lower-case hex of 16 bytes. */
  readonly actor: string;
  /** The device that the change names as its author: on an actor's first change only. */
  readonly author?: DeviceId;
  /** It carries extra bytes that are no author field. */
  readonly strayBytes: boolean;
  readonly seq: number;
  readonly startOp: number;
  /** Counter of its last operation. */
  readonly endOp: number;
  /** The author's clock, in seconds. */
  readonly time: number;
  readonly message: string | null;
  readonly deps: readonly ChangeHash[];
  readonly ops: readonly Op[];
}

/** What Automerge writes as a change. */
export type Encodable = Parameters<typeof A.encodeChange>[0];

const MAGIC = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE = 1;
const COMPRESSED = 2;
const HEADER = 9;
/** A later clock has no date that every platform can show (rule E12). */
const LAST_SECOND = Math.floor(MAX_TIME / 1000);
/** Type and length of the author field in a change's extra bytes. */
const AUTHOR_FIELD = 1;
const AUTHOR_LENGTH = 32;

/** SHA-256 of a chunk from its type byte on (rule X1). For a chunk too short to have one, of nothing. */
export const changeHash = (bytes: Uint8Array): ChangeHash => toId<ChangeHash>(sha256(bytes.subarray(8)));

/** The extra bytes by which Automerge 3.5 names a change's author. */
export function authorField(key: Uint8Array): number[] {
  return [AUTHOR_FIELD, AUTHOR_LENGTH, ...key];
}

interface Decoded {
  readonly actor: string;
  readonly author?: string | null;
  readonly seq: number;
  readonly startOp: number;
  readonly time: number;
  readonly message: string | null;
  readonly deps: readonly string[];
  readonly hash: string;
  readonly ops: readonly Op[];
  readonly extra_bytes?: readonly number[];
}

/**
 * Reads a change (rule X2): size, magic, type, length, checksum and counts before any Automerge call; then decoding, and writing it
 * again must give the same bytes. The hash is computed here, Automerge's is only compared.
 */
export function parseChange(bytes: Uint8Array): Result<ParsedChange, Coded<ReasonCode>> {
  if (bytes.length > LIMITS.change) return err(coded("change-size"));
  if (bytes.length <= HEADER || MAGIC.some((m, i) => bytes[i] !== m)) return err(coded("change-encoding"));
  if (bytes[8] === COMPRESSED) return err(coded("change-compressed"));
  if (bytes[8] !== CHANGE) return err(coded("change-encoding"));
  const rest = bytes.subarray(HEADER);
  const length = new Leb128Reader(rest);
  const size = length.unsigned();
  if (length.failed || length.at + size !== rest.length) return err(coded("change-encoding"));
  const hash = sha256(bytes.subarray(8));
  if (!equalBytes(hash.subarray(0, 4), bytes.subarray(4, 8))) return err(coded("change-checksum"));
  const counts = checkCounts(rest.subarray(length.at));
  if (!counts.ok) return counts;
  return decode(bytes, toId<ChangeHash>(hash));
}

function decode(bytes: Uint8Array, hash: ChangeHash): Result<ParsedChange, Coded<ReasonCode>> {
  let d: Decoded;
  try {
    // Its types leave out the fields that only some changes have.
    const decoded: unknown = A.decodeChange(bytes);
    d = decoded as Decoded;
    if (!equalBytes(A.encodeChange(decoded as Encodable), bytes)) return err(coded("change-encoding"));
  } catch {
    // Automerge refuses what it cannot read by throwing, a panic included.
    return err(coded("change-encoding"));
  }
  if (d.hash !== hash || d.time < 0 || d.time > LAST_SECOND) return err(coded("change-encoding"));
  if (d.ops.length > MAX_OPS) return err(coded("change-operations"));
  if (d.deps.length > MAX_DEPS) return err(coded("change-dependencies"));
  const extra = d.extra_bytes ?? [];
  const author = authorOf(extra);
  return ok({
    bytes,
    hash,
    actor: d.actor,
    ...(author === undefined ? {} : { author }),
    strayBytes: extra.length > 0 && author === undefined,
    seq: d.seq,
    startOp: d.startOp,
    endOp: d.startOp + d.ops.length - 1,
    time: d.time,
    message: d.message,
    deps: d.deps as readonly ChangeHash[],
    ops: d.ops,
  });
}

function authorOf(extra: readonly number[]): DeviceId | undefined {
  if (extra.length !== 2 + AUTHOR_LENGTH || extra[0] !== AUTHOR_FIELD || extra[1] !== AUTHOR_LENGTH) return undefined;
  return toId<DeviceId>(Uint8Array.from(extra.slice(2)));
}
