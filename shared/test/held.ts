/** What production code goes through without keeping it, as arrays for tests that alter it. */
import type { ExpenseView, MessageView } from "../src/views/record.ts";
import type { ChangeRow } from "../src/snapshot/change-rows.ts";
import type { Derived } from "../src/snapshot/derive.ts";
import { openProof, type Proof } from "../src/snapshot/proof.ts";
import { allOf } from "../src/snapshot/rows.ts";
import type { OpenedEntry, SnapshotSource, SourceHeader } from "../src/snapshot/source.ts";
import type { ThreadHead } from "../src/snapshot/threads.ts";
import type { ZipFiles } from "../src/snapshot/zip-read.ts";

export interface HeldProof extends Proof {
  readonly headers: readonly SourceHeader[];
  readonly rows: readonly ChangeRow[];
  readonly notes: readonly string[];
}

/** The proof in a snapshot that is known to be in its form. */
export async function heldProof(files: Pick<ZipFiles, "has" | "read" | "pieces">): Promise<HeldProof> {
  const opened = await openProof(files);
  if (!opened.ok) throw new Error(opened.error.detail ?? opened.error.code);
  const { proof } = opened.value;
  const held = { ...proof, headers: await allOf(proof.headers), rows: await allOf(proof.rows), notes: await allOf(proof.notes) };
  const broken = await opened.value.fault(true);
  if (broken !== undefined) throw new Error(broken);
  return held;
}

export type HeldSource = SnapshotSource & { readonly headers: readonly SourceHeader[]; readonly entries: readonly OpenedEntry[] };

export const heldSource = async (source: SnapshotSource): Promise<HeldSource> => ({
  ...source,
  headers: await allOf(source.headers),
  entries: await allOf(source.entries),
});

export type Held<D extends Derived> = D & {
  readonly messages: readonly MessageView[];
  readonly threads: readonly ThreadHead[];
  readonly expenses: readonly ExpenseView[];
};

export const heldViews = async <D extends Derived>(d: D): Promise<Held<D>> => ({
  ...d,
  messages: await allOf(d.messages),
  threads: await allOf(d.threads),
  expenses: await allOf(d.expenses),
});
