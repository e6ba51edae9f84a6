import { z } from "zod";
import type { Hex32, LogId, Millis } from "../base/ids.ts";
import { structCodec, zBytes, zId, zText, zUint } from "../cbor/struct.ts";
import type { Timestamp, TimestampCode } from "../crypto/timestamp.ts";
import { LIMITS } from "../base/limits.ts";
import type { RowStore, Write } from "../vault/row-store.ts";
import { keys } from "./rows.ts";

/** A time-stamp authority whose word came to this device by its relay, or that the device asked itself: its certificate, and since when. */
export interface Stamped {
  /** By its own certificate. */
  readonly name: string;
  /** SHA-256 of the certificate. */
  readonly certificate: Hex32;
  /** By this device's clock. */
  readonly since: Millis;
  /** The last checkpoint of this log that it stamped, with its own time. */
  readonly seen: { readonly size: number; readonly time: Millis };
}

/** A stamped checkpoint that no anchor of the log holds yet. */
export interface PendingStamp {
  readonly note: string;
  readonly token: Uint8Array;
  readonly time: Millis;
}

/** Why the last answer was not kept. */
export type StampRefusal = TimestampCode | "stamp-unreachable" | "stamp-checkpoint" | "stamp-size";
export interface StampProblem {
  readonly at: Millis;
  readonly code: StampRefusal;
}

type Change = { readonly writes: readonly Write[]; readonly kept: () => void };
interface State {
  readonly known: readonly Stamped[];
  readonly pending?: PendingStamp;
}

/** Authorities renew their certificates yearly or so; further ones are not believed. */
const MAX = 32;
const codec = structCodec(
  z.strictObject({
    v: z.literal(1),
    a: z.array(z.strictObject({ c: zId<Hex32>(), a: zText(400), s: zUint(), n: zUint(), t: zUint() })).max(MAX),
    p: z.strictObject({ n: zText(LIMITS.note), k: zBytes(LIMITS.token), t: zUint() }).optional(),
  }),
  65_536,
);

/** What time-stamp authorities said of one log to this device (rule L11). */
export class StampBook {
  readonly #log: LogId;
  #state: State;
  /** Not kept: it is what the screen says until the next answer. */
  problem: StampProblem | undefined;

  private constructor(log: LogId, state: State) {
    this.#log = log;
    this.#state = state;
  }

  static async load(log: LogId, rows: RowStore): Promise<StampBook> {
    const row = await rows.get("log", keys.state(log, "stamps"));
    const read = row && codec.decode(row);
    if (read?.ok !== true) return new StampBook(log, { known: [] });
    const { a, p } = read.value;
    const known = a.map((k): Stamped => ({ certificate: k.c, name: k.a, since: k.s, seen: { size: k.n, time: k.t } }));
    return new StampBook(log, { known, ...(p ? { pending: { note: p.n, token: p.k, time: p.t } } : {}) });
  }

  get all(): readonly Stamped[] {
    return this.#state.known;
  }

  get pending(): PendingStamp | undefined {
    return this.#state.pending;
  }

  /** A checkpoint of this log with a token that holds. An older one than what is known changes nothing. */
  took(note: string, size: number, token: Uint8Array, stamp: Timestamp, now: Millis): Change {
    this.problem = undefined;
    const { certificate, authority: name, time } = stamp;
    const old = this.#state.known.find((k) => k.certificate === certificate);
    if ((old && time <= old.seen.time) || (!old && this.#state.known.length >= MAX)) return { writes: [], kept: () => undefined };
    const known = [
      ...this.#state.known.filter((k) => k !== old),
      { certificate, name: old?.name ?? name, since: old?.since ?? now, seen: { size, time } },
    ];
    return this.#replace({ known, pending: { note, token, time } });
  }

  /** It goes into the log. */
  anchored(): Change {
    return this.#replace({ known: this.#state.known });
  }

  #replace(next: State): Change {
    const a = next.known.map((k) => ({ c: k.certificate, a: k.name, s: k.since, n: k.seen.size, t: k.seen.time }));
    const { pending } = next;
    const p = pending ? { p: { n: pending.note, k: pending.token, t: pending.time } } : {};
    return {
      writes: [{ table: "log", key: keys.state(this.#log, "stamps"), value: codec.encode({ v: 1, a, ...p }) }],
      kept: () => {
        this.#state = next;
      },
    };
  }
}
