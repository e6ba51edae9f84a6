import type { LogId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import type { MerkleTree } from "../log/tree.ts";
import type { RowStore } from "../vault/row-store.ts";
import type { Line, LineProblem, Receipt } from "./line.ts";
import { ownEntries } from "./own-entries.ts";

/** A log whose entries are brought to a relay, and on which way. */
export interface Bringing {
  readonly log: LogId;
  readonly rows: RowStore;
  readonly line: Line;
  readonly tree: MerkleTree;
  /** The note of the checkpoint under which they are brought: the tree's own. */
  readonly note: string;
  /** Bodies for which a bundle stands may be left out. */
  readonly mayLack: boolean;
}

/**
 * Brings what a message holds of the entries from `from` on, with the proof that they begin the tree.
 * @returns how many the relay took, or how it refused them; neither where it answered for others than were sent
 */
export async function bringPiece(
  { log, rows, line, tree, note, mayLack }: Bringing,
  id: number,
  from: number,
): Promise<Result<{ readonly taken: number; readonly refused?: Receipt["error"] }, LineProblem | Coded<"not-held">>> {
  const entries = await ownEntries(rows, log, from, tree.size, mayLack);
  const proof = tree.consistency(from + entries.length);
  if (entries.length === 0 || !proof.ok) return err(coded("not-held"));
  const receipt = await line.restore({ t: "restore", id, from, entries, note, proof: proof.value });
  if (!receipt.ok) return receipt;
  const { error, n } = receipt.value;
  return ok(error ? { taken: 0, refused: error } : { taken: n.length === entries.length ? n.length : 0 });
}
