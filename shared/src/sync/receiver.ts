import type { ChannelKey, LogId } from "../base/ids.ts";
import { ok, type Coded, type Result } from "../base/result.ts";
import type { Channel } from "../base/channels.ts";
import { authorPartId } from "../entry/header.ts";
import type { StoreCode, Write } from "../vault/row-store.ts";
import type { EntriesItem } from "../wire/messages.ts";
import type { Anchoring } from "./anchoring.ts";
import type { Bundler } from "./bundler.ts";
import type { BookDesk } from "./desk.ts";
import type { FaultDesk } from "./fault-desk.ts";
import type { EntriesMessage } from "./link.ts";
import type { LeftBranch } from "./left-branch.ts";
import type { LocalLog } from "./local-log.ts";
import { advance, keyName, type LogState, type Opener, type Step } from "./log-state.ts";
import { mayBeFork } from "./name-fork.ts";
import type { Outbox, Sealed } from "./outbox.ts";
import type { Said } from "./prove.ts";
import { receive, type Received } from "./receive.ts";
import type { RecordIndex } from "./record-index.ts";
import { channelKeyCodec, keys } from "./rows.ts";
import { sealedSteps } from "./session-load.ts";
import type { StatementDesk } from "./statement-desk.ts";
import type { TailFault } from "./tail.ts";

/** A key of one channel and epoch. */
export interface AddedKey {
  readonly channel: Channel;
  readonly epoch: number;
  readonly key: ChannelKey;
}

interface ReceiverParts {
  readonly desk: BookDesk;
  readonly index: RecordIndex;
  readonly outbox: Outbox;
  readonly statements: StatementDesk;
  readonly bundler: Bundler;
  readonly faults: FaultDesk;
  readonly anchoring: Anchoring;
  /** What this device had of a history that was given up. */
  readonly left: LeftBranch | undefined;
  /** Keys that may open wraps on this device. */
  readonly openers: readonly Opener[];
  /** Entries were taken over. */
  readonly onTaken: () => void;
}

/** What the relay gives of the log, taken in: verified, judged, committed, then shown. Only one at a time, and nothing else of the log meanwhile. */
export class Receiver {
  readonly #local: LocalLog;
  readonly #parts: ReceiverParts;

  constructor(local: LocalLog, parts: ReceiverParts) {
    this.#local = local;
    this.#parts = parts;
  }

  /** `later`: this device could not keep it. A fault of the relay's is told, but for one that may be of another history: the caller tells that. */
  async take(message: EntriesMessage): Promise<"kept" | "fault" | "later" | TailFault> {
    const { bundler, faults, anchoring, openers } = this.#parts;
    const own: Sealed[] = [];
    const given = message.bundle && bundler.attached.take(message.bundle, message.from);
    const items: EntriesItem[] = [];
    for (const [i, item] of message.items.entries()) items.push(await this.#withBody(item, message.from + i, own));
    const bare = given ?? withheldBody(message.from, items, (seq) => bundler.attached.covers(seq));
    if (bare) return this.#ofRelay(bare, { ...message, items });
    const next = advance(this.#local.state, message.from, items, message.note, openers);
    if (!next.ok) return this.#ofRelay(next.error, { ...message, items });
    const { state, steps } = next.value;
    if (!state.charter) return "kept";
    const done = await this.#absorb(steps, state, own, [{ table: "log", key: keys.tail(this.#local.log), value: state.tail.dump() }]);
    if (!done.ok) return "later";
    if (!(await faults.compare(done.value))) return "fault";
    if (message.note !== null && state.tail.verified) await anchoring.saw(state.tail.verified);
    if (message.stamp && !(await anchoring.takeStamp({ note: message.stamp.note, token: message.stamp.tsr }))) return "fault";
    if (own.length > 0) void anchoring.askStamp();
    return "kept";
  }

  async #ofRelay(fault: TailFault, said: Said): Promise<"fault" | TailFault> {
    const { faults } = this.#parts;
    const proof = await faults.prove(fault, said);
    if (!proof && mayBeFork(fault)) return fault;
    await faults.ofRelay(fault, proof);
    return "fault";
  }

  /** Keys that came by another way than a wrap. Entries that were kept sealed for want of them are opened now, in log order. */
  async addKeys(added: readonly AddedKey[]): Promise<Result<void, Coded<StoreCode>>> {
    const { log, rows, ports } = this.#local;
    const { state } = this.#local;
    const fresh = added.filter((k) => !state.keys.has(keyName(k.channel, k.epoch)));
    if (fresh.length === 0) return ok(undefined);
    const kept = await this.#local.commit(fresh.map((k) => keyWrite(log, k)));
    if (!kept.ok) return kept;
    const ring = new Map([...state.keys, ...fresh.map((k) => [keyName(k.channel, k.epoch), k.key] as const)]);
    this.#local.advanceTo({ ...state, keys: ring });
    const names = new Set(fresh.map((k) => keyName(k.channel, k.epoch)));
    await this.#parts.bundler.attachSealed(names);
    for await (const steps of sealedSteps(log, rows, this.#local.state, names)) {
      const done = await this.#absorb(steps, this.#local.state, [], []);
      if (!done.ok) return done;
      await ports.pause();
    }
    return ok(undefined);
  }

  /** Own entries come back without their body (W3): it is still in the outbox. */
  async #withBody(item: EntriesItem, seq: number, own: Sealed[]): Promise<EntriesItem> {
    if (item instanceof Uint8Array) return item;
    const { outbox, statements, bundler, left } = this.#parts;
    const sealed = outbox.find(authorPartId(item.a));
    if (sealed) own.push(sealed);
    if (item.b !== null) return item;
    const body = sealed?.row.b ?? statements.bodyOf(item.a) ?? bundler.bodyOf(item.a, seq) ?? (await left?.bodyOf(item.a));
    return body ? { ...item, b: body } : item;
  }

  /** Judges, commits, then takes over a run of verified entries. */
  async #absorb(
    steps: readonly Step[],
    state: LogState,
    own: readonly Sealed[],
    more: readonly Write[],
  ): Promise<Result<Received["notes"], Coded<StoreCode>>> {
    if (!state.charter) return ok([]);
    const { log, device, rows: store, ports } = this.#local;
    const { desk, index, outbox, bundler, faults: faultDesk, anchoring, left } = this.#parts;
    const received = await receive(steps, {
      log,
      charter: state.charter,
      keyring: state.keys,
      rows: store,
      desk,
      index,
      now: ports.clock.now(),
      ownDevice: (d) => d === device,
      provisionalNumber: (hash) => outbox.numberOf(hash),
      ledger: bundler.ledger,
      attached: bundler.attached,
      old: desk.old,
      isEnd: isAtEnd(state),
    });
    const leaving = own.map((sealed) => outbox.logged(sealed));
    const back = await left?.logged(received.opened, state.charter, device);
    const faults = faultDesk.book.ofEntries(received.faults);
    const taken = steps.flatMap((s) => s.taken?.newKeys ?? []);
    const anchors = anchoring.desk.anchors.add(received.anchors);
    const rows = index.change(received.records);
    const kept = await this.#local.commit([
      ...received.writes,
      ...rows.writes,
      ...faults.writes,
      ...anchors.writes,
      ...leaving.flatMap((l) => l.writes),
      ...(back?.writes ?? []),
      ...taken.map((k) => keyWrite(log, k)),
      ...more,
    ]);
    if (!kept.ok) {
      for (const { book, loaded } of received.books) desk.drop(book, loaded);
      return kept;
    }
    for (const l of leaving) l.kept();
    back?.kept();
    faults.kept();
    anchors.kept();
    rows.kept();
    this.#takeOver(state, steps, received);
    if (back && back.writes.length > 0) this.#local.tell({ type: "again" });
    return ok(received.notes);
  }

  #takeOver(state: LogState, steps: readonly Step[], received: Received): void {
    const { desk, statements, bundler, onTaken } = this.#parts;
    const local = this.#local;
    local.advanceTo(state);
    bundler.ledger = received.ledger;
    received.old.kept();
    for (const { book, loaded, through } of received.books) desk.swap(book, loaded, through);
    for (const step of steps) if (step.taken) statements.logged(step.taken.signed.id, step.taken.seq);
    if (isAtEnd(state)) local.setSynced();
    if (steps.some((s) => s.taken)) local.tell({ type: "charter" });
    if (received.records.size > 0) local.tell({ type: "records", records: [...received.records.keys()] });
    if (received.faults.length > 0) local.tell({ type: "fault" });
    if (steps.length > 0) local.tell({ type: "history" }, { type: "sync" });
    onTaken();
  }
}

const isAtEnd = ({ tail }: LogState): boolean => tail.verified?.checkpoint.size === tail.size;

/** Bodies are left out of what this device pushed and still has, of what a bundle that was given stands for, and of nothing else (rules W3, L8f). */
function withheldBody(from: number, items: readonly EntriesItem[], isCovered: (seq: number) => boolean): TailFault | undefined {
  const at = items.findIndex((item, i) => !(item instanceof Uint8Array) && item.b === null && !isCovered(from + i));
  const item = items[at];
  if (!item || item instanceof Uint8Array) return undefined;
  return { code: "relay-body", detail: "withheld", seq: from + at, evidence: [item.a, item.r] };
}

const keyWrite = (log: LogId, k: AddedKey): Write => ({
  table: "secret",
  key: keys.channelKey(log, k.channel, k.epoch),
  value: channelKeyCodec.encode(k),
});
