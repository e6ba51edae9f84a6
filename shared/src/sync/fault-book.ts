import { equalBytes, fromUtf8, toHex, utf8 } from "../base/bytes.ts";
import type { DeviceId, LogId } from "../base/ids.ts";
import { prefix, type RowStore, type Write } from "../vault/row-store.ts";
import type { Ports } from "./ports.ts";
import type { EntryFault, OthersNote } from "./entry-run.ts";
import { ownRow } from "./own-entries.ts";
import { faultRowCodec, historyRowCodec, keys, type FaultRow } from "./rows.ts";
import type { LogTail, TailFault } from "./tail.ts";

const EVIDENCE_MAX = 16;

/**
 * What proofs contradicted, for ever, with the evidence. Every checkpoint that another device verified is held against this device's own log
 * here: that is how two histories told to two parents are found (rule L6).
 */
export class FaultBook {
  readonly #log: LogId;
  readonly #ports: Ports;
  readonly #rows: FaultRow[] = [];
  /** Checkpoints of others that are ahead of this device: size, root, note. */
  #ahead: { readonly size: number; readonly root: Uint8Array; readonly note: string }[] = [];

  private constructor(log: LogId, ports: Ports) {
    this.#log = log;
    this.#ports = ports;
  }

  static async load(log: LogId, rows: RowStore, ports: Ports): Promise<FaultBook> {
    const book = new FaultBook(log, ports);
    for (const row of await rows.scan("fault", prefix(keys.faults(log)))) {
      const parsed = faultRowCodec.decode(row.value);
      if (parsed.ok) book.#rows.push(parsed.value);
    }
    return book;
  }

  get all(): readonly FaultRow[] {
    return this.#rows;
  }

  /** Whether this relay showed two histories: what is kept of it holds its notes. */
  hasForkOf(relayName: string): boolean {
    const origin = `${relayName}/${this.#log}\n`;
    return this.#rows.some(
      (f) => f.device === null && f.code === "relay-fork" && f.evidence.some((e) => fromUtf8(e)?.startsWith(origin) === true),
    );
  }

  /** @param proof the portable proof, where there is one */
  ofRelay(
    fault: TailFault,
    note: string | undefined,
    proof?: Uint8Array,
  ): { readonly writes: readonly Write[]; readonly kept: () => void } {
    const evidence = [...fault.evidence.slice(0, EVIDENCE_MAX), ...(note === undefined ? [] : [utf8(note)])];
    return this.#add([{ code: fault.code, device: null, seq: fault.seq, evidence, ...(proof ? { proof } : {}) }]);
  }

  ofEntries(faults: readonly EntryFault[]): { readonly writes: readonly Write[]; readonly kept: () => void } {
    return this.#add(faults.map((f) => ({ code: f.code, device: f.device, seq: f.seq, evidence: f.evidence.slice(0, EVIDENCE_MAX) })));
  }

  #add(faults: readonly { code: string; device: DeviceId | null; seq: number; evidence: readonly Uint8Array[]; proof?: Uint8Array }[]): {
    readonly writes: readonly Write[];
    readonly kept: () => void;
  } {
    const at = this.#ports.clock.now();
    const fresh = faults.filter((f) => !this.#rows.some((r) => r.code === f.code && r.seq === f.seq && r.device === f.device));
    const rows = fresh.map((f): FaultRow => ({ ...f, id: toHex(this.#ports.random(16)), at, evidence: [...f.evidence] }));
    return {
      writes: rows.flatMap((r): Write[] => [
        { table: "fault", key: keys.fault(this.#log, r.id), value: faultRowCodec.encode(r) },
        {
          table: "history",
          key: keys.history(this.#log, `q${r.id}`),
          value: historyRowCodec.encode({
            type: "fault",
            what: `fault.${r.code}`,
            ...(r.device ? { device: r.device } : {}),
            claimed: at,
            ...(r.seq === null ? {} : { seq: r.seq }),
          }),
        },
      ]),
      kept: () => {
        this.#rows.push(...rows);
      },
    };
  }

  /** Holds others' checkpoints against the own log; those from ahead wait until this device has come so far. */
  async compare(notes: readonly OthersNote[], tail: LogTail, rows: RowStore): Promise<TailFault | undefined> {
    const all = [...this.#ahead, ...notes];
    this.#ahead = [];
    const seen = new Set<string>();
    for (const n of all) {
      const name = `${String(n.size)}/${toHex(n.root)}`;
      if (seen.has(name)) continue;
      seen.add(name);
      if (n.size > tail.size) {
        this.#ahead.push(n);
        continue;
      }
      const mine = n.size === tail.size ? tail.root() : await rootAt(this.#log, n.size, rows);
      if (mine && !equalBytes(mine, n.root)) return { code: "relay-fork", seq: n.size, evidence: [utf8(n.note)] };
    }
    return undefined;
  }
}

/** This device's own root of the first `size` entries. */
async function rootAt(log: LogId, size: number, rows: RowStore): Promise<Uint8Array | undefined> {
  if (size === 0) return undefined;
  return (await ownRow(rows, log, size - 1))?.root;
}
