import { afterEach, describe, expect, it, vi } from "vitest";
import { deviceSwitch } from "./deviceSwitch.ts";

afterEach(() => {
  localStorage.clear();
  vi.restoreAllMocks();
});

describe("a switch of this device", () => {
  it.each([true, false])("[settings] stands as it does by default (%s) until it is moved, and only the other way is kept", (byDefault) => {
    const one = deviceSwitch("one", byDefault);
    expect(one.isOn()).toBe(byDefault);
    one.set(!byDefault);
    expect(one.isOn()).toBe(!byDefault);
    expect(deviceSwitch("one", byDefault).isOn()).toBe(!byDefault);
    expect(deviceSwitch("another", byDefault).isOn()).toBe(byDefault);
    one.set(byDefault);
    expect(one.isOn()).toBe(byDefault);
    expect(localStorage.length).toBe(0);
  });

  it("[settings] in a browser that lets nothing be stored it stands as it does by default", () => {
    vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
      throw new DOMException("refused", "SecurityError");
    });
    expect(deviceSwitch("one", true).isOn()).toBe(true);
    expect(deviceSwitch("one", false).isOn()).toBe(false);
  });
});
