import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { seededRandom } from "../../test/random.ts";
import { utf8 } from "../base/bytes.ts";
import type { DeviceId } from "../base/ids.ts";
import { initCrypto } from "../crypto/init.ts";
import { MemoryStore } from "../vault/memory-store.ts";
import { FaultBook } from "./fault-book.ts";
import type { Ports } from "./ports.ts";
import { entryRowCodec, keys } from "./rows.ts";
import { LogTail } from "./tail.ts";
import { originOf } from "../log/origin.ts";

let home: Household;
const rows = new MemoryStore();
let tail: LogTail;
const roots: Uint8Array[] = [];
const DEVICE = "de".repeat(32) as DeviceId;
const random = seededRandom("faults");
const ports = { clock: { now: () => 1_000 }, random } as unknown as Ports;

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
  home = makeHousehold();
  const done = LogTail.empty(home.log).accept(0, home.items, home.note, originOf(home.relay, home.log), home.logKey);
  if (!done.ok) throw new Error(done.error.code);
  ({ tail } = done.value);
  for (const e of done.value.entries) {
    roots.push(e.root);
    await rows.commit([
      {
        table: "entry",
        key: keys.entry(home.log, e.seq),
        value: entryRowCodec.encode({ leaf: e.leaf, root: e.root, a: null, r: null, b: null }),
      },
    ]);
  }
});

const note = (size: number, root: Uint8Array) => ({ note: `note ${String(size)}`, size, root, seq: 1 });
const rootOf = (size: number): Uint8Array => roots[size - 1] ?? new Uint8Array(32);

describe("what proofs contradicted", () => {
  it("[L6] others' checkpoints that agree with the own log accuse nobody, wherever they stand", async () => {
    const book = await FaultBook.load(home.log, new MemoryStore(), ports);
    const all = [1, 7, tail.size - 1, tail.size].map((size) => note(size, rootOf(size)));
    expect(await book.compare(all, tail, rows)).toBeUndefined();
  });

  it.each([3, 20])("[L6] a checkpoint over another root of the first %i entries is a fork", async (size) => {
    const book = await FaultBook.load(home.log, new MemoryStore(), ports);
    const found = await book.compare([note(size, new Uint8Array(32))], tail, rows);
    expect(found).toMatchObject({ code: "relay-fork", seq: size });
    expect(found?.evidence[0]).toEqual(utf8(`note ${String(size)}`));
  });

  it("[L6] a checkpoint from ahead waits until this device has come so far", async () => {
    const book = await FaultBook.load(home.log, new MemoryStore(), ports);
    const half = LogTail.empty(home.log).accept(0, home.items.slice(0, 10), null, originOf(home.relay, home.log), home.logKey);
    if (!half.ok) throw new Error(half.error.code);
    expect(await book.compare([note(20, new Uint8Array(32))], half.value.tail, rows)).toBeUndefined();
    expect(await book.compare([], tail, rows)).toMatchObject({ code: "relay-fork", seq: 20 });
  });

  it("[L2] is kept once, over restarts, with the evidence and the last good note", async () => {
    const store = new MemoryStore();
    const book = await FaultBook.load(home.log, store, ports);
    const fault = { code: "relay-chain", seq: 5, evidence: [utf8("a"), utf8("b")] } as const;
    for (let i = 0; i < 2; i++) {
      const noted = book.ofRelay(fault, home.note);
      await store.commit(noted.writes);
      noted.kept();
    }
    const device = book.ofEntries([{ code: "device-body", device: DEVICE, seq: 6, evidence: [utf8("c")] }]);
    await store.commit(device.writes);
    device.kept();
    const again = await FaultBook.load(home.log, store.reopened(), ports);
    expect(again.all.map((f) => [f.code, f.device, f.seq]).sort()).toEqual([
      ["device-body", DEVICE, 6],
      ["relay-chain", null, 5],
    ]);
    const first = again.all.find((f) => f.code === "relay-chain");
    if (!first) throw new Error("the fault");
    expect(first.evidence).toEqual([utf8("a"), utf8("b"), utf8(home.note)]);
    expect((await store.scan("history", {})).length).toBe(2);
  });

  it("[store] is not remembered where it could not be kept", async () => {
    const book = await FaultBook.load(home.log, new MemoryStore(), ports);
    expect(book.ofRelay({ code: "relay-time", seq: 1, evidence: [] }, undefined).writes.length).toBe(2);
    expect(book.all).toEqual([]);
  });
});
