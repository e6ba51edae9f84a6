import { describe, expect, it } from "vitest";
import { PERMISSIONS, isAllowed, isOurs } from "./permissions.ts";

const OURS = "app://local/expenses";

describe("permissions", () => {
  it("[desktop] only these four are ever given", () => {
    const allowed = Object.entries(PERMISSIONS).filter(([, rule]) => rule.allow);
    expect(allowed.map(([name]) => name).sort()).toEqual(["clipboard-sanitized-write", "fullscreen", "media", "persistent-storage"]);
  });

  it("[desktop] each has a reason", () => {
    for (const rule of Object.values(PERMISSIONS)) expect(rule.reason.length).toBeGreaterThan(3);
  });

  it("[desktop] what is refused, unknown or inherited is refused", () => {
    for (const name of ["geolocation", "notifications", "clipboard-read", "made-up", "constructor", "__proto__"]) {
      expect(isAllowed(name, OURS)).toBe(false);
    }
  });

  it("[desktop] nobody else's page gets anything", () => {
    for (const from of ["https://example.org/", "app://local.example.org/", "app://elsewhere/", "file:///", ""]) {
      expect(isOurs(from)).toBe(false);
      expect(isAllowed("fullscreen", from)).toBe(false);
    }
    expect(isAllowed("fullscreen", OURS)).toBe(true);
  });

  it("[desktop] the camera, never the microphone", () => {
    expect(isAllowed("media", OURS, ["video"])).toBe(true);
    for (const kinds of [["audio"], ["video", "audio"], ["unknown"], []]) expect(isAllowed("media", OURS, kinds)).toBe(false);
  });
});
