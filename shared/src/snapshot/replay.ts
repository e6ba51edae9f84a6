import { toHex } from "../base/bytes.ts";
import type { Millis } from "../base/ids.ts";
import { coded, err, type Coded, type Result } from "../base/result.ts";
import type { CheckpointField } from "../books/checkpoint-field.ts";
import { parseSigned } from "../charter/codec.ts";
import { extendCharter, foundCharter } from "../charter/evaluate.ts";
import { relayNameAt, relaysForked } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import { bodyMatches, ENTRY_KIND } from "../entry/header.ts";
import { isOwnEntry } from "../entry/statement.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { emptyRoot } from "../log/merkle.ts";
import { openLogCheckpoint } from "../sync/log-checkpoint.ts";
import { LogTail } from "../sync/tail.ts";
import type { EntriesItem } from "../wire/messages.ts";
import { checkAgain, checkForks, type AgainIndex } from "./again.ts";
import type { Checks } from "./checks.ts";
import { LogIndex, type LoggedHeader } from "./log-index.ts";
import { NoteIndex } from "./note-index.ts";
import { PATH } from "./paths.ts";
import type { Proof } from "./proof.ts";
import type { SourceHeader, Steps } from "./source.ts";
import { plainIn } from "./zone.ts";

/** The log of a snapshot after every header was checked and the charter evaluated. */
export interface Replayed {
  readonly charter: Charter;
  /** Sequence 0 up to and without X. */
  readonly entries: LogIndex;
  readonly checkpoint: Checkpoint;
  readonly relay: string;
  headerOf(seq: number): LoggedHeader | undefined;
  /** The root over the first `size` entries, recomputed; lower-case hex. */
  rootOf(size: number): string | undefined;
  /** Whether a relay signed it that had shown two histories before the entry at `seq`: it need not be one of this log (protocol C8l). */
  isFar(checkpoint: Pick<CheckpointField, "size" | "root" | "time">, seq: number): boolean;
  /** Entries that were pushed again. */
  readonly again: AgainIndex;
  /** The notes of the bundle by their places. */
  readonly notes: NoteIndex;
}

const BATCH = 64;

/**
 * Checks headers (author signatures, sequence, channel chains, relay times), the charter, the root at X and the signed notes (rules L0a to L6,
 * C6, C10). What does not hold goes into `checks`, and the rest cannot be judged: undefined.
 */
export async function replay(proof: Proof, checks: Checks, steps: Steps): Promise<Replayed | "cancelled" | undefined> {
  const { log } = proof.statement;
  const entries = new LogIndex();
  let tail = LogTail.empty(log);
  let batch: EntriesItem[] = [];
  const accept = async (): Promise<"cancelled" | "false" | undefined> => {
    const from = entries.length;
    // No note is passed, so neither its origin nor its key is looked at; they are only known once the charter is.
    const took = tail.accept(from, batch, null, "", new Uint8Array(32));
    batch = [];
    if (!took.ok) {
      checks.failed("log-false", `${PATH.headers}, entry ${String(took.error.seq)}`, { code: took.error.code });
      return "false";
    }
    tail = took.value.tail;
    for (const entry of took.value.entries) entries.push(entry);
    return (await steps.step(BATCH)) ? "cancelled" : undefined;
  };
  for await (const header of proof.headers) {
    batch.push(itemOf(header));
    const stop = batch.length < BATCH ? undefined : await accept();
    if (stop) return stop === "false" ? undefined : stop;
  }
  const stop = batch.length === 0 ? undefined : await accept();
  if (stop) return stop === "false" ? undefined : stop;
  checks.add("log", "good", { count: entries.length });
  const charter = evaluate(proof, entries, checks);
  return charter && finish(proof, entries, charter, tail.root(), checks, steps);
}

const itemOf = (h: SourceHeader): EntriesItem => (h instanceof Uint8Array ? h : { a: h.authorBytes, r: h.relayBytes, b: null });

/** The statements against the headers that carry them, and by the charter's rules. */
function evaluate(proof: Proof, entries: LogIndex, checks: Checks): Charter | undefined {
  const carriers = [...entries.wholeHeaders].filter((h) => h.author.channel === "charter");
  const fail = (n: number, code: string): Charter | undefined => {
    checks.failed("charter-false", `${PATH.charter}, statement ${String(n)}`, { code });
    return undefined;
  };
  let charter: Charter | undefined;
  for (const [i, bytes] of proof.statements.entries()) {
    const carrier = carriers[i];
    if (!carrier) return fail(i, "charter-no-entry");
    if (!bodyMatches(carrier.author, bytes)) return fail(i, "charter-other-body");
    const signed = parseSigned(bytes);
    if (!signed.ok) return fail(i, signed.error.code);
    // As on every device (L0).
    const isItsOwn = carrier.author.kind === ENTRY_KIND.charter && isOwnEntry(carrier.author, signed.value);
    if (!isItsOwn) return fail(i, "charter-other-body");
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

async function finish(
  proof: Proof,
  entries: LogIndex,
  charter: Charter,
  root: Uint8Array,
  checks: Checks,
  steps: Steps,
): Promise<Replayed | "cancelled" | undefined> {
  const at = checkpointOver(proof, entries, charter, root);
  if (!at.ok) {
    checks.failed("checkpoint-false", PATH.checkpoint, { code: at.error.code });
    return undefined;
  }
  const relay = relayNameAt(charter, entries.length - 1);
  checks.add("checkpoint", "good", { size: entries.length, relay, time: plainIn(at.value.time, proof.statement.zone) });
  const notes = new NoteIndex(charter);
  for await (const note of proof.notes) {
    notes.add(note);
    if (await steps.step(0)) return "cancelled";
  }
  checkForks(entries, charter, checks);
  const again = checkAgain(proof.anchors, entries, charter, checks);
  return {
    charter,
    entries,
    checkpoint: at.value,
    relay,
    notes,
    isFar: (checkpoint, seq) => notes.isFar(checkpoint) && relaysForked(charter, seq).length > 0,
    again,
    headerOf: (seq) => entries.headerOf(seq),
    rootOf: (size) => (size === 0 ? toHex(emptyRoot()) : entries.rootOf(size)),
  };
}

/** The checkpoint X, where it is signed and over exactly these entries. */
function checkpointOver(proof: Proof, entries: LogIndex, charter: Charter, root: Uint8Array): Result<Checkpoint, Coded<string>> {
  const at = openLogCheckpoint(proof.note, charter);
  if (!at.ok) return at;
  if (at.value.size !== entries.length || proof.statement.size !== entries.length) return err(coded("size"));
  return toHex(at.value.root) === toHex(root) ? at : err(coded("root"));
}

/** Relay time of the last entry that a checkpoint of this size covers. */
export const timeOf = (replayed: Replayed, size: number): Millis => replayed.headerOf(size - 1)?.relay.time ?? replayed.checkpoint.time;
