import { z } from "zod";
import type { LogId } from "../../base/ids.ts";
import { ok, type Result } from "../../base/result.ts";
import { structCodec, zText, zUint } from "../../cbor/struct.ts";
import { PROPOSAL_LIFE } from "../../charter/limits.ts";
import { prefix } from "../../vault/row-store.ts";
import type { ActError } from "../answer.ts";
import type { ReplicaCore } from "../core.ts";

const rowCodec = structCodec(
  z.strictObject({
    v: z.literal(1),
    address: zText(255),
    name: zText(255),
    /** `offered` and `consented`: what this device signed outside the log. `asked`: what it was shown there. */
    kind: z.enum(["offered", "consented", "asked"]),
    at: zUint(),
    /** The two of them have different histories: how much each has alone. */
    fork: z.strictObject({ theirs: zUint(), mine: zUint() }).optional(),
  }),
  1_000,
);
/** A move that is not in this device's log, since the relay that kept it is gone (rule C8e). */
export type MoveRow = ReturnType<typeof rowCodec.decode> extends Result<infer T, unknown> ? T : never;

const ROWS = "move/";
const rowKey = (log: LogId): string => `${ROWS}${log}`;

/** Moves that wait outside the logs, at most one for each. */
export class MoveRows {
  readonly #core: ReplicaCore;
  readonly #rows = new Map<LogId, MoveRow>();

  constructor(core: ReplicaCore) {
    this.#core = core;
  }

  async load(): Promise<void> {
    const found = (await this.#core.rows?.scan("secret", prefix(ROWS))) ?? [];
    for (const { key, value } of found) {
      const open = this.#core.logs.get(key.slice(ROWS.length) as LogId);
      const row = rowCodec.decode(value);
      if (open && row.ok) this.#rows.set(open.session.log, row.value);
    }
  }

  forget(): void {
    this.#rows.clear();
  }

  of(log: LogId): MoveRow | undefined {
    return this.#rows.get(log);
  }

  /** As of now. */
  keep(log: LogId, row: Omit<MoveRow, "v" | "at">): Promise<Result<void, ActError>> {
    return this.#put(log, { ...row, v: 1, at: this.#now() });
  }

  /** Whether what this device signed for another relay may still stand: an honest one consents to one only, since two consents would make two histories. */
  isBound({ kind, name, at }: MoveRow, relay: string): boolean {
    return kind !== "asked" && name !== relay && this.#now() - at < PROPOSAL_LIFE;
  }

  /** What was asked for elsewhere is done with. */
  async drop(log: LogId): Promise<Result<void, ActError>> {
    return this.#rows.has(log) ? this.#put(log, undefined) : ok(undefined);
  }

  #now(): number {
    return this.#core.deps.ports.clock.now();
  }

  async #put(log: LogId, row: MoveRow | undefined): Promise<Result<void, ActError>> {
    const kept = await this.#core.add([{ table: "secret", key: rowKey(log), value: row ? rowCodec.encode(row) : null }]);
    if (!kept.ok) return kept;
    if (row) this.#rows.set(log, row);
    else this.#rows.delete(log);
    this.#core.tell({ topic: "households" });
    return ok(undefined);
  }
}
