import { beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../test/random.ts";
import { toId } from "../base/bytes.ts";
import type { ChangeHash, ChannelKey, DeviceId, LogId, Signature } from "../base/ids.ts";
import { initCrypto } from "../crypto/init.ts";
import { signKeyPair, type SignKeyPair } from "../crypto/sign.ts";
import { openBody } from "../entry/body.ts";
import { authorPartId, parseAuthorPart } from "../entry/header.ts";
import type { Channel } from "../base/channels.ts";
import { MemoryStore } from "../vault/memory-store.ts";
import type { Write } from "../vault/row-store.ts";
import { Outbox } from "./outbox.ts";
import type { PendingChange } from "./rows.ts";

const LOG = "1f".repeat(32) as LogId;
const KEY = new Uint8Array(32).fill(8) as ChannelKey;
const random = seededRandom("outbox");
let keys: SignKeyPair;
let device: DeviceId;
beforeAll(async () => {
  await initCrypto();
  keys = signKeyPair(new Uint8Array(32).fill(1));
  device = toId<DeviceId>(keys.publicKey);
});

let n = 0;
const pending = (channel: Channel, size = 200): PendingChange => ({
  book: { channel, period: channel === "expenses" ? "2026" : "2026-03", shard: 0 },
  bytes: new Uint8Array(size).fill(n),
  signature: new Uint8Array(64) as Signature,
  hash: (n++).toString(16).padStart(64, "0") as ChangeHash,
  tag: { kind: "message", root: "r" },
  note: "note",
  files: [],
});

class Kept {
  readonly rows = new MemoryStore();
  box = Outbox.load(LOG, this.rows);

  async add(row: PendingChange): Promise<void> {
    const box = await this.box;
    const added = box.add(row);
    await this.keep([added.write], added.kept);
  }

  async keep(writes: readonly Write[], kept: () => void): Promise<void> {
    await this.rows.commit(writes);
    kept();
  }

  async seal(keyOf: (channel: Channel) => { epoch: number; key: ChannelKey } | undefined = () => ({ epoch: 0, key: KEY })): Promise<void> {
    const sealed = (await this.box).seal(device, keys.secretKey, keyOf, random);
    await this.keep(sealed.writes, sealed.kept);
  }

  restart(): void {
    this.box = Outbox.load(LOG, this.rows.reopened());
  }
}

const ids = (box: Outbox): string[] => box.sealed.map((s) => s.id);

describe("the outbox", () => {
  it("[L3] keeps what it sealed byte for byte over a restart, until the log has it", async () => {
    const kept = new Kept();
    for (let i = 0; i < 3; i++) await kept.add(pending("messages"));
    await kept.seal();
    const before = await kept.box;
    expect(before.sealed.map((s) => s.row.changes)).toEqual([[0, 1, 2]]);
    kept.restart();
    const after = await kept.box;
    expect(ids(after)).toEqual(ids(before));
    expect(after.sealed[0]?.row).toEqual(before.sealed[0]?.row);
    const [sealed] = after.sealed;
    if (!sealed) throw new Error("sealed");
    expect(after.find(authorPartId(sealed.row.a))).toBe(sealed);
    const logged = after.logged(sealed);
    expect(logged.writes.every((w) => w.value === null)).toBe(true);
    logged.kept();
    expect(after.isEmpty).toBe(true);
    expect(after.unsent).toBe(0);
  });

  it("[L3] seals nothing twice, and what comes later into another entry", async () => {
    const kept = new Kept();
    await kept.add(pending("messages"));
    await kept.seal();
    await kept.seal();
    await kept.add(pending("messages"));
    await kept.seal();
    expect((await kept.box).sealed.map((s) => s.row.changes)).toEqual([[0], [2]]);
  });

  it("[X3] seals in the order of writing: one entry for each run of one book", async () => {
    const kept = new Kept();
    for (const channel of ["messages", "messages", "expenses", "messages"] as const) await kept.add(pending(channel));
    await kept.seal();
    expect((await kept.box).sealed.map((s) => s.row.changes)).toEqual([[0, 1], [2], [3]]);
  });

  it("[E2] ends an entry before its body is too large", async () => {
    const kept = new Kept();
    for (let i = 0; i < 8; i++) await kept.add(pending("messages", 60_000));
    await kept.seal();
    const { sealed } = await kept.box;
    expect(sealed.length).toBe(2);
    for (const s of sealed) expect(s.row.b.length).toBeLessThan(524_288);
    expect(sealed.flatMap((s) => s.row.changes)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("[L7] what was refused is sealed again under the new epoch, with the same changes", async () => {
    const kept = new Kept();
    await kept.add(pending("messages"));
    await kept.seal();
    const old = ids(await kept.box);
    const undone = (await kept.box).unseal((await kept.box).sealed);
    await kept.keep(undone.writes, undone.kept);
    expect((await kept.box).unsent).toBe(1);
    await kept.seal(() => ({ epoch: 1, key: KEY }));
    kept.restart();
    const { sealed } = await kept.box;
    expect(sealed.map((s) => s.id)).not.toEqual(old);
    const [again] = sealed;
    const author = again && parseAuthorPart(again.row.a);
    if (!author?.ok) throw new Error("an entry");
    expect(author.value.epoch).toBe(1);
    const opened = openBody(author.value, again?.row.b ?? new Uint8Array(), KEY);
    expect(opened.ok && opened.value.changes).toHaveLength(1);
  });

  it("[K3] seals nothing for a channel without a key, nor what was written after it", async () => {
    const kept = new Kept();
    for (const channel of ["messages", "expenses", "messages"] as const) await kept.add(pending(channel));
    await kept.seal((channel) => (channel === "expenses" ? undefined : { epoch: 0, key: KEY }));
    expect((await kept.box).sealed.map((s) => s.row.changes)).toEqual([[0]]);
  });

  it("[store] what was not kept is not there", async () => {
    const kept = new Kept();
    const added = (await kept.box).add(pending("messages"));
    expect((await kept.box).unsent).toBe(0);
    expect(added.write.key).toContain(LOG);
    kept.restart();
    expect((await kept.box).isEmpty).toBe(true);
  });
});
