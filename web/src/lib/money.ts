/**
 * Money is integer minor units everywhere (pence, cents, yen). Text becomes minor units by digits alone; no floating-point number
 * holds an amount at any point.
 */
import { CURRENCIES, minorDigits } from "@countersign/shared/kinds/money";

/** The person's locale for numbers. */
export const numberLocale = (): string => navigator.language || "en-GB";

const formats = new Map<string, Intl.NumberFormat>();

/** Made once: making one costs far more than writing an amount with it. */
function formatOf(locale: string, currency: string, digits: number): Intl.NumberFormat {
  const key = `${locale} ${currency} ${String(digits)}`;
  const shown = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const found = formats.get(key) ?? new Intl.NumberFormat(locale, { style: "currency", currency, ...shown });
  formats.set(key, found);
  return found;
}

/** The record's own table, not the browser's, which shows several currencies without digits and the amount a hundred times as large as it was signed. */
const currencyDigits = (currency: string): number => minorDigits(currency) ?? 2;

/** `-1234` and 2 become `-12.34`, by digits. */
function decimalText(minor: number | bigint, digits: number): `${number}` {
  const sign = minor < 0 ? "-" : "";
  const text = String(minor)
    .replace("-", "")
    .padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  const rest = text.slice(text.length - digits);
  return `${sign}${whole}${digits > 0 ? `.${rest}` : ""}` as `${number}`;
}

/** An amount for people, by their locale. */
export function formatMoney(minor: number | bigint, currency: string, locale = numberLocale()): string {
  const digits = currencyDigits(currency);
  return formatOf(locale, currency, digits).format(decimalText(minor, digits));
}

/** The same without the digits after the decimal sign where all of them are naught: for the lines of a chart. */
export function formatRound(minor: number, currency: string, locale = numberLocale()): string {
  const digits = currencyDigits(currency);
  const isWhole = minor % 10 ** digits === 0;
  return formatOf(locale, currency, isWhole ? 0 : digits).format(decimalText(minor, digits));
}

/** The amount as a person would type it: no currency sign, no grouping. */
export function editMoney(minor: number, currency: string, locale = numberLocale()): string {
  const digits = currencyDigits(currency);
  return decimalText(minor, digits).replace(".", separators(locale).decimal);
}

function separators(locale: string): { decimal: string; group: string } {
  const parts = new Intl.NumberFormat(locale, { useGrouping: true, minimumFractionDigits: 1 }).formatToParts(1234567.5);
  return {
    decimal: parts.find((p) => p.type === "decimal")?.value ?? ".",
    group: parts.find((p) => p.type === "group")?.value ?? ",",
  };
}

/**
 * Minor units of what a person typed, or undefined where it can't be read in one way only. Both `12.50` and `12,50` are read as
 * twelve and a half, since two digits at the end can't be a group of three; `1,234` follows the locale.
 */
export function parseMoney(typed: string, currency: string, locale = numberLocale()): number | undefined {
  const digits = currencyDigits(currency);
  const { decimal } = separators(locale);
  const text = typed.replace(/[\s\u00a0\u202f'’]/g, "").replace(/^\p{Sc}|\p{Sc}$/gu, "");
  if (!/^\d[\d.,]*$/.test(text)) return undefined;
  const marks = [...text.matchAll(/[.,]/g)];
  const last = marks.at(-1);
  let at = -1;
  if (last !== undefined) {
    const after = text.length - last.index - 1;
    const onlyOnce = marks.filter((m) => m[0] === last[0]).length === 1;
    const couldGroup = after === 3;
    if (onlyOnce && digits > 0 && after <= digits && (!couldGroup || last[0] === decimal)) at = last.index;
    else if (!couldGroup) return undefined;
  }
  const whole = at < 0 ? text : text.slice(0, at);
  const fraction = at < 0 ? "" : text.slice(at + 1);
  const groups = whole.split(/[.,]/);
  if (new Set(whole.match(/[.,]/g)).size > 1) return undefined;
  if (groups.length > 1 && !(/^\d{1,3}$/.test(groups[0] ?? "") && groups.slice(1).every((g) => /^\d{3}$/.test(g)))) return undefined;
  // The mark that groups can't be the one that begins the fraction.
  if (at >= 0 && whole.includes(text.charAt(at))) return undefined;
  const minor = Number(groups.join("") + fraction.padEnd(digits, "0"));
  return Number.isSafeInteger(minor) ? minor : undefined;
}

/** Hundredths of a percent of a typed percentage (`50`, `33.33`, `12,5`), or undefined outside 0 to 100. */
export function parsePercent(typed: string): number | undefined {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*%?$/.exec(typed.trim());
  if (match === null) return undefined;
  const value = Number(`${match[1] ?? ""}${(match[2] ?? "").padEnd(2, "0")}`);
  return value <= 10_000 ? value : undefined;
}

/** 5000 becomes `50%`, 3333 `33.33%`. */
export function formatPercent(share: number, locale = numberLocale()): string {
  const format = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 });
  return format.format(decimalText(share, 4));
}

// prettier-ignore
const BY_REGION: Readonly<Record<string, string>> = {
  US: "USD", GB: "GBP", AU: "AUD", CA: "CAD", NZ: "NZD", CH: "CHF", IE: "EUR", DE: "EUR", FR: "EUR", AT: "EUR", NL: "EUR", ES: "EUR", IT: "EUR",
  BE: "EUR", PT: "EUR", FI: "EUR", GR: "EUR", LU: "EUR", SK: "EUR", SI: "EUR", EE: "EUR", LV: "EUR", LT: "EUR", HR: "EUR", MT: "EUR", CY: "EUR",
  SE: "SEK", NO: "NOK", DK: "DKK", IS: "ISK", PL: "PLN", CZ: "CZK", HU: "HUF", RO: "RON", RS: "RSD", TR: "TRY", UA: "UAH", IL: "ILS", AE: "AED",
  SA: "SAR", EG: "EGP", NG: "NGN", KE: "KES", ZA: "ZAR", IN: "INR", PK: "PKR", JP: "JPY", KR: "KRW", CN: "CNY", TW: "TWD", HK: "HKD", SG: "SGD",
  MY: "MYR", TH: "THB", ID: "IDR", PH: "PHP", VN: "VND", BR: "BRL", MX: "MXN", AR: "ARS", CL: "CLP", CO: "COP", PE: "PEN",
};

/** Every currency that the record knows; those of most people first. */
export const OFFERED_CURRENCIES: readonly string[] = [
  ...new Set(["USD", "GBP", "EUR", "AUD", "CAD", "NZD", "CHF", "SEK", "NOK", "DKK", "PLN", ...CURRENCIES]),
];

/** A currency to begin with, before the record shows which one is used. */
export function guessCurrency(locale = numberLocale()): string {
  return BY_REGION[new Intl.Locale(locale).maximize().region ?? ""] ?? "USD";
}
