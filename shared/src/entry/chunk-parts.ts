import { concat, equalBytes, idBytes } from "../base/bytes.ts";
import type { ChangeHash } from "../base/ids.ts";
import { sha256 } from "../crypto/hash.ts";

const MAGIC = Uint8Array.of(0x85, 0x6f, 0x4a, 0x83);
const CHANGE = 1;
const CHECKSUM = 4;
const HEADER = 9;
const HASH = 32;
const MAX_DEPS = 64;

/** An unsigned number as LEB128, in its shortest form. */
function leb(n: number): Uint8Array {
  const out: number[] = [];
  for (let rest = n; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...out, rest]);
    out.push((rest % 128) + 128);
  }
}

/** The number that begins at `at` and where it ends; undefined where it is longer than three bytes, which no change of ours is. */
function readLeb(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let i = 0, scale = 1; i < 3; i++, scale *= 128) {
    const byte = bytes[at + i];
    if (byte === undefined) return undefined;
    value += (byte & 127) * scale;
    if (byte < 128) return { value, end: at + i + 1 };
  }
  return undefined;
}

/**
 * The first eight bytes of the change with this hash (rule X1a): they are no part of what is hashed, so neither its author nor its entry stands
 * for others.
 */
const headOf = (hash: ChangeHash): Uint8Array => concat(MAGIC, idBytes(hash).subarray(0, CHECKSUM));

/** Whether a change begins as its hash tells; what is too short to be one begins as it likes. */
export const hasOwnHead = (bytes: Uint8Array, hash: ChangeHash): boolean =>
  bytes.length < HEADER || equalBytes(bytes.subarray(0, MAGIC.length + CHECKSUM), headOf(hash));

/** The change as it begins by its hash: the same bytes where it did. */
export const withOwnHead = (bytes: Uint8Array, hash: ChangeHash): Uint8Array =>
  hasOwnHead(bytes, hash) ? bytes : concat(headOf(hash), bytes.subarray(MAGIC.length + CHECKSUM));

/** The chunk of an uncompressed change that follows `deps`: magic, checksum, type and length are told by the rest. */
export function joinChunk(deps: readonly Uint8Array[], rest: Uint8Array): Uint8Array {
  const contents = concat(leb(deps.length), ...deps, rest);
  const typed = concat(Uint8Array.of(CHANGE), leb(contents.length), contents);
  return concat(MAGIC, sha256(typed).subarray(0, 4), typed);
}

/** Takes a change's bytes apart so that `joinChunk` gives them back; undefined where it would not. No Automerge looks at them. */
export function splitChunk(bytes: Uint8Array): { readonly deps: readonly Uint8Array[]; readonly rest: Uint8Array } | undefined {
  if (bytes[8] !== CHANGE) return undefined;
  const length = readLeb(bytes, HEADER);
  const count = length && readLeb(bytes, length.end);
  if (!count || count.value > MAX_DEPS || count.end + count.value * HASH > bytes.length) return undefined;
  const deps = Array.from({ length: count.value }, (_, i) => bytes.slice(count.end + i * HASH, count.end + (i + 1) * HASH));
  const rest = bytes.slice(count.end + count.value * HASH);
  return equalBytes(joinChunk(deps, rest), bytes) ? { deps, rest } : undefined;
}
