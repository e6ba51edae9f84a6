import { equalBytes } from "../base/bytes.ts";
import type { LogId } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import { headerLeaf } from "../entry/header.ts";
import type { MerkleTree } from "../log/tree.ts";
import type { RowStore } from "../vault/row-store.ts";
import type { EntriesItem } from "../wire/messages.ts";
import type { Line, LineProblem } from "./line.ts";
import { ownRow, ownRows, ownTree } from "./own-entries.ts";
import type { Verified } from "./tail.ts";

/** How much of the log this device has, and its last checkpoint. */
export interface Own {
  readonly size: number;
  readonly verified: Verified | null;
}

/** A history of a log that a relay shows, an entry or a page at a time. */
export type Shown = Pick<Line, "entry" | "entries">;

/** This device's own history of a log, that another one is held against. */
export interface OwnHistory {
  readonly log: LogId;
  readonly rows: RowStore;
  readonly pause: () => Promise<void>;
  readonly own: Own;
}

export const leafOf = (item: EntriesItem): Uint8Array => (item instanceof Uint8Array ? item : headerLeaf(item.a, item.r));

/**
 * Where another history may part from this device's own, as places to try from the likeliest on: by halving, since each header names the ones before it in its
 * channel, so that two histories rarely meet again. They can, where the channels of what follows are others than those of what differs; then each leaf is compared from
 * the beginning. Whoever tries a place finds out by the root, or by what follows, whether it is the one.
 * @param size how much there is of the other history
 */
export async function* partings(source: OwnHistory, line: Shown, size: number): AsyncGenerator<Result<number, LineProblem>> {
  const near = await byHalving(source, line, size);
  yield near;
  if (!near.ok) return;
  const first = await firstDifference(source, line, near.value);
  if (!first.ok || first.value < near.value) yield first;
}

/** Never before the first difference: what is the same up to there is the same wherever it is looked at. */
async function byHalving({ log, rows, own }: OwnHistory, line: Shown, size: number): Promise<Result<number, LineProblem>> {
  let [same, differs] = [0, Math.min(own.size, size) + 1];
  while (differs - same > 1) {
    const n = Math.floor((same + differs) / 2);
    const item = await line.entry(n - 1);
    if (!item.ok) return item;
    const mine = await ownRow(rows, log, n - 1);
    if (mine && equalBytes(mine.leaf, leafOf(item.value))) same = n;
    else differs = n;
  }
  return ok(same);
}

async function firstDifference({ log, rows, pause }: OwnHistory, line: Shown, end: number): Promise<Result<number, LineProblem>> {
  for await (const page of line.entries(0, end)) {
    if (!page.ok) return page;
    const { from, items } = page.value;
    const mine = await ownRows(rows, log, from, Math.min(from + items.length, end));
    const at = mine.findIndex(({ leaf }, i) => !equalBytes(leaf, leafOf(items[i] ?? leaf)));
    if (at >= 0) return ok(from + at);
    await pause();
  }
  return ok(end);
}

/** That two heads are of two histories: how the larger one began, with the path that binds it. */
export interface TwoHeads {
  /** Root of the larger history over as many entries as the smaller head has. */
  readonly r: Uint8Array;
  readonly p: Uint8Array[];
}

/**
 * How the larger of two histories began: this device's own up to its last checkpoint, and the other.
 * @param other the other history's tree
 * @returns undefined where this device has no checkpoint beyond what both have
 */
export async function twoHeads({ log, rows, own, pause }: OwnHistory, other: MerkleTree, shared: number): Promise<TwoHeads | undefined> {
  if (!own.verified || own.verified.checkpoint.size <= shared) return undefined;
  const { size } = own.verified.checkpoint;
  const mine = size > other.size ? await ownTree(rows, log, size, pause) : undefined;
  const [small, tree, large] = size <= other.size ? [size, other, other.size] : [other.size, mine, size];
  const r = tree?.rootAt(small);
  const p = tree?.consistency(small, large);
  return r?.ok && p?.ok ? { r: r.value, p: p.value } : undefined;
}

/** The other history's tree, if its leaves from a place on follow from what this device has up to there. */
export async function treeFrom(
  source: OwnHistory,
  line: Shown,
  shared: number,
  size: number,
): Promise<Result<MerkleTree | undefined, LineProblem>> {
  const tree = await ownTree(source.rows, source.log, shared, source.pause);
  for await (const page of tree ? line.entries(shared, size) : []) {
    if (!page.ok) return err(page.error);
    for (const item of page.value.items) if (tree && tree.size < size) tree.append(leafOf(item));
  }
  return ok(tree);
}
