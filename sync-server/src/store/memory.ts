import { equalBytes } from "@countersign/shared/base/bytes";
import type { DeviceId, FileId, Hex32, LogId, MemberId, Millis } from "@countersign/shared/base/ids";
import type { EntryChannel } from "@countersign/shared/base/channels";
import type { MailboxId } from "@countersign/shared/wire/messages";
import {
  pageCost,
  type BundleRecord,
  type EntryOutline,
  type FileRecord,
  type MailboxState,
  type MailItem,
  type Milestone,
  type PageItem,
  type RelayStore,
  type Stage,
  type StoredEntry,
  type Write,
} from "./store.ts";

/** What a test or the simulator does to a store. Each hook may reject, or wait, before the real thing happens. */
export interface StoreFaults {
  /** Before a batch is written. A rejection means that nothing of it is kept. */
  beforeCommit?(writes: readonly Write[]): Promise<void> | void;
  /** After a batch is kept, before its writer hears of it: a rejection is the acknowledgement that got lost. */
  afterCommit?(writes: readonly Write[]): Promise<void> | void;
  beforeRead?(): Promise<void> | void;
}

interface LogTable {
  keySeed: Uint8Array;
  entries: StoredEntry[];
  ids: Map<Hex32, number>;
  acks: Map<number, readonly DeviceId[]>;
  milestones: { milestone: Milestone; state: Uint8Array }[];
  files: Map<FileId, FileRecord>;
  recovery: readonly Hex32[];
  stage?: Stage;
}

const emptyTable = (keySeed: Uint8Array): LogTable => ({
  keySeed,
  entries: [],
  ids: new Map(),
  acks: new Map(),
  milestones: [],
  files: new Map(),
  recovery: [],
});

/** Everything in memory. For tests and the simulator; `restart` is in how they use it: the store outlives the relay that crashed. */
export class MemoryStore implements RelayStore {
  faults: StoreFaults = {};
  readonly #logs = new Map<LogId, LogTable>();
  readonly #mail = new Map<MailboxId, { item: MailItem; time: Millis }[]>();
  #time = 0;

  /** Everything that was committed so far, as a store of its own: what the simulator starts schedules from. */
  copy(): MemoryStore {
    const next = new MemoryStore();
    for (const [log, t] of this.#logs)
      next.#logs.set(log, {
        ...t,
        entries: [...t.entries],
        ids: new Map(t.ids),
        acks: new Map(t.acks),
        milestones: [...t.milestones],
        files: new Map(t.files),
      });
    for (const [box, items] of this.#mail) next.#mail.set(box, [...items]);
    next.#time = this.#time;
    return next;
  }

  async commit(writes: readonly Write[]): Promise<void> {
    await this.faults.beforeCommit?.(writes);
    this.#check(writes);
    for (const write of writes) this.#write(write);
    await this.faults.afterCommit?.(writes);
  }

  async log(log: LogId): ReturnType<RelayStore["log"]> {
    const table = await this.#table(log);
    return table && { log, keySeed: table.keySeed, size: table.entries.length, ...(table.stage ? { stage: table.stage } : {}) };
  }

  async logsOfRecoveryKey(key: Hex32): Promise<readonly LogId[]> {
    await this.faults.beforeRead?.();
    return [...this.#logs]
      .filter(([, table]) => table.recovery.includes(key))
      .map(([log]) => log)
      .slice(0, 64);
  }

  async charter(log: LogId): Promise<readonly StoredEntry[]> {
    return ((await this.#table(log))?.entries ?? []).filter((e) => e.channel === "charter");
  }

  async outline(log: LogId, from: number): Promise<readonly EntryOutline[]> {
    return ((await this.#table(log))?.entries ?? []).slice(from);
  }

  async leaves(log: LogId, from: number, to: number): Promise<readonly Uint8Array[]> {
    return ((await this.#table(log))?.entries ?? []).slice(from, to).map((e) => e.leaf);
  }

  async milestones(log: LogId): Promise<readonly Milestone[]> {
    return ((await this.#table(log))?.milestones ?? []).map((m) => m.milestone);
  }

  async lastMilestone(log: LogId): ReturnType<RelayStore["lastMilestone"]> {
    return (await this.#table(log))?.milestones.at(-1);
  }

  async page(log: LogId, from: number, limit: number, bytes: number, readable: ReadonlySet<EntryChannel>): Promise<readonly PageItem[]> {
    const items: PageItem[] = [];
    let sum = 0;
    for (const e of ((await this.#table(log))?.entries ?? []).slice(from, from + limit)) {
      const shown = readable.has(e.channel);
      sum += shown ? pageCost(e.body?.length ?? 0) : 34;
      if (items.length > 0 && sum > bytes) break;
      items.push(shown ? e : { seq: e.seq, leaf: e.leaf, author: null });
    }
    return items;
  }

  async bundle(log: LogId, seq: number): Promise<BundleRecord | undefined> {
    const table = await this.#table(log);
    const entry = table?.entries[seq];
    return entry && { author: entry.author, leaf: entry.leaf, acks: table.acks.get(seq) ?? [] };
  }

  async bodyless(log: LogId): Promise<readonly number[]> {
    return ((await this.#table(log))?.entries ?? []).filter((e) => e.body === null && e.bundle === null).map((e) => e.seq);
  }

  async stages(): ReturnType<RelayStore["stages"]> {
    await this.faults.beforeRead?.();
    return [...this.#logs]
      .flatMap(([log, { stage }]) => (stage ? [{ log, touched: stage.touched, floor: stage.floor }] : []))
      .sort((a, b) => a.touched - b.touched);
  }

  async find(log: LogId, id: Hex32, author: Uint8Array): Promise<number | undefined> {
    const table = await this.#table(log);
    const seq = table?.ids.get(id);
    const entry = seq === undefined ? undefined : table?.entries[seq];
    return entry && equalBytes(entry.author, author) ? seq : undefined;
  }

  async mail(box: MailboxId, after: number, limit: number): Promise<readonly MailItem[]> {
    await this.faults.beforeRead?.();
    return (this.#mail.get(box) ?? [])
      .filter(({ item }) => item.n > after)
      .slice(0, limit)
      .map(({ item }) => item);
  }

  async mailbox(box: MailboxId): Promise<MailboxState> {
    await this.faults.beforeRead?.();
    const items = this.#mail.get(box) ?? [];
    return { last: items.at(-1)?.item.n ?? 0, items: items.length, bytes: items.reduce((sum, { item }) => sum + item.m.length, 0) };
  }

  async mailTotal(): Promise<number> {
    await this.faults.beforeRead?.();
    return [...this.#mail.values()].flat().reduce((sum, { item }) => sum + item.m.length, 0);
  }

  async file(log: LogId, file: FileId): Promise<FileRecord | undefined> {
    return (await this.#table(log))?.files.get(file);
  }

  async fileBytes(log: LogId): Promise<ReadonlyMap<MemberId, number>> {
    const sums = new Map<MemberId, number>();
    for (const record of (await this.#table(log))?.files.values() ?? [])
      sums.set(record.member, (sums.get(record.member) ?? 0) + record.length);
    return sums;
  }

  async lastTime(): Promise<Millis> {
    await this.faults.beforeRead?.();
    return this.#time;
  }

  async healthy(): Promise<boolean> {
    try {
      await this.faults.beforeRead?.();
      return true;
    } catch {
      return false;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #table(log: LogId): Promise<LogTable | undefined> {
    await this.faults.beforeRead?.();
    return this.#logs.get(log);
  }

  #must(log: LogId): LogTable {
    const table = this.#logs.get(log);
    if (!table) throw new Error("a write names a log that is not there");
    return table;
  }

  /** The rules that a database's unique indexes hold, looked at before anything is written. */
  #check(writes: readonly Write[]): void {
    const sizes = new Map<LogId, Set<number>>();
    const fresh = new Set<LogId>();
    const gone = new Set<LogId>();
    for (const write of writes) {
      if (write.t === "log") {
        if (this.#logs.has(write.log) || fresh.has(write.log)) throw new Error("the log is there already");
        fresh.add(write.log);
      } else if (write.t === "stage") {
        fresh.add(write.log);
      } else if (write.t === "unstage") {
        sizes.set(write.log, new Set());
        gone.add(write.log);
      } else if (write.t === "entry") {
        const seen = sizes.get(write.log) ?? new Set();
        const before = gone.has(write.log) ? undefined : this.#logs.get(write.log);
        if (seen.has(write.entry.seq) || before?.entries[write.entry.seq]) throw new Error("the position is taken");
        sizes.set(write.log, seen.add(write.entry.seq));
      } else if (write.t === "mail" && this.#mail.get(write.box)?.some(({ item }) => item.n === write.item.n)) {
        throw new Error("the mail number is taken");
      }
      if ("log" in write && !fresh.has(write.log)) this.#must(write.log);
    }
  }

  #write(write: Write): void {
    switch (write.t) {
      case "time":
        this.#time = Math.max(this.#time, write.time);
        return;
      case "log":
        this.#logs.set(write.log, emptyTable(write.keySeed));
        return;
      case "stage": {
        const table = this.#logs.get(write.log) ?? emptyTable(write.keySeed);
        this.#logs.set(write.log, { ...table, stage: write.stage });
        return;
      }
      case "stage-end":
        delete this.#must(write.log).stage;
        return;
      case "unstage":
        this.#logs.delete(write.log);
        return;
      case "log-key":
        this.#must(write.log).keySeed = write.keySeed;
        return;
      case "entry":
        this.#must(write.log).entries[write.entry.seq] = write.entry;
        this.#must(write.log).ids.set(write.id, write.entry.seq);
        return;
      case "ack": {
        const { acks } = this.#must(write.log);
        acks.set(write.bundle, [...new Set([...(acks.get(write.bundle) ?? []), write.device])]);
        return;
      }
      case "drop": {
        const { entries, acks } = this.#must(write.log);
        for (const { from, count } of write.spans)
          for (let seq = from; seq < from + count; seq++) {
            const entry = entries[seq];
            if (entry?.channel === write.channel && entry.bundle === null && !acks.has(seq))
              entries[seq] = { ...entry, body: null, bundle: write.bundle };
          }
        return;
      }
      case "milestone":
        this.#must(write.log).milestones.push({ milestone: write.milestone, state: write.state });
        return;
      case "recovery":
        this.#must(write.log).recovery = write.keys;
        return;
      case "mail":
        this.#mail.set(write.box, [...(this.#mail.get(write.box) ?? []), { item: write.item, time: write.time }]);
        return;
      case "mail-expire":
        for (const [box, items] of this.#mail) {
          const kept = items.filter(({ time }) => time >= write.before);
          if (kept.length > 0) this.#mail.set(box, kept);
          else this.#mail.delete(box);
        }
        return;
      case "file":
        this.#must(write.log).files.set(write.record.file, write.record);
        return;
    }
  }
}
