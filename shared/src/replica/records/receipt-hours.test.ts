import { expect, test } from "vitest";
import type { LogId } from "../../base/ids.ts";
import { ReceiptHours } from "./receipt-hours.ts";

const HOUR = 3_600_000;

/** A clock that runs through what was put off until a time, in its order. */
function clockAt(start: number) {
  let now = start;
  const due = new Map<() => void, number>();
  return {
    now: () => now,
    after(ms: number, run: () => void) {
      due.set(run, now + ms);
      return () => void due.delete(run);
    },
    to(end: number) {
      for (;;) {
        const next = [...due].sort(([, a], [, b]) => a - b)[0];
        if (!next || next[1] > end) break;
        due.delete(next[0]);
        now = next[1];
        next[0]();
      }
      now = end;
    },
  };
}

test("[receipts] delivery receipts leave at two hours of the household's own day, once in each, whatever the device's zone and on the day on which the clocks change", () => {
  const start = Date.UTC(2026, 9, 24, 10);
  const clock = clockAt(start);
  const left: string[] = [];
  const logs = [
    { log: "vienna" as LogId, zone: "Europe/Vienna" },
    { log: "kolkata" as LogId, zone: "Asia/Kolkata" },
  ];
  const hours = new ReceiptHours({
    clock,
    logs: () => logs,
    acknowledge: (log) => left.push(`${log} ${new Date(clock.now()).toISOString().slice(0, 16)}`),
  });
  hours.start();
  clock.to(start + 48 * HOUR);
  // Vienna goes from +02:00 to +01:00 on the 25th; Kolkata is at +05:30.
  expect(left).toEqual([
    "kolkata 2026-10-24T14:30",
    "vienna 2026-10-24T18:00",
    "kolkata 2026-10-25T02:30",
    "vienna 2026-10-25T07:00",
    "kolkata 2026-10-25T14:30",
    "vienna 2026-10-25T19:00",
    "kolkata 2026-10-26T02:30",
    "vienna 2026-10-26T07:00",
  ]);
  hours.stop();
  clock.to(start + 96 * HOUR);
  expect(left.length).toBe(8);
});
