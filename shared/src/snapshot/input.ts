import type { OpenedFile } from "../base/desktop.ts";
import { sourceOfBlob } from "./blob-io.ts";
import type { ByteSource } from "./bytes-io.ts";

/** A file that a person gave: chosen or dropped in a page, or opened with the desktop app, where it stays on the disk. */
export type FileInput = Blob | OpenedFile;

/** Reads a part of a file that was opened with the desktop app; undefined where it can't be read (any more). Never rejects. */
export type ReadOpened = (id: string, from: number, to: number) => Promise<Uint8Array | undefined>;

/** Bytes asked for at once where less is wanted: an archive is read in many small steps, mostly forwards. */
const AHEAD = 1024 * 1024;

/** The file as a source, whichever it is. No more of it than one stretch is held. */
export function sourceOfInput(file: FileInput, read: ReadOpened | undefined): ByteSource {
  if (file instanceof Blob) return sourceOfBlob(file);
  const { id, size } = file;
  if (id === undefined || !read) return { size, read: () => Promise.resolve(undefined) };
  let held: { readonly from: number; readonly bytes: Uint8Array } | undefined;
  return {
    size,
    read: async (from, to) => {
      if (from < 0 || from > to || to > size) return undefined;
      if (from === to) return new Uint8Array();
      if (to - from >= AHEAD) return read(id, from, to);
      if (!held || from < held.from || to > held.from + held.bytes.length) {
        const bytes = await read(id, from, Math.min(size, from + AHEAD));
        if (!bytes) return undefined;
        held = { from, bytes };
        return bytes.subarray(0, to - from);
      }
      return held.bytes.subarray(from - held.from, to - held.from);
    },
  };
}
