import { statementStands } from "../entry/statement.ts";
import { idBytes } from "../base/bytes.ts";
import type { ChannelKey, LogId, Millis } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import { parseSigned } from "../charter/codec.ts";
import { openWrap } from "../charter/epoch.ts";
import { logKeyAt, relayNameAt, relaysOfCheckpoint } from "../charter/status.ts";
import type { Charter } from "../charter/state.ts";
import type { OpenedEpoch, RecipientId, SignedStatement } from "../charter/types.ts";
import type { BoxKeyPair } from "../crypto/box.ts";
import type { Channel } from "../base/channels.ts";
import { ENTRY_KIND, parseAuthorPart, type Header } from "../entry/header.ts";
import type { EntriesItem } from "../wire/messages.ts";
import { openUnder } from "./log-checkpoint.ts";
import { LogTail, type TailEntry, type TailFault } from "./tail.ts";
import { originOf } from "../log/origin.ts";

/** Channel keys by channel and epoch. */
export type Keyring = ReadonlyMap<string, ChannelKey>;
export const keyName = (channel: Channel, epoch: number): string => `${channel}/${String(epoch)}`;

/** Whoever can open wraps on this device: its own box key, and the recovery sheet's. */
export interface Opener {
  readonly recipient: RecipientId;
  readonly pair: BoxKeyPair;
}

/** What is known of one log up to a verified place. Immutable: a batch that fails changes nothing. */
export interface LogState {
  readonly tail: LogTail;
  readonly charter: Charter | undefined;
  readonly keys: Keyring;
  /** Channels whose current epoch gave this device no working key: it opens a new one (rule K4). */
  readonly broken: ReadonlySet<Channel>;
}

export const emptyLogState = (log: LogId): LogState => ({
  tail: LogTail.empty(log),
  charter: undefined,
  keys: new Map(),
  broken: new Set(),
});

/** A statement that was verified and stands, with its place. */
export interface TakenStatement {
  readonly signed: SignedStatement;
  readonly seq: number;
  readonly time: Millis;
  readonly newKeys: readonly { readonly channel: Channel; readonly epoch: number; readonly key: ChannelKey }[];
}

export interface Step {
  readonly entry: TailEntry;
  /** For charter entries. */
  readonly taken?: TakenStatement;
  /** The state right before this entry: the charter by which it is judged. */
  readonly before: LogState;
}

/**
 * Verifies a run of entries and carries the charter along (rules L0a, L2, L4, C10). The founding entry pins the relay's name and key, and the
 * log's id is its hash, so nothing is taken from the relay on trust.
 */
export function advance(
  state: LogState,
  from: number,
  items: readonly EntriesItem[],
  note: string | null,
  openers: readonly Opener[],
): Result<{ readonly state: LogState; readonly steps: readonly Step[] }, TailFault> {
  const pin = pinOf(state, items);
  if (!pin) return err({ code: "relay-charter", seq: from, evidence: [] });
  const { log } = state.tail;
  const accepted = state.tail.accept(from, items, note, originOf(pin.relay, log), pin.logKey);
  // A move that stands within the run changes whose checkpoint counts at its end: that is known when its statements are judged.
  const isUnder = accepted.ok || accepted.error.code !== "relay-checkpoint";
  const run = isUnder ? accepted : state.tail.accept(from, items, null, originOf(pin.relay, log), pin.logKey);
  if (!run.ok) return run;
  let now: LogState = { ...state, tail: run.value.tail };
  const steps: Step[] = [];
  for (const entry of run.value.entries) {
    const before = now;
    if (!entry.header || entry.header.author.channel !== "charter") {
      if (!now.charter) return err({ code: "relay-charter", seq: entry.seq, evidence: [] });
      steps.push({ entry, before });
      continue;
    }
    const { header, body } = entry;
    const taken = header.author.kind === ENTRY_KIND.charter && body ? takeStatement(now, header, entry.seq, body, openers) : undefined;
    if (!taken)
      return err({ code: "relay-charter", seq: entry.seq, evidence: [header.authorBytes, header.relayBytes, ...(body ? [body] : [])] });
    now = taken.state;
    steps.push({ entry, before, taken: taken.taken });
  }
  const end = note === null ? undefined : underRelayAtEnd(now, note, accepted);
  if (end && !end.ok) return end;
  return ok({ state: end ? { ...now, tail: end.value } : now, steps });
}

/**
 * The tail with the checkpoint over its end, which has to be the one of a relay that the charter after the run names (rule C8). `before` is
 * what came out under the relay before it.
 */
function underRelayAtEnd(now: LogState, note: string, before: ReturnType<LogTail["accept"]>): Result<LogTail, TailFault> {
  const pins = now.charter ? relaysOfCheckpoint(now.charter, now.tail.size) : [];
  if (before.ok && (pins.length === 0 || openUnder(note, now.tail.log, pins).ok)) return ok(now.tail);
  const held = pins.map((p) => now.tail.confirm(note, originOf(p.relay, now.tail.log), idBytes(p.logKey)));
  return held.find((h) => h.ok) ?? (before.ok ? (held[0] ?? ok(now.tail)) : err(before.error));
}

/** Relay name and key that sign this log's checkpoints: pinned by the charter, or by the founding statement that is the first item. */
function pinOf(state: LogState, items: readonly EntriesItem[]): { readonly relay: string; readonly logKey: Uint8Array } | undefined {
  if (state.charter)
    return { relay: relayNameAt(state.charter, state.tail.size), logKey: idBytes(logKeyAt(state.charter, state.tail.size)) };
  const first = items[0];
  if (!first || first instanceof Uint8Array || first.b === null || !parseAuthorPart(first.a).ok) return undefined;
  const signed = parseSigned(first.b);
  if (!signed.ok || signed.value.statement.type !== "found" || (signed.value.id as string) !== state.tail.log) return undefined;
  return { relay: signed.value.statement.relay, logKey: idBytes(signed.value.statement.logKey) };
}

function takeStatement(
  state: LogState,
  header: Header,
  seq: number,
  body: Uint8Array,
  openers: readonly Opener[],
): { readonly state: LogState; readonly taken: TakenStatement } | undefined {
  const stands = statementStands(state.charter, header, seq, body);
  if (!stands) return undefined;
  const { signed, charter } = stands;
  const { statement } = signed;
  const opened =
    statement.type === "open-epoch"
      ? openEpochs(state, statement.epochs, openers)
      : { keys: state.keys, broken: state.broken, newKeys: [] };
  return {
    state: { ...state, charter, keys: opened.keys, broken: opened.broken },
    taken: { signed, seq, time: header.relay.time, newKeys: opened.newKeys },
  };
}

function openEpochs(
  state: LogState,
  epochs: readonly OpenedEpoch[],
  openers: readonly Opener[],
): Pick<LogState, "keys" | "broken"> & Pick<TakenStatement, "newKeys"> {
  const keys = new Map(state.keys);
  const broken = new Set(state.broken);
  const newKeys: { channel: Channel; epoch: number; key: ChannelKey }[] = [];
  for (const epoch of epochs) {
    const { channel } = epoch;
    const mine = openers.filter((o) => epoch.wraps.some((w) => w.to === o.recipient));
    const key = mine.map((o) => openWrap(state.tail.log, epoch, o.recipient, o.pair)).find((k) => k.ok);
    if (key) {
      keys.set(keyName(channel, epoch.epoch), key.value);
      newKeys.push({ channel, epoch: epoch.epoch, key: key.value });
      broken.delete(channel);
    } else if (mine.length > 0) broken.add(channel);
  }
  return { keys, broken, newKeys };
}
