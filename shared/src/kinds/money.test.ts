import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askedOf, CURRENCIES, fromMinor, MAX_AMOUNT, minorDigits, toMinor, WHOLE_SHARE } from "./money.ts";

describe("money", () => {
  it("[R1] is whole minor units: each currency has its own digits", () => {
    expect(["EUR", "USD", "GBP", "AUD", "JPY", "KWD", "XXX", "eur"].map(minorDigits)).toEqual([2, 2, 2, 2, 0, 3, undefined, undefined]);
    expect(new Set(CURRENCIES).size).toBe(CURRENCIES.length);
    for (const code of CURRENCIES) expect(code).toMatch(/^[A-Z]{3}$/);
  });

  it.each([
    ["45", "EUR", 4_500],
    ["45.5", "EUR", 4_550],
    ["0.01", "EUR", 1],
    [" 12.30 ", "EUR", 1_230],
    ["1200", "JPY", 1_200],
    ["1.234", "KWD", 1_234],
    ["1.5", "JPY", undefined],
    ["1.234", "EUR", undefined],
    ["1,50", "EUR", undefined],
    ["-1", "EUR", undefined],
    ["1e3", "EUR", undefined],
    ["", "EUR", undefined],
    [".5", "EUR", undefined],
    ["9999999999999", "EUR", undefined],
    ["5", "XXX", undefined],
  ])("[R1] %j in %s is %j minor units", (text, currency, minor) => {
    expect(toMinor(text, currency)).toBe(minor);
  });

  it("[R1] comes back from its decimal form", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_AMOUNT }), fc.constantFrom("EUR", "JPY", "KWD"), (minor, currency) => {
        expect(toMinor(fromMinor(minor, currency), currency)).toBe(minor);
      }),
      { seed: 4217 },
    );
    expect([fromMinor(-5, "EUR"), fromMinor(5, "KWD"), fromMinor(5, "JPY")]).toEqual(["-0.05", "0.005", "5"]);
  });

  it("[R1] gives the odd unit to the one who is asked, exactly for every lawful amount", () => {
    expect([askedOf(4_501, 5_000), askedOf(4_500, 5_000), askedOf(100, 3_333), askedOf(1, 5_000), askedOf(1, 4_999)]).toEqual([
      2_251, 2_250, 33, 1, 0,
    ]);
    expect([askedOf(MAX_AMOUNT, WHOLE_SHARE), askedOf(MAX_AMOUNT - 1, 9_999), askedOf(MAX_AMOUNT, 0)]).toEqual([
      MAX_AMOUNT,
      999_899_999_999,
      0,
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_AMOUNT }), fc.integer({ min: 0, max: WHOLE_SHARE }), (amount, share) => {
        const asked = BigInt(askedOf(amount, share));
        const exact = BigInt(amount) * BigInt(share);
        // Never further than half a unit from the exact share, and a half goes up.
        expect(2n * (asked * 10_000n - exact) <= 10_000n && 2n * (exact - asked * 10_000n) < 10_000n).toBe(true);
      }),
      { seed: 4217 },
    );
  });
});
