import { MAX_PIECE_BYTES, OPENED_PATH } from "@countersign/shared/base/desktop";
import type { FileInput, ReadOpened } from "@countersign/shared/snapshot/input";
import { sourceOfInput } from "@countersign/shared/snapshot/input";

/** Reads of a file that was given to the desktop app, by way of the app's own scheme; in pieces, since main hands over no more at once. */
export const readOpened: ReadOpened = async (id, from, to) => {
  const bytes = new Uint8Array(to - from);
  try {
    for (let at = from; at < to; at += MAX_PIECE_BYTES) {
      const end = Math.min(to, at + MAX_PIECE_BYTES);
      const reply = await fetch(`${OPENED_PATH}/${id}?from=${String(at)}&to=${String(end)}`, { cache: "no-store" });
      const piece = reply.ok ? new Uint8Array(await reply.arrayBuffer()) : undefined;
      if (piece?.length !== end - at) return undefined;
      bytes.set(piece, at - from);
    }
    return bytes;
  } catch {
    // The app is closing, or the file went away while it was read.
    return undefined;
  }
};

/** The first bytes of a file, `most` of them at most; undefined where it can't be read. */
export const startOf = (file: FileInput, most: number): Promise<Uint8Array | undefined> =>
  sourceOfInput(file, readOpened).read(0, Math.min(most, file.size));
