import { fromUtf8 } from "../base/bytes.ts";

/**
 * What stands round the files of an archive. Two programs must not see two archives in one, so a local header has to say what the directory says, and
 * nothing may lead another program to another name, size or kind of file. Times, owners and versions are any packer's own: they mean nothing,
 * but whether they are as they were written is told (S20).
 */

const CENTRAL = 0x02014b50;
export const LOCAL = 0x04034b50;
const CENTRAL_SIZE = 46;
export const LOCAL_SIZE = 30;
const DESCRIPTOR = 0x08074b50;

const FLAG = { encrypted: 1, streamed: 8, strong: 64, masked: 8192 } as const;
const REFUSED = FLAG.encrypted | FLAG.strong | FLAG.masked;
const STORED = 0;
const DEFLATED = 8;

/** Extra fields that hold times and owners. Any other could give a file a second name or size. */
const HARMLESS_EXTRA: ReadonlySet<number> = new Set([0x5455, 0x5855, 0x7855, 0x7875, 0x000a, 0xcafe]);
const UNIX = 3;
const MACOS = 19;
/** Kind of file in a Unix mode: none said, folder, ordinary file. A link would be written where it points. */
const KIND = { none: 0, folder: 4, ordinary: 8 } as const;
const DOS_FOLDER = 0x10;
/** Bytes of a deflate stream of nothing, as some packers give to a folder, which nobody unpacks. */
const EMPTY_DEFLATED = 2;

/** The values with which our own writer fills what means nothing. */
const WRITTEN = { madeBy: (UNIX << 8) | 20, needed: 20, time: 0x0021_0000, external: 0x81a4_0000 } as const;

/** A line of the directory. */
export interface Line {
  readonly path: string | undefined;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
  readonly isFolder: boolean;
  /** Whether nothing in it could mislead another program. */
  readonly isPlain: boolean;
  /** Whether all that means nothing is as our own writer has it. */
  readonly isAsWritten: boolean;
  /** Where the next line begins. */
  readonly next: number;
}

/** Reads the line that begins at `at`; undefined where there is none. */
export function readLine(bytes: Uint8Array, at: number): Line | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (at + CENTRAL_SIZE > bytes.length || view.getUint32(at, true) !== CENTRAL) return undefined;
  const u16 = (offset: number): number => view.getUint16(at + offset, true);
  const u32 = (offset: number): number => view.getUint32(at + offset, true);
  const [nameLength, extraLength, commentLength] = [u16(28), u16(30), u16(32)];
  const name = at + CENTRAL_SIZE;
  const next = name + nameLength + extraLength + commentLength;
  if (next > bytes.length) return undefined;
  const path = fromUtf8(bytes.subarray(name, name + nameLength));
  const [madeBy, flags, method, size, external] = [u16(4), u16(8), u16(10), u32(24), u32(38)];
  const isFolder = path?.endsWith("/") === true && size === 0;
  const extra = bytes.subarray(name + nameLength, name + nameLength + extraLength);
  const isPlain =
    (flags & REFUSED) === 0 &&
    (method === STORED || method === DEFLATED) &&
    u16(34) === 0 &&
    isHarmless(extra) &&
    (!isFolder || (u32(20) <= EMPTY_DEFLATED && u32(16) === 0)) &&
    isKind(madeBy >> 8, external, isFolder);
  const isAsWritten =
    madeBy === WRITTEN.madeBy &&
    u16(6) === WRITTEN.needed &&
    (flags & ~FLAG.streamed) === 0 &&
    u32(12) === WRITTEN.time &&
    extraLength + commentLength + u16(36) === 0 &&
    external === WRITTEN.external &&
    !isFolder;
  return { path, flags, method, crc: u32(16), packed: u32(20), size, offset: u32(42), isFolder, isPlain, isAsWritten, next };
}

/** Whether extra fields hold nothing but times and owners. */
export function isHarmless(extra: Uint8Array): boolean {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.byteLength);
  let at = 0;
  while (at + 4 <= extra.length) {
    if (!HARMLESS_EXTRA.has(view.getUint16(at, true))) return false;
    at += 4 + view.getUint16(at + 2, true);
  }
  return at === extra.length;
}

function isKind(system: number, external: number, isFolder: boolean): boolean {
  const kind = system === UNIX || system === MACOS ? external >>> 28 : KIND.none;
  if (isFolder) return kind === KIND.none || kind === KIND.folder;
  return (kind === KIND.none || kind === KIND.ordinary) && (external & DOS_FOLDER) === 0;
}

interface Local {
  /** Bytes of extra fields that stand between name and file. */
  readonly extra: number;
  readonly isAsWritten: boolean;
}

/** Compares a local header, name included, with its line; undefined where the two say different things. */
export function checkLocal(header: Uint8Array, line: Line & { readonly path: string }): Local | undefined {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (header.length < LOCAL_SIZE + line.path.length) return undefined;
  const u16 = (offset: number): number => view.getUint16(offset, true);
  const isSame =
    view.getUint32(0, true) === LOCAL &&
    u16(6) === line.flags &&
    u16(8) === line.method &&
    u16(26) === line.path.length &&
    fromUtf8(header.subarray(LOCAL_SIZE, LOCAL_SIZE + line.path.length)) === line.path;
  if (!isSame) return undefined;
  const sizes = [view.getUint32(14, true), view.getUint32(18, true), view.getUint32(22, true)];
  const isBare = isStreamed(line) && sizes.every((n) => n === 0);
  if (!isBare && !(sizes[0] === line.crc && sizes[1] === line.packed && sizes[2] === line.size)) return undefined;
  const extra = u16(28);
  const isAsWritten = u16(4) === WRITTEN.needed && view.getUint32(10, true) === WRITTEN.time && extra === 0 && isBare === isStreamed(line);
  return { extra, isAsWritten };
}

const isStreamed = (line: Line): boolean => (line.flags & FLAG.streamed) !== 0;

/** Longest that stands behind a file. */
export const MAX_DESCRIPTOR = 16;

/** Whether what stands behind a file is what must: its checksum and sizes once more where it was written as a stream, else nothing. */
export function checkDescriptor(between: Uint8Array, line: Line): Pick<Local, "isAsWritten"> | undefined {
  if (!isStreamed(line)) return between.length === 0 ? { isAsWritten: true } : undefined;
  const view = new DataView(between.buffer, between.byteOffset, between.byteLength);
  const isSigned = between.length === MAX_DESCRIPTOR;
  if (!isSigned && between.length !== MAX_DESCRIPTOR - 4) return undefined;
  if (isSigned && view.getUint32(0, true) !== DESCRIPTOR) return undefined;
  const at = isSigned ? 4 : 0;
  const isSame =
    view.getUint32(at, true) === line.crc && view.getUint32(at + 4, true) === line.packed && view.getUint32(at + 8, true) === line.size;
  return isSame ? { isAsWritten: isSigned } : undefined;
}
