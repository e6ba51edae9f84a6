import { equalBytes, toId } from "../base/bytes.ts";
import type { BookId, ChangeHash, ChannelKey, DeviceId, LogId, Millis } from "../base/ids.ts";
import { pushTo } from "../base/push-to.ts";
import { ok } from "../base/result.ts";
import { noteName } from "../books/checkpoint-field.ts";
import type { Charter } from "../charter/state.ts";
import { currentEpoch, memberAt, memberOf, relaysForked } from "../charter/query.ts";
import type { StatementType } from "../charter/types.ts";
import { openAgain } from "../entry/again.ts";
import { anchoredBy, openAnchor, readAnchor } from "../entry/anchor.ts";
import { BodyNotes } from "../entry/body-notes.ts";
import { encodeBody, openBody, type BodyCode, type ChangesBody } from "../entry/body.ts";
import { ENTRY_KIND, type Header } from "../entry/header.ts";
import type { RowStore, Write } from "../vault/row-store.ts";
import type { LoggedAnchor } from "./anchor-book.ts";
import type { AttachedBundles } from "./attached-bundles.ts";
import type { BundleLedger } from "./bundle-ledger.ts";
import type { BookDesk } from "./desk.ts";
import { keyName, type Step } from "./log-state.ts";
import type { Again, OldHeaderBook } from "./old-headers.ts";
import type { RecordIndex } from "./record-index.ts";
import { entryRowCodec, historyRowCodec, keys, logged, statementRowCodec, type HistoryRowStored } from "./rows.ts";
import type { ArrivedEntry } from "./open-book.ts";
import { noteUse, takeAck, takeBundle, type HeldEntry } from "./take-bundle.ts";
import { openLogCheckpoint, openUnder } from "./log-checkpoint.ts";

/** A fault in one entry with which syncing goes on (rule L2): kept and named. It is the device's, or the relay's where there is none. */
export interface EntryFault {
  readonly code:
    "device-body" | "device-commitment" | "device-change" | "device-bundle" | "device-stamp" | "relay-stale-epoch" | "relay-dropped";
  readonly device: DeviceId | null;
  readonly seq: number;
  readonly evidence: readonly Uint8Array[];
}

/** The note of a checkpoint that another device verified: compared with this device's own log (rule L6). */
export interface OthersNote {
  readonly note: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly seq: number;
}

export interface ReceiveContext {
  readonly log: LogId;
  readonly charter: Charter;
  readonly keyring: ReadonlyMap<string, ChannelKey>;
  readonly rows: RowStore;
  readonly desk: BookDesk;
  readonly index: RecordIndex;
  readonly now: Millis;
  /** Files of this device's own records are here already. */
  readonly ownDevice: (device: DeviceId) => boolean;
  /** The outbox number of an own change that an entry now carries. */
  readonly provisionalNumber: (hash: ChangeHash) => number | undefined;
  readonly ledger: BundleLedger;
  readonly attached: AttachedBundles;
  readonly old: OldHeaderBook;
  /** After this run everything that the relay had is here: what it dropped must have been acknowledged by now. */
  readonly isEnd: boolean;
}

/** An entry of changes that opened: what it holds is what its header is bound to. */
export interface OpenedEntry {
  readonly header: Header;
  readonly plain: Uint8Array;
  readonly again: Again | undefined;
}

/** Opens the entries of a run one after another, each by its kind. */
export class EntryRun {
  readonly writes: Write[] = [];
  readonly faults: EntryFault[] = [];
  readonly notes: OthersNote[] = [];
  readonly anchors: LoggedAnchor[] = [];
  readonly byBook = new Map<BookId, ArrivedEntry[]>();
  readonly opened: OpenedEntry[] = [];
  readonly ledger: BundleLedger;
  readonly old: OldHeaderBook;
  readonly #context: ReceiveContext;
  readonly #fresh = new Map<number, HeldEntry>();

  constructor(context: ReceiveContext) {
    this.#context = context;
    this.ledger = context.ledger.fork();
    this.old = context.old.fork();
  }

  async take(step: Step): Promise<void> {
    const { entry } = step;
    const header = step.taken ? undefined : (entry.header ?? undefined);
    const body = entry.header ? entry.body : null;
    const isAnchor = header?.author.kind === ENTRY_KIND.anchor;
    const isKept = header?.author.kind === ENTRY_KIND.bundle || header?.author.kind === ENTRY_KIND.ack;
    const isAgain = header?.author.kind === ENTRY_KIND.again;
    const filled = header && !isKept && !isAnchor && !isAgain && !body ? this.#takeChanges(step, header, null) : undefined;
    this.writes.push(entryWrite(this.#context.log, step, filled?.plain));
    if (step.taken) this.writes.push(...charterWrites(this.#context, step.taken, step.before.charter));
    if (!header || !body) return;
    if (isAnchor) await this.#takeAnchor(step, header, body);
    else if (isAgain) this.#takeAgain(step, header, body);
    else if (isKept) await this.#takeKept(step, header, body);
    else this.#takeChanges(step, header, body);
  }

  #keyOf({ author }: Header): ChannelKey | undefined {
    return author.channel === "charter" ? undefined : this.#context.keyring.get(keyName(author.channel, author.epoch));
  }

  /** Bundles and acknowledgements (rules L8c, L8d). */
  async #takeKept(step: Step, header: Header, body: Uint8Array): Promise<void> {
    const { log, rows } = this.#context;
    const { ledger } = this;
    const charter = step.before.charter ?? this.#context.charter;
    if (header.author.kind === ENTRY_KIND.ack) {
      takeAck(header, charter, ledger);
      return;
    }
    const ahead = ledger.bundle(header.relay.seq);
    if (ahead && !equalBytes(ahead.leaf, header.leaf)) this.#fault("relay-dropped", null, header, []);
    const here = { log, rows, ledger, fresh: this.#fresh };
    if ((await takeBundle(header, body, this.#keyOf(header), charter, here)) === "false")
      this.#fault("device-bundle", header.author.device, header, [body]);
  }

  /** An anchor stands open; its checkpoint is held against this device's own log like those inside changes (rules L6, L11). */
  async #takeAnchor(step: Step, header: Header, body: Uint8Array): Promise<void> {
    this.faults.push(...staleEpoch(this.#context.charter, step));
    const { seq, time: logged } = header.relay;
    const { charter } = this.#context;
    const anchor = readAnchor(header.author, body);
    const opened = anchor && openAnchor(anchor, openLogCheckpoint(anchor.note, charter));
    if (!opened) {
      this.#fault("device-body", header.author.device, header, [body]);
      return;
    }
    const { size, root } = opened.checkpoint;
    this.notes.push({ note: anchor.note, size, root, seq });
    const { all, refused } = await anchoredBy(anchor, opened, seq);
    for (const anchored of all) this.anchors.push({ ...anchored, logged });
    if (refused !== undefined) this.#fault("device-stamp", header.author.device, header, [body]);
  }

  /** Old headers stand open; what they are of may follow them (rule C8j). */
  #takeAgain(step: Step, header: Header, body: Uint8Array): void {
    this.faults.push(...staleEpoch(this.#context.charter, step));
    const opened = openAgain(header.author, body, relaysForked(step.before.charter ?? this.#context.charter));
    if (opened) this.old.learn(opened);
    else this.#fault("device-body", header.author.device, header, [body]);
  }

  /** Opens a changes entry. Without a sealed body it is looked for in the bundles that came ahead. */
  #takeChanges(step: Step, header: Header, body: Uint8Array | null): { readonly plain: Uint8Array } | undefined {
    const { author, relay } = header;
    this.faults.push(...staleEpoch(this.#context.charter, step));
    const key = this.#keyOf(header);
    // An epoch from before this device could read: its entries stay sealed and are nobody's fault.
    if (!key) return undefined;
    const filled = body ? undefined : this.#context.attached.bodyOf(header, key);
    const opened = body ? openBody(author, body, key) : filled && ok(filled.body);
    if (!opened) {
      // A bundle that does not give it is judged, and named, at its own place; the relay should not have dropped anything for it (L8f).
      for (const bundle of this.#context.attached.standingFor(header)) noteUse(bundle.header, this.ledger);
      return undefined;
    }
    if (!opened.ok) {
      this.#fault(FAULT_OF[opened.error.code], author.device, header, body ? [body] : []);
      return undefined;
    }
    if (filled) noteUse(filled.bundle, this.ledger);
    const plain = filled?.plain ?? encodeBody(opened.value);
    this.#fresh.set(relay.seq, { leaf: header.leaf, plain, fromBundle: filled !== undefined });
    this.ledger.opened(relay.seq, opened.value.book, author.epoch);
    const named = openNotes(this.#context, opened.value, relay.seq);
    this.notes.push(...named.opened);
    const again = this.old.reached(header, (device) => memberAt(this.#context.charter, device, relay));
    this.opened.push({ header, plain, again });
    pushTo(this.byBook, author.book, { ...{ header, body: opened.value, notes: named.names }, ...{ far: named.far, again } });
    return filled;
  }

  #fault(code: EntryFault["code"], device: DeviceId | null, header: Header, more: readonly Uint8Array[]): void {
    this.faults.push({ code, device, seq: header.relay.seq, evidence: [header.authorBytes, header.relayBytes, ...more] });
  }
}

const FAULT_OF: Readonly<Record<BodyCode, EntryFault["code"]>> = {
  "body-sealed": "device-body",
  "body-malformed": "device-body",
  "body-book": "device-body",
  "body-commitment": "device-commitment",
};

/** Bundles that stood in for bodies before enough devices had answered for them (rule L8e): the relay dropped what it had to keep. */
export const droppedEarly = (ledger: BundleLedger): EntryFault[] =>
  [...ledger.bundles]
    .filter((b) => b.used && !b.settled)
    .map((b) => ({ code: "relay-dropped", device: null, seq: b.seq, evidence: [b.leaf] }));

/** The relay must refuse an entry under another epoch than the current one; what it let in is read all the same (rule L7). */
function staleEpoch(charter: Charter, { entry }: Step): readonly EntryFault[] {
  if (!entry.header || entry.header.author.channel === "charter") return [];
  const { author, relay, authorBytes, relayBytes } = entry.header;
  if (currentEpoch(charter, entry.header.author.channel, relay)?.epoch === author.epoch) return [];
  return [{ code: "relay-stale-epoch", device: null, seq: entry.seq, evidence: [authorBytes, relayBytes] }];
}

/** @param plain the opened body, where it came in a bundle and there is no sealed one */
function entryWrite(log: LogId, { entry }: Step, plain: Uint8Array | undefined): Write {
  const { leaf, root } = entry;
  const row = entry.header
    ? { leaf, root, a: entry.header.authorBytes, r: entry.header.relayBytes, b: entry.body, ...(plain ? { p: plain } : {}) }
    : { leaf, root, a: null, r: null, b: null };
  return { table: "entry", key: keys.entry(log, entry.seq), value: entryRowCodec.encode(row) };
}

/** Statements that a parent would call something that happened; epochs, levels and consents are housekeeping. */
const TOLD: ReadonlySet<StatementType> = new Set<StatementType>([
  "found",
  "invite",
  "void",
  "join",
  "confirm",
  "attest",
  "link",
  "revoke",
  "set-recovery",
  "recover",
  "refuse",
  "move-log",
  "close",
  "leave",
]);

function charterWrites(context: ReceiveContext, taken: NonNullable<Step["taken"]>, before: Charter | undefined): Write[] {
  const { log } = context;
  const { signed, seq, time } = taken;
  const writes: Write[] = [
    {
      table: "statement",
      key: keys.statement(log, before?.count ?? 0),
      value: statementRowCodec.encode({ seq, time, bytes: signed.bytes }),
    },
  ];
  if (TOLD.has(signed.statement.type)) {
    const device = signed.statement.by as string as DeviceId;
    const member = memberOf(context.charter, device);
    const row: HistoryRowStored = {
      type: "charter",
      what: `charter.${signed.statement.type}`,
      ...(member ? { member, device } : {}),
      notAfter: time,
      notBefore: signed.statement.checkpoint?.time ?? time,
      seq,
    };
    writes.push({ table: "history", key: keys.history(log, logged(seq, 0)), value: historyRowCodec.encode(row) });
  }
  return writes;
}

/**
 * The notes of a body that the log key signed; another signature is the pushing device's matter and accuses nobody (rule L6). What a relay signed that had shown two
 * histories, and was left for it, may be of either, and accuses nobody anew (rule C8l).
 */
function openNotes(
  context: ReceiveContext,
  body: ChangesBody,
  seq: number,
): { names: ReadonlySet<string>; far: ReadonlySet<string>; opened: readonly OthersNote[] } {
  const names = new Set<string>();
  const far = new Set<string>();
  const opened: OthersNote[] = [];
  const counting = new BodyNotes(body.notes).counting;
  const forked = relaysForked(context.charter, seq);
  for (const note of body.notes) {
    const left = openUnder(note, context.log, forked);
    // Of the relay that signed it then: a change that was written before a move is pushed after it.
    const checkpoint = left.ok ? left : openLogCheckpoint(note, context.charter);
    if (!checkpoint.ok) continue;
    const { size, root, time } = checkpoint.value;
    const name = noteName({ size, root: toId(root), time });
    // Every note is compared, but a change stands by the one that its entry is bound to.
    if (counting.has(note)) names.add(name);
    if (!left.ok) opened.push({ note, size, root, seq });
    else if (counting.has(note)) far.add(name);
  }
  return { names, far, opened };
}
