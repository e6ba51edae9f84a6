import type { Millis } from "@countersign/shared/base/ids";

/** The words are English, so dates follow the person's own English, or British English. */
const dateLocale = (): string => navigator.languages.find((l) => l.startsWith("en")) ?? "en-GB";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(kind: string, zone: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${kind} ${zone ?? ""}`;
  let found = formats.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(dateLocale(), zone === undefined ? options : { ...options, timeZone: zone });
    formats.set(key, found);
  }
  return found;
}

const DAY = { weekday: "short", day: "numeric", month: "short", year: "numeric" } as const;
const CLOCK = { hour: "2-digit", minute: "2-digit" } as const;

export const deviceZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Times in the household's zone, with the zone named where the device stands in another one. */
export interface Clock {
  readonly zone: string;
  /** Sun 22 Nov 2026, 07:05 */
  readonly moment: (at: Millis) => string;
  /** The same to the second, for proofs. */
  readonly exact: (at: Millis) => string;
  /** Only the time where it is today, else the day. */
  readonly short: (at: Millis) => string;
  readonly day: (at: Millis) => string;
  /** A calendar day written YYYY-MM-DD. */
  readonly date: (day: string) => string;
  /** Today in the household's zone, YYYY-MM-DD. */
  readonly today: () => string;
}

/** The clock of a household. */
export function clockOf(zone: string): Clock {
  const elsewhere = zone !== deviceZone();
  const named = elsewhere ? ({ timeZoneName: "short" } as const) : {};
  const iso = (at: Millis): string => isoDay(at, zone);
  return {
    zone,
    moment: (at) => format(elsewhere ? "moment-named" : "moment", zone, { ...DAY, ...CLOCK, ...named }).format(at),
    exact: (at) => format("exact", zone, { ...DAY, ...CLOCK, second: "2-digit", timeZoneName: "short" }).format(at),
    short: (at) =>
      iso(at) === iso(Date.now())
        ? format("clock", zone, CLOCK).format(at)
        : format("shortday", zone, { weekday: "short", day: "numeric", month: "short" }).format(at),
    day: (at) => format("day", zone, DAY).format(at),
    date: (day) => formatDate(day),
    today: () => iso(Date.now()),
  };
}

/** The calendar day of an instant in a zone, YYYY-MM-DD. */
export function isoDay(at: Millis, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(at);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** A calendar day has no zone: it is formatted as noon UTC in UTC. */
function formatDate(day: string): string {
  const at = Date.parse(`${day}T12:00:00Z`);
  return Number.isNaN(at) ? day : format("date", "UTC", DAY).format(at);
}

/** The zones that the device knows; its own one first. */
export function zones(): readonly string[] {
  const own = deviceZone();
  const all = Intl.supportedValuesOf("timeZone");
  return [own, ...all.filter((z) => z !== own)];
}
