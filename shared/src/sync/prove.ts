import type { LogId } from "../base/ids.ts";
import type { Charter } from "../charter/state.ts";
import { keptFile, notesIn, proveHeld, proveNotes, proveRun, type ProofSource } from "../fault-proof/make.ts";
import { prefix, type RowStore } from "../vault/row-store.ts";
import type { EntriesItem } from "../wire/messages.ts";
import { ownRow, ownRows } from "./own-entries.ts";
import { keys, statementRowCodec, type FaultRow } from "./rows.ts";
import type { TailFault } from "./tail.ts";

const RUN = 512;

/** This device's rows of one log, as proofs are made from them. A fault is rare: the log's leaves are read whole for it, a run at a time. */
export function proofSource(log: LogId, charter: Charter, rows: RowStore): ProofSource {
  return {
    log,
    charter,
    statements: async () => {
      const found = await rows.scan("statement", prefix(keys.statements(log)));
      return found.flatMap((row) => {
        const s = statementRowCodec.decode(row.value);
        return s.ok ? [s.value] : [];
      });
    },
    leaves: async (size) => {
      const leaves: Uint8Array[] = [];
      while (leaves.length < size) {
        const run = await ownRows(rows, log, leaves.length, Math.min(size, leaves.length + RUN));
        if (run.length === 0) break;
        for (const { leaf } of run) leaves.push(leaf);
      }
      return leaves;
    },
    entry: async (seq) => {
      const entry = await ownRow(rows, log, seq);
      if (!entry) return undefined;
      const { leaf, a, r, b } = entry;
      return { leaf, parts: a && r ? { a, r, b } : null };
    },
  };
}

/** What the relay said when a fault was found. */
export interface Said {
  readonly from: number;
  readonly items: readonly EntriesItem[];
  readonly note: string | null;
}

/**
 * The portable proof of a relay's fault (docs/fault-proof.md), or undefined where what it signed does not show it to others.
 * @param verified the note of the last checkpoint that this device verified
 * @param said the run of entries in which the fault was found, if it was in one
 */
export async function proofOfFault(
  source: ProofSource,
  fault: TailFault,
  verified: string | undefined,
  said: Said | undefined,
): Promise<Uint8Array | undefined> {
  if (said && said.note !== null) {
    const run = await proveRun(source, { from: said.from, items: said.items, note: said.note }, fault.seq);
    if (run) return run;
  }
  if (verified === undefined) return undefined;
  for (const note of notesIn(fault.evidence)) {
    const proof = await proveNotes(source, note, verified);
    if (proof) return proof;
  }
  return undefined;
}

/** A kept fault as a file: the proof where there is one, else what this device saw, which says of itself that nobody else can check it. */
export async function fileOfFault(source: ProofSource, fault: FaultRow, verified: string | undefined): Promise<Uint8Array> {
  if (fault.proof) return fault.proof;
  const late =
    fault.code === "relay-stale-epoch" && fault.seq !== null && verified !== undefined
      ? await proveHeld(source, verified, fault.seq)
      : undefined;
  return late ?? keptFile(source, fault);
}
