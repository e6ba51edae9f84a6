/** Money is whole minor units and an ISO 4217 code, never floating point. */

const TWO_DIGITS =
  "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP " +
  "DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL " +
  "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG " +
  "SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";
const NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
const THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND";

/** ISO 4217 minor units. A table of our own: a verdict may not depend on which data a platform ships. */
const DIGITS: ReadonlyMap<string, number> = new Map([
  ...TWO_DIGITS.split(" ").map((code) => [code, 2] as const),
  ...NO_DIGITS.split(" ").map((code) => [code, 0] as const),
  ...THREE_DIGITS.split(" ").map((code) => [code, 3] as const),
]);

export const CURRENCIES: readonly string[] = [...DIGITS.keys()].sort();

/** Digits after the decimal point of a currency's amounts (EUR 2, JPY 0, KWD 3); undefined for a code that is none. */
export const minorDigits = (currency: string): number | undefined => DIGITS.get(currency);

export const MAX_AMOUNT = 1_000_000_000_000;
/** A share is told in hundredths of a percent. */
export const WHOLE_SHARE = 10_000;

/** Minor units of a decimal number as a person types it, with `.` as the point; undefined where it is no amount of the currency. */
export function toMinor(text: string, currency: string): number | undefined {
  const digits = minorDigits(currency);
  const match = /^(\d{1,13})(?:\.(\d{1,3}))?$/.exec(text.trim());
  if (!match || digits === undefined) return undefined;
  const fraction = match[2] ?? "";
  if (fraction.length > digits) return undefined;
  const minor = Number((match[1] ?? "") + fraction.padEnd(digits, "0"));
  return Number.isSafeInteger(minor) && minor <= MAX_AMOUNT ? minor : undefined;
}

/** A plain decimal number of minor units, with `.` as the point: what `toMinor` reads. */
export function fromMinor(minor: number, currency: string): string {
  const digits = minorDigits(currency) ?? 0;
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const sign = minor < 0 ? "-" : "";
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/**
 * What the other parent is asked for, in minor units: the share rounded to the nearest unit, a half going up, so that the odd unit goes
 * to the one who is asked (docs/protocol.md section 6). Exact for every lawful amount, whose product with the share a number cannot hold.
 */
export function askedOf(amount: number, share: number): number {
  return Number((BigInt(amount) * BigInt(share) + 5_000n) / BigInt(WHOLE_SHARE));
}
