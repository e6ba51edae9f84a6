import type { LogId } from "../base/ids.ts";
import { numberKey, prefix, type Row, type RowStore, type Write } from "../vault/row-store.ts";
import { DamagedRow } from "../vault/sealed-store.ts";
import { encodeLinePage, PAGE_ENTRIES, pageOf, readLine, readLinePage, type Line } from "./line-page.ts";
import { keys } from "./rows.ts";

/** Pages, and rows, that are read between two pauses. */
const PAGES = 16;
const ROWS = 1_000;

/**
 * What a commit that writes or takes lines does to pages: those that hold a stretch of the log in which a line changes go in the same commit. So a
 * page is either what its rows say or not there, and needs no mark.
 */
export function withoutStalePages(log: LogId, writes: readonly Write[]): Write[] {
  const stale = new Set<number>();
  for (const { table, key } of writes) {
    const page = table === "history" ? pageOf(key.slice(keys.histories(log).length)) : undefined;
    if (page !== undefined) stale.add(page);
  }
  return [...stale].map((page) => ({ table: "cache", key: keys.linePage(log, page), value: null }));
}

/**
 * The page of a stretch, made of its rows. Nothing may be written to the log meanwhile. Undefined where a row does not open or is of a version that
 * this code does not know: another one may know it.
 */
export async function makeLinePage(log: LogId, rows: RowStore, page: number): Promise<Write | undefined> {
  try {
    const found = await rows.scan("history", stretch(log, page));
    const lines = linesOf(log, found);
    if (lines.length < found.length) return undefined;
    return { table: "cache", key: keys.linePage(log, page), value: encodeLinePage(lines) };
  } catch (e) {
    if (e instanceof DamagedRow) return undefined;
    throw e;
  }
}

/** Full pages that become whole when a log grows from one size to another. */
export function wholePages(from: number, to: number): number[] {
  const first = Math.floor(from / PAGE_ENTRIES);
  return Array.from({ length: Math.max(0, Math.floor(to / PAGE_ENTRIES) - first) }, (_, i) => first + i);
}

export interface ReadLines {
  /** In the order of the log; what is not logged yet, and faults, come last. */
  readonly lines: Line[];
  /** Pages that should be there and are not. */
  readonly missing: readonly number[];
}

/**
 * All lines of a log: from pages where they are, from rows elsewhere.
 * @param shared one copy of each text
 * @param pause between slices, so that other calls get their turn
 */
export async function readAllLines(
  log: LogId,
  rows: RowStore,
  shared: (text: string) => string,
  pause: () => Promise<void>,
): Promise<ReadLines> {
  const pages = await readPages(log, rows, shared, pause);
  const missing: number[] = [];
  const lines: Line[] = [];
  const last = Math.max(-1, ...pages.keys());
  for (let n = 0; n <= last; n++) {
    const found = pages.get(n) ?? linesOf(log, await rows.scan("history", stretch(log, n)), shared);
    if (!pages.has(n)) missing.push(n);
    for (const line of found) lines.push(line);
  }
  const { to } = prefix(keys.histories(log));
  for (let from = stretch(log, last + 1).from; ;) {
    const some = await rows.scan("history", { from, ...(to === undefined ? {} : { to }), limit: ROWS });
    for (const line of linesOf(log, some, shared)) lines.push(line);
    const end = some.at(-1);
    if (!end || some.length < ROWS) break;
    from = `${end.key}\u0000`;
    await pause();
  }
  const through = lines.reduce((most, { id }) => Math.max(most, pageOf(id) ?? 0), 0);
  // The last stretch is not whole yet.
  return { lines, missing: [...missing, ...Array.from({ length: Math.max(0, through - last - 1) }, (_, i) => last + 1 + i)] };
}

async function readPages(
  log: LogId,
  rows: RowStore,
  shared: (text: string) => string,
  pause: () => Promise<void>,
): Promise<Map<number, Line[]>> {
  const pages = new Map<number, Line[]>();
  const { from = "", to } = prefix(keys.linePages(log));
  try {
    for (let next = from; ;) {
      const some = await rows.scan("cache", { from: next, ...(to === undefined ? {} : { to }), limit: PAGES });
      for (const { key, value } of some) {
        const n = Number(key.slice(from.length));
        const lines = readLinePage(n, value, shared);
        if (lines) pages.set(n, lines);
      }
      const end = some.at(-1);
      if (!end || some.length < PAGES) return pages;
      next = `${end.key}\u0000`;
      await pause();
    }
  } catch (e) {
    // A page that somebody or something changed is as good as absent, and so are those beside it.
    if (e instanceof DamagedRow) return pages;
    throw e;
  }
}

const stretch = (log: LogId, page: number): { readonly from: string; readonly to: string } => ({
  from: keys.history(log, `l${numberKey(page * PAGE_ENTRIES)}`),
  to: keys.history(log, `l${numberKey((page + 1) * PAGE_ENTRIES)}`),
});

const asIs = (text: string): string => text;

function linesOf(log: LogId, rows: readonly Row[], shared: (text: string) => string = asIs): Line[] {
  const at = keys.histories(log).length;
  return rows.flatMap(({ key, value }) => {
    const line = readLine(key.slice(at), value, shared);
    return line ? [line] : [];
  });
}
