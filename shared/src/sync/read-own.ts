import type { LogId } from "../base/ids.ts";
import { ENTRY_KIND, parseHeader } from "../entry/header.ts";
import type { RowStore } from "../vault/row-store.ts";
import type { EntriesMessage } from "./link.ts";
import { itemOf, ownRows } from "./own-entries.ts";

const RUN = 128;

/**
 * Entries that are on this device, as a relay would send them: to read a log again from what is here. Where a body came in a bundle alone the bundle goes ahead (rule L8f).
 */
export async function* ownMessages(rows: RowStore, log: LogId, from: number, to: number): AsyncGenerator<EntriesMessage> {
  const bundles = new Map<string, NonNullable<EntriesMessage["bundle"]>>();
  let isBare = false;
  for (let at = 0; at < to; at += RUN) {
    for (const { a, r, b, p } of await ownRows(rows, log, at, Math.min(at + RUN, to))) {
      isBare ||= p !== undefined;
      const header = a && r && b ? parseHeader(a, r) : undefined;
      if (a && r && b && header?.ok === true && header.value.author.kind === ENTRY_KIND.bundle)
        bundles.set(header.value.author.commitment, { a, r, b });
    }
  }
  for (const bundle of isBare ? bundles.values() : []) yield { t: "entries", from, items: [], note: null, bundle };
  for (let at = from; at < to; at += RUN) {
    const found = await ownRows(rows, log, at, Math.min(at + RUN, to));
    yield { t: "entries", from: at, items: found.map(itemOf), note: null };
  }
}
