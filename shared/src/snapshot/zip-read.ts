import { Inflate } from "fflate";
import { fromUtf8 } from "../base/bytes.ts";
import { crc32 } from "../base/crc32.ts";
import { coded, err, ok, type Result } from "../base/result.ts";
import type { SnapshotCode, SnapshotError } from "./codes.ts";
import { isSafePath } from "./paths.ts";

/** Limits against archives that are made to harm: a snapshot of ten years is far below each. */
export const ZIP_LIMITS = {
  files: 20_000,
  /** Bytes of one file and of all, unpacked. */
  file: 256 * 1024 * 1024,
  total: 1024 * 1024 * 1024,
  /** How many times larger than in the archive a file may be, beyond the first megabyte. Text of a record packs about tenfold. */
  ratio: 200,
  free: 1024 * 1024,
} as const;

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_SIZE = 22;
const MAX_COMMENT = 65_535;
const PIECE = 16_384;
/** A data descriptor with signature, as streaming writers leave it behind a file. */
const DESCRIPTOR = 16;
const FLAG_ENCRYPTED = 1;
const FLAG_STRONG = 64;
const FLAG_MASKED = 8192;

interface Member {
  readonly path: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** An opened archive. Files are unpacked one at a time, when they are asked for. */
export interface ZipFiles {
  /** In the order of the archive's directory. */
  readonly paths: readonly string[];
  has(path: string): boolean;
  size(path: string): number;
  /** The file's bytes; undefined where there is none, or what is packed is damaged. */
  read(path: string): Uint8Array | undefined;
}

const no = (code: SnapshotCode, detail?: string): Result<never, SnapshotError> => err(coded(code, detail));

/**
 * Opens a ZIP archive that nobody vouches for. Only the plainest form is taken: one part, stored or deflated, each name once, local headers
 * that say what the directory says, nothing before, between or behind. All names and sizes are checked before anything is unpacked.
 */
export function openZip(bytes: Uint8Array): Result<ZipFiles, SnapshotError> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isZip = bytes.length >= 4 && view.getUint32(0, true) === LOCAL;
  const end = endOf(view);
  if (end === undefined) return no(isZip ? "snapshot-truncated" : "snapshot-not-zip");
  if (!isZip) return no("snapshot-not-zip");
  const count = view.getUint16(end + 10, true);
  const directory = { size: view.getUint32(end + 12, true), at: view.getUint32(end + 16, true) };
  if (view.getUint16(end + 4, true) !== 0 || view.getUint16(end + 6, true) !== 0 || view.getUint16(end + 8, true) !== count) {
    return no("snapshot-zip-unusual");
  }
  if (count === 0xffff || directory.at === 0xffffffff) return no("snapshot-zip-unusual");
  if (count > ZIP_LIMITS.files) return no("snapshot-too-many-files");
  if (directory.at + directory.size !== end) return no("snapshot-zip-damaged");
  const members = readDirectory(view, bytes, directory.at, end, count);
  if (!members.ok) return members;
  const fault = sizeFault(members.value) ?? placeFault(view, bytes, members.value, directory.at);
  return fault ? no(fault) : ok(new Opened(bytes, view, members.value));
}

/** Where the end record starts: the archive must end with it. */
function endOf(view: DataView): number | undefined {
  const lowest = Math.max(0, view.byteLength - END_SIZE - MAX_COMMENT);
  for (let at = view.byteLength - END_SIZE; at >= lowest; at--) {
    if (view.getUint32(at, true) === END) return at + END_SIZE + view.getUint16(at + 20, true) === view.byteLength ? at : undefined;
  }
  return undefined;
}

function readDirectory(view: DataView, bytes: Uint8Array, from: number, end: number, count: number): Result<Member[], SnapshotError> {
  const members: Member[] = [];
  const seen = new Set<string>();
  let at = from;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) return no("snapshot-zip-damaged");
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) return no("snapshot-zip-damaged");
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    if ((flags & (FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED)) !== 0 || (method !== 0 && method !== 8)) return no("snapshot-zip-unusual");
    const path = fromUtf8(bytes.subarray(at + 46, at + 46 + nameLength));
    const size = view.getUint32(at + 24, true);
    // A folder's own line, as some packers write it, holds nothing.
    const isFolder = path !== undefined && size === 0 && path.endsWith("/") && isSafePath(path.slice(0, -1));
    if (!isFolder && (path === undefined || !isSafePath(path))) return no("snapshot-names");
    // Some systems hold names apart only by case; a second file must not replace the first there.
    if (seen.has(path.toLowerCase())) return no("snapshot-names");
    seen.add(path.toLowerCase());
    const packed = view.getUint32(at + 20, true);
    const offset = view.getUint32(at + 42, true);
    if (size === 0xffffffff || packed === 0xffffffff || offset === 0xffffffff) return no("snapshot-zip-unusual");
    members.push({ path, method, crc: view.getUint32(at + 16, true), packed, size, offset });
    at = next;
  }
  return at === end ? ok(members) : no("snapshot-zip-damaged");
}

function sizeFault(members: readonly Member[]): SnapshotCode | undefined {
  let total = 0;
  for (const m of members) {
    if (m.method === 0 && m.packed !== m.size) return "snapshot-zip-damaged";
    if (m.size > ZIP_LIMITS.free && m.size > m.packed * ZIP_LIMITS.ratio) return "snapshot-bomb";
    total += m.size;
    if (m.size > ZIP_LIMITS.file || total > ZIP_LIMITS.total) return "snapshot-too-large";
  }
  return undefined;
}

/** The files lie one behind the other, each under a local header with its own name. Two readers can then not see two archives. */
function placeFault(view: DataView, bytes: Uint8Array, members: readonly Member[], directory: number): SnapshotCode | undefined {
  let free = 0;
  for (const m of [...members].sort((a, b) => a.offset - b.offset)) {
    const gap = m.offset - free;
    if (gap < 0 || gap > DESCRIPTOR || m.offset + 30 > directory || view.getUint32(m.offset, true) !== LOCAL) return "snapshot-zip-damaged";
    const from = dataOf(view, m);
    const name = fromUtf8(bytes.subarray(m.offset + 30, m.offset + 30 + view.getUint16(m.offset + 26, true)));
    if (name !== m.path || view.getUint16(m.offset + 8, true) !== m.method) return "snapshot-zip-damaged";
    free = from + m.packed;
    if (free > directory) return "snapshot-zip-damaged";
  }
  return directory - free > DESCRIPTOR ? "snapshot-zip-damaged" : undefined;
}

const dataOf = (view: DataView, m: Member): number =>
  m.offset + 30 + view.getUint16(m.offset + 26, true) + view.getUint16(m.offset + 28, true);

class Opened implements ZipFiles {
  readonly paths: readonly string[];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #members: ReadonlyMap<string, Member>;

  constructor(bytes: Uint8Array, view: DataView, members: readonly Member[]) {
    const files = members.filter((m) => !m.path.endsWith("/"));
    this.#bytes = bytes;
    this.#view = view;
    this.#members = new Map(files.map((m) => [m.path, m]));
    this.paths = files.map((m) => m.path);
  }

  has(path: string): boolean {
    return this.#members.has(path);
  }

  size(path: string): number {
    return this.#members.get(path)?.size ?? 0;
  }

  read(path: string): Uint8Array | undefined {
    const m = this.#members.get(path);
    if (!m) return undefined;
    const from = dataOf(this.#view, m);
    const packed = this.#bytes.subarray(from, from + m.packed);
    const plain = m.method === 0 ? packed.slice() : inflate(packed, m.size);
    return plain && crc32(plain) === m.crc ? plain : undefined;
  }
}

/** Unpacks piece by piece into a buffer of the stated size, and stops as soon as there is more. */
function inflate(packed: Uint8Array, size: number): Uint8Array | undefined {
  const out = new Uint8Array(size);
  const state = { at: 0, finished: false };
  const stream = new Inflate((chunk, last) => {
    if (state.at + chunk.length <= size) out.set(chunk, state.at);
    state.at += chunk.length;
    state.finished ||= last;
  });
  try {
    for (let from = 0; from < packed.length && state.at <= size; from += PIECE) {
      stream.push(packed.subarray(from, from + PIECE), from + PIECE >= packed.length);
    }
  } catch {
    // fflate throws on what is no deflate stream.
    return undefined;
  }
  return state.finished && state.at === size ? out : undefined;
}
