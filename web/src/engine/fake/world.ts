import type { MoveView, HouseholdView } from "@countersign/shared/replica/people-view";
import type { ExpenseView, MessageView } from "@countersign/shared/views/record";
import type { FaultView, SyncView, StampsView, WitnessView } from "@countersign/shared/replica/sync-view";
import type { LinkView } from "@countersign/shared/replica/link-view";
import type { Patch } from "@countersign/shared/replica/api";
import type { UnlockWay, VaultView } from "@countersign/shared/replica/vault-view";
import { deviceId, recordId } from "./ids.ts";
import { ALEX, HOME, NOW, SAM, added, invited, notCompared, own, ownWithTablet, toConfirm, together, waiting } from "./household.ts";
import { expense, proof, sampleExpenses, sampleMessages } from "./sample.ts";

/** All state of the fake. */
export interface World {
  readonly scenario: string;
  vault: VaultView;
  households: HouseholdView[];
  messages: MessageView[];
  expenses: ExpenseView[];
  extraHistory: number;
  sync: SyncView;
  readonly unread: Set<string>;
  readonly drafts: Map<string, string>;
  readonly listeners: Set<(patch: Patch) => void>;
  receipts: boolean;
  ways: readonly UnlockWay[];
  link: LinkView;
  /** Every call hangs, throws, or writes are refused. */
  readonly mood: "fine" | "slow" | "broken" | "full";
}

const OPEN: VaultView = {
  state: "open",
  storage: "persistent",
  usedBytes: 48_000_000,
  quotaBytes: 12_000_000_000,
  autoLockMinutes: 10,
  sheetConfirmed: true,
};

const fault = {
  id: "f1",
  log: HOME,
  at: NOW - 7_200_000,
  who: "relay",
  code: "relay-fork",
  seq: 412,
  proof: true,
  portable: true,
} as const;

const loss = { ...fault, id: "f3", code: "relay-rollback", seq: 398 } as const;

/** What was found in a scenario, as the relay's sync state and the list of settings tell it. */
export const faultsOf = (scenario: string): readonly FaultView[] => (scenario === "lost" ? [loss] : scenario === "stopped" ? FAULTS : []);

const FAULTS: readonly FaultView[] = [
  fault,
  { ...fault, id: "f2", who: deviceId(4), code: "device-body", seq: 98, proof: false, portable: false, at: NOW - 86_400_000 * 40 } as const,
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

/** The world that a scenario's name stands for; unknown names give the full household. */
export function makeWorld(scenario: string): World {
  const world: World = {
    scenario,
    vault: OPEN,
    households: [own, together],
    messages: sampleMessages(),
    expenses: sampleExpenses(),
    extraHistory: 0,
    sync: { state: "up-to-date", at: NOW - 120_000 },
    unread: new Set(),
    drafts: new Map(),
    listeners: new Set(),
    receipts: false,
    ways: [],
    link: { state: "off" },
    mood: scenario === "slow" ? "slow" : scenario === "broken" ? "broken" : scenario === "full" ? "full" : "fine",
  };
  for (const m of world.messages) if (m.author === SAM && m.proof.claimed > NOW - 86_400_000) world.unread.add(m.id);
  change(world, scenario);
  return world;
}

function change(world: World, scenario: string): void {
  const nothing = (): void => {
    world.messages = [];
    world.expenses = [];
    world.unread.clear();
  };
  switch (scenario) {
    case "added":
      world.households = [own, added()];
      break;
    case "partial":
      world.households = [ownWithTablet, together];
      break;
    case "removed":
      world.households = [
        { ...own, removed: true },
        { ...together, removed: true },
      ];
      world.sync = { state: "removed", unsent: 0, lastSynced: NOW - 7_200_000 };
      break;
    case "take-offline":
    case "take-taking":
    case "take-syncing":
    case "take-taken":
    case "take-failed":
    case "none":
      world.vault = { ...OPEN, state: "none", sheetConfirmed: false };
      world.households = [];
      nothing();
      break;
    case "locked":
      world.vault = { ...OPEN, state: "locked" };
      break;
    case "ways":
      world.vault = { ...OPEN, state: "locked" };
      world.ways = [{ id: "0", kind: "passkey", made: NOW, hint: new Uint8Array(48) }];
      break;
    case "wait":
      world.vault = { ...OPEN, state: "locked", waitUntil: Date.now() + 45_000 };
      break;
    case "alone":
      world.vault = { ...OPEN, storage: "best-effort", sheetConfirmed: false };
      world.households = [own];
      nothing();
      break;
    case "empty":
      nothing();
      break;
    case "invited":
      world.households = [own, invited];
      nothing();
      break;
    case "confirm":
      world.households = [own, toConfirm];
      nothing();
      break;
    case "waiting":
      world.households = [own, waiting];
      nothing();
      break;
    case "uncompared":
      world.households = [own, notCompared];
      break;
    case "offline":
      world.sync = { state: "waiting", unsent: 3, lastSynced: NOW - 5_400_000 };
      break;
    case "refused":
      world.sync = { state: "refused", why: "relay-version", unsent: 2, lastSynced: NOW - 86_400_000 };
      break;
    case "clock":
      world.sync = { state: "up-to-date", at: NOW - 120_000, clockAhead: 47 * 60_000 };
      break;
    case "restored":
      world.households = [
        { ...own, writesFrom: NOW + 250_000_000 },
        { ...together, writesFrom: NOW + 250_000_000 },
      ];
      break;
    case "again":
    case "again-going": {
      const [first] = together.people;
      const by = first ? { member: first.member } : {};
      const lapsed = [
        { what: "link", at: NOW - 86_400_000, ...by },
        { what: "attest", at: NOW - 80_000_000, ...by },
        { what: "open-epoch", at: NOW - 79_000_000, ...by },
      ] as const;
      world.households = [own, { ...together, again: { waiting: scenario === "again" ? 0 : 3, of: 5, lapsed } }];
      break;
    }
    case "move-asked":
    case "move-fork":
    case "move-mine":
    case "move-gone":
    case "move-going":
    case "move-stuck":
      world.households = [own, { ...together, move: MOVES[scenario] }];
      break;
    case "catching":
      world.sync = { state: "catching-up", done: 1_200, of: 4_800 };
      break;
    case "stopped":
      world.sync = { state: "stopped", fault, unsent: 2, lastSynced: NOW - 7_200_000 };
      break;
    case "lost":
      world.sync = { state: "stopped", fault: loss, unsent: 1, lastSynced: NOW - 7_200_000 };
      break;
    case "full":
      world.vault = { ...OPEN, usedBytes: 1_980_000_000, quotaBytes: 2_000_000_000 };
      break;
    case "left":
      world.households = [own, { ...together, stage: "left" }];
      break;
    case "update":
      world.households = [own, { ...together, level: 2, needsUpdate: true }];
      break;
    case "long":
      makeLong(world);
      break;
    default:
  }
}

/** 100,000 lines of history, a thread of 5,000 letters, 2,000 threads and 3,000 expenses. */
function makeLong(world: World): void {
  world.extraHistory = 100_000;
  const thread = recordId(900_000);
  const text = "A message of ordinary length, to see that a long thread scrolls and that no line runs over the edge. ";
  for (let i = 0; i < 5_000; i++) {
    const by = i % 3 === 0 ? SAM : ALEX;
    world.messages.push({
      id: i === 0 ? thread : recordId(900_000 + i),
      thread,
      log: HOME,
      author: by,
      ...(i === 0
        ? { subject: "A very long thread about everything, with a subject that is itself longer than any narrow screen is wide" }
        : {}),
      text: text.repeat(1 + (i % 5)),
      files: [],
      settlement: false,
      proof: proof(HOME, by, NOW - (5_000 - i) * 600_000),
    });
  }
  for (let i = 0; i < 2_000; i++) {
    const id = recordId(800_000 + i);
    world.messages.push({
      id,
      thread: id,
      log: HOME,
      author: i % 2 === 0 ? SAM : ALEX,
      subject: `Subject number ${String(i + 1)}`,
      text,
      files: [],
      settlement: false,
      proof: proof(HOME, i % 2 === 0 ? SAM : ALEX, NOW - (i + 2) * 7_200_000),
    });
  }
  for (let i = 0; i < 3_000; i++) {
    world.expenses.push(
      expense({
        title: `Expense number ${String(i + 1)}`,
        category: i % 2 === 0 ? "School" : "Health",
        amount: 1_000 + i * 7,
        by: i % 3 === 0 ? SAM : ALEX,
        hours: 2_000 + i * 5,
        state: "settled",
      }),
    );
  }
}
