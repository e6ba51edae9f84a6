import { z } from "zod";
import type { LogId, Millis } from "../base/ids.ts";
import { structCodec, zText, zUint } from "../cbor/struct.ts";
import { BoundIndex, type Bound } from "../entry/bounds.ts";
import type { RowStore, Write } from "../vault/row-store.ts";
import { keys } from "./rows.ts";

/** What an anchor entry says of one witness. */
export interface Anchored extends Bound {
  /** Verifier key; the time is by that witness's own clock. */
  readonly key: string;
  /** Relay time of the entry that carries it. */
  readonly logged?: Millis;
}

/** Daily for two decades. */
const MAX = 8_192;
const codec = structCodec(
  z.strictObject({
    v: z.literal(1),
    a: z.array(z.strictObject({ s: zUint(), n: zUint(), t: zUint(), k: zText(400), r: zUint().optional() })).max(MAX),
  }),
  4_194_304,
);

/** The anchors of one log, in log order (rule L11). */
export class AnchorBook {
  readonly #log: LogId;
  #all: readonly Anchored[];
  #index: { readonly name: string; readonly of: BoundIndex<Anchored> } | undefined;

  private constructor(log: LogId, all: readonly Anchored[]) {
    this.#log = log;
    this.#all = all;
  }

  static async load(log: LogId, rows: RowStore): Promise<AnchorBook> {
    const row = await rows.get("log", keys.state(log, "anchors"));
    const read = row && codec.decode(row);
    const all =
      read?.ok === true
        ? read.value.a.map((a) => ({ seq: a.s, size: a.n, time: a.t, key: a.k, ...(a.r === undefined ? {} : { logged: a.r }) }))
        : [];
    return new AnchorBook(log, all);
  }

  get last(): Anchored | undefined {
    return this.#all.at(-1);
  }

  add(fresh: readonly Anchored[]): { readonly writes: readonly Write[]; readonly kept: () => void } {
    const news = fresh.filter((f) => !this.#all.some((a) => a.seq === f.seq && a.key === f.key));
    if (news.length === 0) return { writes: [], kept: () => undefined };
    const all = [...this.#all, ...news].sort((a, b) => a.seq - b.seq).slice(-MAX);
    return {
      writes: [
        {
          table: "log",
          key: keys.state(this.#log, "anchors"),
          value: codec.encode({
            v: 1,
            a: all.map((a) => ({ s: a.seq, n: a.size, t: a.time, k: a.key, ...(a.logged === undefined ? {} : { r: a.logged }) })),
          }),
        },
      ],
      kept: () => {
        this.#all = all;
        this.#index = undefined;
      },
    };
  }

  /**
   * What anchors bound, of those whose keys are believed.
   * @param believed verifier keys that this device pinned itself
   * @param until only those that were in the log by this relay time (rule L6b)
   */
  bounds(believed: ReadonlySet<string>, until: Millis = Infinity): BoundIndex<Anchored> {
    const name = `${[...believed].sort().join(" ")} ${String(until)}`;
    const isThere = (a: Anchored): boolean => believed.has(a.key) && (a.logged ?? a.time) <= until;
    if (this.#index?.name !== name) this.#index = { name, of: new BoundIndex(this.#all.filter(isThere)) };
    return this.#index.of;
  }
}
