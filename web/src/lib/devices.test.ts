import type { DeviceId, LogId, MemberId } from "@countersign/shared/base/ids";
import type { DeviceView, HouseholdView } from "@countersign/shared/replica/people-view";
import { describe, expect, it } from "vitest";
import { addedDevices, ownDevices } from "./devices.ts";

const device = (id: string, more: Partial<DeviceView> = {}): DeviceView => ({
  device: id as DeviceId,
  name: id,
  me: false,
  linked: 10,
  ...more,
});

const log = (id: string, devices: readonly DeviceView[]): HouseholdView => ({
  log: id as LogId,
  kind: id === "own" ? "personal" : "household",
  label: "",
  relay: "https://relay.example",
  zone: "UTC",
  me: "me" as MemberId,
  stage: "together",
  level: 1,
  needsUpdate: false,
  people: [
    { member: "me" as MemberId, name: "Alex", me: true, role: "parent", colour: 1, provisional: false, devices },
    { member: "sam" as MemberId, name: "Sam", me: false, role: "parent", colour: 2, provisional: false, devices: [device("sams")] },
  ],
});

const names = (list: ReturnType<typeof ownDevices>): string[] => list.map((d) => `${d.where.log}/${d.device.device}`);

describe("a person's own devices", () => {
  const home = log("home", [
    device("h1", { me: true, twins: ["o1" as DeviceId] }),
    device("h2", { later: true, twins: ["o2" as DeviceId], linked: 50 }),
    device("h3", { later: true, revoked: 60, linked: 50 }),
  ]);
  const own = log("own", [
    device("o1", { me: true }),
    device("o2", { later: true, linked: 50 }),
    device("o4", { later: true, linked: 20 }),
    device("o5", { revoked: 9 }),
  ]);

  it("[C3] each stands once: those of the household, then those that only the personal log knows", () => {
    expect(names(ownDevices({ home, own }))).toEqual(["home/h1", "home/h2", "home/h3", "own/o4"]);
    expect(names(ownDevices({ home: undefined, own }))).toEqual(["own/o1", "own/o2", "own/o4", "own/o5"]);
  });

  it("[C3] the notice is for what came after this device, lately, and still has the record", () => {
    expect(names(addedDevices({ home, own }, 15))).toEqual(["home/h2", "own/o4"]);
    expect(names(addedDevices({ home, own }, 30))).toEqual(["home/h2"]);
    expect(names(addedDevices({ home, own }, 51))).toEqual([]);
  });
});
