import type { DeviceView, HouseholdView, PersonView } from "@countersign/shared/replica/people-view";
import { deviceId, logId, memberId } from "./ids.ts";

export const ALEX = memberId(1);
export const SAM = memberId(2);
export const HOME = logId(1);
export const OWN = logId(2);
export const RELAY = "https://relay.example.org";
export const ZONE = "Europe/London";

/** The fake's now: everything is dated back from here, so that screenshots are the same every day. */
export const NOW = Date.parse("2026-11-20T18:40:00Z");
const DAY = 86_400_000;

const device = (n: number, name: string, days: number, me = false): DeviceView => ({
  device: deviceId(n),
  name,
  me,
  linked: NOW - days * DAY,
  // The fake's other log names the same devices alike.
  twins: [deviceId(n)],
  ...(n === 3 ? { later: true } : {}),
});

const alex: PersonView = {
  member: ALEX,
  name: "Alex",
  me: true,
  role: "parent",
  colour: 1,
  provisional: false,
  devices: [device(1, "Phone", 410, true), { ...device(2, "Old laptop", 400), revoked: NOW - 200 * DAY }, device(3, "Laptop", 3)],
};

const sam: PersonView = {
  member: SAM,
  name: "Sam",
  me: false,
  role: "parent",
  colour: 2,
  provisional: false,
  compared: { method: "words", at: NOW - 395 * DAY, by: ALEX },
  devices: [device(4, "Sam's phone", 396)],
};

export const own: HouseholdView = {
  log: OWN,
  kind: "personal",
  label: "Just for me",
  relay: RELAY,
  zone: ZONE,
  people: [alex],
  me: ALEX,
  stage: "alone",
  level: 1,
  needsUpdate: false,
};

export const together: HouseholdView = {
  log: HOME,
  kind: "household",
  label: "Family",
  relay: RELAY,
  zone: ZONE,
  people: [alex, sam],
  me: ALEX,
  stage: "together",
  level: 1,
  needsUpdate: false,
};

const invite = {
  link: "https://relay.example.org/#join=o2F2AWFyeBlodHRwczovL3JlbGF5LmV4YW1wbGUub3JnYWxYIGV4YW1wbGUtbG9nLWlkLWZvci10aGUtZmFrZS1vbmx5",
  made: NOW - DAY / 2,
  expires: NOW + 2 * DAY,
  state: "open",
} as const;

export const invited: HouseholdView = { ...together, people: [alex], stage: "invited", invite };

export const toConfirm: HouseholdView = {
  ...together,
  people: [alex, { ...withoutCompared(sam), provisional: true }],
  stage: "invited",
  invite: { ...invite, state: "used" },
};

export const waiting: HouseholdView = { ...together, people: [{ ...alex, provisional: true }, withoutCompared(sam)], stage: "waiting" };

/** The personal log of somebody whose tablet does not have the household yet. */
export const ownWithTablet: HouseholdView = {
  ...own,
  people: [{ ...alex, devices: [...alex.devices, { ...device(6, "Tablet", 30), later: true }] }],
};

/** A device came in yesterday, by the real clock: the notice stands for seven days of it. */
export const added = (): HouseholdView => ({
  ...together,
  people: [{ ...alex, devices: [...alex.devices, { ...device(5, "Tablet", 0), linked: Date.now() - DAY, later: true }] }, sam],
});

export const notCompared: HouseholdView = { ...together, people: [alex, withoutCompared(sam)] };

function withoutCompared(person: PersonView): PersonView {
  const copy = { ...person };
  delete copy.compared;
  return copy;
}

export const SAFETY = ["harbour", "velvet", "nation", "orbit", "leopard", "candle"] as const;

export const SHEET = "abandon ladder orange velvet kitchen music riddle salon canyon depth ocean umbrella".split(" ");
