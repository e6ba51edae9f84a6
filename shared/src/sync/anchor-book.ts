import { z } from "zod";
import type { LogId, Millis } from "../base/ids.ts";
import { structCodec, zText, zUint } from "../cbor/struct.ts";
import { OuterBounds, type Anchored } from "../entry/bounds.ts";
import type { RowStore, Write } from "../vault/row-store.ts";
import { keys } from "./rows.ts";

/** What an anchor entry says of one witness or authority. */
export interface LoggedAnchor extends Anchored {
  /** Relay time of the entry that carries it. */
  readonly logged?: Millis;
}

/** Daily for two decades. */
const MAX = 8_192;
const codec = structCodec(
  z.strictObject({
    v: z.literal(1),
    // `a` is an authority's name; where it is left out the key is a witness's, which has its name in it.
    a: z
      .array(z.strictObject({ s: zUint(), n: zUint(), t: zUint(), k: zText(400), r: zUint().optional(), a: zText(400).optional() }))
      .max(MAX),
  }),
  8_388_608,
);

/** The anchors of one log, in log order (rule L11). */
export class AnchorBook {
  readonly #log: LogId;
  #all: readonly LoggedAnchor[];
  #index: { readonly name: string; readonly of: OuterBounds } | undefined;

  private constructor(log: LogId, all: readonly LoggedAnchor[]) {
    this.#log = log;
    this.#all = all;
  }

  static async load(log: LogId, rows: RowStore): Promise<AnchorBook> {
    const row = await rows.get("log", keys.state(log, "anchors"));
    const read = row && codec.decode(row);
    const all =
      read?.ok === true
        ? read.value.a.map(({ s, n, t, k, r, a }): LoggedAnchor => ({
            ...{ seq: s, size: n, time: t, key: k, kind: a === undefined ? "cosignature" : "timestamp", name: a ?? witnessName(k) },
            ...(r === undefined ? {} : { logged: r }),
          }))
        : [];
    return new AnchorBook(log, all);
  }

  get last(): LoggedAnchor | undefined {
    return this.#all.at(-1);
  }

  /** The latest moment that one of these keys stands for; 0 where none does. */
  lastOf(believed: ReadonlySet<string>): Millis {
    return this.#all.reduce((last, a) => (believed.has(a.key) ? Math.max(last, a.time) : last), 0);
  }

  add(fresh: readonly LoggedAnchor[]): { readonly writes: readonly Write[]; readonly kept: () => void } {
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
            a: all.map((a) => ({
              ...{ s: a.seq, n: a.size, t: a.time, k: a.key },
              ...(a.logged === undefined ? {} : { r: a.logged }),
              ...(a.kind === "timestamp" ? { a: a.name } : {}),
            })),
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
   * @param believed keys that this device pinned itself
   * @param until only those that were in the log by this relay time (rule L6b)
   */
  bounds(believed: ReadonlySet<string>, until: Millis = Infinity): OuterBounds {
    const name = `${[...believed].sort().join(" ")} ${String(until)}`;
    const isThere = (a: LoggedAnchor): boolean => believed.has(a.key) && (a.logged ?? a.time) <= until;
    if (this.#index?.name !== name) this.#index = { name, of: new OuterBounds(this.#all.filter(isThere)) };
    return this.#index.of;
  }
}

/** The name in front of a verifier key. */
const witnessName = (key: string): string => key.slice(0, Math.max(0, key.indexOf("+")));
