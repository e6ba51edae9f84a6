import { z } from "zod";
import { toHex } from "../base/bytes.ts";
import { LIMITS } from "../base/limits.ts";
import { structCodec, zBytes, zUint } from "../cbor/struct.ts";
import { anchoredBy, openAnchor, readAnchor } from "../entry/anchor.ts";
import { MAX_KEYS, OuterBounds, type Anchored } from "../entry/bounds.ts";
import { bodyMatches, ENTRY_KIND } from "../entry/header.ts";
import type { BoundView } from "../views/record.ts";
import { openLogCheckpoint } from "../sync/log-checkpoint.ts";
import type { Checks } from "./checks.ts";
import { checkClocks } from "./clocks.ts";
import { PATH } from "./paths.ts";
import type { Replayed } from "./replay.ts";
import { plainIn } from "./zone.ts";

/** The body of an anchor entry (rule L11), or of one with old headers (rule C8j). Both stand open in the log, so that no key is needed to check them. */
export interface AnchorRow {
  readonly seq: number;
  readonly body: Uint8Array;
}

export const MAX_ANCHOR_ROW = LIMITS.body + 64;
const codec = structCodec(z.strictObject({ n: zUint(), b: zBytes(LIMITS.body) }), MAX_ANCHOR_ROW);

export const encodeAnchorRow = (row: AnchorRow): Uint8Array => codec.encode({ n: row.seq, b: row.body });

export function decodeAnchorRow(bytes: Uint8Array): AnchorRow | undefined {
  const read = codec.decode(bytes);
  return read.ok ? { seq: read.value.n, body: read.value.b } : undefined;
}

/** What bounds the entry at `seq`, whose change names a checkpoint of `size` entries. */
export type Bounds = (seq: number, size: number | undefined) => readonly BoundView[];

/**
 * Checks the anchors of a snapshot: each is the body of its entry, over a checkpoint of this log whose root was recomputed; every witness's line
 * holds under the key that the anchor names, and a token is one of that checkpoint. A key says only that it is one key: whose it is stands outside.
 * A row that is not its entry's is the exporter's doing and fails; a body that holds nothing is what some device pushed, and is only set aside.
 */
export async function checkAnchors(rows: readonly AnchorRow[], replayed: Replayed, zone: string, checks: Checks): Promise<Bounds> {
  const all: Anchored[] = [];
  const shown = new Set(rows.map((row) => row.seq));
  const absent = [...replayed.entries.wholeHeaders].filter((h) => h.author.kind === ENTRY_KIND.anchor && !shown.has(h.relay.seq)).length;
  if (absent > 0) checks.add("anchors-absent", "remarks", { count: absent });
  let before = -1;
  for (const { seq, body } of rows) {
    const where = `${PATH.anchors}, entry ${String(seq)}`;
    const header = replayed.entries.wholeHeaderOf(seq);
    // One that stood twice would count twice, and could crowd the honest ones out of those that are shown (S40).
    const isInOrder = seq > before;
    before = Math.max(before, seq);
    if (isInOrder && header?.author.kind === ENTRY_KIND.again) continue;
    if (!isInOrder || header?.author.kind !== ENTRY_KIND.anchor || !bodyMatches(header.author, body)) {
      checks.failed("anchor-false", where);
      continue;
    }
    const anchor = readAnchor(header.author, body);
    const opened = anchor && openAnchor(anchor, openLogCheckpoint(anchor.note, replayed.charter));
    if (!opened) {
      checks.add("anchor-aside", "remarks", { code: anchor ? "checkpoint" : "form" }, where);
      continue;
    }
    const { size, root } = opened.checkpoint;
    // Signed by the log key, and not over this log: the relay forked it, or the log here is not the one that it was.
    if (replayed.rootOf(size) !== toHex(root)) {
      checks.failed("anchor-false", where);
      continue;
    }
    const anchored = await anchoredBy(anchor, opened, seq);
    all.push(...anchored.all);
    if (anchored.refused !== undefined) checks.add("anchor-aside", "remarks", { code: anchored.refused }, where);
  }
  report(all, zone, checks);
  tellHidden(all, checks);
  checkClocks(all, replayed, checks);
  const index = new OuterBounds(all);
  return (seq, size) => index.of(seq, size);
}

/** Whoever pushes anchors may bring keys of their own; that others may be among those that are not shown is said (S40). */
function tellHidden(all: readonly Anchored[], checks: Checks): void {
  const keys = new Set(all.map((a) => a.key)).size;
  if (keys > MAX_KEYS) checks.add("anchors-more", "remarks", { count: keys - MAX_KEYS });
}

/** One line for each key. Whoever pushes anchors may bring as many as they like: the verdict names the first ones. */
function report(all: readonly Anchored[], zone: string, checks: Checks): void {
  const byKey = new Map<string, { count: number; last: Anchored }>();
  for (const a of all) byKey.set(a.key, { count: (byKey.get(a.key)?.count ?? 0) + 1, last: a });
  for (const [key, { count, last }] of [...byKey].slice(0, MAX_NAMED)) {
    const values = { count, key, size: last.size, time: plainIn(last.time, zone) };
    if (last.kind === "cosignature") checks.add("anchors", "good", { ...values, witness: last.name });
    else checks.add("anchor-stamps", "good", { ...values, authority: last.name });
  }
}

const MAX_NAMED = 32;
