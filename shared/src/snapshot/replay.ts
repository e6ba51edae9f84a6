import { toHex, toId } from "../base/bytes.ts";
import type { Millis } from "../base/ids.ts";
import { noteName, type CheckpointField } from "../books/checkpoint-field.ts";
import { parseSigned } from "../charter/codec.ts";
import { extendCharter, foundCharter } from "../charter/evaluate.ts";
import { relayNameAt, relaysForked } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import { bodyMatches, ENTRY_KIND, type Header } from "../entry/header.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { emptyRoot } from "../log/merkle.ts";
import { openLogCheckpoint, openUnder } from "../sync/log-checkpoint.ts";
import { LogTail, type TailEntry } from "../sync/tail.ts";
import type { EntriesItem } from "../wire/messages.ts";
import { checkAgain, type AgainIndex } from "./again.ts";
import type { Checks } from "./checks.ts";
import { PATH } from "./paths.ts";
import type { Proof } from "./proof.ts";
import type { Steps } from "./source.ts";
import { plainIn } from "./zone.ts";

/** The log of a snapshot after every header was checked and the charter evaluated. */
export interface Replayed {
  readonly charter: Charter;
  /** Sequence 0 up to and without X. */
  readonly entries: readonly TailEntry[];
  readonly checkpoint: Checkpoint;
  readonly relay: string;
  headerOf(seq: number): Header | undefined;
  /** The root over the first `size` entries, recomputed; lower-case hex. */
  rootOf(size: number): string | undefined;
  /** Whether a relay signed it that had shown two histories before the entry at `seq`: it need not be one of this log (protocol C8l). */
  isFar(checkpoint: Pick<CheckpointField, "size" | "root" | "time">, seq: number): boolean;
  /** Entries that were pushed again. */
  readonly again: AgainIndex;
  /** The checkpoint of a note in the bundle (`noteName`), where the log key signed it. */
  nameOfNote(note: string): string | undefined;
}

const BATCH = 64;

/**
 * Checks headers (author signatures, sequence, channel chains, relay times), the charter, the root at X and the signed notes (rules L0a to L6,
 * C6, C10). What does not hold goes into `checks`, and the rest cannot be judged: undefined.
 */
export async function replay(proof: Proof, checks: Checks, steps: Steps): Promise<Replayed | "cancelled" | undefined> {
  const { log } = proof.statement;
  const items = proof.headers.map((h): EntriesItem => (h instanceof Uint8Array ? h : { a: h.authorBytes, r: h.relayBytes, b: null }));
  const entries: TailEntry[] = [];
  let tail = LogTail.empty(log);
  for (let from = 0; from < items.length; from += BATCH) {
    // No note is passed, so neither its origin nor its key is looked at; they are only known once the charter is.
    const took = tail.accept(from, items.slice(from, from + BATCH), null, "", new Uint8Array(32));
    if (!took.ok) {
      checks.failed("log-false", `${PATH.headers}, entry ${String(took.error.seq)}`, { code: took.error.code });
      return undefined;
    }
    tail = took.value.tail;
    entries.push(...took.value.entries);
    if (await steps.step(BATCH)) return "cancelled";
  }
  checks.add("log", "good", { count: entries.length });
  const charter = evaluate(proof, entries, checks);
  return charter && finish(proof, entries, charter, tail.root(), checks);
}

/** The statements against the headers that carry them, and by the charter's rules. */
function evaluate(proof: Proof, entries: readonly TailEntry[], checks: Checks): Charter | undefined {
  const carriers = entries.filter((e) => e.header?.author.channel === "charter");
  const fail = (n: number, code: string): Charter | undefined => {
    checks.failed("charter-false", `${PATH.charter}, statement ${String(n)}`, { code });
    return undefined;
  };
  let charter: Charter | undefined;
  for (const [i, bytes] of proof.statements.entries()) {
    const carrier = carriers[i]?.header;
    if (!carrier) return fail(i, "charter-no-entry");
    if (!bodyMatches(carrier.author, bytes)) return fail(i, "charter-other-body");
    const signed = parseSigned(bytes);
    if (!signed.ok) return fail(i, signed.error.code);
    const { commitment, device, kind } = carrier.author;
    // As on every device (L0): the entry is the statement's own, by the same author.
    const isItsOwn = kind === ENTRY_KIND.charter && device === (signed.value.statement.by as string);
    if (!isItsOwn || signed.value.id !== (commitment as string)) return fail(i, "charter-other-body");
    const at = { seq: carrier.relay.seq, time: carrier.relay.time };
    const next = charter ? extendCharter(charter, signed.value, at) : foundCharter(signed.value, at);
    if (!next.ok) return fail(i, next.error.code);
    charter = next.value;
  }
  if (!charter || proof.statements.length !== carriers.length) return fail(proof.statements.length, "charter-incomplete");
  if (charter.log !== proof.statement.log || charter.kind !== proof.statement.kind) return fail(0, "charter-wrong-log");
  checks.add("charter", "good", { count: proof.statements.length });
  return charter;
}

function finish(proof: Proof, entries: readonly TailEntry[], charter: Charter, root: Uint8Array, checks: Checks): Replayed | undefined {
  const at = openLogCheckpoint(proof.note, charter);
  const fail = (code: string): Replayed | undefined => {
    checks.failed("checkpoint-false", PATH.checkpoint, { code });
    return undefined;
  };
  if (!at.ok) return fail(at.error.code);
  if (at.value.size !== entries.length || proof.statement.size !== entries.length) return fail("size");
  if (toHex(at.value.root) !== toHex(root)) return fail("root");
  const relay = relayNameAt(charter, entries.length - 1);
  checks.add("checkpoint", "good", { size: entries.length, relay, time: plainIn(at.value.time, proof.statement.zone) });
  const names = new Map<string, string>();
  const far = new Set<string>();
  const forked = relaysForked(charter);
  for (const note of proof.notes) {
    const left = openUnder(note, charter.log, forked);
    const opened = left.ok ? left : openLogCheckpoint(note, charter);
    if (!opened.ok) continue;
    const name = noteName({ ...opened.value, root: toId(opened.value.root) });
    names.set(note, name);
    if (left.ok) far.add(name);
  }
  const again = checkAgain(proof.anchors, entries, charter, checks);
  return {
    charter,
    entries,
    checkpoint: at.value,
    relay,
    headerOf: (seq) => entries[seq]?.header ?? undefined,
    rootOf: (size) => rootAt(entries, size),
    isFar: (checkpoint, seq) => far.has(noteName(checkpoint)) && relaysForked(charter, seq).length > 0,
    again,
    nameOfNote: (note) => names.get(note),
  };
}

function rootAt(entries: readonly TailEntry[], size: number): string | undefined {
  if (size === 0) return toHex(emptyRoot());
  const entry = entries[size - 1];
  return entry && toHex(entry.root);
}

/** Relay time of the last entry that a checkpoint of this size covers. */
export const timeOf = (replayed: Replayed, size: number): Millis => replayed.headerOf(size - 1)?.relay.time ?? replayed.checkpoint.time;
