import { toId } from "../base/bytes.ts";
import type { Hex32 } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import type { ForkNamed } from "../charter/types.ts";
import type { LineProblem } from "./line.ts";
import { openLogCheckpoint } from "./log-checkpoint.ts";
import { advance, emptyLogState, type LogState } from "./log-state.ts";
import { itemOf, ownRows, ownTree } from "./own-entries.ts";
import { leafOf, partings, twoHeads, type Own, type OwnHistory, type Shown } from "./parting.ts";

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

type BranchProblem = LineProblem | Coded<"other-history">;

const RUN = 256;

/**
 * Reads a history that a relay has of this log, from the place on where it parts from this device's own, and verifies it to its end like any other. Nothing is kept.
 * @param size how much of it there is
 * @returns `other-history` where it does not hold, or does not part from this device's own
 */
export async function readBranch(source: OwnHistory, line: Shown, size: number): Promise<Result<Branch, BranchProblem>> {
  let read: Result<Branch, BranchProblem> = err(coded("other-history"));
  for await (const shared of partings(source, line, size)) {
    if (!shared.ok) return shared;
    read = await readFrom(source, line, size, shared.value);
    if (read.ok || read.error.code !== "other-history") break;
  }
  return read;
}

async function readFrom(source: OwnHistory, line: Shown, size: number, shared: number): Promise<Result<Branch, BranchProblem>> {
  const { own } = source;
  // One that is the beginning of the other is no fork.
  if (shared === 0 || shared >= Math.min(own.size, size)) return err(coded("other-history"));
  let state = await stateAt(source, shared);
  if (!state) return err(coded("other-history"));
  const leaves: Uint8Array[] = [];
  for await (const page of line.entries(shared, size)) {
    if (!page.ok) return page;
    const next = advance(state, page.value.from, page.value.items, page.value.note, []);
    if (!next.ok) return err(coded("other-history"));
    state = next.value.state;
    leaves.push(...page.value.items.map(leafOf));
  }
  const { tail } = state;
  if (tail.size < size || tail.verified?.checkpoint.size !== tail.size) return err(coded("other-history"));
  return ok({
    ...{ shared, size: tail.size, root: toId<Hex32>(tail.root()), state, lacks: own.size - shared, own },
    fork: await forkOf(source, leaves, shared),
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

/** What was known over the first `size` entries, verified anew from this device's own rows. */
async function stateAt({ log, rows, pause }: OwnHistory, size: number): Promise<LogState | undefined> {
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
async function forkOf(source: OwnHistory, theirs: readonly Uint8Array[], shared: number): Promise<ForkNamed | undefined> {
  const { log, rows, own, pause } = source;
  const other = await ownTree(rows, log, shared, pause);
  for (const leaf of theirs) other?.append(leaf);
  const heads = other && (await twoHeads(source, other, shared));
  return heads && own.verified ? { note: own.verified.note, r: toId<Hex32>(heads.r), p: heads.p } : undefined;
}
