import { toId } from "../base/bytes.ts";
import type { ChangeHash, ChannelKey, DeviceId, FileId, FileKey, LogId, MemberId, Millis, RecordId, StatementId } from "../base/ids.ts";
import type { Result } from "../base/result.ts";
import { formatCheckpointField } from "../books/checkpoint-field.ts";
import type { BookName } from "../books/names.ts";
import { extendCharter, foundCharter } from "../charter/evaluate.ts";
import { memberOf } from "../charter/query.ts";
import { currentEpoch } from "../charter/owed.ts";
import type { CharterError } from "../charter/errors.ts";
import type { Charter } from "../charter/state.ts";
import type { CheckpointRef, SignedStatement } from "../charter/types.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { signKeyPair, type SignKeyPair } from "../crypto/sign.ts";
import { sealChanges, type CarriedChange } from "../entry/body.ts";
import type { Channel, EntryChannel } from "../base/channels.ts";
import { ENTRY_KIND, headerLeaf, makeAuthorPart, makeRelayPart, NO_BOOK, type Placement } from "../entry/header.ts";
import { CompactRange } from "../log/compact.ts";
import { signCheckpoint } from "../log/checkpoint.ts";
import { originOf } from "../log/origin.ts";
import type { EntriesItem } from "../wire/messages.ts";
import { ChangeWriter, type Draft, type Written } from "./changes.ts";
import type { DeviceSecrets } from "./keys.ts";

/** One entry as the relay keeps it and sends it. */
export interface LoggedEntry {
  readonly seq: number;
  readonly channel: EntryChannel;
  readonly channelSeq: number;
  readonly time: Millis;
  readonly device: DeviceId;
  readonly authorBytes: Uint8Array;
  readonly relayBytes: Uint8Array;
  readonly body: Uint8Array;
  readonly leaf: Uint8Array;
}

/** What a device had verified when it wrote: a checkpoint with its note, and the charter head that it knew. */
export interface Known {
  readonly size: number;
  readonly root: Uint8Array;
  readonly time: Millis;
  readonly note: string;
  readonly charterHead: StatementId;
}

/** A draft with the keys of the files that it names. */
export interface DraftWithFiles extends Draft {
  readonly fileKeys?: readonly { readonly file: FileId; readonly key: FileKey }[];
}

/** An act that is in the log. */
export interface Logged {
  readonly record: RecordId;
  readonly hash: ChangeHash;
  readonly book: BookName;
  readonly seq: number;
  readonly channelSeq: number;
}

export interface BuilderOptions {
  readonly random: RandomBytes;
  /** Relay time of the next entry, ms. It may be moved between writes, never back. */
  readonly clock: { now(): Millis };
  /** The relay's name, as in `found`. */
  readonly relay: string;
}

/** The format level of this version (rule C7). */
export const LEVEL = 1;

/**
 * Builds a valid log without a relay, sockets or documents: it holds the relay's log key and every device's epochs, and appends what honest
 * devices would push, exactly as docs/protocol.md lays it out. The same random bytes and clock give the same log, byte for byte.
 */
export class LogBuilder {
  relay: string;
  logKey: SignKeyPair;
  readonly entries: LoggedEntry[] = [];
  readonly statements: { readonly signed: SignedStatement; readonly seq: number; readonly time: Millis }[] = [];
  /** All channel keys that were ever opened. */
  readonly keys = new Map<Channel, ChannelKey[]>();
  readonly random: RandomBytes;
  readonly #clock: { now(): Millis };
  readonly #range = CompactRange.empty();
  readonly #channels = new Map<EntryChannel, { next: number; previous: Uint8Array }>();
  readonly #notes = new Map<number, Known>();
  #writer: ChangeWriter | undefined;
  #charter: Charter | undefined;
  #time = 0;

  constructor(options: BuilderOptions) {
    this.random = options.random;
    this.relay = options.relay;
    this.#clock = options.clock;
    this.logKey = signKeyPair(options.random(32));
  }

  /** The charter after the last statement. */
  get charter(): Charter {
    if (!this.#charter) throw new Error("nothing is founded yet");
    return this.#charter;
  }

  get log(): LogId {
    return this.charter.log;
  }

  get size(): number {
    return this.entries.length;
  }

  get origin(): string {
    return originOf(this.relay, this.log);
  }

  /** The place of the next entry. */
  get next(): { readonly seq: number; readonly time: Millis } {
    return { seq: this.size, time: Math.max(this.#time, this.#clock.now()) };
  }

  memberOf(device: DeviceSecrets): MemberId {
    const member = memberOf(this.charter, device.id);
    if (member === undefined) throw new Error("no device of this log");
    return member;
  }

  /** The checkpoint over all entries so far, signed by the log key (rule L5). */
  known(): Known {
    const { size } = this;
    const cached = this.#notes.get(size);
    if (cached) return cached;
    const root = this.#range.root();
    const checkpoint = { origin: this.origin, size, root, time: this.#time };
    const known = { size, root, time: this.#time, note: signCheckpoint(checkpoint, this.logKey.secretKey), charterHead: this.charter.head };
    this.#notes.set(size, known);
    return known;
  }

  /** The last checkpoint as charter statements name it; null in an empty log. */
  checkpointRef(): CheckpointRef | null {
    if (this.size === 0) return null;
    const { size, root, time } = this.known();
    return { size, root: toId(root), time };
  }

  /** Appends a statement as the entry that its first signer pushes. Throws where the charter's rules refuse it: the caller built a wrong one. */
  state(device: DeviceSecrets, signed: SignedStatement): StatementId {
    const at = this.next;
    const judged: Result<Charter, CharterError> = this.#charter ? extendCharter(this.#charter, signed, at) : foundCharter(signed, at);
    if (!judged.ok) throw new Error(`the charter refuses the statement: ${judged.error.code}`);
    this.#charter = judged.value;
    this.#writer ??= new ChangeWriter(this.log, this.random);
    this.statements.push({ signed, ...at });
    const placement: Placement = {
      log: this.log,
      kind: ENTRY_KIND.charter,
      channel: "charter",
      epoch: 0,
      book: NO_BOOK,
      device: device.id,
      commitment: signed.id,
    };
    this.append(placement, signed.bytes, device);
    return signed.id;
  }

  /** What goes into an entry for a change: a rogue device's may be another. */
  carry: (change: CarriedChange) => CarriedChange = (change) => change;

  /**
   * Writes acts and pushes them, one entry for each run of acts in the same book.
   * @param known what the device had verified: by default everything, else an earlier `known()` (it wrote offline)
   * @param claims what its changes say that it had verified: a modified client may name less
   */
  write(device: DeviceSecrets, drafts: readonly DraftWithFiles[], known: Known = this.known(), claims: Known = known): Logged[] {
    const logged: Logged[] = [];
    let at = 0;
    while (at < drafts.length) {
      const run = this.#runFrom(drafts, at);
      logged.push(...this.#push(device, run, known, claims));
      at += run.length;
    }
    return logged;
  }

  /**
   * Writes acts that build on one another, and pushes each in an entry of its own, the last one first: each waits for those before it (rule
   * X4), and the last entry releases all.
   * @param between called after each entry: time may pass
   */
  writeBackwards(device: DeviceSecrets, drafts: readonly DraftWithFiles[], between: () => void = () => undefined): Logged[] {
    const known = this.known();
    const written = this.#written(device, drafts, known.size, this.size + drafts.length, known);
    return written.reverse().flatMap((w) => {
      const logged = this.#seal(device, [w], [], known);
      between();
      return logged;
    });
  }

  /** What a relay sends for these entries: `note` covers exactly the entries up to `to`, so it is there only at the end of the log or of a batch. */
  wire(from = 0, to = this.size): EntriesItem[] {
    return this.entries.slice(from, to).map((e) => ({ a: e.authorBytes, r: e.relayBytes, b: e.body }));
  }

  #runFrom(drafts: readonly DraftWithFiles[], at: number): DraftWithFiles[] {
    const writer = this.#changes();
    const run: DraftWithFiles[] = [];
    let book: string | undefined;
    for (const draft of drafts.slice(at)) {
      const name = writer.bookOf(draft);
      const key = `${name.channel}/${name.period}`;
      if (book !== undefined && key !== book) break;
      book = key;
      run.push(draft);
    }
    return run;
  }

  #push(device: DeviceSecrets, drafts: readonly DraftWithFiles[], known: Known, claims: Known): Logged[] {
    const fileKeys = drafts.flatMap((d) => d.fileKeys ?? []);
    return this.#seal(device, this.#written(device, drafts, known.size, this.size, claims), fileKeys, claims);
  }

  #written(device: DeviceSecrets, drafts: readonly DraftWithFiles[], seen: number, seq: number, claims: Known): Written[] {
    const writer = this.#changes();
    const { size, root, time, charterHead } = claims;
    const message = formatCheckpointField({ size, root: toId(root), time, charterHead });
    const author = { id: device.id, secretKey: device.sign.secretKey };
    return drafts.map((draft) => writer.write(draft, message, author, seen, seq));
  }

  #seal(device: DeviceSecrets, written: readonly Written[], fileKeys: NonNullable<DraftWithFiles["fileKeys"]>, known: Known): Logged[] {
    const seq = this.size;
    const book = written[0]?.book;
    if (!book) return [];
    const { epoch, key } = this.#epoch(book.channel);
    const sealed = sealChanges({
      log: this.log,
      device: device.id,
      epoch,
      key,
      body: {
        book,
        secret: this.random(32),
        changes: written.map((w) => this.carry({ bytes: w.bytes, signature: w.signature, tag: w.tag })),
        notes: [known.note],
        fileKeys,
      },
      random: this.random,
    });
    const entry = this.append(sealed.placement, sealed.body, device);
    return written.map((w) => ({ record: w.record, hash: w.hash, book, seq, channelSeq: entry.channelSeq }));
  }

  /** Appends an entry of any kind, as its device pushes it and the relay logs it. */
  append(placement: Placement, body: Uint8Array, device: DeviceSecrets): LoggedEntry {
    const { seq, time } = this.next;
    const { channel } = placement;
    const tail = this.#channels.get(channel) ?? { next: 0, previous: new Uint8Array(32) };
    const authorBytes = makeAuthorPart(placement, body, device.sign.secretKey);
    const relayBytes = makeRelayPart({ seq, channelSeq: tail.next, previous: tail.previous, time });
    const leaf = headerLeaf(authorBytes, relayBytes);
    const entry = { seq, channel, channelSeq: tail.next, time, device: device.id, authorBytes, relayBytes, body, leaf };
    this.entries.push(entry);
    this.#channels.set(channel, { next: tail.next + 1, previous: leaf });
    this.#range.append(leaf);
    this.#time = time;
    return entry;
  }

  #epoch(channel: Channel): { readonly epoch: number; readonly key: ChannelKey } {
    const epoch = currentEpoch(this.charter, channel)?.epoch;
    const key = epoch === undefined ? undefined : this.keys.get(channel)?.[epoch];
    if (epoch === undefined || !key) throw new Error("the channel has no epoch");
    return { epoch, key };
  }

  #changes(): ChangeWriter {
    if (!this.#writer) throw new Error("nothing is founded yet");
    return this.#writer;
  }
}
