import type { Rows } from "./rows.ts";

/** All items of one key, with the place of the first among all items. */
export interface Gathering<K, T> {
  readonly key: K;
  readonly at: number;
  readonly items: readonly T[];
}

/**
 * Goes through items once and gives those of each key together, as soon as the last one came. Books are written one after the other, so few are open at a time.
 * @param keyOf undefined for an item that is passed over
 * @param counts how many items each key has
 */
export async function* gathered<K, T>(
  items: Rows<T>,
  keyOf: (item: T) => K | undefined,
  counts: ReadonlyMap<K, number>,
): AsyncGenerator<Gathering<K, T>, void, undefined> {
  const open = new Map<K, { readonly key: K; readonly at: number; readonly items: T[] }>();
  let at = 0;
  for await (const item of items) {
    const key = keyOf(item);
    at += 1;
    if (key === undefined) continue;
    const found = open.get(key) ?? { key, at, items: [] };
    found.items.push(item);
    if (found.items.length < (counts.get(key) ?? 0)) {
      open.set(key, found);
      continue;
    }
    open.delete(key);
    yield found;
  }
}

/** One more of a key. */
export function countUp<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
