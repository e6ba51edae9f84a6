import { z } from "zod";
import type { LogId, Millis } from "../base/ids.ts";
import { structCodec, zText, zUint } from "../cbor/struct.ts";
import { openCosignatures, parseWitnessKey } from "../log/cosignature.ts";
import type { NoteKey } from "../log/note.ts";
import type { RowStore, Write } from "../vault/row-store.ts";
import type { Ports } from "./ports.ts";
import { keys } from "./rows.ts";
import type { Verified } from "./tail.ts";

/** A witness that the relay named: its key stays as it was first seen, and when that was. */
export interface Witnessed {
  readonly name: string;
  /** Verifier key. */
  readonly key: string;
  /** By this device's clock. */
  readonly since: Millis;
  /** The last checkpoint of this log that it cosigned, with its own time. */
  readonly seen?: { readonly size: number; readonly time: Millis };
}

interface Kept extends Witnessed {
  readonly note: NoteKey;
}

/** Witnesses that one log may have had; further ones are not believed. */
const MAX = 32;
const codec = structCodec(
  z.strictObject({
    v: z.literal(1),
    w: z.array(z.strictObject({ k: zText(400), s: zUint(), n: zUint().optional(), t: zUint().optional() })).max(MAX),
  }),
  65_536,
);

/**
 * The witnesses of one log as this device knows them (docs/relay.md, 'Witnesses'). The relay names them at sign-in; a name keeps the key under which
 * it was first seen, so that a relay cannot later put another in its place.
 */
export class WitnessBook {
  readonly #log: LogId;
  readonly #ports: Ports;
  #kept: readonly Kept[];

  private constructor(log: LogId, ports: Ports, kept: readonly Kept[]) {
    this.#log = log;
    this.#ports = ports;
    this.#kept = kept;
  }

  static async load(log: LogId, rows: RowStore, ports: Ports): Promise<WitnessBook> {
    const row = await rows.get("log", keys.state(log, "witnesses"));
    const read = row && codec.decode(row);
    const kept = read?.ok === true ? read.value.w : [];
    return new WitnessBook(
      log,
      ports,
      kept.flatMap(({ k, s, n, t }) => {
        const note = parseWitnessKey(k);
        return note
          ? [{ name: note.name, key: k, since: s, note, ...(n === undefined || t === undefined ? {} : { seen: { size: n, time: t } }) }]
          : [];
      }),
    );
  }

  get all(): readonly Witnessed[] {
    return this.#kept.map(({ name, key, since, seen }) => ({ name, key, since, ...(seen ? { seen } : {}) }));
  }

  get noteKeys(): readonly NoteKey[] {
    return this.#kept.map((w) => w.note);
  }

  /** Keys that the relay names: pinned at first sight; another key under a name that is known is not taken. */
  learn(named: readonly string[]): { readonly writes: readonly Write[]; readonly kept: () => void } {
    const at = this.#ports.clock.now();
    const fresh: Kept[] = [];
    for (const key of named) {
      const note = parseWitnessKey(key);
      if (!note || [...this.#kept, ...fresh].some((w) => w.name === note.name)) continue;
      fresh.push({ name: note.name, key, since: at, note });
    }
    return this.#replace(fresh.length === 0 ? undefined : [...this.#kept, ...fresh].slice(0, MAX));
  }

  /** A checkpoint that this device verified, with the lines that came with it. */
  saw(verified: Verified): { readonly writes: readonly Write[]; readonly kept: () => void } {
    const { size } = verified.checkpoint;
    const signed = openCosignatures(verified.note, this.noteKeys);
    if (signed.length === 0) return this.#replace(undefined);
    return this.#replace(
      this.#kept.map((w) => {
        const time = signed.find((s) => s.key === w.note)?.time;
        return time !== undefined && time >= (w.seen?.time ?? 0) ? { ...w, seen: { size, time } } : w;
      }),
    );
  }

  #replace(next: readonly Kept[] | undefined): { readonly writes: readonly Write[]; readonly kept: () => void } {
    if (!next) return { writes: [], kept: () => undefined };
    const w = next.map((k) => ({ k: k.key, s: k.since, ...(k.seen ? { n: k.seen.size, t: k.seen.time } : {}) }));
    return {
      writes: [{ table: "log", key: keys.state(this.#log, "witnesses"), value: codec.encode({ v: 1, w }) }],
      kept: () => {
        this.#kept = next;
      },
    };
  }
}
