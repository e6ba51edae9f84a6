import type { ChangeHash } from "../base/ids.ts";
import { fromHex } from "../base/bytes.ts";

/**
 * The fixed first change of every book (docs/protocol.md section 6). It makes one empty map at root key `records`; because its bytes
 * are constant, so are its hash and the map's object id, and rules can be checked on decoded operations alone.
 */
export const GENESIS_ACTOR = "00000000000000000000000000000000";
export const GENESIS_HASH = "85fe568adcea0e4851bc328609a493ced85e045051ce3463ceeb8edea13ad2ff" as ChangeHash;
/** Object id of the map `records`. */
export const RECORDS = `1@${GENESIS_ACTOR}`;
/** Highest operation counter of the fixed change. */
export const GENESIS_END_OP = 1;

const HEX = "856f4a8385fe568a0132001000000000000000000000000000000000010100000005150934014202560270027f077265636f726473017f007f007f00";

/** A fresh copy of the bytes: Automerge is handed arrays, and nobody may scribble on the constant. */
export function genesisBytes(): Uint8Array {
  const bytes = fromHex(HEX);
  if (!bytes) throw new Error("the constant is hex");
  return bytes;
}
