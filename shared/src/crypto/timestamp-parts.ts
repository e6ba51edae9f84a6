import { concat } from "../base/bytes.ts";

/** A time-stamp answer in two: the certificates that came with it, which are the same with each answer of an authority, and all else. */
export interface TimestampParts {
  /** The whole element of the certificates (`SignedData.certificates`, RFC 5652). */
  readonly certificates: Uint8Array;
  /** The answer as it would be without that element. */
  readonly rest: Uint8Array;
}

const INTEGER = 0x02;
const OBJECT_ID = 0x06;
const SEQUENCE = 0x30;
const SET = 0x31;
const CONTEXT_0 = 0xa0;
/** What may follow the certificates: revocations, or the signers. */
const AFTER: readonly number[] = [0xa1, SET];

const CONSTRUCTED = 0x20;
const LONG_TAG = 0x1f;
/** Deeper than any answer goes. The library that reads it afterwards goes down to 100. */
const MAX_DEPTH = 32;
/** An element takes two bytes or more, and that library reads 10,000 of them: below this its limit is never what refuses the whole and not a part. */
const MAX_PARTED = 16_384;

/** The way to the certificates: the tags to pass, and the one to go into. */
const WAY: readonly { readonly before: readonly number[]; readonly into: number }[] = [
  // TimeStampResp: status, then the token.
  { before: [], into: SEQUENCE },
  // ContentInfo: its type, then the content.
  { before: [SEQUENCE], into: SEQUENCE },
  { before: [OBJECT_ID], into: CONTEXT_0 },
  // SignedData: version, digests, what is signed, then the certificates.
  { before: [], into: SEQUENCE },
  { before: [INTEGER, SET, SEQUENCE], into: CONTEXT_0 },
];

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/**
 * Takes an answer apart where it is in plain DER all through: every length definite and as short as can be, and what is inside an element filling it exactly. Whatever
 * is not gives undefined, and has to be read as one: only so is it certain that the parts mean together what the whole means.
 */
export function timestampParts(answer: Uint8Array): TimestampParts | undefined {
  if (answer.length > MAX_PARTED) return undefined;
  const path: Element[] = [];
  let [at, end] = [0, answer.length];
  for (const { before, into } of WAY) {
    for (const tag of before) {
      const passed = elementAt(answer, at, end);
      if (passed?.tag !== tag) return undefined;
      at = passed.end;
    }
    const next = elementAt(answer, at, end);
    if (next?.tag !== into) return undefined;
    path.push(next);
    [at, end] = [next.content, next.end];
  }
  const found = path.pop();
  // A second list of certificates would be refused in the whole, and taken for the first in what is left.
  if (!found || !AFTER.includes(answer[found.end] ?? 0) || !isPlain(answer, 0, answer.length, 0)) return undefined;
  return { certificates: answer.subarray(found.start, found.end), rest: without(answer, found, path) };
}

/** The answer without one element; those that it stands in, the outermost first, become shorter. */
function without(answer: Uint8Array, { start, end }: Element, path: readonly Element[]): Uint8Array {
  let put: Uint8Array = new Uint8Array();
  let gap = { start, end };
  for (const own of path.toReversed()) {
    const content = concat(answer.subarray(own.content, gap.start), put, answer.subarray(gap.end, own.end));
    put = concat(headOf(own.tag, content.length), content);
    gap = own;
  }
  return concat(answer.subarray(0, gap.start), put, answer.subarray(gap.end));
}

/** The element that begins at `at`; undefined where there is none in plain DER that ends by `limit`. */
function elementAt(bytes: Uint8Array, at: number, limit: number): Element | undefined {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined || at + 2 > limit || (tag & LONG_TAG) === LONG_TAG) return undefined;
  const more = first < 0x80 ? 0 : first & 0x7f;
  const content = at + 2 + more;
  // 0x80 by itself: a length that is told by an end mark.
  if (first === 0x80 || more > 2 || content > limit) return undefined;
  const length = more === 0 ? first : more === 1 ? (bytes[at + 2] ?? 0) : ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  const isShortest = more === 0 || (more === 1 ? length >= 0x80 : length >= 0x100);
  return isShortest && content + length <= limit ? { tag, start: at, content, end: content + length } : undefined;
}

/** Whether all from `at` to `end` is elements in plain DER, and so is what is inside them. */
function isPlain(bytes: Uint8Array, at: number, end: number, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  for (let next = at; next < end;) {
    const element = elementAt(bytes, next, end);
    if (!element) return false;
    if ((element.tag & CONSTRUCTED) !== 0 && !isPlain(bytes, element.content, element.end, depth + 1)) return false;
    next = element.end;
  }
  return true;
}

function headOf(tag: number, length: number): Uint8Array {
  if (length < 0x80) return new Uint8Array([tag, length]);
  return new Uint8Array(length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff]);
}
