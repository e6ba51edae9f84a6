import { z } from "zod";
import type { LogId, MemberId, Millis } from "@countersign/shared/base/ids";
import { structCodec, zBytes, zExact, zId, zUint } from "@countersign/shared/cbor/struct";
import type { Charter } from "@countersign/shared/charter/state";
import { memberOf } from "@countersign/shared/charter/query";
import type { Position } from "@countersign/shared/charter/types";
import { ENTRY_CHANNELS, type EntryChannel } from "@countersign/shared/base/channels";
import { headerLeaf, makeRelayPart, type AuthorPart } from "@countersign/shared/entry/header";
import { CompactRange } from "@countersign/shared/log/compact";
import { MILESTONE_HEIGHT, type EntryOutline, type Milestone, type StoredEntry } from "../store/store.ts";

interface ChannelEnd {
  readonly next: number;
  readonly leaf: Uint8Array;
}

const dumpCodec = structCodec(
  z.strictObject({
    v: z.literal(1),
    range: zBytes(4_096),
    time: zUint(),
    channels: z.array(
      z.strictObject({ c: z.enum(ENTRY_CHANNELS as [EntryChannel, ...EntryChannel[]]), n: zUint(), p: zExact<Uint8Array>(32) }),
    ),
    members: z.array(z.strictObject({ m: zId<MemberId>(), n: zUint() })),
  }),
  1_048_576,
);

/**
 * The end of one log in memory: everything that the next entry's relay part and the next checkpoint need. It runs ahead of the store by what
 * waits for the commit; if that fails the whole value is thrown away and read again.
 */
export class LogState {
  readonly log: LogId;
  charter: Charter;
  /** Relay time of the last entry. */
  time: Millis;
  readonly #range: CompactRange;
  readonly #channels: Map<EntryChannel, ChannelEnd>;
  /** Bytes of entries that each member keeps here (rule L10). */
  readonly #members: Map<MemberId, number>;

  private constructor(
    log: LogId,
    charter: Charter,
    range: CompactRange,
    channels: Map<EntryChannel, ChannelEnd>,
    members: Map<MemberId, number>,
    time: Millis,
  ) {
    this.log = log;
    this.charter = charter;
    this.time = time;
    this.#range = range;
    this.#channels = channels;
    this.#members = members;
  }

  /** A log whose founding statement is about to be its first entry. */
  static founded(charter: Charter): LogState {
    return new LogState(charter.log, charter, CompactRange.empty(), new Map(), new Map(), 0);
  }

  /** The state at a milestone; `replay` brings it to the log's end. */
  static restore(charter: Charter, dump: Uint8Array | undefined): LogState {
    if (!dump) return LogState.founded(charter);
    const read = dumpCodec.decode(dump);
    const range = read.ok ? CompactRange.parse(read.value.range) : undefined;
    if (!read.ok || !range) throw new Error("the state kept at a milestone cannot be read");
    const { channels, members, time } = read.value;
    return new LogState(
      charter.log,
      charter,
      range,
      new Map(channels.map((c) => [c.c, { next: c.n, leaf: c.p }] as const)),
      new Map(members.map((m) => [m.m, m.n] as const)),
      time,
    );
  }

  /** A copy that goes its own way, for entries that are taken all together or not at all. */
  clone(): LogState {
    const { log, charter, time } = this;
    return new LogState(log, charter, this.#range.clone(), new Map(this.#channels), new Map(this.#members), time);
  }

  get size(): number {
    return this.#range.size;
  }

  root(): Uint8Array {
    return this.#range.root();
  }

  bytesOf(member: MemberId): number {
    return this.#members.get(member) ?? 0;
  }

  /** Where the next entry stands if it comes now. Relay time never falls. */
  next(now: Millis): Position {
    return { seq: this.size, time: Math.max(this.time, now) };
  }

  /** Adds an entry that was checked. `charter` is the charter after it. */
  append(
    author: AuthorPart,
    authorBytes: Uint8Array,
    body: Uint8Array | null,
    at: Position,
    charter: Charter,
  ): { readonly entry: StoredEntry; readonly milestone?: Kept } {
    const end = this.#channels.get(author.channel) ?? { next: 0, leaf: new Uint8Array(32) };
    const relay = makeRelayPart({ seq: at.seq, channelSeq: end.next, previous: end.leaf, time: at.time });
    const entry: StoredEntry = {
      seq: at.seq,
      channel: author.channel,
      channelSeq: end.next,
      time: at.time,
      device: author.device,
      leaf: headerLeaf(authorBytes, relay),
      bodyLength: author.bodyLength,
      author: authorBytes,
      relay,
      body,
      bundle: null,
    };
    this.charter = charter;
    const milestone = this.replay(entry);
    return milestone ? { entry, milestone } : { entry };
  }

  /** Takes in an entry that stands in the store already, or the one just made. */
  replay(entry: EntryOutline): Kept | undefined {
    if (entry.seq !== this.size) throw new Error("an entry out of its order");
    this.#channels.set(entry.channel, { next: entry.channelSeq + 1, leaf: entry.leaf });
    // Statements that bring a device in are its own member's; one that nobody knows is counted for nobody.
    const member = memberOf(this.charter, entry.device);
    if (member !== undefined) this.#members.set(member, this.bytesOf(member) + entryCost(entry.bodyLength));
    this.time = entry.time;
    const node = this.#range.append(entry.leaf).find((n) => n.level === MILESTONE_HEIGHT);
    return node && { milestone: { index: node.index, node: node.hash }, state: this.#dump() };
  }

  #dump(): Uint8Array {
    return dumpCodec.encode({
      v: 1,
      range: this.#range.serialise(),
      time: this.time,
      channels: [...this.#channels].map(([c, end]) => ({ c, n: end.next, p: end.leaf })),
      members: [...this.#members].map(([m, n]) => ({ m, n })),
    });
  }
}

interface Kept {
  readonly milestone: Milestone;
  readonly state: Uint8Array;
}

/** What an entry counts against its member's quota: the body and, roughly, its header and row. */
export const entryCost = (bodyLength: number): number => bodyLength + 700;
