import { z } from "zod";
import { toHex } from "../base/bytes.ts";
import { structCodec, zBytes, zUint } from "../cbor/struct.ts";
import { MAX_ANCHOR, openAnchor, readAnchor } from "../entry/anchor.ts";
import { BoundIndex, type Bound } from "../entry/bounds.ts";
import { bodyMatches } from "../entry/header.ts";
import type { BoundView } from "../replica/api.ts";
import { openLogCheckpoint } from "../sync/log-checkpoint.ts";
import type { Checks } from "./checks.ts";
import { PATH } from "./paths.ts";
import type { Replayed } from "./replay.ts";
import { plainIn } from "./zone.ts";

/** The body of an anchor entry (rule L11). It stands open in the log, so that no key is needed to check it. */
export interface AnchorRow {
  readonly seq: number;
  readonly body: Uint8Array;
}

export const MAX_ANCHOR_ROW = MAX_ANCHOR + 64;
const codec = structCodec(z.strictObject({ n: zUint(), b: zBytes(MAX_ANCHOR) }), MAX_ANCHOR_ROW);

export const encodeAnchorRow = (row: AnchorRow): Uint8Array => codec.encode({ n: row.seq, b: row.body });

export function decodeAnchorRow(bytes: Uint8Array): AnchorRow | undefined {
  const read = codec.decode(bytes);
  return read.ok ? { seq: read.value.n, body: read.value.b } : undefined;
}

interface Anchored extends Bound {
  readonly name: string;
  readonly key: string;
}

/** What bounds the entry at `seq`, whose change names a checkpoint of `size` entries. */
export type Bounds = (seq: number, size: number | undefined) => readonly BoundView[];

/**
 * Checks the anchors of a snapshot: each is the body of its entry, over a checkpoint of this log whose root was recomputed, and every witness's line
 * holds under the key that the anchor names. A key says only that it is one key: whose it is stands outside.
 */
export function checkAnchors(rows: readonly AnchorRow[], replayed: Replayed, zone: string, checks: Checks): Bounds {
  const all: Anchored[] = [];
  for (const { seq, body } of rows) {
    const header = replayed.headerOf(seq);
    const anchor = header && bodyMatches(header.author, body) ? readAnchor(header.author, body) : undefined;
    const opened = anchor && openAnchor(anchor, openLogCheckpoint(anchor.note, replayed.charter));
    if (!opened || replayed.rootOf(opened.checkpoint.size) !== toHex(opened.checkpoint.root)) {
      checks.failed("anchor-false", `${PATH.anchors}, entry ${String(seq)}`);
      continue;
    }
    for (const c of opened.cosigned) all.push({ seq, size: opened.checkpoint.size, time: c.time, name: c.name, key: c.key });
  }
  for (const key of new Set(all.map((a) => a.key))) {
    const own = all.filter((a) => a.key === key);
    const [last] = own.slice(-1);
    if (!last) continue;
    const values = { count: own.length, witness: last.name, key, size: last.size, time: plainIn(last.time, zone) };
    checks.add("anchors", "good", values);
  }
  const index = new BoundIndex(all);
  return (seq, size) => [
    ...view("not-before", size === undefined ? undefined : index.notBefore(size)),
    ...view("not-after", index.notAfter(seq)),
  ];
}

const view = (side: BoundView["side"], a: Anchored | undefined): readonly BoundView[] =>
  a ? [{ side, kind: "cosignature", by: a.name, at: a.time, seq: a.seq }] : [];
