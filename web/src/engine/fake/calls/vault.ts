import { ok } from "@countersign/shared/base/result";
import type { VaultApi } from "@countersign/shared/replica/api";
import { done, guarded, no, open, PASSPHRASE, tell } from "../answers.ts";
import { NOW, own, SHEET } from "../household.ts";
import type { World } from "../world.ts";

/** The vault, what opens it, and the recovery sheet. */
export const vaultCalls = (world: World): VaultApi => ({
  vault: () => Promise.resolve(world.vault),
  start: ({ name, relay, zone, viewReceipts = false }) => {
    if (relay.includes("unreachable")) return no("relay-unreachable");
    world.receipts = viewReceipts;
    world.households = [{ ...own, relay, zone, people: own.people.map((p) => ({ ...p, name })) }];
    return open(world);
  },
  unlock: (passphrase) => {
    if ((world.vault.waitUntil ?? 0) > Date.now()) return no("passphrase-wait", { until: world.vault.waitUntil ?? 0 });
    return passphrase === PASSPHRASE ? open(world) : no("passphrase-wrong");
  },
  lock: () => {
    world.vault = { ...world.vault, state: "locked" };
    tell(world, "vault");
    return Promise.resolve();
  },
  setAutoLock: (autoLockMinutes) => {
    world.vault = { ...world.vault, autoLockMinutes };
    tell(world, "vault");
    return done();
  },
  setUndoSeconds: (undoSeconds) => {
    world.vault = { ...world.vault, undoSeconds };
    tell(world, "vault");
    return done();
  },
  active: (activeAt) => {
    world.vault = { ...world.vault, activeAt };
    return Promise.resolve();
  },
  changePassphrase: (old) => guarded(world, old, () => undefined),
  recoverySheet: (passphrase) =>
    passphrase === PASSPHRASE || world.scenario === "none"
      ? Promise.resolve(ok({ words: SHEET, relay: own.relay, made: NOW, code: `countersign-sheet:1:${own.relay}:${SHEET.join(" ")}` }))
      : no("passphrase-wrong"),
  replaceSheet: (passphrase) =>
    guarded(world, passphrase, () => {
      world.vault = { ...world.vault, sheetConfirmed: false };
    }),
  confirmSheet: (words) => {
    if (!words.every((w) => SHEET[w.at] === w.word.trim().toLowerCase())) return no("sheet-broken");
    world.vault = { ...world.vault, sheetConfirmed: true };
    tell(world, "vault");
    return done();
  },
  restore: ({ words }) => (words.length === SHEET.length ? open(world) : no("sheet-broken")),
  resetPassphrase: (words) => (words.length === SHEET.length ? open(world) : no("sheet-broken")),
  unlockWays: () => Promise.resolve(world.ways),
  addUnlockWay: ({ kind, hint, passphrase }) =>
    guarded(world, passphrase, () => {
      world.ways = [...world.ways, { id: String(world.ways.length), kind, hint, made: NOW }];
    }),
  removeUnlockWay: (id) => {
    world.ways = world.ways.filter((way) => way.id !== id);
    tell(world, "vault");
    return done();
  },
  unlockWith: () => open(world),
  eraseDevice: (passphrase) =>
    guarded(world, passphrase, () => {
      world.vault = { ...world.vault, state: "none", sheetConfirmed: false };
      world.households = [];
    }),
});
