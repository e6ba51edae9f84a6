import { concat, utf8 } from "../base/bytes.ts";
import type { Rows } from "./rows.ts";

/** A file's bytes one piece behind the other, made as they are asked for. They can be read once. */
export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Characters of text that are turned into bytes at a time: enough that a row costs nothing, few enough to be no burden. */
const TEXT = 32_768;

/** The same of bytes. */
const BYTES = 65_536;

/** Text that is made row by row, as pieces of bytes. */
export async function* textPieces(parts: Rows<{ toString(): string }>): AsyncGenerator<Uint8Array, void, undefined> {
  let open: string[] = [];
  let length = 0;
  for await (const part of parts) {
    const text = part.toString();
    open.push(text);
    length += text.length;
    if (length < TEXT) continue;
    yield utf8(open.join(""));
    open = [];
    length = 0;
  }
  if (length > 0) yield utf8(open.join(""));
}

/** The same bytes in fewer pieces, since each that goes through many hands costs something. */
export function* joinedPieces(pieces: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
  let open: Uint8Array[] = [];
  let length = 0;
  for (const piece of pieces) {
    open.push(piece);
    length += piece.length;
    if (length < BYTES) continue;
    yield concat(...open);
    open = [];
    length = 0;
  }
  if (length > 0) yield concat(...open);
}

/** The same bytes in more pieces, so that whoever works through them can rest between two. They are views. */
export function* slices(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += BYTES) yield bytes.subarray(at, at + BYTES);
}

/** What `make` gives for each, when it is asked for. */
export function* mapped<A, B>(from: Iterable<A>, make: (item: A, index: number) => B): Generator<B, void, undefined> {
  let i = 0;
  for (const item of from) yield make(item, i++);
}

/** The same of rows that may have to be waited for. */
export async function* mappedRows<A, B>(from: Rows<A>, make: (item: A, index: number) => B): AsyncGenerator<B, void, undefined> {
  let i = 0;
  for await (const item of from) yield make(item, i++);
}

/** All of them as one. For what is known to be small. */
export async function gather(pieces: Pieces): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return all.length === 1 && all[0] ? all[0] : concat(...all);
}
