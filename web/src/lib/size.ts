import { numberLocale } from "./money.ts";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** A size for people: 812 bytes, 14 kB, 3.2 MB. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let at = 0;
  while (value >= 1000 && at < UNITS.length - 1) {
    value /= 1000;
    at++;
  }
  return new Intl.NumberFormat(numberLocale(), {
    style: "unit",
    unit: UNITS[at] ?? "byte",
    // The short form of a byte has no plural.
    unitDisplay: at === 0 ? "long" : "short",
    maximumFractionDigits: value < 10 && at > 0 ? 1 : 0,
  }).format(value);
}
