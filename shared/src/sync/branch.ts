import { equalBytes, toId } from "../base/bytes.ts";
import type { Hex32, LogId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import type { ForkNamed } from "../charter/types.ts";
import { headerLeaf } from "../entry/header.ts";
import type { RowStore } from "../vault/row-store.ts";
import type { EntriesItem } from "../wire/messages.ts";
import type { Line, LineProblem } from "./line.ts";
import { openLogCheckpoint } from "./log-checkpoint.ts";
import { advance, emptyLogState, type LogState } from "./log-state.ts";
import { itemOf, ownRow, ownRows, ownTree } from "./own-entries.ts";
import type { Verified } from "./tail.ts";

/** Another history of a log than the one that this device verified, read from where the two part (rule C8i). */
export interface Branch {
  /** Entries that both have from the beginning. */
  readonly shared: number;
  readonly size: number;
  readonly root: Hex32;
  /** What is known at its end. */
  readonly state: LogState;
  /** How many of this device's own entries are not in it. */
  readonly lacks: number;
  /** What this device had when it was read. */
  readonly own: Own;
  /** This device's own head as given up, where that can be shown: its last checkpoint, and that it is none of the other history's. */
  readonly fork: ForkNamed | undefined;
}

/** How much of the log this device has, and its last checkpoint. */
interface Own {
  readonly size: number;
  readonly verified: Verified | null;
}

interface BranchSource {
  readonly log: LogId;
  readonly rows: RowStore;
  readonly pause: () => Promise<void>;
  readonly own: Own;
}

const RUN = 256;

const leafOf = (item: EntriesItem): Uint8Array => (item instanceof Uint8Array ? item : headerLeaf(item.a, item.r));

/**
 * Reads a history that a relay has of this log, from the place on where it parts from this device's own, and verifies it to its end like any other. Nothing is kept.
 * @param size how much of it there is
 * @returns `other-history` where it does not hold, or does not part from this device's own
 */
export async function readBranch(
  source: BranchSource,
  line: Line,
  size: number,
): Promise<Result<Branch, LineProblem | Coded<"other-history">>> {
  const shared = await commonPart(source, line, size);
  if (!shared.ok) return shared;
  const { own } = source;
  // One that is the beginning of the other is no fork.
  if (shared.value === 0 || shared.value >= Math.min(own.size, size)) return err(coded("other-history"));
  let state = await stateAt(source, shared.value);
  if (!state) return err(coded("other-history"));
  const leaves: Uint8Array[] = [];
  for await (const page of line.entries(shared.value, size)) {
    if (!page.ok) return page;
    const next = advance(state, page.value.from, page.value.items, page.value.note, []);
    if (!next.ok) return err(coded("other-history"));
    state = next.value.state;
    leaves.push(...page.value.items.map(leafOf));
  }
  const { tail } = state;
  if (tail.size < size || tail.verified?.checkpoint.size !== tail.size) return err(coded("other-history"));
  return ok({
    ...{ shared: shared.value, size: tail.size, root: toId<Hex32>(tail.root()), state, lacks: own.size - shared.value, own },
    fork: await forkOf(source, leaves, shared.value),
  });
}

/** Whether a relay shows the very history that was read before, against what this device still has: then it need not be read and verified again. */
export function isReadAlready(
  { state, size, root, own }: Branch,
  now: Own,
  there: { readonly size: number; readonly note: string | null },
): boolean {
  const { charter } = state;
  if (!charter || there.note === null || there.size !== size || now.size !== own.size || now.verified !== own.verified) return false;
  const opened = openLogCheckpoint(there.note, charter);
  return opened.ok && opened.value.size === size && toId<Hex32>(opened.value.root) === root;
}

/** How many entries both have from the beginning: by halving, since each header names the ones before it in its channel. What is read from there on is verified. */
async function commonPart({ log, rows, own }: BranchSource, line: Line, size: number): Promise<Result<number, LineProblem>> {
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

/** What was known over the first `size` entries, verified anew from this device's own rows. */
async function stateAt({ log, rows, pause }: BranchSource, size: number): Promise<LogState | undefined> {
  let state = emptyLogState(log);
  for (let from = 0; from < size; from += RUN) {
    const to = Math.min(from + RUN, size);
    const items = (await ownRows(rows, log, from, to)).map(itemOf);
    const next = advance(state, from, items, null, []);
    if (!next.ok || items.length !== to - from) return undefined;
    state = next.value.state;
    await pause();
  }
  return state;
}

/** This device's last checkpoint, and how the larger of the two histories began. */
async function forkOf(source: BranchSource, theirs: readonly Uint8Array[], shared: number): Promise<ForkNamed | undefined> {
  const { log, rows, own, pause } = source;
  const mine = await ownTree(rows, log, own.size, pause);
  const other = await ownTree(rows, log, shared, pause);
  if (!mine || !other || !own.verified || own.verified.checkpoint.size <= shared) return undefined;
  for (const leaf of theirs) other.append(leaf);
  const { size } = own.verified.checkpoint;
  const [small, tree, large] = size <= other.size ? [size, other, other.size] : [other.size, mine, size];
  const r = tree.rootAt(small);
  const p = tree.consistency(small, large);
  return r.ok && p.ok ? { note: own.verified.note, r: toId<Hex32>(r.value), p: p.value } : undefined;
}
