import { concat, equalBytes, fromBase64, fromUtf8, toHex, utf8 } from "../base/bytes.ts";
import { Sha256 } from "../crypto/hash.ts";

/** The template's gap: what stands between these two is not run, and the page reads it. */
export const OPEN = utf8('<script type="application/octet-stream" id="bundle">');
const CLOSE = utf8("</script>");
const LESS = 0x3c;
const EQUALS = 0x3d;
const NONE: Uint8Array = new Uint8Array();

/** What a page is made of. */
export interface Filled {
  /** SHA-256 of the page with an empty gap, lower-case hex. */
  readonly template: string;
  /** What the gap holds, out of its base64. */
  readonly filling: Uint8Array;
}

/** Where some bytes first stand in others, from a place on; below 0 where they don't. */
export function find(bytes: Uint8Array, needle: Uint8Array, from: number): number {
  const [first = 0] = needle;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + needle.length > bytes.length) return -1;
    if (equalBytes(bytes.subarray(at, at + needle.length), needle)) return at;
  }
  return -1;
}

/** Reads a page that comes in pieces, and keeps of it nothing but what the gap holds. */
export class GapReader {
  readonly #template = new Sha256();
  readonly #filling: Uint8Array;
  #length = 0;
  #part: "head" | "gap" | "tail" = "head";
  /** Bytes that may go together with what comes next. */
  #over = NONE;
  #isFalse = false;
  /** The last letters said that they end it. */
  #wasLast = false;
  #isClosed = false;

  /** @param size bytes of the page, at most */
  constructor(size: number) {
    this.#filling = new Uint8Array(Math.ceil((size * 3) / 4));
  }

  take(piece: Uint8Array): void {
    const bytes = concat(this.#over, piece);
    this.#over = NONE;
    if (this.#part === "head") this.#head(bytes);
    else if (this.#part === "gap") this.#gap(bytes);
    else this.#tail(bytes);
  }

  /** Undefined where there was no gap, or two, or something else in it. */
  finish(): Filled | undefined {
    if (!this.#isClosed || this.#isFalse) return undefined;
    this.#template.update(this.#over);
    return { template: toHex(this.#template.digest()), filling: this.#filling.subarray(0, this.#length) };
  }

  #head(bytes: Uint8Array): void {
    const at = find(bytes, OPEN, 0);
    if (at < 0) {
      this.#keep(bytes, Math.max(0, bytes.length - OPEN.length + 1));
      return;
    }
    const end = at + OPEN.length;
    this.#template.update(bytes.subarray(0, end));
    this.#part = "gap";
    this.#gap(bytes.subarray(end));
  }

  #gap(bytes: Uint8Array): void {
    const end = bytes.indexOf(LESS);
    const letters = end < 0 ? bytes.subarray(0, bytes.length - (bytes.length % 4)) : bytes.subarray(0, end);
    // What ends with the mark for 'less than three bytes' is the end.
    const isLast = letters.at(-1) === EQUALS;
    const decoded = fromBase64(fromUtf8(letters) ?? "-");
    if (!decoded) this.#isFalse = true;
    else {
      this.#filling.set(decoded, this.#length);
      this.#length += decoded.length;
    }
    if (letters.length > 0 && this.#wasLast) this.#isFalse = true;
    this.#wasLast ||= isLast;
    if (end < 0) {
      this.#over = bytes.slice(letters.length);
      return;
    }
    this.#part = "tail";
    this.#tail(bytes.subarray(end));
  }

  #tail(bytes: Uint8Array): void {
    if (!this.#isClosed) {
      if (bytes.length < CLOSE.length) {
        this.#over = bytes.slice();
        return;
      }
      if (!equalBytes(bytes.subarray(0, CLOSE.length), CLOSE)) this.#isFalse = true;
      this.#isClosed = true;
    }
    if (find(bytes, OPEN, 0) >= 0) this.#isFalse = true;
    this.#keep(bytes, Math.max(0, bytes.length - OPEN.length + 1));
  }

  #keep(bytes: Uint8Array, from: number): void {
    this.#template.update(bytes.subarray(0, from));
    this.#over = bytes.slice(from);
  }
}
