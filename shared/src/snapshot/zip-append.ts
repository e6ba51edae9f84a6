import { concat, utf8 } from "../base/bytes.ts";
import { crc32 } from "../base/crc32.ts";
import { coded, err, ok, type Result } from "../base/result.ts";
import type { ByteSink, ByteSource } from "./bytes-io.ts";
import type { SnapshotError } from "./codes.ts";
import { openZip } from "./zip-read.ts";

const END_SIZE = 22;
const COPY = 1024 * 1024;
/** 1 January 1980, as the writer has it. */
const DATE = 0x0021;
const MODE = 0o100644;

function record(length: number, fields: readonly (readonly [at: number, size: 2 | 4, value: number])[]): Uint8Array {
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  for (const [at, size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
  }
  return out;
}

/**
 * Copies an archive and adds one small file to it, stored. All that stood before the directory stays where it is, byte for byte (rule S10), so every
 * earlier file, list and signature is the same. The name must not be in the archive yet.
 */
export async function appendToZip(
  source: ByteSource,
  path: string,
  bytes: Uint8Array,
  sink: ByteSink,
): Promise<Result<number, SnapshotError>> {
  const opened = await openZip(source);
  if (!opened.ok) return opened;
  if (opened.value.has(path)) throw new Error("the archive has a file of this name");
  const tail = await readEnd(source);
  const directory = tail && (await source.read(tail.at, tail.at + tail.size));
  if (!directory) return err(coded("snapshot-truncated"));
  for (let at = 0; at < tail.at; at += COPY) {
    const piece = await source.read(at, Math.min(at + COPY, tail.at));
    if (!piece) return err(coded("snapshot-truncated"));
    await sink(piece);
  }
  const name = utf8(path);
  const crc = crc32(bytes);
  const { length } = bytes;
  // From the method on, local header and directory entry say the same.
  const local = record(30, [
    [0, 4, 0x04034b50],
    [4, 2, 20],
    [12, 2, DATE],
    [14, 4, crc],
    [18, 4, length],
    [22, 4, length],
    [26, 2, name.length],
  ]);
  const central = record(46, [
    [0, 4, 0x02014b50],
    [4, 2, (3 << 8) | 20],
    [6, 2, 20],
    [14, 2, DATE],
    [16, 4, crc],
    [20, 4, length],
    [24, 4, length],
    [28, 2, name.length],
    [38, 4, (MODE << 16) >>> 0],
    [42, 4, tail.at],
  ]);
  const added = concat(local, name, bytes);
  const whole = concat(directory, central, name);
  const end = record(END_SIZE, [
    [0, 4, 0x06054b50],
    [8, 2, tail.count + 1],
    [10, 2, tail.count + 1],
    [12, 4, whole.length],
    [16, 4, tail.at + added.length],
  ]);
  for (const piece of [added, whole, end]) await sink(piece);
  return ok(tail.at + added.length + whole.length + end.length);
}

/** The end record of an archive that was opened before; a comment behind it is dropped. */
async function readEnd(source: ByteSource): Promise<{ readonly at: number; readonly size: number; readonly count: number } | undefined> {
  const from = Math.max(0, source.size - END_SIZE - 65_535);
  const bytes = await source.read(from, source.size);
  if (!bytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = bytes.length - END_SIZE; at >= 0; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    return { at: view.getUint32(at + 16, true), size: view.getUint32(at + 12, true), count: view.getUint16(at + 10, true) };
  }
  return undefined;
}
