import { utf8 } from "../../base/bytes.ts";
import type { FileId, LogId, RecordId } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { prefix, type Write } from "../../vault/row-store.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import type { DraftText, HeldId, HeldState, HeldView, Sending, Sent, TakenBack } from "../held-view.ts";
import { MOST_OPEN_ASKS } from "../records/expenses.ts";
import type { Records } from "../records/records.ts";
import { actOf, idOf, settle, writeAct, writeNow } from "./act.ts";
import { heldToWrite, openHeld, sealHeld, sealShared, withoutHeld } from "./files.ts";
import { heldKeys, heldRowCodec, recordOf, type HeldFile, type HeldRow, type HeldRowAct } from "./row.ts";

interface Held {
  readonly log: LogId;
  readonly key: string;
  readonly row: HeldRow;
  /** Its time is over, or was never given. */
  isDue: boolean;
  /** Why it could not be written. */
  problem: ActError | undefined;
  /** Stops its time. */
  stop: () => void;
}

/**
 * What was sent and has not left the device (docs/architecture.md, rules U1 to U7). One step after another, so that nothing is taken back and
 * written at once. A lock waits until everything whose turn it is was written; what can't be stays in its row.
 */
export class HeldActs {
  readonly #core: ReplicaCore;
  readonly #records: Records;
  #all: Held[] = [];
  #last = 0;
  #steps: Promise<unknown> = Promise.resolve();
  #isLoaded = false;
  #isLooking = false;

  constructor(core: ReplicaCore, records: Records) {
    this.#core = core;
    this.#records = records;
    core.watch((patch) => {
      // An expense may have been answered, or a log may be open again: once for all that comes together.
      if (patch.topic === "expenses" || patch.topic === "households") this.#lookSoon();
    });
  }

  // ------------------------------------------------------------------------------------------------------------- the vault

  /** The vault was opened: what a crash or a kill left here has had its time. */
  async load(): Promise<void> {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    for (const { key, value } of (await this.#core.rows?.scan("draft", prefix(heldKeys.all))) ?? []) {
      const row = heldRowCodec.decode(value);
      const { log, n } = heldKeys.read(key);
      this.#last = Math.max(this.#last, n);
      // One of a newer version waits for that version; one that was sent before this was asked is known.
      if (!row.ok || this.#all.some((h) => h.key === key)) continue;
      this.#all.push({ log, key, row: row.value, isDue: true, problem: undefined, stop: () => undefined });
    }
    void this.#step(() => this.#writeDue());
  }

  /** The vault is about to be locked: nobody is there to take anything back. */
  leave(): Promise<void> {
    return this.#step(async () => {
      for (const held of this.#all) held.isDue = true;
      await this.#writeDue();
    });
  }

  forget(): void {
    for (const held of this.#all) held.stop();
    this.#all = [];
    this.#isLoaded = false;
  }

  // --------------------------------------------------------------------------------------------------------------- asked

  hold(what: Sending): Promise<Result<Sent, ActError>> {
    return this.#step(async () => {
      const open = this.#core.log(what.log);
      if (!open.ok) return open;
      if (what.do === "answer" && this.#all.some((h) => h.row.act.do === "answer" && h.row.act.expense === what.expense))
        return err({ code: "record-moved-on" });
      const act = settle(this.#records, open.value, what);
      if (!act.ok) return act;
      const window = open.value.session.identity.kind === "personal" ? 0 : this.#core.undoSeconds;
      const waits = this.#openBefore(open.value, what.log, act.value) !== undefined;
      if (window === 0 && !waits) {
        const written = await writeNow(this.#records, what);
        if (!written.ok) return written;
        this.#records.files.transferAll();
        return ok({ record: written.value });
      }
      const sealed = sealHeld(this.#records, what.log, what.files ?? []);
      return sealed.ok ? this.#keep(what.log, act.value, sealed.value, window) : sealed;
    });
  }

  /** A record of the personal log becomes one in the household: at once, and an expense that has to wait is held without an end (rule U7). */
  share(from: LogId, to: LogId, id: RecordId): Promise<Result<RecordId, ActError>> {
    return this.#step(async () => {
      const open = this.#core.log(to);
      if (!open.ok) return open;
      const before = this.#all.find(({ log, row: { act } }) => log === to && act.do === "expense" && act.shared?.record === id);
      if (before) return ok(recordOf(before.row.act));
      const what = await this.#records.toShare(from, id);
      if (!what.ok) return what;
      if (what.value.do === "message") return this.#records.share(to, what.value);
      const { origin, ...text } = what.value.ask;
      const record = this.#records.writer.newId(open.value.session);
      const act: HeldRowAct = { do: "expense", record, ...text, shared: { record: id, origin } };
      if (this.#openBefore(open.value, to, act) === undefined) return this.#records.share(to, what.value);
      const kept = await this.#keep(to, act, sealShared(this.#records, to, what.value.files), 0);
      return kept.ok ? ok(kept.value.record) : kept;
    });
  }

  /** Holds it for so many seconds, or longer where it has to wait. */
  async #keep(
    log: LogId,
    act: HeldRowAct,
    { rows, files }: { rows: Write[]; files: HeldFile[] },
    window: number,
  ): Promise<Result<Sent, ActError>> {
    const key = heldKeys.one(log, this.#last + 1);
    const row: HeldRow = { v: 1, at: this.#core.deps.ports.clock.now(), act, files };
    const held: Held = { log, key, row, isDue: false, problem: undefined, stop: () => undefined };
    const kept = await this.#core.add([...rows, { table: "draft", key, value: heldRowCodec.encode(row) }]);
    if (!kept.ok) return kept;
    this.#last++;
    this.#all.push(held);
    held.stop = this.#core.deps.ports.clock.after(window * 1000, () => {
      held.isDue = true;
      void this.#step(() => this.#writeDue());
    });
    this.#tell(held);
    return ok({ record: recordOf(act), held: idOf(act) });
  }

  held(log: LogId): readonly HeldView[] {
    return this.#all.flatMap((held): HeldView[] => {
      const { row } = held;
      if (held.log !== log) return [];
      const files = row.files.map(({ meta: { id, name, type, size } }) => ({ id, name, type, size, state: "here" as const }));
      return [{ id: idOf(row.act), log, at: row.at, act: actOf(row.act), files, state: this.#stateOf(held) }];
    });
  }

  takeBack(id: HeldId, drafts: readonly DraftText[]): Promise<Result<TakenBack, ActError>> {
    return this.#step(async () => {
      const held = this.#find(id);
      if (!held) return err({ code: "already-left" });
      const { row, log, key } = held;
      const files = await openHeld(this.#records, log, row.files);
      if (!files.ok) return files;
      const kept = await this.#core.add([
        { table: "draft", key, value: null },
        ...withoutHeld(log, row.files),
        ...drafts.map((d): Write => ({ table: "draft", key: d.key, value: d.text === "" ? null : utf8(d.text) })),
      ]);
      if (!kept.ok) return kept;
      this.#drop(held);
      return ok({ act: actOf(row.act), files: files.value });
    });
  }

  sendNow(id: HeldId): Promise<Result<void, ActError>> {
    return this.#step(async () => {
      const held = this.#find(id);
      if (!held) return ok(undefined);
      held.problem = undefined;
      if (this.#stateOf(held).why === "ten-open") return err({ code: "not-allowed" });
      held.isDue = true;
      return this.#write(held);
    });
  }

  /** The bytes of a file of something that is held; undefined where nothing held has it. */
  file(log: LogId, id: FileId): Promise<Result<Uint8Array, ActError>> | undefined {
    const found = this.#all.flatMap((h) => (h.log === log ? h.row.files : [])).find(({ meta }) => meta.id === id);
    return found && this.#records.files.unsent(log, found.meta);
  }

  // -------------------------------------------------------------------------------------------------------------- writing

  async #writeDue(): Promise<void> {
    for (const held of [...this.#all]) {
      const open = this.#core.log(held.log);
      // A log may be closed for a moment while this device takes another history.
      if (!open.ok || !held.isDue || held.problem || this.#openBefore(open.value, held.log, held.row.act) !== undefined) continue;
      await this.#write(held);
    }
  }

  async #write(held: Held): Promise<Result<void, ActError>> {
    const written = await this.#tryToWrite(held).catch((): Result<void, ActError> => err({ code: "internal" }));
    if (written.ok) {
      this.#drop(held);
      if (held.row.files.length > 0) this.#records.files.transferAll();
      return written;
    }
    held.problem = written.error;
    this.#tell(held);
    return written;
  }

  /** Record and end of the held row in one commit (rule U3). A defect in one must not keep the others from leaving, so it is caught above. */
  async #tryToWrite({ log, key, row }: Held): Promise<Result<void, ActError>> {
    const made = await heldToWrite(this.#records, log, row.files, [{ table: "draft", key, value: null }]);
    const written = made.ok ? await writeAct(this.#records, log, row.act, made.value) : made;
    return written.ok ? ok(undefined) : written;
  }

  /** How many expenses wait for the other parent before this one, where there are so many that it has to wait (rule U7). */
  #openBefore(open: OpenLog, log: LogId, act: HeldRowAct): number | undefined {
    if (act.do !== "expense" || open.session.identity.kind === "personal") return undefined;
    const at = this.#all.findIndex((h) => h.row.act === act);
    const before = this.#all
      .slice(0, at < 0 ? undefined : at)
      .filter((h) => h.log === log && h.row.act.do === "expense" && !h.problem).length;
    const asks = this.#records.expenses.openAsks(open);
    return asks + before >= MOST_OPEN_ASKS ? Math.max(asks, MOST_OPEN_ASKS) : undefined;
  }

  #stateOf(held: Held): HeldState {
    if (held.problem) return { why: "refused", error: held.problem };
    const open = this.#core.log(held.log);
    const asks = open.ok ? this.#openBefore(open.value, held.log, held.row.act) : undefined;
    return asks === undefined ? { why: "undo" } : { why: "ten-open", open: asks };
  }

  #find(id: HeldId): Held | undefined {
    return this.#all.find((h) => idOf(h.row.act) === id);
  }

  #drop(held: Held): void {
    held.stop();
    this.#all = this.#all.filter((h) => h !== held);
    this.#tell(held);
  }

  #tell({ log }: Held): void {
    this.#core.tell({ topic: "held", log });
  }

  #lookSoon(): void {
    if (this.#isLooking || this.#all.length === 0) return;
    this.#isLooking = true;
    this.#core.deps.ports.clock.after(0, () => {
      this.#isLooking = false;
      for (const log of new Set(this.#all.map((h) => h.log))) this.#core.tell({ topic: "held", log });
      void this.#step(() => this.#writeDue());
    });
  }

  #step<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#steps.then(work);
    this.#steps = run.catch(() => undefined);
    return run;
  }
}
