import { describe, expect, it } from "vitest";
import { countShift } from "./quickExit.ts";

const press = (key: string, timeStamp: number, repeat = false): { key: string; repeat: boolean; timeStamp: number } => ({
  key,
  repeat,
  timeStamp,
});

describe("the quick exit", () => {
  it("[exit] answers to Shift three times within five seconds", () => {
    const pressed = countShift();
    expect([press("Shift", 0), press("Shift", 1000), press("Shift", 4000)].map(pressed)).toEqual([false, false, true]);
  });

  it("[exit] does not answer to slow presses, to a held key or to capitals being typed", () => {
    const slow = countShift();
    expect([press("Shift", 0), press("Shift", 3000), press("Shift", 6000)].map(slow)).toEqual([false, false, false]);
    const held = countShift();
    expect([press("Shift", 0), press("Shift", 50, true), press("Shift", 90, true)].map(held)).toEqual([false, false, false]);
    const typed = countShift();
    expect(["Shift", "H", "Shift", "I", "Shift", "T"].map((key, i) => typed(press(key, i * 100)))).toEqual(Array(6).fill(false));
  });
});
