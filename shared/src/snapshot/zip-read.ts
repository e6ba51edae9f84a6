import { fromUtf8 } from "../base/bytes.ts";
import { crc32 } from "../base/crc32.ts";
import { coded, err, ok, type Result } from "../base/result.ts";
import { Inflate } from "fflate";
import type { ByteSource } from "./bytes-io.ts";
import type { SnapshotCode, SnapshotError } from "./codes.ts";
import { isSafePath } from "./paths.ts";

/** Limits against archives that are made to harm: a snapshot of ten years is far below each. */
export const ZIP_LIMITS = {
  files: 20_000,
  /** Bytes of one file, unpacked. */
  file: 256 * 1024 * 1024,
  /** Bytes of all files, unpacked; they are never in memory together. The form of archive that is read ends at 4 GiB. */
  total: 4 * 1024 * 1024 * 1024,
  /** Bytes of the directory, which is read as a whole. */
  directory: 8 * 1024 * 1024,
  /** How many times larger than in the archive a file may be, beyond the first megabyte. Text of a record packs about tenfold. */
  ratio: 200,
  free: 1024 * 1024,
} as const;

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_SIZE = 22;
const LOCAL_SIZE = 30;
const MAX_COMMENT = 65_535;
/** Packed bytes that are read, and given to the unpacker, at a time. */
const READ = 1024 * 1024;
const PIECE = 16_384;
/** A data descriptor with signature, as streaming writers leave it behind a file. */
const DESCRIPTOR = 16;
const FLAG_ENCRYPTED = 1;
const FLAG_STRONG = 64;
const FLAG_MASKED = 8192;

interface Entry {
  readonly path: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

interface Member extends Entry {
  /** Where its packed bytes begin. */
  readonly data: number;
}

/** An opened archive. Files are read and unpacked piece by piece, when they are asked for. */
export interface ZipFiles {
  /** In the order of the archive's directory. */
  readonly paths: readonly string[];
  has(path: string): boolean;
  size(path: string): number;
  /** The file's bytes as one; undefined where there is none, or what is packed is damaged. For parts that are needed whole. */
  read(path: string): Promise<Uint8Array | undefined>;
  /**
   * Gives the file's bytes piece by piece, never more than `size` of them. False where there is none, it is damaged (said only at its end), or
   * `take` answered false.
   */
  each(path: string, take: (piece: Uint8Array) => Promise<boolean>): Promise<boolean>;
}

const no = (code: SnapshotCode, detail?: string): Result<never, SnapshotError> => err(coded(code, detail));
const viewOf = (b: Uint8Array): DataView => new DataView(b.buffer, b.byteOffset, b.byteLength);

/**
 * Opens a ZIP archive that nobody vouches for. Only the plainest form is taken: one part, stored or deflated, each name once, local headers
 * that say what the directory says, nothing before, between or behind. All names and sizes are checked before anything is unpacked.
 */
export async function openZip(source: ByteSource): Promise<Result<ZipFiles, SnapshotError>> {
  const head = source.size < 4 ? undefined : await source.read(0, 4);
  const isZip = head !== undefined && viewOf(head).getUint32(0, true) === LOCAL;
  const end = await endOf(source);
  if (end === undefined) return no(isZip ? "snapshot-truncated" : "snapshot-not-zip");
  if (!isZip) return no("snapshot-not-zip");
  const { at, record } = end;
  const count = record.getUint16(10, true);
  const directory = { size: record.getUint32(12, true), at: record.getUint32(16, true) };
  if (record.getUint16(4, true) !== 0 || record.getUint16(6, true) !== 0 || record.getUint16(8, true) !== count) {
    return no("snapshot-zip-unusual");
  }
  if (count === 0xffff || directory.at === 0xffffffff) return no("snapshot-zip-unusual");
  if (count > ZIP_LIMITS.files) return no("snapshot-too-many-files");
  if (directory.at + directory.size !== at) return no("snapshot-zip-damaged");
  if (directory.size > ZIP_LIMITS.directory) return no("snapshot-zip-unusual");
  const bytes = await source.read(directory.at, at);
  if (!bytes) return no("snapshot-truncated");
  const entries = readDirectory(bytes, count);
  if (!entries.ok) return entries;
  const fault = sizeFault(entries.value);
  if (fault) return no(fault);
  const members = await placed(source, entries.value, directory.at);
  return members.ok ? ok(new Opened(source, members.value)) : members;
}

/** Where the end record starts: the archive must end with it. */
async function endOf(source: ByteSource): Promise<{ readonly at: number; readonly record: DataView } | undefined> {
  const from = Math.max(0, source.size - END_SIZE - MAX_COMMENT);
  const tail = await source.read(from, source.size);
  if (!tail) return undefined;
  const view = viewOf(tail);
  for (let at = tail.length - END_SIZE; at >= 0; at--) {
    if (view.getUint32(at, true) !== END) continue;
    if (at + END_SIZE + view.getUint16(at + 20, true) !== tail.length) return undefined;
    return { at: from + at, record: viewOf(tail.subarray(at, at + END_SIZE)) };
  }
  return undefined;
}

function readDirectory(bytes: Uint8Array, count: number): Result<Entry[], SnapshotError> {
  const view = viewOf(bytes);
  const entries: Entry[] = [];
  const seen = new Set<string>();
  const end = bytes.length;
  let at = 0;
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
    entries.push({ path, method, crc: view.getUint32(at + 16, true), packed, size, offset });
    at = next;
  }
  return at === end ? ok(entries) : no("snapshot-zip-damaged");
}

function sizeFault(entries: readonly Entry[]): SnapshotCode | undefined {
  let total = 0;
  for (const m of entries) {
    if (m.method === 0 && m.packed !== m.size) return "snapshot-zip-damaged";
    if (m.size > ZIP_LIMITS.free && m.size > m.packed * ZIP_LIMITS.ratio) return "snapshot-bomb";
    total += m.size;
    if (m.size > ZIP_LIMITS.file || total > ZIP_LIMITS.total) return "snapshot-too-large";
  }
  return undefined;
}

/** The files lie one behind the other, each under a local header with its own name. Two readers can then not see two archives. */
async function placed(source: ByteSource, entries: readonly Entry[], directory: number): Promise<Result<Member[], SnapshotError>> {
  const where = new Map<Entry, number>();
  let free = 0;
  for (const m of [...entries].sort((a, b) => a.offset - b.offset)) {
    const gap = m.offset - free;
    if (gap < 0 || gap > DESCRIPTOR || m.offset + LOCAL_SIZE > directory) return no("snapshot-zip-damaged");
    const header = await source.read(m.offset, Math.min(m.offset + LOCAL_SIZE + m.path.length, directory));
    if (!header) return no("snapshot-truncated");
    const view = viewOf(header);
    const isSame =
      view.getUint32(0, true) === LOCAL &&
      view.getUint16(8, true) === m.method &&
      view.getUint16(26, true) === m.path.length &&
      fromUtf8(header.subarray(LOCAL_SIZE)) === m.path;
    if (!isSame) return no("snapshot-zip-damaged");
    const data = m.offset + LOCAL_SIZE + m.path.length + view.getUint16(28, true);
    where.set(m, data);
    free = data + m.packed;
    if (free > directory) return no("snapshot-zip-damaged");
  }
  if (directory - free > DESCRIPTOR) return no("snapshot-zip-damaged");
  return ok(entries.map((m) => ({ ...m, data: where.get(m) ?? 0 })));
}

class Opened implements ZipFiles {
  readonly paths: readonly string[];
  readonly #source: ByteSource;
  readonly #members: ReadonlyMap<string, Member>;

  constructor(source: ByteSource, members: readonly Member[]) {
    const files = members.filter((m) => !m.path.endsWith("/"));
    this.#source = source;
    this.#members = new Map(files.map((m) => [m.path, m]));
    this.paths = files.map((m) => m.path);
  }

  has(path: string): boolean {
    return this.#members.has(path);
  }

  size(path: string): number {
    return this.#members.get(path)?.size ?? 0;
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    const out = new Uint8Array(this.size(path));
    let at = 0;
    const isWhole = await this.each(path, (piece) => {
      out.set(piece, at);
      at += piece.length;
      return Promise.resolve(true);
    });
    return isWhole ? out : undefined;
  }

  async each(path: string, take: (piece: Uint8Array) => Promise<boolean>): Promise<boolean> {
    const m = this.#members.get(path);
    if (!m) return false;
    const unpacker = m.method === 0 ? new Stored() : new Unpacker();
    let crc = 0;
    let length = 0;
    for (let from = m.data; from < m.data + m.packed; from += READ) {
      const to = Math.min(from + READ, m.data + m.packed);
      const packed = await this.#source.read(from, to);
      if (!packed) return false;
      for (let at = 0; at < packed.length; at += PIECE) {
        const pieces = unpacker.push(packed.subarray(at, at + PIECE), to === m.data + m.packed && at + PIECE >= packed.length);
        for (const piece of pieces ?? []) {
          length += piece.length;
          if (length > m.size) return false;
          crc = crc32(piece, crc);
          if (!(await take(piece))) return false;
        }
        if (!pieces) return false;
      }
    }
    return length === m.size && (m.packed === 0 ? m.size === 0 && m.method === 0 : unpacker.finished) && crc === m.crc;
  }
}

class Stored {
  readonly finished = true;
  push(piece: Uint8Array): readonly Uint8Array[] {
    return [piece];
  }
}

/** Unpacks a deflate stream piece by piece. */
class Unpacker {
  finished = false;
  #out: Uint8Array[] = [];
  readonly #inflate = new Inflate((chunk, last) => {
    if (chunk.length > 0) this.#out.push(chunk);
    this.finished ||= last;
  });

  /** Undefined for what is no deflate stream. */
  push(packed: Uint8Array, last: boolean): readonly Uint8Array[] | undefined {
    this.#out = [];
    try {
      this.#inflate.push(packed, last);
    } catch {
      // fflate throws on what is no deflate stream.
      return undefined;
    }
    return this.#out;
  }
}
