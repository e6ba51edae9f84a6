/**
 * Two persistent containers, as plain data. Adding to one gives a new value that shares almost everything with the old one, so that an
 * old charter stays as it was and a long chain is not copied at every statement. Equal contents have equal structure.
 */

/** A list that grows at its end: full chunks, and the last one. */
export interface Growing<T> {
  readonly full: readonly (readonly T[])[];
  readonly tail: readonly T[];
}

const CHUNK = 64;

export const growing = <T>(...items: readonly T[]): Growing<T> =>
  items.reduce<Growing<T>>((list, item) => grown(list, item), { full: [], tail: [] });

/** The list with one more item. */
export function grown<T>(list: Growing<T>, item: T): Growing<T> {
  const tail = [...list.tail, item];
  return tail.length < CHUNK ? { full: list.full, tail } : { full: [...list.full, tail], tail: [] };
}

export const lengthOf = (list: Growing<unknown>): number => list.full.length * CHUNK + list.tail.length;

/** The item at an index from 0, or undefined. */
export function itemAt<T>(list: Growing<T>, index: number): T | undefined {
  if (index < 0 || index >= lengthOf(list)) return undefined;
  return (list.full[Math.floor(index / CHUNK)] ?? list.tail)[index % CHUNK];
}

export const lastOf = <T>(list: Growing<T>): T | undefined => itemAt(list, lengthOf(list) - 1);

export const itemsOf = <T>(list: Growing<T>): readonly T[] => [...list.full.flat(), ...list.tail];

/** The last item that satisfies `test`, which must hold for a first part of the list and for nothing after it. */
export function lastThat<T>(list: Growing<T>, test: (item: T) => boolean): T | undefined {
  let low = 0;
  let high = lengthOf(list);
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = itemAt(list, middle);
    if (item !== undefined && test(item)) low = middle + 1;
    else high = middle;
  }
  return itemAt(list, low - 1);
}

/** A map from lower-case hex ids of one length: a trie on their digits, whose leaves hold one pair. */
export type HexMap<V> = Leaf<V> | Branch<V> | undefined;
interface Leaf<V> {
  readonly key: string;
  readonly value: V;
}
interface Branch<V> {
  readonly next: Readonly<Record<string, Leaf<V> | Branch<V>>>;
}

/** The value of a key, or undefined. */
export function getHex<V>(map: HexMap<V>, key: string): V | undefined {
  let node = map;
  for (let depth = 0; node !== undefined && "next" in node; depth++) node = childAt(node, key, depth);
  return node?.key === key ? node.value : undefined;
}

/** The map with a key set to a value. */
export const setHex = <V>(map: HexMap<V>, key: string, value: V): HexMap<V> => put(map, { key, value }, 0);

const childAt = <V>(branch: Branch<V>, key: string, depth: number): Leaf<V> | Branch<V> | undefined => {
  const digit = key.charAt(depth);
  return Object.hasOwn(branch.next, digit) ? branch.next[digit] : undefined;
};

function put<V>(node: HexMap<V>, leaf: Leaf<V>, depth: number): Leaf<V> | Branch<V> {
  if (node === undefined) return leaf;
  if ("next" in node) return { next: { ...node.next, [leaf.key.charAt(depth)]: put(childAt(node, leaf.key, depth), leaf, depth + 1) } };
  if (node.key === leaf.key) return leaf;
  return put({ next: { [node.key.charAt(depth)]: node } }, leaf, depth);
}
