import { idBytes, toId } from "../base/bytes.ts";
import type { BookId, LogId, Millis } from "../base/ids.ts";
import { encode } from "../cbor/cbor.ts";
import { hash } from "../crypto/hash.ts";
import type { Channel } from "../base/channels.ts";

/** Which book: one channel over one stretch of time (docs/protocol.md section 3, 'period'). */
export interface BookName {
  readonly channel: Channel;
  /** `YYYY-MM`, `YYYY` or `all`, as the channel has it. */
  readonly period: string;
  /** 0 in this version. */
  readonly shard: number;
}

type Stretch = "month" | "year" | "all";

const STRETCH: Readonly<Record<Channel, Stretch>> = {
  household: "all",
  calendar: "month",
  arrangements: "month",
  messages: "month",
  expenses: "year",
  handovers: "month",
  children: "all",
  documents: "year",
  journal: "month",
  settings: "all",
};

const PATTERN: Readonly<Record<Stretch, RegExp>> = { month: /^\d{4}-(?:0[1-9]|1[0-2])$/, year: /^\d{4}$/, all: /^all$/ };

/** The period into which a record of this channel falls that was made at this time of its author's clock (UTC, ms). */
export function periodOf(channel: Channel, made: Millis): string {
  const stretch = STRETCH[channel];
  if (stretch === "all") return "all";
  const iso = new Date(made).toISOString();
  // A year beyond 9999 has a sign and six digits and matches no period, so its entry is set aside like any that lies in the future.
  return iso.slice(0, stretch === "month" ? 7 : 4);
}

/** Whether the period is written as its channel has it, in this version's only shard. */
export const isBookName = (name: BookName): boolean => name.shard === 0 && PATTERN[STRETCH[name.channel]].test(name.period);

/** The first moment of a period, ms UTC; 0 for `all`. Undefined for text that is no period. */
export function periodStart(period: string): Millis | undefined {
  if (PATTERN.all.test(period)) return 0;
  if (PATTERN.year.test(period)) return Date.parse(`${period}-01-01T00:00:00Z`);
  return PATTERN.month.test(period) ? Date.parse(`${period}-01T00:00:00Z`) : undefined;
}

/** A book may be written this long before its period starts (rule L9). */
export const AHEAD_MS: Millis = 2 * 24 * 3_600_000;

/** Whether an entry stamped at `time` lies too far before the book's period (rule L9). */
export function isBookAhead(name: BookName, time: Millis): boolean {
  const start = periodStart(name.period);
  return start === undefined || start > time + AHEAD_MS;
}

/** The book's id (rule L9): two devices that start a month at once write one book. */
export function bookId(log: LogId, name: BookName): BookId {
  return toId<BookId>(hash("book-id", idBytes(log), encode([name.channel, name.period, name.shard])));
}
