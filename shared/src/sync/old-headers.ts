import { z } from "zod";
import type { DeviceId, Hex32, LogId, MemberId } from "../base/ids.ts";
import { structCodec, zId, zText, zUint } from "../cbor/struct.ts";
import { oldHeaderOf, type OldHeader } from "../entry/again.ts";
import type { Header } from "../entry/header.ts";
import { prefix, type RowStore, type Write } from "../vault/row-store.ts";
import { keys } from "./rows.ts";

const header = {
  commitment: zId<Hex32>(),
  device: zId<DeviceId>(),
  seq: zUint(),
  channelSeq: zUint(),
  time: zUint(),
  relay: zText(255),
};
const oldCodec = structCodec(z.strictObject(header), 1_024);
const againCodec = structCodec(z.strictObject({ ...header, carrier: zId<DeviceId>(), at: zUint() }), 1_024);

/** An entry that was pushed again: its old header, and the device that pushed it now. */
export interface Again {
  readonly old: OldHeader;
  readonly carrier: DeviceId;
}

/**
 * Headers that entries had in a branch that was given up (rules C8j, C8k), and which entries of this log are those pushed again. An old header counts for what stands
 * after it, the first one for a commitment and a device alone.
 */
export class OldHeaderBook {
  readonly #log: LogId;
  /** What a fork goes on from. */
  readonly #before: OldHeaderBook | undefined;
  /** In a fork only what changed since. */
  readonly #known = new Map<Hex32, readonly { readonly old: OldHeader }[]>();
  readonly #again = new Map<number, Again>();
  readonly #writes: Write[] = [];

  private constructor(log: LogId, before?: OldHeaderBook) {
    this.#log = log;
    this.#before = before;
  }

  static async load(log: LogId, rows: RowStore): Promise<OldHeaderBook> {
    const book = new OldHeaderBook(log);
    for (const row of await rows.scan("log", prefix(keys.oldHeaders(log)))) {
      const old = oldCodec.decode(row.value);
      if (old.ok) book.#add(old.value);
    }
    for (const row of await rows.scan("log", prefix(keys.agains(log)))) {
      const again = againCodec.decode(row.value);
      if (!again.ok) continue;
      const { carrier, at, ...old } = again.value;
      book.#again.set(at, { old, carrier });
    }
    return book;
  }

  /** The same, to go on with; nothing of it changes this one before `kept`. */
  fork(): OldHeaderBook {
    return new OldHeaderBook(this.#log, this);
  }

  /** What the fork writes is durable: the book that it goes on from has it too. */
  kept(): void {
    const before = this.#before;
    if (!before) return;
    for (const [commitment, all] of this.#known) before.#known.set(commitment, all);
    for (const [seq, again] of this.#again) before.#again.set(seq, again);
  }

  #of(commitment: Hex32): readonly { readonly old: OldHeader }[] {
    return this.#known.get(commitment) ?? (this.#before ? this.#before.#of(commitment) : []);
  }

  /** What is new since the fork. */
  writes(): readonly Write[] {
    return this.#writes;
  }

  learn(headers: readonly OldHeader[]): void {
    for (const old of headers) {
      if (this.has(old.commitment, old.device)) continue;
      // Its number keeps their order: the first counts where none is of the carrier's member.
      const key = keys.oldHeader(this.#log, old.commitment, this.#add(old), old.device);
      this.#writes.push({ table: "log", key, value: oldCodec.encode(old) });
    }
  }

  /** Gives its number among those of its commitment. */
  #add(old: OldHeader): number {
    const known = this.#of(old.commitment);
    this.#known.set(old.commitment, [...known, { old }]);
    return known.length;
  }

  /**
   * An entry of changes as it is reached; where its old header is known it is one pushed again.
   * @param memberOf whose device it was at this place
   */
  reached({ author, relay }: Header, memberOf: (device: DeviceId) => MemberId | undefined): Again | undefined {
    const old = oldHeaderOf(this.#of(author.commitment), author.device, memberOf)?.old;
    if (!old) return undefined;
    const again: Again = { old, carrier: author.device };
    this.#again.set(relay.seq, again);
    const value = againCodec.encode({ ...old, carrier: again.carrier, at: relay.seq });
    this.#writes.push({ table: "log", key: keys.again(this.#log, relay.seq), value });
    return again;
  }

  /** What an entry of this log was before, if it was pushed again. */
  at(seq: number): Again | undefined {
    return this.#again.get(seq) ?? this.#before?.at(seq);
  }

  has(commitment: Hex32, device: DeviceId): boolean {
    return this.#of(commitment).some(({ old }) => old.device === device);
  }
}
