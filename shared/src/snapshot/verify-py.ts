import { utf8 } from "../base/bytes.ts";
import { ANCHORS } from "./verify-py/anchors.ts";
import { BAG } from "./verify-py/bag.ts";
import { CBOR } from "./verify-py/cbor.ts";
import { CHANGES } from "./verify-py/changes.ts";
import { HASHES } from "./verify-py/hashes.ts";
import { HEAD } from "./verify-py/head.ts";
import { LOG } from "./verify-py/log.ts";
import { MAIN } from "./verify-py/main.ts";
import { NOTES } from "./verify-py/notes.ts";

/**
 * data/proof/verify.py: a second reader, written from the documents alone, for a Python 3 with PyNaCl. It shares no code with ours on purpose; it
 * checks as much as can be checked without an Automerge library and says what it does not. Its parts, by subject, one behind the other are the file, byte for byte.
 */
export const VERIFY_PY: Uint8Array = utf8([HEAD, BAG, CBOR, HASHES, LOG, ANCHORS, NOTES, CHANGES, MAIN].join(""));
