import sodium from "libsodium-wrappers-sumo";
import type { FileKey } from "../base/ids.ts";

/** Bytes of plaintext in every chunk but the last, which has fewer or as many (rule W8). */
export const STREAM_CHUNK = 65_536;
/** Bytes before the first chunk. */
export const STREAM_HEADER = 24;
/** Bytes that sealing adds to a chunk. */
export const STREAM_TAG = 17;

/** The length of a file of `plain` bytes once sealed. An empty file has one empty chunk. */
export const sealedStreamLength = (plain: number): number =>
  STREAM_HEADER + plain + STREAM_TAG * Math.max(1, Math.ceil(plain / STREAM_CHUNK));

/**
 * Seals a file chunk by chunk with libsodium's secretstream (rule W8): `header`, then the result of each `push`, are the sealed bytes.
 * Chunks hang together, so none can be dropped, moved or added.
 */
export class StreamSealer {
  readonly header: Uint8Array;
  readonly #state: ReturnType<typeof sodium.crypto_secretstream_xchacha20poly1305_init_pull>;
  #finished = false;

  /**
   * The key is used for this one file only.
   * @param header 24 random bytes, for generated households and vectors, which must come out alike each time; else libsodium draws them
   */
  constructor(key: FileKey, header?: Uint8Array) {
    if (header) {
      // Both sides start from the same state; only where the header comes from differs.
      this.#state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(header, key);
      this.header = header;
      return;
    }
    const started = sodium.crypto_secretstream_xchacha20poly1305_init_push(key);
    this.#state = started.state;
    this.header = started.header;
  }

  /** Throws after the last chunk, and for a chunk that is too long, or short without being the last. */
  push(chunk: Uint8Array, last: boolean): Uint8Array {
    if (this.#finished) throw new Error("the stream is finished");
    if (chunk.length > STREAM_CHUNK || (!last && chunk.length < STREAM_CHUNK)) throw new Error("not a chunk's length");
    this.#finished = last;
    const tag = last ? sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL : sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
    return sodium.crypto_secretstream_xchacha20poly1305_push(this.#state, chunk, null, tag);
  }
}

/** Opens a sealed file chunk by chunk. It is whole only when `finished` is true and no byte is left over. */
export class StreamOpener {
  readonly #state: ReturnType<typeof sodium.crypto_secretstream_xchacha20poly1305_init_pull>;
  #first = true;
  #open = true;
  #finished = false;

  private constructor(state: ReturnType<typeof sodium.crypto_secretstream_xchacha20poly1305_init_pull>) {
    this.#state = state;
  }

  /** Undefined if header or key have another length than theirs. */
  static start(header: Uint8Array, key: FileKey): StreamOpener | undefined {
    if (header.length !== STREAM_HEADER || key.length !== sodium.crypto_secretstream_xchacha20poly1305_KEYBYTES) return undefined;
    return new StreamOpener(sodium.crypto_secretstream_xchacha20poly1305_init_pull(header, key));
  }

  /** The last chunk was opened: nothing was cut off. */
  get finished(): boolean {
    return this.#finished;
  }

  /**
   * The plaintext of the next sealed chunk (`STREAM_CHUNK + STREAM_TAG` bytes, the last one fewer or as many). Undefined, now and ever
   * after, if it is not the chunk that was sealed at this place, or comes after the last one.
   */
  pull(sealed: Uint8Array): Uint8Array | undefined {
    const pulled = this.#open ? this.#next(sealed) : undefined;
    this.#finished = pulled?.last === true;
    this.#open = pulled?.last === false;
    this.#first = false;
    return pulled?.plain;
  }

  #next(sealed: Uint8Array): { plain: Uint8Array; last: boolean } | undefined {
    if (sealed.length < STREAM_TAG || sealed.length > STREAM_CHUNK + STREAM_TAG) return undefined;
    const pulled = sodium.crypto_secretstream_xchacha20poly1305_pull(this.#state, sealed, null);
    if (pulled === false) return undefined;
    const plain = pulled.message;
    const last = pulled.tag === sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    if (!last && pulled.tag !== sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE) return undefined;
    // One plaintext has one way to be cut into chunks: full ones, and an empty one only if there is no other.
    const fits = last ? plain.length > 0 || this.#first : plain.length === STREAM_CHUNK;
    return fits ? { plain, last } : undefined;
  }
}

/** A whole file's sealed bytes, piece by piece: the header, then the chunks. */
export function* sealStream(plain: Uint8Array, key: FileKey, header?: Uint8Array): Generator<Uint8Array, void> {
  const sealer = new StreamSealer(key, header);
  yield sealer.header;
  let at = 0;
  do {
    const end = Math.min(at + STREAM_CHUNK, plain.length);
    yield sealer.push(plain.subarray(at, end), end === plain.length);
    at = end;
  } while (at < plain.length);
}

/** The plaintext of a whole sealed file, or undefined if a byte of it is missing, changed, moved or added. */
export function openStream(sealed: Uint8Array, key: FileKey): Uint8Array | undefined {
  const opener = StreamOpener.start(sealed.subarray(0, STREAM_HEADER), key);
  if (!opener) return undefined;
  const chunks = Math.ceil((sealed.length - STREAM_HEADER) / (STREAM_CHUNK + STREAM_TAG));
  const out = new Uint8Array(Math.max(0, sealed.length - STREAM_HEADER - chunks * STREAM_TAG));
  let at = 0;
  for (let from = STREAM_HEADER; from < sealed.length; from += STREAM_CHUNK + STREAM_TAG) {
    const plain = opener.pull(sealed.subarray(from, from + STREAM_CHUNK + STREAM_TAG));
    if (!plain) return undefined;
    out.set(plain, at);
    at += plain.length;
  }
  return opener.finished ? out : undefined;
}
