import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { toId } from "@countersign/shared/base/bytes";
import type { DeviceId, FileId, Hex32, LogId, MemberId } from "@countersign/shared/base/ids";
import type { EntryChannel } from "@countersign/shared/base/channels";
import type { MailboxId } from "@countersign/shared/wire/messages";
import type { RelayStore, StoredEntry, Write } from "./store.ts";

const id = <T extends Hex32>(fill: number): T => toId<T>(new Uint8Array(32).fill(fill));
const LOG = id<LogId>(1);
const OTHER = id<LogId>(2);
const BOX = id<MailboxId>(9);
const MEMBER = id<MemberId>(5);

export function storedEntry(seq: number, channel: EntryChannel, body = new Uint8Array(100).fill(seq)): StoredEntry {
  return {
    seq,
    channel,
    channelSeq: seq,
    time: 1_700_000_000_000 + seq,
    device: id<DeviceId>(7),
    leaf: new Uint8Array(32).fill(seq),
    bodyLength: body.length,
    author: Uint8Array.of(1, seq, 3),
    relay: Uint8Array.of(2, seq),
    body,
    bundle: null,
  };
}

const entryWrite = (log: LogId, entry: StoredEntry): Write => ({ t: "entry", log, id: id<Hex32>(entry.seq + 100), entry });
const logWrite = (log: LogId): Write => ({ t: "log", log, keySeed: new Uint8Array(32).fill(4), time: 5 });
const everything = new Set<EntryChannel>(["messages", "charter", "expenses"]);

/** What every store must do. `open` is called with the same place twice to see what survived; `wipe` ends a test. */
export function storeContract(name: string, place: { open(): Promise<RelayStore>; wipe(): Promise<void> }): void {
  describe(`store: ${name}`, () => {
    let store: RelayStore;
    beforeEach(async () => {
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.wipe();
    });
    const reopen = async (): Promise<void> => {
      await store.close();
      store = await place.open();
    };

    test("[W2] what was committed is there after opening again", async () => {
      await store.commit([
        logWrite(LOG),
        entryWrite(LOG, storedEntry(0, "charter")),
        entryWrite(LOG, storedEntry(1, "messages")),
        { t: "time", time: 77 },
      ]);
      await reopen();
      expect(await store.log(LOG)).toEqual({ log: LOG, keySeed: new Uint8Array(32).fill(4), size: 2 });
      expect(await store.page(LOG, 0, 10, 1e6, everything)).toEqual([storedEntry(0, "charter"), storedEntry(1, "messages")]);
      expect(await store.charter(LOG)).toEqual([storedEntry(0, "charter")]);
      expect(await store.lastTime()).toBe(77);
    });

    test("[W2] a batch that fails leaves nothing, whatever logs it touched", async () => {
      await store.commit([logWrite(LOG), entryWrite(LOG, storedEntry(0, "charter"))]);
      const batch = [entryWrite(LOG, storedEntry(1, "messages")), logWrite(OTHER), entryWrite(LOG, storedEntry(0, "messages"))];
      await expect(store.commit(batch)).rejects.toThrow();
      expect((await store.log(LOG))?.size).toBe(1);
      expect(await store.log(OTHER)).toBeUndefined();
      await store.commit([logWrite(OTHER), entryWrite(LOG, storedEntry(1, "messages"))]);
      expect((await store.log(LOG))?.size).toBe(2);
    });

    test("[L0a] a position is taken once", async () => {
      await store.commit([logWrite(LOG), entryWrite(LOG, storedEntry(0, "charter"))]);
      await expect(store.commit([entryWrite(LOG, storedEntry(0, "messages"))])).rejects.toThrow();
      await expect(store.commit([logWrite(LOG)])).rejects.toThrow();
    });

    test("[W3] a page keeps to its limits, has one entry at least, and hides what may not be read", async () => {
      const channels: EntryChannel[] = ["charter", "messages", "expenses", "messages"];
      await store.commit([logWrite(LOG), ...channels.map((c, i) => entryWrite(LOG, storedEntry(i, c, new Uint8Array(1_000).fill(i))))]);
      const seqs = async (from: number, limit: number, bytes: number): Promise<number[]> =>
        (await store.page(LOG, from, limit, bytes, everything)).map((e) => e.seq);
      expect(await seqs(0, 2, 1e6)).toEqual([0, 1]);
      expect(await seqs(1, 10, 1)).toEqual([1]);
      expect(await seqs(0, 10, 3_500)).toEqual([0, 1]);
      expect(await seqs(4, 10, 1e6)).toEqual([]);
      const page = await store.page(LOG, 0, 10, 1e6, new Set<EntryChannel>(["charter"]));
      expect(page.slice(1)).toEqual([1, 2, 3].map((seq) => ({ seq, leaf: new Uint8Array(32).fill(seq), author: null })));
    });

    test("[L3] an entry is found by its author part, in its own log only", async () => {
      const entry = storedEntry(0, "charter");
      await store.commit([logWrite(LOG), logWrite(OTHER), entryWrite(LOG, entry)]);
      expect(await store.find(LOG, id<Hex32>(100), entry.author)).toBe(0);
      expect(await store.find(LOG, id<Hex32>(100), Uint8Array.of(1))).toBeUndefined();
      expect(await store.find(LOG, id<Hex32>(101), entry.author)).toBeUndefined();
      expect(await store.find(OTHER, id<Hex32>(100), entry.author)).toBeUndefined();
    });

    test("[C8d] a log that is being moved here keeps its key and how far it has come, and ends as a log or as nothing", async () => {
      const stage = { touched: 9, floor: 0, note: null, offer: new Uint8Array() };
      const keySeed = new Uint8Array(32).fill(4);
      await store.commit([{ t: "stage", log: LOG, keySeed, stage }]);
      await store.commit([{ t: "stage", log: OTHER, keySeed, stage: { ...stage, touched: 8 } }]);
      const bare = { ...storedEntry(1, "messages"), body: null };
      const further = { ...stage, touched: 10, note: "a note", offer: Uint8Array.of(1) };
      await store.commit([
        entryWrite(LOG, storedEntry(0, "charter")),
        entryWrite(LOG, bare),
        // Its key is the one that was kept for it.
        { t: "stage", log: LOG, keySeed: new Uint8Array(32).fill(5), stage: further },
      ]);
      await reopen();
      expect(await store.log(LOG)).toEqual({ log: LOG, keySeed, size: 2, stage: further });
      expect(await store.page(LOG, 0, 10, 1e6, everything)).toEqual([storedEntry(0, "charter"), bare]);
      expect(await store.bodyless(LOG)).toEqual([1]);
      expect((await store.stages()).map((s) => [s.log, s.touched])).toEqual([
        [OTHER, 8],
        [LOG, 10],
      ]);
      await store.commit([{ t: "drop", log: LOG, bundle: 7, channel: "messages", spans: [{ from: 1, count: 1 }] }]);
      expect(await store.bodyless(LOG)).toEqual([]);
      await store.commit([
        { t: "stage-end", log: LOG },
        { t: "unstage", log: OTHER },
      ]);
      await reopen();
      expect(await store.stages()).toEqual([]);
      expect(await store.log(LOG)).toEqual({ log: LOG, keySeed, size: 2 });
      expect(await store.log(OTHER)).toBeUndefined();
      // What was there before is out of the way of what is begun anew.
      await store.commit([{ t: "stage", log: OTHER, keySeed, stage }, entryWrite(OTHER, storedEntry(0, "charter"))]);
      await store.commit([
        { t: "unstage", log: OTHER },
        { t: "stage", log: OTHER, keySeed, stage },
      ]);
      expect((await store.log(OTHER))?.size).toBe(0);
      await store.commit([entryWrite(OTHER, storedEntry(0, "charter"))]);
    });

    test("[L8e] dropped bodies stay dropped, of that channel alone; everything else of their entries stays", async () => {
      const channels: EntryChannel[] = ["charter", "messages", "messages", "expenses", "messages", "messages"];
      const entries = channels.map((c, i) => storedEntry(i, c));
      await store.commit([logWrite(LOG), logWrite(OTHER), ...entries.map((e) => entryWrite(LOG, e))]);
      await store.commit([entryWrite(OTHER, storedEntry(0, "messages")), entryWrite(OTHER, storedEntry(1, "messages"))]);
      const spans = [
        { from: 0, count: 2 },
        { from: 3, count: 2 },
      ];
      const drop = { t: "drop", log: LOG, bundle: 5, channel: "messages", spans } as const;
      await store.commit([drop]);
      const after = entries.map((e) => ([1, 4].includes(e.seq) ? { ...e, body: null, bundle: 5 } : e));
      expect(await store.page(LOG, 0, 10, 1e6, everything)).toEqual(after);
      await reopen();
      expect(await store.page(LOG, 0, 10, 1e6, everything)).toEqual(after);
      expect((await store.page(OTHER, 0, 10, 1e6, everything)).map((e) => e.author !== null && e.body?.length)).toEqual([100, 100]);
      expect((await store.outline(LOG, 0)).map((e) => e.bodyLength)).toEqual(channels.map(() => 100));
      expect(await store.find(LOG, id<Hex32>(101), entries[1]?.author ?? new Uint8Array())).toBe(1);
      // What was dropped for one bundle is not another's.
      await store.commit([{ ...drop, bundle: 3 }]);
      expect(await store.page(LOG, 0, 10, 1e6, everything)).toEqual(after);
      // What others hang on stays: a bundle that somebody acknowledged.
      await store.commit([
        { t: "ack", log: LOG, bundle: 5, device: id<DeviceId>(7) },
        { ...drop, bundle: 9, spans: [{ from: 5, count: 1 }] },
      ]);
      expect(await store.page(LOG, 0, 10, 1e6, everything)).toEqual(after);
      // A page counts what is there: two whole entries and one without its body.
      expect(await store.page(LOG, 1, 10, 2_350, everything)).toHaveLength(3);
    });

    test("[L8e] acknowledgements and the drop that they allow are one batch: all of it or nothing", async () => {
      const device = (n: number): DeviceId => id<DeviceId>(40 + n);
      await store.commit([logWrite(LOG), entryWrite(LOG, storedEntry(0, "messages")), entryWrite(LOG, storedEntry(1, "messages"))]);
      await store.commit([{ t: "ack", log: LOG, bundle: 1, device: device(1) }]);
      const batch: Write[] = [
        { t: "ack", log: LOG, bundle: 1, device: device(1) },
        { t: "ack", log: LOG, bundle: 1, device: device(2) },
        { t: "drop", log: LOG, bundle: 1, channel: "messages", spans: [{ from: 0, count: 1 }] },
      ];
      await expect(store.commit([...batch, entryWrite(LOG, storedEntry(1, "messages"))])).rejects.toThrow();
      const bare = storedEntry(1, "messages");
      expect(await store.bundle(LOG, 1)).toEqual({ author: bare.author, leaf: bare.leaf, acks: [device(1)] });
      expect(await store.page(LOG, 0, 1, 1e6, everything)).toEqual([storedEntry(0, "messages")]);
      await store.commit(batch);
      await reopen();
      expect((await store.bundle(LOG, 1))?.acks).toEqual([device(1), device(2)]);
      expect((await store.bundle(LOG, 0))?.acks).toEqual([]);
      expect(await store.bundle(LOG, 2)).toBeUndefined();
      expect(await store.page(LOG, 0, 1, 1e6, everything)).toEqual([{ ...storedEntry(0, "messages"), body: null, bundle: 1 }]);
    });

    test("[L4] outlines, leaves and milestones come in order", async () => {
      await store.commit([logWrite(LOG), ...[0, 1, 2].map((i) => entryWrite(LOG, storedEntry(i, "messages")))]);
      expect((await store.outline(LOG, 1)).map((e) => [e.seq, e.channel, e.bodyLength])).toEqual([
        [1, "messages", 100],
        [2, "messages", 100],
      ]);
      expect(await store.leaves(LOG, 1, 3)).toEqual([new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]);
      expect(await store.lastMilestone(LOG)).toBeUndefined();
      const milestones = [0, 1].map((index) => ({ index, node: new Uint8Array(32).fill(index) }));
      await store.commit(milestones.map((milestone) => ({ t: "milestone", log: LOG, milestone, state: Uint8Array.of(milestone.index) })));
      expect(await store.milestones(LOG)).toEqual(milestones);
      expect(await store.lastMilestone(LOG)).toEqual({ milestone: milestones[1], state: Uint8Array.of(1) });
    });

    test("[C9] recovery keys find their logs, and are replaced as a set", async () => {
      const [a, b] = [id<Hex32>(20), id<Hex32>(21)];
      await store.commit([
        logWrite(LOG),
        logWrite(OTHER),
        { t: "recovery", log: LOG, keys: [a, b] },
        { t: "recovery", log: OTHER, keys: [a] },
      ]);
      expect(await store.logsOfRecoveryKey(a)).toEqual([LOG, OTHER]);
      await store.commit([{ t: "recovery", log: LOG, keys: [b] }]);
      expect(await store.logsOfRecoveryKey(a)).toEqual([OTHER]);
      expect(await store.logsOfRecoveryKey(b)).toEqual([LOG]);
    });

    test("[C3] mail comes in order, after a number, and expires", async () => {
      const mail = (n: number, time: number): Write => ({ t: "mail", box: BOX, item: { n, m: Uint8Array.of(n, n) }, time });
      await store.commit([mail(1, 10), mail(2, 20), mail(3, 30)]);
      expect(await store.mailbox(BOX)).toEqual({ last: 3, items: 3, bytes: 6 });
      expect(await store.mailTotal()).toBe(6);
      expect((await store.mail(BOX, 1, 1)).map((i) => i.n)).toEqual([2]);
      expect(await store.mail(id<MailboxId>(10), 0, 9)).toEqual([]);
      await store.commit([{ t: "mail-expire", before: 25 }]);
      expect((await store.mail(BOX, 0, 9)).map((i) => i.n)).toEqual([3]);
      expect(await store.mailTotal()).toBe(2);
      await expect(store.commit([mail(3, 40)])).rejects.toThrow();
    });

    test("[W8] a file's length grows, and counts for its member", async () => {
      const record = { file: id<FileId>(30), member: MEMBER, total: 500, length: 100 };
      await store.commit([logWrite(LOG), { t: "file", log: LOG, record, time: 1 }]);
      await store.commit([{ t: "file", log: LOG, record: { ...record, length: 500 }, time: 2 }]);
      await store.commit([{ t: "file", log: LOG, record: { ...record, file: id<FileId>(31), length: 7 }, time: 2 }]);
      await reopen();
      expect(await store.file(LOG, record.file)).toEqual({ ...record, length: 500 });
      expect(await store.file(OTHER, record.file)).toBeUndefined();
      expect(await store.fileBytes(LOG)).toEqual(new Map([[MEMBER, 507]]));
    });
  });
}
