import { toId } from "@countersign/shared/base/bytes";
import type { DeviceId } from "@countersign/shared/base/ids";
import type { EntryChannel } from "@countersign/shared/base/channels";
import type { EntryOutline, StoredEntry } from "./store.ts";

/** Rows as the driver gives them, and what they are. A value of another type than its column's is damage. */
export type Row = readonly unknown[];

export const plain = (value: unknown): Uint8Array => {
  // The driver gives Buffers; a plain copy behaves the same everywhere and does not keep a larger block alive.
  if (!(value instanceof Uint8Array)) throw new Error("a column of bytes holds something else");
  return new Uint8Array(value);
};
export const num = (value: unknown): number => {
  if (typeof value !== "number") throw new Error("a column of numbers holds something else");
  return value;
};
export const channelOf = (value: unknown): EntryChannel => value as EntryChannel;

export function outlineOf(row: Row): EntryOutline {
  return {
    seq: num(row[0]),
    channel: channelOf(row[1]),
    channelSeq: num(row[2]),
    time: num(row[3]),
    device: toId<DeviceId>(plain(row[4])),
    leaf: plain(row[5]),
    bodyLength: num(row[6]),
  };
}

export function entryOf(row: Row): StoredEntry {
  const bundle = row[10] === null ? null : num(row[10]);
  const outline = outlineOf(row);
  const bytes = bundle === null ? plain(row[9]) : null;
  // One that came without its body, which a bundle further on will stand for (rule C8d).
  const body = bytes?.length === 0 && outline.bodyLength > 0 ? null : bytes;
  return { ...outline, author: plain(row[7]), relay: plain(row[8]), body, bundle };
}

/** The driver is synchronous; the interface is not, since another store cannot be. */
export function settle<T>(run: () => T): Promise<T> {
  try {
    return Promise.resolve(run());
  } catch (problem) {
    return Promise.reject(problem instanceof Error ? problem : new Error(String(problem)));
  }
}
