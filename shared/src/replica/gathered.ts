import type { Millis } from "../base/ids.ts";
import type { RecordIndex } from "../sync/record-index.ts";

interface Kept<T> {
  readonly version: number;
  readonly at: Millis | undefined;
  readonly value: T;
}

/** What is gathered from a whole record, once for every change of it and every moment (undefined is now) at which it is looked at. */
export function gathered<T>(gather: (index: RecordIndex, at: Millis | undefined) => T): (index: RecordIndex, at?: Millis) => T {
  const kept = new WeakMap<RecordIndex, Kept<T>>();
  return (index, at) => {
    const known = kept.get(index);
    if (known && known.version === index.version && known.at === at) return known.value;
    const value = gather(index, at);
    kept.set(index, { version: index.version, at, value });
    return value;
  };
}
