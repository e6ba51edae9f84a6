import type { DeviceId, LogId } from "@countersign/shared/base/ids";
import { toId } from "@countersign/shared/base/bytes";
import { isSettled } from "@countersign/shared/charter/settled";
import type { Charter } from "@countersign/shared/charter/state";
import type { Position } from "@countersign/shared/charter/types";
import { ENTRY_KIND, parseAuthorPart, type AuthorPart } from "@countersign/shared/entry/header";
import { spansOf } from "@countersign/shared/entry/runs";
import type { RelayStore, Write } from "../store/store.ts";

interface Bundle {
  readonly author: AuthorPart;
  /** Leaf hash of its header. */
  readonly leaf: string;
  /** Who made it and who acknowledged it, what waits for the commit included. */
  readonly devices: Set<DeviceId>;
  settled: boolean;
}

/** Bundles of one log that somebody is just acknowledging. More are read again from the store. */
const MOST = 256;

/** The acknowledgements of one log's bundles (rules L8d, L8e). Like the log's end it runs ahead of the store by what waits for the commit. */
export class Bundles {
  readonly #log: LogId;
  readonly #store: RelayStore;
  readonly #known = new Map<number, Bundle>();

  constructor(log: LogId, store: RelayStore) {
    this.#log = log;
    this.#store = store;
  }

  /** Reads what these acknowledgements are for, before they are taken. */
  async prepare(acks: readonly AuthorPart[]): Promise<void> {
    for (const { of } of acks) if (of !== undefined && !this.#known.has(of)) await this.#read(of);
  }

  async #read(seq: number): Promise<void> {
    const record = await this.#store.bundle(this.#log, seq);
    const author = record && parseAuthorPart(record.author);
    if (!record || !author?.ok || author.value.kind !== ENTRY_KIND.bundle) return;
    if (this.#known.size >= MOST) this.#known.clear();
    const devices = new Set([author.value.device, ...record.acks]);
    this.#known.set(seq, { author: author.value, leaf: toId(record.leaf), devices, settled: false });
  }

  /** Whether an acknowledgement is of a bundle that stands here, in its words. */
  isOfBundle(ack: AuthorPart): boolean {
    const bundle = ack.of === undefined ? undefined : this.#known.get(ack.of);
    if (!bundle) return false;
    const { author, leaf } = bundle;
    return ack.commitment === leaf && ack.channel === author.channel && ack.book === author.book && ack.epoch === author.epoch;
  }

  /** What an acknowledgement that was taken at `at` brings: itself, and where it is the last that was wanting, the drop. */
  take(ack: AuthorPart, charter: Charter, at: Position): readonly Write[] {
    const seq = ack.of ?? -1;
    const bundle = this.#known.get(seq);
    if (!bundle) return [];
    bundle.devices.add(ack.device);
    const writes: Write[] = [{ t: "ack", log: this.#log, bundle: seq, device: ack.device }];
    if (bundle.settled || !isSettled(charter, bundle.devices, at)) return writes;
    bundle.settled = true;
    const spans = spansOf(bundle.author.covers ?? []);
    return [...writes, { t: "drop", log: this.#log, bundle: seq, channel: bundle.author.channel, spans }];
  }
}
