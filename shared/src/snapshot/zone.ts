import type { Millis } from "../base/ids.ts";

/** Calendar days and clock times in the household's zone, the same on every platform: numbers only, no words of a locale. */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US-u-ca-gregory-nu-latn", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}

/** Whether this is an IANA zone that the platform knows. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(zone)) return false;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** A day of the calendar, YYYY-MM-DD. */
export function isDay(day: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

interface Local {
  readonly day: string;
  readonly time: string;
  readonly offset: string;
  readonly weekday: string;
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const two = (n: number): string => String(n).padStart(2, "0");

function local(at: Millis, zone: string): Local {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map((p) => [p.type, p.value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? "00";
  const day = `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`;
  const time = `${part("hour")}:${part("minute")}:${part("second")}`;
  const wall = Date.parse(`${day}T${time}Z`);
  const minutes = Math.round((wall - Math.floor(at / 1000) * 1000) / 60_000);
  const ahead = Math.abs(minutes);
  const offset = `${minutes < 0 ? "-" : "+"}${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`;
  return { day, time, offset, weekday: WEEKDAYS[new Date(wall).getUTCDay()] ?? "" };
}

/** The calendar day, YYYY-MM-DD, on which an instant falls in the zone. */
export const dayIn = (at: Millis, zone: string): string => local(at, zone).day;

/** For tables that programs read: `2026-03-02T09:30:00+01:00`. */
export function isoIn(at: Millis, zone: string): string {
  const { day, time, offset } = local(at, zone);
  return `${day}T${time}${offset}`;
}

/** For people: `Mon 2026-03-02 09:30:00 +01:00`. */
export function plainIn(at: Millis, zone: string): string {
  const { day, time, offset, weekday } = local(at, zone);
  return `${weekday} ${day} ${time} ${offset}`;
}
