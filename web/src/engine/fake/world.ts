import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { ExpenseView, MessageView } from "@countersign/shared/views/record";
import type { HeldView } from "@countersign/shared/replica/held-view";
import type { SyncView } from "@countersign/shared/replica/sync-view";
import type { LinkView } from "@countersign/shared/replica/link-view";
import type { Patch } from "@countersign/shared/replica/api";
import type { UnlockWay, VaultView } from "@countersign/shared/replica/vault-view";
import { added, invited, notCompared, NOW, own, ownWithTablet, SAM, toConfirm, together, waiting } from "./household.ts";
import { statementId } from "./ids.ts";
import { makeAsks, makeHeld } from "./held.ts";
import { makeLong } from "./long.ts";
import { makeLongNames } from "./longNames.ts";
import { FORK, LOSS, MOVES } from "./relays.ts";
import { filesMessages, sampleExpenses, sampleMessages } from "./sample.ts";

const MOODS = ["fine", "slow", "broken", "nonsense", "full"] as const;

type Mood = (typeof MOODS)[number];

/** All state of the fake. */
export interface World {
  readonly scenario: string;
  vault: VaultView;
  households: HouseholdView[];
  messages: MessageView[];
  expenses: ExpenseView[];
  held: HeldView[];
  extraHistory: number;
  sync: SyncView;
  readonly unread: Set<string>;
  readonly drafts: Map<string, string>;
  readonly listeners: Set<(patch: Patch) => void>;
  receipts: boolean;
  ways: readonly UnlockWay[];
  link: LinkView;
  /** Every call hangs, throws, or answers nonsense; or writes are refused. */
  readonly mood: Mood;
}

const OPEN: VaultView = {
  state: "open",
  storage: "persistent",
  usedBytes: 48_000_000,
  quotaBytes: 12_000_000_000,
  autoLockMinutes: 10,
  undoSeconds: 0,
  activeAt: 0,
  working: false,
  sheetConfirmed: true,
};

/** The world that a scenario's name stands for; unknown names give the full household. */
export function makeWorld(scenario: string): World {
  const world: World = {
    scenario,
    vault: OPEN,
    households: [own, together],
    messages: sampleMessages(),
    expenses: sampleExpenses(),
    held: [],
    extraHistory: 0,
    sync: { state: "up-to-date", at: NOW - 120_000 },
    unread: new Set(),
    drafts: new Map(),
    listeners: new Set(),
    receipts: false,
    ways: [],
    link: { state: "off" },
    mood: MOODS.find((mood) => mood === scenario) ?? "fine",
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
    case "storage-refused":
      world.vault = { ...OPEN, state: "none", storageRefused: true, sheetConfirmed: false };
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
    case "wait-long":
      world.vault = { ...OPEN, state: "locked", waitUntil: Date.now() + 14.5 * 60_000 };
      break;
    case "alone":
      world.vault = { ...OPEN, storage: "best-effort", sheetConfirmed: false };
      world.households = [own];
      nothing();
      break;
    case "files":
      world.messages = [...filesMessages(), ...world.messages];
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
    case "used":
    case "used-younger": {
      const recoveries = [{ id: statementId(1), at: NOW - 3_600_000, stands: NOW + 252_000_000, canRefuse: scenario === "used" }];
      world.households = [
        { ...own, recoveries },
        { ...together, recoveries },
      ];
      break;
    }
    case "used-here":
      world.households = [
        { ...own, refused: true },
        { ...together, refused: true },
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
      world.sync = { state: "stopped", fault: FORK, unsent: 2, lastSynced: NOW - 7_200_000 };
      break;
    case "lost":
      world.sync = { state: "stopped", fault: LOSS, unsent: 1, lastSynced: NOW - 7_200_000 };
      break;
    case "full":
      world.vault = { ...OPEN, usedBytes: 1_980_000_000, quotaBytes: 2_000_000_000 };
      break;
    case "left":
    case "closed":
      world.households = [own, { ...together, stage: scenario }];
      break;
    case "update":
      world.households = [own, { ...together, level: 2, needsUpdate: true }];
      break;
    case "asks":
      makeAsks(world);
      break;
    case "held":
    case "held-ten":
    case "held-refused":
      makeHeld(world, scenario);
      break;
    case "long":
      makeLong(world);
      break;
    case "names":
      makeLongNames(world);
      break;
    default:
  }
}
