import { z } from "zod";
import { equalBytes } from "../base/bytes.ts";
import type { LogId, Millis } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { structCodec, zBytes, zExact, zText, zUint } from "../cbor/struct.ts";
import { bodyMatches, headerLeaf, parseHeader, type Header } from "../entry/header.ts";
import { ENTRY_CHANNELS, type EntryChannel } from "../base/channels.ts";
import { CompactRange } from "../log/compact.ts";
import { openCheckpoint, type Checkpoint } from "../log/checkpoint.ts";
import type { EntriesItem } from "../wire/messages.ts";

/** What a relay did wrong; each is a fault that stops syncing with it (rule L2). */
export type TailCode =
  | "relay-sequence"
  | "relay-header"
  | "relay-signature"
  | "relay-chain"
  | "relay-body"
  | "relay-time"
  | "relay-checkpoint"
  | "relay-fork"
  | "relay-rollback"
  /** A statement that breaks a rule of the charter: the relay must not have let it in (rule C10). */
  | "relay-charter";

export interface TailFault extends Coded<TailCode> {
  readonly seq: number;
  /** What the relay said, kept as evidence. */
  readonly evidence: readonly Uint8Array[];
}

/** One verified place of the log: its header and body, or only its leaf where the device may not read. */
export type TailEntry =
  | {
      readonly seq: number;
      readonly leaf: Uint8Array;
      readonly root: Uint8Array;
      readonly header: Header;
      readonly body: Uint8Array | null;
    }
  | { readonly seq: number; readonly leaf: Uint8Array; readonly root: Uint8Array; readonly header: null };

interface ChannelTail {
  readonly next: number;
  readonly previous: Uint8Array;
}

export interface Verified {
  readonly checkpoint: Checkpoint;
  readonly note: string;
}

const stored = structCodec(
  z.strictObject({
    v: z.literal(1),
    range: zBytes(4_096),
    time: zUint(),
    channels: z
      .array(z.strictObject({ c: z.enum(ENTRY_CHANNELS as [EntryChannel, ...EntryChannel[]]), n: zUint(), p: zExact<Uint8Array>(32) }))
      .max(32),
    note: zText(8_192).nullable(),
  }),
  65_536,
);

/**
 * The verified end of one log: how far it was read, the root there, and the last checkpoint that held. Pure: a batch gives a new tail and leaves
 * the old one valid, so that a batch that fails half-way changes nothing (rules L0a, L4, L5).
 */
export class LogTail {
  readonly log: LogId;
  readonly size: number;
  readonly time: Millis;
  /** The last checkpoint that was recomputed and held. */
  readonly verified: Verified | null;
  readonly #range: CompactRange;
  readonly #channels: ReadonlyMap<EntryChannel, ChannelTail>;

  private constructor(
    log: LogId,
    range: CompactRange,
    channels: ReadonlyMap<EntryChannel, ChannelTail>,
    time: Millis,
    verified: Verified | null,
  ) {
    this.log = log;
    this.size = range.size;
    this.time = time;
    this.verified = verified;
    this.#range = range;
    this.#channels = channels;
  }

  static empty(log: LogId): LogTail {
    return new LogTail(log, CompactRange.empty(), new Map(), 0, null);
  }

  root(): Uint8Array {
    return this.#range.root();
  }

  /** The sequence number that the next entry of a channel will have within it. */
  channelSize(channel: EntryChannel): number {
    return this.#channels.get(channel)?.next ?? 0;
  }

  dump(): Uint8Array {
    return stored.encode({
      v: 1,
      range: this.#range.serialise(),
      time: this.time,
      channels: [...this.#channels].map(([c, t]) => ({ c, n: t.next, p: t.previous })),
      note: this.verified?.note ?? null,
    });
  }

  /** A tail that was dumped on this device. `undefined` where the bytes are not one: the caller reads its entries again. */
  static restore(log: LogId, bytes: Uint8Array, origin: string, logKey: Uint8Array): LogTail | undefined {
    const wire = stored.decode(bytes);
    if (!wire.ok) return undefined;
    const range = CompactRange.parse(wire.value.range);
    if (!range) return undefined;
    let verified: Verified | null = null;
    if (wire.value.note !== null) {
      const opened = openCheckpoint(wire.value.note, origin, logKey);
      if (!opened.ok) return undefined;
      verified = { checkpoint: opened.value, note: wire.value.note };
    }
    const channels = new Map(wire.value.channels.map((c) => [c.c, { next: c.n, previous: c.p }] as const));
    return new LogTail(log, range, channels, wire.value.time, verified);
  }

  /**
   * Checks a run of entries that begins at this tail's size, and the checkpoint over its end, if one came.
   */
  accept(
    from: number,
    items: readonly EntriesItem[],
    note: string | null,
    origin: string,
    logKey: Uint8Array,
  ): Result<{ readonly tail: LogTail; readonly entries: readonly TailEntry[] }, TailFault> {
    if (from !== this.size) return fail("relay-sequence", from, []);
    const range = this.#range.clone();
    const channels = new Map(this.#channels);
    const entries: TailEntry[] = [];
    let time = this.time;
    for (const [i, item] of items.entries()) {
      const seq = from + i;
      if (item instanceof Uint8Array) {
        range.append(item);
        entries.push({ seq, leaf: item, root: range.root(), header: null });
        continue;
      }
      const checked = this.#checkItem(item, seq, time, channels);
      if (!checked.ok) {
        const isElsewhere = checked.error.code === "relay-chain" || checked.error.code === "relay-time";
        return err((isElsewhere && this.#forkIn(items, note, origin, logKey)) || checked.error);
      }
      const header = checked.value;
      time = header.relay.time;
      channels.set(header.author.channel, { next: header.relay.channelSeq + 1, previous: header.leaf });
      range.append(header.leaf);
      entries.push({ seq, leaf: header.leaf, root: range.root(), header, body: item.b });
    }
    const tail = new LogTail(this.log, range, channels, time, this.verified);
    const held = note === null ? ok(tail) : tail.confirm(note, origin, logKey);
    return held.ok ? ok({ tail: held.value, entries }) : held;
  }

  /**
   * Entries that do not follow from what was verified, under a checkpoint that the relay signed over a tree that has not what was verified for its beginning, are those
   * of another history: that is what is told then, and not the first thing in them that does not fit (rule L2).
   */
  #forkIn(items: readonly EntriesItem[], note: string | null, origin: string, logKey: Uint8Array): TailFault | undefined {
    const opened = this.verified && note !== null ? openCheckpoint(note, origin, logKey) : undefined;
    if (note === null || opened?.ok !== true || opened.value.size !== this.size + items.length) return undefined;
    const range = this.#range.clone();
    for (const item of items) range.append(item instanceof Uint8Array ? item : headerLeaf(item.a, item.r));
    return equalBytes(opened.value.root, range.root())
      ? undefined
      : { code: "relay-fork", seq: opened.value.size, evidence: [new TextEncoder().encode(note)] };
  }

  /** This tail with a checkpoint over its end, if that is what the note is. */
  confirm(note: string, origin: string, logKey: Uint8Array): Result<LogTail, TailFault> {
    const opened = openCheckpoint(note, origin, logKey);
    const evidence = [new TextEncoder().encode(note)];
    if (!opened.ok) return fail("relay-checkpoint", this.size, evidence, opened.error.code);
    if (opened.value.size !== this.size) return fail("relay-checkpoint", this.size, evidence, "size");
    if (!equalBytes(opened.value.root, this.root())) return fail("relay-fork", this.size, evidence);
    return ok(new LogTail(this.log, this.#range, this.#channels, this.time, { checkpoint: opened.value, note }));
  }

  /** What the relay's welcome says of its size, against what was verified before (roll-back, fork). */
  checkWelcome(size: number, note: string | null, origin: string, logKey: Uint8Array): TailFault | undefined {
    if (note === null) return this.size > 0 ? { code: "relay-rollback", seq: this.size, evidence: [] } : undefined;
    const evidence = [new TextEncoder().encode(note)];
    const opened = openCheckpoint(note, origin, logKey);
    if (!opened.ok) return { code: "relay-checkpoint", detail: opened.error.code, seq: this.size, evidence };
    if (opened.value.size !== size) return { code: "relay-checkpoint", detail: "size", seq: this.size, evidence };
    if (size < this.size) return { code: "relay-rollback", seq: size, evidence };
    if (size === this.size && size > 0 && !equalBytes(opened.value.root, this.root())) return { code: "relay-fork", seq: size, evidence };
    return undefined;
  }

  #checkItem(
    item: Exclude<EntriesItem, Uint8Array>,
    seq: number,
    time: Millis,
    channels: ReadonlyMap<EntryChannel, ChannelTail>,
  ): Result<Header, TailFault> {
    const evidence = [item.a, item.r];
    const parsed = parseHeader(item.a, item.r);
    if (!parsed.ok)
      return fail(parsed.error.code === "header-signature" ? "relay-signature" : "relay-header", seq, evidence, parsed.error.code);
    const { author, relay } = parsed.value;
    if (author.log !== this.log) return fail("relay-header", seq, evidence, "log");
    if (relay.seq !== seq) return fail("relay-sequence", seq, evidence);
    const channel = channels.get(author.channel) ?? { next: 0, previous: new Uint8Array(32) };
    if (relay.channelSeq !== channel.next || !equalBytes(relay.previous, channel.previous))
      return fail("relay-chain", seq, evidence, author.channel);
    if (relay.time < time) return fail("relay-time", seq, evidence);
    if (item.b !== null && !bodyMatches(author, item.b)) return fail("relay-body", seq, [...evidence, item.b]);
    return ok(parsed.value);
  }
}

function fail(code: TailCode, seq: number, evidence: readonly Uint8Array[], detail?: string): Result<never, TailFault> {
  return err({ ...coded(code, detail), seq, evidence });
}
