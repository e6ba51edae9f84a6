import { crc32 } from "../base/crc32.ts";
import { coded, err, ok, type Result } from "../base/result.ts";
import { Inflate } from "fflate";
import type { ByteSource } from "./bytes-io.ts";
import type { SnapshotCode, SnapshotError } from "./codes.ts";
import { isSafePath, mostBytes } from "./paths.ts";
import { checkDescriptor, checkLocal, isHarmless, LOCAL, LOCAL_SIZE, MAX_DESCRIPTOR, readLine, type Line } from "./zip-frame.ts";

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
const END_SIZE = 22;
const MAX_COMMENT = 65_535;
/** Packed bytes that are read, and given to the unpacker, at a time. */
const READ = 256 * 1024;
const PIECE = 16_384;

type Entry = Line & { readonly path: string };

/** What is kept of a file, of which there may be thousands. */
interface Member extends Pick<Entry, "path" | "method" | "crc" | "packed" | "size"> {
  /** Where its packed bytes begin. */
  readonly data: number;
}

/** An opened archive. Files are read and unpacked piece by piece, when they are asked for. */
export interface ZipFiles {
  /** In the order of the archive's directory. */
  readonly paths: readonly string[];
  /** Whether everything round the files is as our own writer has it; false where another program packed them, or somebody changed it (S20). */
  readonly isAsWritten: boolean;
  has(path: string): boolean;
  size(path: string): number;
  /** The file's bytes as one; undefined where there is none, it has more than such a file ever has, or what is packed is damaged. For parts that are needed whole. */
  read(path: string): Promise<Uint8Array | undefined>;
  /**
   * Gives the file's bytes piece by piece, never more than `size` of them. False where there is none, it is damaged (said only at its end), or
   * `take` answered false.
   */
  each(path: string, take: (piece: Uint8Array) => Promise<boolean>): Promise<boolean>;
  /** The same for whoever asks for the pieces; returns whether they were the whole file. A piece is good until the next is asked for. */
  pieces(path: string): AsyncGenerator<Uint8Array, boolean, undefined>;
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
  const hasComment = record.getUint16(20, true) !== 0;
  return members.ok ? ok(new Opened(source, members.value.members, members.value.isAsWritten && !hasComment)) : members;
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
  const entries: Entry[] = [];
  const seen = new Set<string>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    const line = readLine(bytes, at);
    if (!line) return no("snapshot-zip-damaged");
    if (!line.isPlain) return no("snapshot-zip-unusual");
    const { path } = line;
    // A folder's own line, as some packers write it, holds nothing.
    const name = line.isFolder ? path?.slice(0, -1) : path;
    if (path === undefined || name === undefined || !isSafePath(name)) return no("snapshot-names");
    // Some systems hold names apart only by case; a second file must not replace the first there.
    if (seen.has(path.toLowerCase())) return no("snapshot-names");
    seen.add(path.toLowerCase());
    if (line.size === 0xffffffff || line.packed === 0xffffffff || line.offset === 0xffffffff) return no("snapshot-zip-unusual");
    entries.push({ ...line, path });
    at = line.next;
  }
  return at === bytes.length ? ok(entries) : no("snapshot-zip-damaged");
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

interface Placed {
  /** Folders are none. */
  readonly members: readonly Member[];
  readonly isAsWritten: boolean;
}

/** The files lie one behind the other, each under a local header that says what its line says. Two readers can then not see two archives. */
async function placed(source: ByteSource, entries: readonly Entry[], directory: number): Promise<Result<Placed, SnapshotError>> {
  const where = new Map<Entry, number>();
  const inOrder = [...entries].sort((a, b) => a.offset - b.offset);
  let isAsWritten = entries.every((m, i) => m.isAsWritten && m === inOrder[i]);
  let free = 0;
  for (const [i, m] of inOrder.entries()) {
    const end = inOrder[i + 1]?.offset ?? directory;
    if (m.offset !== free || m.offset + LOCAL_SIZE > directory) return no("snapshot-zip-damaged");
    const name = m.offset + LOCAL_SIZE + m.path.length;
    const header = await source.read(m.offset, Math.min(name, directory));
    if (!header) return no("snapshot-truncated");
    const local = checkLocal(header, m);
    if (!local) return no("snapshot-zip-damaged");
    const data = name + local.extra;
    const behind = data + m.packed;
    if (behind > end || end - behind > MAX_DESCRIPTOR || end > directory) return no("snapshot-zip-damaged");
    const [extra, between] = [await source.read(name, data), await source.read(behind, end)];
    if (!extra || !between) return no("snapshot-truncated");
    if (!isHarmless(extra)) return no("snapshot-zip-unusual");
    const descriptor = checkDescriptor(between, m);
    if (!descriptor) return no("snapshot-zip-damaged");
    isAsWritten &&= local.isAsWritten && descriptor.isAsWritten;
    where.set(m, data);
    free = end;
  }
  if (directory !== free) return no("snapshot-zip-damaged");
  const members = entries
    .filter((m) => !m.isFolder)
    .map((m) => ({ path: m.path, method: m.method, crc: m.crc, packed: m.packed, size: m.size, data: where.get(m) ?? 0 }));
  return ok({ members, isAsWritten });
}

class Opened implements ZipFiles {
  readonly paths: readonly string[];
  readonly isAsWritten: boolean;
  readonly #source: ByteSource;
  readonly #members: ReadonlyMap<string, Member>;

  constructor(source: ByteSource, members: readonly Member[], isAsWritten: boolean) {
    this.isAsWritten = isAsWritten;
    this.#source = source;
    this.#members = new Map(members.map((m) => [m.path, m]));
    this.paths = members.map((m) => m.path);
  }

  has(path: string): boolean {
    return this.#members.has(path);
  }

  size(path: string): number {
    return this.#members.get(path)?.size ?? 0;
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    if (this.size(path) > mostBytes(path)) return undefined;
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
    const file = this.pieces(path);
    let next = await file.next();
    for (; next.done !== true; next = await file.next()) if (!(await take(next.value))) return false;
    return next.value;
  }

  async *pieces(path: string): AsyncGenerator<Uint8Array, boolean, undefined> {
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
          yield piece;
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

/**
 * What fflate's `Inflate` keeps between two pushes, which its own types hide: whether the last block has ended (`f` without `l`), how many bits of the
 * first of the bytes in `p` were used, and the bytes that are left. There is no other way to learn where a stream ended.
 */
interface Inner {
  readonly s: { readonly p?: number; readonly f?: number; readonly l?: unknown };
  readonly p: Uint8Array;
}

/** Unpacks a deflate stream piece by piece. */
class Unpacker {
  finished = false;
  #out: Uint8Array[] = [];
  readonly #inflate = new Inflate((chunk, last) => {
    if (chunk.length > 0) this.#out.push(chunk);
    this.finished ||= last;
  });

  /** Undefined for what is no deflate stream, or goes on behind its end: a program that goes by the stream would find other files there (S20). */
  push(packed: Uint8Array, last: boolean): readonly Uint8Array[] | undefined {
    this.#out = [];
    try {
      this.#inflate.push(packed, last);
    } catch {
      // fflate throws on what is no deflate stream.
      return undefined;
    }
    return this.#hasRest ? undefined : this.#out;
  }

  /** Whether anything stands behind the stream's end. */
  get #hasRest(): boolean {
    const { s, p } = this.#inflate as unknown as Inner;
    const isOver = s.f === 1 && (s.l === undefined || s.l === null);
    return isOver && p.length > ((s.p ?? 0) > 0 ? 1 : 0);
  }
}
