import { idBytes } from "../base/bytes.ts";
import type { ChannelKey, LogId } from "../base/ids.ts";
import { parseSigned } from "../charter/codec.ts";
import { extendCharter, foundCharter } from "../charter/evaluate.ts";
import { relaysOf } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import { prefix, type RowStore } from "../vault/row-store.ts";
import { parseHeader } from "../entry/header.ts";
import { AnchorDesk } from "./anchor-desk.ts";
import { BundleLedger } from "./bundle-ledger.ts";
import { FaultBook } from "./fault-book.ts";
import { finishLeaving } from "./leave-branch.ts";
import { LeftBranch } from "./left-branch.ts";
import { emptyLogState, keyName, type LogState, type Step } from "./log-state.ts";
import { OldHeaderBook } from "./old-headers.ts";
import { Outbox } from "./outbox.ts";
import type { Ports } from "./ports.ts";
import { RecordIndex } from "./record-index.ts";
import { channelKeyCodec, entryRowCodec, keys, statementRowCodec } from "./rows.ts";
import { LogTail } from "./tail.ts";
import { originOf } from "../log/origin.ts";

/** The rows of this log on this device contradict each other: a damaged disk, or a bug. */
export class DamagedLog extends Error {}

/** A history that was left could not be taken away for now (rule C8i): the log can be opened when the device stores again. */
export class LeavingUnfinished extends Error {}

/** What this device keeps of a log, read from its rows. */
export interface KeptLog {
  readonly state: LogState;
  readonly outbox: Outbox;
  readonly index: RecordIndex;
  readonly faults: FaultBook;
  readonly outside: AnchorDesk;
  readonly ledger: BundleLedger;
  readonly old: OldHeaderBook;
  readonly left: LeftBranch | undefined;
}

export async function loadKeptLog(log: LogId, rows: RowStore, ports: Ports): Promise<KeptLog> {
  const finished = await finishLeaving(log, rows, () => ports.pause());
  if (!finished.ok) throw new LeavingUnfinished(finished.error.code);
  return {
    state: await loadLogState(log, rows),
    outbox: await Outbox.load(log, rows),
    index: await RecordIndex.load(log, rows),
    faults: await FaultBook.load(log, rows, ports),
    outside: await AnchorDesk.load(log, rows, ports),
    ledger: await BundleLedger.load(log, rows),
    old: await OldHeaderBook.load(log, rows),
    left: await LeftBranch.load(log, rows),
  };
}

/**
 * What this device had verified of a log when it last wrote its rows. The charter is evaluated again from its signed statements; the tail
 * was written in the same commit as they, so both are of one place.
 */
async function loadLogState(log: LogId, rows: RowStore): Promise<LogState> {
  let charter: Charter | undefined;
  for (const row of await rows.scan("statement", prefix(`${log}/`))) {
    const stored = statementRowCodec.decode(row.value);
    const signed = stored.ok ? parseSigned(stored.value.bytes) : undefined;
    if (!stored.ok || !signed?.ok) throw new DamagedLog("a stored statement does not parse");
    const at = { seq: stored.value.seq, time: stored.value.time };
    const next = charter ? extendCharter(charter, signed.value, at) : foundCharter(signed.value, at);
    if (!next.ok) throw new DamagedLog(`a stored statement does not stand: ${next.error.code}`);
    charter = next.value;
  }
  const dumped = await rows.get("log", keys.tail(log));
  if (!charter || !dumped) return { ...emptyLogState(log), keys: await loadKeys(log, rows) };
  // Its last checkpoint was signed by the relay that logged the entry at its end, or by an earlier one where none came since.
  const known = charter;
  const tail = relaysOf(known)
    .map((pin) => LogTail.restore(log, dumped, originOf(pin.relay, log), idBytes(pin.logKey)))
    .find((t) => t !== undefined);
  if (!tail) throw new DamagedLog("the stored tail does not parse");
  return { tail, charter: known, keys: await loadKeys(log, rows), broken: new Set() };
}

async function loadKeys(log: LogId, rows: RowStore): Promise<ReadonlyMap<string, ChannelKey>> {
  const ring = new Map<string, ChannelKey>();
  for (const row of await rows.scan("secret", prefix(keys.channelKeys(log)))) {
    const parsed = channelKeyCodec.decode(row.value);
    if (!parsed.ok) throw new DamagedLog("a stored channel key does not parse");
    ring.set(keyName(parsed.value.channel, parsed.value.epoch), parsed.value.key as ChannelKey);
  }
  return ring;
}

const RUN = 256;

/** Entries on this device whose channel and epoch are among `names` (`channel/epoch`), in log order, a run at a time. */
export async function* sealedSteps(
  log: LogId,
  rows: RowStore,
  state: LogState,
  names: ReadonlySet<string>,
): AsyncGenerator<readonly Step[]> {
  for (let from = 0; from < state.tail.size; from += RUN) {
    const steps: Step[] = [];
    for (const row of await rows.scan("entry", { from: keys.entry(log, from), to: keys.entry(log, from + RUN) })) {
      const stored = entryRowCodec.decode(row.value);
      if (!stored.ok) throw new DamagedLog("a stored entry does not parse");
      const { a, r, b, leaf, root } = stored.value;
      const header = a && r ? parseHeader(a, r) : undefined;
      if (!header?.ok || header.value.author.channel === "charter") continue;
      if (!names.has(keyName(header.value.author.channel, header.value.author.epoch))) continue;
      steps.push({ entry: { seq: header.value.relay.seq, leaf, root, header: header.value, body: b }, before: state });
    }
    if (steps.length > 0) yield steps;
  }
}
