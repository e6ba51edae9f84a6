import type { MoveView } from "@countersign/shared/replica/people-view";
import type { FaultView, StampsView, WitnessView } from "@countersign/shared/replica/sync-view";
import { HOME, NOW } from "./household.ts";
import { deviceId } from "./ids.ts";

/** Two histories that the relay signed. */
export const FORK = {
  id: "f1",
  log: HOME,
  at: NOW - 7_200_000,
  who: "relay",
  code: "relay-fork",
  seq: 412,
  proof: true,
  portable: true,
} as const;

/** It lost its last days. */
export const LOSS = { ...FORK, id: "f3", code: "relay-rollback", seq: 398 } as const;

/** What was found in a scenario, as the relay's sync state and the list of settings tell it. */
export const faultsOf = (scenario: string): readonly FaultView[] => (scenario === "lost" ? [LOSS] : scenario === "stopped" ? FAULTS : []);

const FAULTS: readonly FaultView[] = [
  FORK,
  { ...FORK, id: "f2", who: deviceId(4), code: "device-body", seq: 98, proof: false, portable: false, at: NOW - 86_400_000 * 40 } as const,
];

export const WITNESSES: readonly WitnessView[] = [
  {
    name: "witness.example.net/witness",
    key: "witness.example.net/witness+5c1e09aa+BKq2+7vJ0xY1m5b8Qd4e6T9uR2wZ8kL1pV7sN5cG0hMx",
    since: NOW - 86_400_000 * 90,
    seen: { size: 411, time: NOW - 3_600_000 },
  },
  {
    name: "quiet.example.net/witness",
    key: "quiet.example.net/witness+77ab10f2+BKq2+7vJ0xY1m5b8Qd4e6T9uR2wZ8kL1pV7sN5cG0hMx",
    since: NOW - 86_400_000,
  },
];

export const STAMPS: StampsView = {
  known: [
    {
      name: "Example Time Stamping Authority",
      certificate: "3b1f9c0e5d7a2486b0c1d2e3f405162738495a6b7c8d9eaf0112233445566778",
      since: NOW - 86_400_000 * 60,
      seen: { size: 402, time: NOW - 86_400_000 },
    },
  ],
  problem: { at: NOW - 3_600_000, code: "stamp-unreachable" },
};

/** How far a move to another relay is, by scenario. */
export const MOVES = {
  "move-asked": {
    state: "asked",
    mine: false,
    relay: "relay.example.net",
    address: "https://relay.example.net",
    expires: NOW + 86_400_000 * 28,
    gone: false,
    canAct: true,
  },
  "move-mine": {
    state: "asked",
    mine: true,
    relay: "relay.example.net",
    address: "https://relay.example.net",
    expires: NOW + 86_400_000 * 28,
    gone: false,
    canAct: true,
  },
  "move-gone": { state: "asked", mine: true, relay: "relay.example.net", address: "https://relay.example.net", gone: true, canAct: true },
  "move-fork": {
    ...{ state: "asked", mine: false, relay: "relay.example.net", address: "https://relay.example.net", gone: true, canAct: true },
    fork: { theirs: 12, mine: 5 },
  },
  "move-going": { state: "moving", relay: "relay.example.net", done: 1_200, of: 4_800 },
  "move-stuck": { state: "stuck", relay: "relay.example.net", error: { code: "relay-unreachable" } },
} as const satisfies Readonly<Record<string, MoveView>>;
