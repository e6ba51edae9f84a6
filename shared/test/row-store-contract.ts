/** What every RowStore promises, in memory, in a file and in the browser; each of them runs this suite. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RowStore, Table, Write } from "../src/vault/row-store.ts";

export interface StoreUnderTest {
  readonly store: RowStore;
  /** The same store as a process would find it that starts after this one ended. */
  reopen(): Promise<RowStore>;
}

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const put = (table: Table, key: string, ...values: number[]): Write => ({ table, key, value: bytes(...values) });
const drop = (table: Table, key: string): Write => ({ table, key, value: null });

const keyText = fc.stringMatching(/^[a-d:]{0,4}$/);
const someWrite: fc.Arbitrary<Write> = fc.record({
  table: fc.constantFrom<Table>("entry", "record"),
  key: keyText,
  value: fc.option(fc.uint8Array({ maxLength: 4 }), { nil: null }),
});
const someRange = fc.record(
  { from: keyText, to: keyText, limit: fc.integer({ min: 1, max: 4 }), reverse: fc.boolean() },
  { requiredKeys: [] },
);

/** A plain model: what the rows must be after some writes, and what a scan of them gives. */
function modelScan(
  rows: ReadonlyMap<string, Uint8Array>,
  range: { from?: string; to?: string; limit?: number; reverse?: boolean },
): [string, number[]][] {
  const { from = "", to, limit = Infinity, reverse = false } = range;
  const keys = [...rows.keys()].filter((key) => key >= from && (to === undefined || key < to)).sort();
  if (reverse) keys.reverse();
  return keys.slice(0, limit).map((key) => [key, [...(rows.get(key) ?? [])]]);
}

/** Declares the suite for one implementation. */
export function rowStoreContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps rows`, () => {
    it("[store] gives back what was committed, and nothing for what was not", async () => {
      const { store } = await make();
      expect((await store.commit([put("entry", "a", 1, 2), put("record", "a", 3)])).ok).toBe(true);
      expect(await store.get("entry", "a")).toEqual(bytes(1, 2));
      expect(await store.get("record", "a")).toEqual(bytes(3));
      expect(await store.get("entry", "b")).toBeUndefined();
      await store.close();
    });

    it("[store] the last write to a key wins, and a delete takes it away", async () => {
      const { store } = await make();
      await store.commit([
        put("meta", "a", 1),
        put("meta", "a", 2),
        put("meta", "b", 1),
        drop("meta", "b"),
        drop("meta", "c"),
        put("meta", "c", 3),
      ]);
      expect(await store.get("meta", "a")).toEqual(bytes(2));
      expect(await store.get("meta", "b")).toBeUndefined();
      expect(await store.get("meta", "c")).toEqual(bytes(3));
      await store.close();
    });

    it("[store] what was committed is there for the next process", async () => {
      const subject = await make();
      await subject.store.commit([put("secret", "k", 9)]);
      await subject.store.close();
      const next = await subject.reopen();
      expect(await next.get("secret", "k")).toEqual(bytes(9));
      await next.close();
    });

    it("[store] a closed store takes no more writes", async () => {
      const { store } = await make();
      await store.close();
      expect(await store.commit([put("meta", "a", 1)])).toMatchObject({ ok: false, error: { code: "store-closed" } });
    });

    it("[store] an empty commit is fine", async () => {
      const { store } = await make();
      expect((await store.commit([])).ok).toBe(true);
      await store.close();
    });

    it("[store] agrees with a plain model on any writes and scans", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(someWrite, { maxLength: 8 }), { maxLength: 4 }),
          fc.array(someRange, { maxLength: 4 }),
          async (commits, ranges) => {
            const { store } = await make();
            const model = new Map<Table, Map<string, Uint8Array>>([
              ["entry", new Map()],
              ["record", new Map()],
            ]);
            for (const writes of commits) {
              expect((await store.commit(writes)).ok).toBe(true);
              for (const { table, key, value } of writes) {
                if (value === null) model.get(table)?.delete(key);
                else model.get(table)?.set(key, value);
              }
            }
            for (const [table, rows] of model) {
              for (const range of [{}, ...ranges]) {
                const found = (await store.scan(table, range)).map((row) => [row.key, [...row.value]]);
                expect(found).toEqual(modelScan(rows, range));
              }
            }
            await store.close();
          },
        ),
        { seed: 20_261_122, numRuns: 40 },
      );
    });
  });
}
