import { describe, expect, it } from "vitest";
import { dayBounds, instantOf, wallOf } from "./time.ts";

const at = (iso: string): number => Date.parse(iso);

describe("instants of a wall clock", () => {
  it("[time] is the zone's, in winter and in summer", () => {
    expect(instantOf("2026-01-15T09:30", "Europe/Vienna")).toBe(at("2026-01-15T08:30Z"));
    expect(instantOf("2026-07-15T09:30", "Europe/Vienna")).toBe(at("2026-07-15T07:30Z"));
    expect(instantOf("2026-07-15T09:30", "America/Los_Angeles")).toBe(at("2026-07-15T16:30Z"));
    expect(instantOf("2026-07-15T09:30", "Australia/Lord_Howe")).toBe(at("2026-07-14T23:00Z"));
    expect(instantOf("yesterday", "UTC")).toBeUndefined();
  });

  it("[time] a time that is shown twice is the earlier one, one that is skipped as much later", () => {
    expect(instantOf("2026-10-25T02:30", "Europe/Vienna")).toBe(at("2026-10-25T00:30Z"));
    expect(instantOf("2026-03-29T02:30", "Europe/Vienna")).toBe(at("2026-03-29T01:30Z"));
  });

  it("[time] a day has 23, 24 or 25 hours, and a field shows what was asked", () => {
    const hours = (day: string): number => {
      const bounds = dayBounds(day, "Europe/Vienna");
      return bounds === undefined ? 0 : (bounds.to - bounds.from) / 3_600_000;
    };
    expect([hours("2026-03-29"), hours("2026-06-01"), hours("2026-10-25")]).toEqual([23, 24, 25]);
    expect(wallOf(at("2026-07-15T07:30Z"), "Europe/Vienna")).toBe("2026-07-15T09:30");
  });
});
