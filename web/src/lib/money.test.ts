import { describe, expect, it } from "vitest";
import { CURRENCIES, fromMinor, toMinor } from "@countersign/shared/kinds/money";
import {
  editMoney,
  formatMoney,
  formatPercent,
  formatRound,
  guessCurrency,
  OFFERED_CURRENCIES,
  parseMoney,
  parsePercent,
} from "./money.ts";

const bare = (text: string): string => text.replace(/[\u00a0\u202f]/g, " ");

describe("money", () => {
  it("[money] is shown by locale and currency, exactly", () => {
    expect(formatMoney(123_456, "USD", "en-US")).toBe("$1,234.56");
    expect(bare(formatMoney(123_456, "EUR", "de-DE"))).toBe("1.234,56 €");
    expect(bare(formatMoney(1_234, "JPY", "en-US"))).toBe("¥1,234");
    expect(formatMoney(5, "USD", "en-US")).toBe("$0.05");
    expect(formatMoney(9_007_199_254_740_993n, "USD", "en-US")).toBe("$90,071,992,547,409.93");
    expect(formatMoney(-5n, "USD", "en-US")).toBe("-$0.05");
    expect([5_000, 50, 0].map((line) => formatRound(line, "GBP", "en-GB"))).toEqual(["£50", "£0.50", "£0"]);
    expect(formatMoney(1_000_000_000_001, "USD", "en-US")).toBe("$10,000,000,000.01");
  });

  it("[money] reads what people type in either notation", () => {
    const cases: [string, string, string, number | undefined][] = [
      ["12.50", "USD", "en-US", 1250],
      ["12,50", "EUR", "de-DE", 1250],
      ["12,50", "USD", "en-US", 1250],
      ["12.5", "EUR", "de-DE", 1250],
      ["1,234", "USD", "en-US", 123_400],
      ["1.234", "EUR", "de-DE", 123_400],
      ["1,234.56", "USD", "en-US", 123_456],
      ["1.234,56", "EUR", "de-DE", 123_456],
      ["$ 1 234,56", "USD", "fr-FR", 123_456],
      ["1234", "JPY", "en-US", 1234],
      ["1,234", "JPY", "en-US", 1234],
      ["12.50", "JPY", "en-US", undefined],
      ["1.2345", "USD", "en-US", undefined],
      ["1,23,456", "USD", "en-US", undefined],
      ["1,234,56", "USD", "en-US", undefined],
      ["1.234.5,6", "EUR", "de-DE", undefined],
      ["-5", "USD", "en-US", undefined],
      ["1e5", "USD", "en-US", undefined],
      ["", "USD", "en-US", undefined],
      ["0.1", "USD", "en-US", 10],
      ["1.234", "TND", "en-US", 1234],
    ];
    for (const [typed, currency, locale, minor] of cases) expect(parseMoney(typed, currency, locale), `${typed} ${locale}`).toBe(minor);
  });

  it("[money] comes back the same after editing", () => {
    for (const locale of ["en-US", "de-DE", "fr-FR", "de-CH"]) {
      for (const [minor, currency] of [
        [0, "USD"],
        [5, "EUR"],
        [123_456, "USD"],
        [99, "JPY"],
        [1_234_567, "TND"],
      ] as const) {
        expect(parseMoney(editMoney(minor, currency, locale), currency, locale), `${String(minor)} ${currency} ${locale}`).toBe(minor);
      }
    }
  });

  it("[money] is the same amount on the screen, in the field and in the snapshot, in every currency of the record", () => {
    for (const currency of CURRENCIES) {
      expect(formatMoney(1_234_567, currency, "en-US").replace(/^\D+|,/g, ""), currency).toBe(fromMinor(1_234_567, currency));
      expect(editMoney(1_234_567, currency, "en-US"), currency).toBe(fromMinor(1_234_567, currency));
      expect(parseMoney("1200", currency, "en-US"), currency).toBe(toMinor("1200", currency));
    }
    expect([...OFFERED_CURRENCIES].sort()).toEqual(CURRENCIES);
  });

  it("[money] begins with the currency of the person's region, one that is offered", () => {
    expect(["hu-HU", "pt-BR", "en-GB", "de"].map((locale) => guessCurrency(locale))).toEqual(["HUF", "BRL", "GBP", "EUR"]);
  });

  it("[money] reads percentages in hundredths", () => {
    expect(parsePercent("50")).toBe(5000);
    expect(parsePercent("33,33 %")).toBe(3333);
    expect(parsePercent("12.5")).toBe(1250);
    expect(parsePercent("100.01")).toBeUndefined();
    expect(parsePercent("half")).toBeUndefined();
    expect(formatPercent(3333, "en-US")).toBe("33.33%");
  });
});
