import type { Chunk, StorageAdapterInterface, StorageKey } from "@automerge/automerge-repo/slim";
import { prefix, type Row, type RowStore, type Write } from "../vault/row-store.ts";
import { DamagedRow } from "../vault/sealed-store.ts";

const TABLE = "cache";
const AREA = "shelf";
/** Document ids are base58 and the other parts are hex or fixed words, so that the separator is in none of them. */
const nameOf = (key: StorageKey): string => [AREA, ...key].join("/");

class StoreRefused extends Error {}

/** automerge-repo's storage on a device's rows, which are sealed like all others. It holds nothing that could not be built again. */
export function rowStorage(rows: RowStore): StorageAdapterInterface {
  const commit = async (writes: readonly Write[]): Promise<void> => {
    if (writes.length === 0) return;
    const done = await rows.commit(writes);
    // The interface knows no other way to say so; the shelf turns it into a fault that is told (`Shelf`).
    if (!done.ok) throw new StoreRefused(done.error.code);
  };
  /** A row that somebody or something changed is taken out: it would keep its book from ever being cached again. */
  const under = async (key: StorageKey): Promise<readonly Row[]> => {
    for (;;) {
      try {
        return await rows.scan(TABLE, prefix(`${nameOf(key)}/`));
      } catch (problem) {
        if (!(problem instanceof DamagedRow)) throw problem;
        await commit([{ table: TABLE, key: problem.key, value: null }]);
      }
    }
  };
  return {
    load: (key) => rows.get(TABLE, nameOf(key)),
    save: (key, value) => commit([{ table: TABLE, key: nameOf(key), value }]),
    remove: (key) => commit([{ table: TABLE, key: nameOf(key), value: null }]),
    loadRange: async (key) => (await under(key)).map((row): Chunk => ({ key: row.key.split("/").slice(1), data: row.value })),
    removeRange: async (key) => commit((await under(key)).map((row): Write => ({ table: TABLE, key: row.key, value: null }))),
  };
}
