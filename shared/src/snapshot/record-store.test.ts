import { beforeAll, describe, expect, it } from "vitest";
import type { ChangeHash, DeviceId, MemberId, RecordId } from "../base/ids.ts";
import type { Fields } from "../kinds/fields.ts";
import type { KindName } from "../kinds/kind.ts";
import type { FoldedAct, JudgedBook } from "./judge.ts";
import { initCrypto } from "../crypto/init.ts";
import { RecordStore } from "./record-store.ts";
import { allOf } from "./rows.ts";
import { SealedScratch } from "./scratch.ts";

beforeAll(initCrypto);

const hash = (n: number): ChangeHash => n.toString(16).padStart(64, "0") as ChangeHash;
const record = (n: number): RecordId => n.toString(16).padStart(32, "0") as RecordId;
const ADA = "a".repeat(64) as MemberId;
const BEN = "b".repeat(64) as MemberId;

function act(n: number, of: RecordId, kind: KindName, fields: Readonly<Record<string, string | number>>, member = ADA): FoldedAct {
  const all: Fields = new Map(Object.entries({ v: 1, ...("act" in fields ? {} : { kind, at: 1_000 * n }), ...fields }));
  const made = {
    hash: hash(n),
    record: of,
    isFirst: !("act" in fields),
    fields: all,
    author: "d".repeat(64) as DeviceId,
    member,
    clock: n,
  };
  return { kind, act: made, hash: hash(n), seq: n, channelSeq: n, checkpoint: undefined };
}
const book = (acts: readonly FoldedAct[], precedes: JudgedBook["precedes"] = () => false): JudgedBook => ({
  acts: acts.map((a) => ({ ...a, deps: [] })),
  setAside: [],
  precedes,
});
const message = (n: number, of: RecordId, text: string): FoldedAct => act(n, of, "message", { subject: "S", text, thread: "" });

const textsIn = async (store: RecordStore): Promise<readonly string[]> =>
  (await allOf(store)).map(({ record: r }) => (r?.kind === "message" ? r.text : (r?.kind ?? "")));

describe("records, taken in book by book", () => {
  it("[S1][R2] come out in the order of the log, whichever book was whole first", async () => {
    const store = new RecordStore();
    await store.add(7, true, book([message(8, record(4), "fourth")]));
    await store.add(1, true, book([message(2, record(1), "first"), message(9, record(5), "fifth")]));
    await store.add(3, true, book([message(4, record(2), "second"), message(5, record(3), "third")]));
    expect(await textsIn(store)).toEqual(["first", "second", "third", "fourth", "fifth"]);
  });

  it("[S1][R2] an id that somebody made in two books is one record, as the first of them has it, and a receipt in its place is none", async () => {
    const store = new RecordStore();
    await store.add(5, true, book([message(6, record(1), "again"), message(7, record(2), "later")]));
    await store.add(1, true, book([message(2, record(1), "as it was first")]));
    await store.add(2, true, book([message(3, record(9), "seen")]));
    // Byte values inside changes are base64url.
    const view = { message: record(9), of: "A".repeat(43) };
    await store.add(9, true, book([act(10, record(1), "view-receipt", view, BEN)]));
    expect(await textsIn(store)).toEqual(["as it was first", "seen", "later"]);
    expect(store.receipts.viewedAt(ADA, record(9), (seq) => seq)).toBeUndefined();
    await store.add(10, true, book([act(12, record(3), "view-receipt", view, BEN)]));
    expect(store.receipts.viewedAt(ADA, record(9), (seq) => seq)).toBe(12);
    expect(store.receipts.viewedAt(BEN, record(9), (seq) => seq)).toBeUndefined();
  });

  it("[S4] the first receipt of another that reaches a message counts, by relay time, in whichever order they came", async () => {
    const store = new RecordStore();
    await store.add(
      1,
      true,
      book([act(3, record(1), "delivery-receipt", { upto: 2 }, BEN), act(5, record(2), "delivery-receipt", { upto: 9 }, BEN)]),
    );
    await store.add(
      2,
      true,
      book([act(4, record(3), "delivery-receipt", { upto: 1 }, BEN), act(6, record(4), "delivery-receipt", { upto: 30 })]),
    );
    const at = (channelSeq: number): number | undefined => store.receipts.deliveredBy(ADA, channelSeq, (seq) => seq);
    expect([0, 2, 3, 9, 10].map(at)).toEqual([3, 3, 5, 5, undefined]);
    expect(store.receipts.deliveredBy(BEN, 10, (seq) => seq)).toBe(6);
  });

  it("[R4] keep of who knew of what no more than decides something, however many acts a record has, and that", async () => {
    const made = { amount: 900_000, currency: "EUR", category: "C", title: "T", spent: "2026-03-02", share: 5_000 };
    const of = "A".repeat(43);
    for (const knew of [true, false]) {
      const pays = Array.from({ length: 300 }, (_, i) => act(10 + i, record(1), "expense", { act: "pay", of, amount: 1 }, BEN));
      const yes = act(3, record(1), "expense", { act: "approve", of }, BEN);
      const back = act(400, record(1), "expense", { act: "withdraw" });
      let asked = 0;
      const precedes = (): boolean => {
        asked += 1;
        return knew;
      };
      const store = new RecordStore();
      await store.add(1, true, book([act(2, record(1), "expense", made), yes, ...pays, back], precedes));
      expect(asked).toBeLessThan(500);
      const [told] = await allOf(store);
      expect(told?.acts.length).toBe(303);
      expect(told?.record).toMatchObject({ crossed: !knew, paid: 300 });
    }
  });

  it("[S1] hold of a record less than 100 bytes, and none of its text, where there is a scratch", async () => {
    const held: number[] = [];
    for (const count of [500, 5_000]) {
      const blocks: Uint8Array[] = [];
      const scratch = new SealedScratch({
        put: (n, block) => Promise.resolve(void (blocks[n] = block)),
        get: (n) => Promise.resolve(blocks[n]),
      });
      const store = new RecordStore(() => false, scratch);
      // Nothing that packs well.
      const said = (n: number): string => Array.from({ length: 20 }, (_, i) => String(Math.sqrt(n * 20 + i + 2))).join(" ");
      for (let from = 0; from < count; from += 100)
        await store.add(from, true, book(Array.from({ length: 100 }, (_, i) => message(from + i + 1, record(from + i), said(from + i)))));
      await store.add(count, true, book([act(count + 1, record(count), "view-receipt", { message: record(0), of: "A".repeat(43) }, BEN)]));
      held.push(store.bytes / count);
      expect(await textsIn(store)).toEqual(Array.from({ length: count }, (_, n) => said(n)));
      expect(store.receipts.viewedAt(ADA, record(0), (seq) => seq)).toBe(count + 1);
    }
    for (const bytes of held) expect(bytes).toBeLessThan(100);
  });

  it("[S26] counts records of more acts than one where their book is not here whole", async () => {
    const expense = { amount: 100, currency: "EUR", category: "C", title: "T", spent: "2026-03-02", share: 5_000 };
    const acts = [act(2, record(1), "expense", expense), act(3, record(1), "expense", { act: "withdraw" })];
    for (const isWhole of [true, false]) {
      const store = new RecordStore();
      await store.add(1, isWhole, book([...acts, message(4, record(2), "alone")]));
      expect(store.inParts).toBe(isWhole ? 0 : 1);
    }
  });
});
