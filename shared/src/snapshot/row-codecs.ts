import { fromUtf8, utf8 } from "../base/bytes.ts";
import { decode, encode } from "../cbor/cbor.ts";
import { LIMITS } from "../base/limits.ts";
import { decodeChangeRow, encodeChangeRow, type ChangeRow } from "./change-rows.ts";
import type { RowCodec } from "./packed-rows.ts";
import type { SourceHeader } from "./source.ts";

/** The rows of the three long files of a proof. */

const LEAF = 32;
/** Longest row of data/proof/headers.rows, bytes. */
export const MAX_HEADER_ROW = LIMITS.author + LIMITS.relay + 16;

export const HEADER_ROW: RowCodec<SourceHeader> = {
  encode: (h) => (h instanceof Uint8Array ? h : encode([h.authorBytes, h.relayBytes])),
  decode: (bytes) => {
    if (bytes.length === LEAF) return bytes;
    const pair = decode(bytes, MAX_HEADER_ROW);
    if (!pair.ok || !Array.isArray(pair.value) || pair.value.length !== 2) return undefined;
    const [authorBytes, relayBytes] = pair.value as readonly unknown[];
    return authorBytes instanceof Uint8Array && relayBytes instanceof Uint8Array ? { authorBytes, relayBytes } : undefined;
  },
};

export const CHANGE_ROW: RowCodec<ChangeRow> = { encode: encodeChangeRow, decode: decodeChangeRow };

export const NOTE_ROW: RowCodec<string> = { encode: utf8, decode: fromUtf8 };
