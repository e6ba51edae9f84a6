import type { LogId } from "../base/ids.ts";
import { ENTRY_KIND, parseHeader } from "../entry/header.ts";
import { prefix, type RowStore } from "../vault/row-store.ts";
import type { EntriesMessage } from "./link.ts";
import { entryRowCodec, keys, type EntryRow } from "./rows.ts";

const RUN = 128;

/**
 * Entries that are on this device, as a relay would send them: to read a log again from what is here. Where a body came in a bundle alone the bundle goes ahead (rule L8f).
 */
export async function* ownMessages(rows: RowStore, log: LogId, from: number, to: number): AsyncGenerator<EntriesMessage> {
  const bundles = new Map<string, NonNullable<EntriesMessage["bundle"]>>();
  let isBare = false;
  for await (const run of runs(rows, log)) {
    for (const { a, r, b, p } of run) {
      isBare ||= p !== undefined;
      const header = a && r && b ? parseHeader(a, r) : undefined;
      if (a && r && b && header?.ok === true && header.value.author.kind === ENTRY_KIND.bundle)
        bundles.set(header.value.author.commitment, { a, r, b });
    }
  }
  for (const bundle of isBare ? bundles.values() : []) yield { t: "entries", from, items: [], note: null, bundle };
  for (let at = from; at < to; at += RUN) {
    const found = await read(rows, log, at, Math.min(at + RUN, to));
    yield { t: "entries", from: at, items: found.map(({ a, r, b, leaf }) => (a && r ? { a, r, b } : leaf)), note: null };
  }
}

async function* runs(rows: RowStore, log: LogId): AsyncGenerator<readonly EntryRow[]> {
  const { to = "" } = prefix(keys.entries(log));
  for (let at = 0; ; at += RUN) {
    const found = await rows.scan("entry", { from: keys.entry(log, at), to, limit: RUN });
    if (found.length === 0) return;
    yield found.flatMap(({ value }) => {
      const row = entryRowCodec.decode(value);
      return row.ok ? [row.value] : [];
    });
  }
}

async function read(rows: RowStore, log: LogId, from: number, to: number): Promise<readonly EntryRow[]> {
  const found = await rows.scan("entry", { from: keys.entry(log, from), to: keys.entry(log, to) });
  return found.flatMap(({ value }) => {
    const row = entryRowCodec.decode(value);
    return row.ok ? [row.value] : [];
  });
}
