import { z } from "zod";
import type { DeviceId, LogId, Millis } from "../../base/ids.ts";
import { structCodec, zId, zUint } from "../../cbor/struct.ts";
import { parseSigned } from "../../charter/codec.ts";
import { deviceOf } from "../../charter/query.ts";
import { prefix } from "../../vault/row-store.ts";
import { keys, statementRowCodec } from "../../sync/rows.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { revokeIn } from "../people/leaving.ts";
import type { DeviceGroup } from "../secret-rows.ts";

/** A new device says so itself in a log, within this time after its statements were to be written. */
export const CONFIRM_WITHIN = 60 * 60_000;
const LOOK_EVERY = 10_000;

const rowCodec = structCodec(
  z.strictObject({
    v: z.literal(1),
    until: zUint(),
    failed: z.boolean(),
    devices: z
      .array(z.strictObject({ l: zId<LogId>(), d: zId<DeviceId>() }))
      .min(1)
      .max(32),
  }),
  8_192,
);

interface Row {
  readonly until: Millis;
  readonly failed: boolean;
  readonly devices: DeviceGroup;
}

const KEY = "linking/";

/**
 * Linkings whose statements were written, or were about to be, and of which the new device has not yet spoken. A row stands from before the first
 * push until the new device's own statement is in a log; where that never comes, or the linking failed, every device of it that got in is
 * removed again. So what a crash, a closed tab or a lost network leaves is either whole or gone.
 */
export class UnfinishedLinks {
  readonly #core: ReplicaCore;
  readonly #rows = new Map<string, Row>();
  /** Pushes that may still land. */
  readonly #underWay = new Map<string, number>();
  #isRunning = false;
  #stop: () => void = () => undefined;
  onFinished: (id: string) => void = () => undefined;

  constructor(core: ReplicaCore) {
    this.#core = core;
  }

  /** After the vault was opened. */
  async load(): Promise<void> {
    for (const row of (await this.#core.rows?.scan("secret", prefix(KEY))) ?? []) {
      const parsed = rowCodec.decode(row.value);
      if (parsed.ok) this.#rows.set(row.key.slice(KEY.length), parsed.value);
    }
    this.#again();
  }

  /** The vault closes. */
  forget(): void {
    this.#stop();
    this.#rows.clear();
    this.#underWay.clear();
  }

  /** Kept before anything is pushed. */
  async add(id: string, devices: DeviceGroup): Promise<boolean> {
    const kept = await this.#keep(id, { until: this.#core.deps.ports.clock.now() + CONFIRM_WITHIN, failed: false, devices });
    this.#again();
    return kept;
  }

  async underWay<T>(id: string, push: Promise<T>): Promise<T> {
    this.#underWay.set(id, (this.#underWay.get(id) ?? 0) + 1);
    try {
      return await push;
    } finally {
      this.#underWay.set(id, (this.#underWay.get(id) ?? 1) - 1);
    }
  }

  /** What got in of it is removed again. */
  async fail(id: string): Promise<void> {
    const row = this.#rows.get(id);
    if (row) await this.#keep(id, { ...row, failed: true });
    await this.look();
  }

  /** A new linking begins: earlier ones that the new device never confirmed are over. */
  async failAll(): Promise<void> {
    await this.look();
    for (const id of [...this.#rows.keys()]) await this.fail(id);
  }

  async look(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (const [id, row] of [...this.#rows]) await this.#settle(id, row);
    } finally {
      this.#isRunning = false;
    }
  }

  async #settle(id: string, row: Row): Promise<void> {
    if (await this.#hasSpoken(row)) {
      await this.#drop(id);
      this.onFinished(id);
      return;
    }
    const isOver = this.#core.deps.ports.clock.now() >= row.until;
    if (!row.failed && !isOver) return;
    let isGone = (this.#underWay.get(id) ?? 0) === 0;
    for (const { l, d } of row.devices) {
      const open = this.#core.logs.get(l);
      if (open?.session.link.state.state !== "live" || !open.session.charter) {
        isGone = false;
        continue;
      }
      const device = deviceOf(open.session.charter, d);
      // A push that this device knows nothing of any more, from before a restart, may still come into the log.
      if (!device) isGone &&= isOver || this.#underWay.has(id);
      else if (!device.revoked) isGone &&= (await revokeIn(this.#core, l, d)).ok;
    }
    if (isGone) await this.#drop(id);
  }

  /** Whether the new device has written a statement of its own. It can only once all of them had been written. */
  async #hasSpoken(row: Row): Promise<boolean> {
    for (const { l, d } of row.devices) {
      const open = this.#core.logs.get(l);
      if (open && (await this.#hasStatement(open, d))) return true;
    }
    return false;
  }

  async #hasStatement({ session }: OpenLog, device: DeviceId): Promise<boolean> {
    const known = session.charter && deviceOf(session.charter, device);
    if (!known || known.revoked) return false;
    const from = known.linked.seq;
    for (const stored of (await this.#core.rows?.scan("statement", prefix(keys.entries(session.log)))) ?? []) {
      const parsed = statementRowCodec.decode(stored.value);
      if (!parsed.ok || parsed.value.seq <= from) continue;
      const signed = parseSigned(parsed.value.bytes);
      if (signed.ok && signed.value.statement.by === device) return true;
    }
    return false;
  }

  async #keep(id: string, row: Row): Promise<boolean> {
    const kept = await this.#core.save(`${KEY}${id}`, rowCodec.encode({ v: 1, ...row, devices: [...row.devices] }), () => {
      this.#rows.set(id, row);
    });
    return kept.ok;
  }

  async #drop(id: string): Promise<void> {
    const dropped = await this.#core.rows?.commit([{ table: "secret", key: `${KEY}${id}`, value: null }]);
    if (!dropped?.ok) return;
    this.#rows.delete(id);
    this.#underWay.delete(id);
  }

  /** Looked at now and then for as long as there is one. */
  #again(): void {
    this.#stop();
    if (this.#rows.size === 0) return;
    this.#stop = this.#core.deps.ports.clock.after(LOOK_EVERY, () => {
      void this.look().then(() => {
        this.#again();
      });
    });
  }
}
