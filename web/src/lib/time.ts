import type { Millis } from "@countersign/shared/base/ids";
import { dayIn } from "@countersign/shared/snapshot/zone";

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
const TWO_DAYS = 2 * 24 * 3_600_000;
const CLOCK = { hour: "2-digit", minute: "2-digit" } as const;

/** So long an answer of the platform holds, ms: a screen asks for each time that it shows, and whoever travels sees the new zone soon. */
const ZONE_HOLDS = 10_000;
let zoneHere = { zone: "", until: 0 };

/** The zone in which the device stands. Finding it out costs more than writing a time, so it is not found out for each one. */
export function deviceZone(): string {
  const now = performance.now();
  if (now >= zoneHere.until) zoneHere = { zone: Intl.DateTimeFormat().resolvedOptions().timeZone, until: now + ZONE_HOLDS };
  return zoneHere.zone;
}

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

const clocks = new Map<string, Clock>();

/** The clock of a household. */
export function clockOf(zone: string): Clock {
  const isElsewhere = zone !== deviceZone();
  const key = `${zone} ${String(isElsewhere)}`;
  const found = clocks.get(key) ?? makeClock(zone, isElsewhere);
  clocks.set(key, found);
  return found;
}

function makeClock(zone: string, elsewhere: boolean): Clock {
  const named = elsewhere ? ({ timeZoneName: "short" } as const) : {};
  const iso = (at: Millis): string => dayIn(at, zone);
  return {
    zone,
    moment: (at) => format(elsewhere ? "moment-named" : "moment", zone, { ...DAY, ...CLOCK, ...named }).format(at),
    exact: (at) => format("exact", zone, { ...DAY, ...CLOCK, second: "2-digit", timeZoneName: "short" }).format(at),
    short: (at) =>
      // Two days apart is never the same one, and taking days apart costs more than the rest of a line.
      Math.abs(Date.now() - at) < TWO_DAYS && iso(at) === iso(Date.now())
        ? format("clock", zone, CLOCK).format(at)
        : format("shortday", zone, { weekday: "short", day: "numeric", month: "short" }).format(at),
    day: (at) => format("day", zone, DAY).format(at),
    date: (day) => formatDate(day),
    today: () => iso(Date.now()),
  };
}

/** A calendar day has no zone: it is formatted as noon UTC in UTC. */
function formatDate(day: string): string {
  const at = Date.parse(`${day}T12:00:00Z`);
  return Number.isNaN(at) ? day : format("date", "UTC", DAY).format(at);
}

/** A month of a year by its name; January is 0. */
export const monthName = (year: number, month: number, how: "long" | "short" | "narrow"): string =>
  format(`month-${how}`, "UTC", { month: how }).format(Date.UTC(year, month, 15));

/** The zones that the device knows; its own one first. */
export function zones(): readonly string[] {
  const own = deviceZone();
  const all = Intl.supportedValuesOf("timeZone");
  return [own, ...all.filter((z) => z !== own)];
}

/** How far a zone's wall clock is ahead of UTC at an instant, ms. */
function ahead(at: Millis, zone: string): number {
  const options = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...options }).formatToParts(at);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? "00";
  const wall = Date.parse(`${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}:${part("second")}Z`);
  return wall - Math.floor(at / 1000) * 1000;
}

/**
 * The instant at which a zone's clocks show `YYYY-MM-DDTHH:MM`: the earlier one where they show it twice, and where they skip it the one as much
 * later. Undefined for text that is no time.
 */
export function instantOf(wall: string, zone: string): Millis | undefined {
  const guess = Date.parse(`${wall}Z`);
  if (Number.isNaN(guess)) return undefined;
  const DAY_MS = 86_400_000;
  // The two offsets that the zone has round this day; they differ where the clocks are changed.
  const candidates = [guess - ahead(guess - DAY_MS, zone), guess - ahead(guess + DAY_MS, zone)];
  const shown = candidates.filter((at) => at + ahead(at, zone) === guess);
  return shown.length > 0 ? Math.min(...shown) : candidates[0];
}

/** The wall clock of a zone at an instant, `YYYY-MM-DDTHH:MM`, as a field for date and time takes it. */
export const wallOf = (at: Millis, zone: string): string => new Date(at + ahead(at, zone)).toISOString().slice(0, 16);

/** The instants between which a calendar day lies in a zone, from inclusive, to exclusive. */
export function dayBounds(day: string, zone: string): { readonly from: Millis; readonly to: Millis } | undefined {
  const from = instantOf(`${day}T00:00`, zone);
  if (from === undefined) return undefined;
  const next = new Date(Date.parse(`${day}T00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return { from, to: instantOf(`${next}T00:00`, zone) ?? from + 86_400_000 };
}
