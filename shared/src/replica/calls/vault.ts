import { toHex } from "../../base/bytes.ts";
import { err, ok } from "../../base/result.ts";
import { readSheetWords, sheetCode, sheetUnlockKey, sheetWords } from "../../charter/recovery-sheet.ts";
import { MAX_HINT } from "../../vault/slots.ts";
import type { Accesses } from "../accesses.ts";
import type { VaultApi } from "../api.ts";
import type { ReplicaCore } from "../core.ts";
import type { Idle } from "../idle.ts";
import { tooLongName } from "../names.ts";
import { start } from "../people/founding.ts";
import { restore } from "../people/recovery.ts";
import { isSheetInForce, type Sheets } from "../people/sheet.ts";
import type { VaultLife } from "../vault-life.ts";
import { afterPassphrase, unfitPassphrase } from "./passphrase.ts";

const MOST_UNDO_SECONDS = 60;

/** The vault, what opens it, and the recovery sheet. */
export const vaultCalls = (core: ReplicaCore, life: VaultLife, idle: Idle, accesses: Accesses, sheets: Sheets): VaultApi => ({
  vault: async () => {
    const { vault, deps } = core;
    const storage = await deps.storage?.();
    return {
      state: vault.state,
      storage: storage?.persistent === undefined ? "unknown" : storage.persistent ? "persistent" : "best-effort",
      ...(storage?.used === undefined ? {} : { usedBytes: storage.used }),
      ...(storage?.quota === undefined ? {} : { quotaBytes: storage.quota }),
      ...(vault.waitUntil === undefined ? {} : { waitUntil: vault.waitUntil }),
      autoLockMinutes: core.autoLock,
      undoSeconds: core.undoSeconds,
      activeAt: idle.activeAt,
      working: idle.working,
      sheetConfirmed: core.sheet?.confirmed ?? false,
      ...(core.isSample ? { sample: true } : {}),
    };
  },

  start: async (input) => {
    const unfit = tooLongName(input.name) ?? (await unfitPassphrase(core, input.passphrase));
    if (unfit) return err(unfit);
    if (core.vault.state !== "none") return err({ code: "vault-exists" });
    const started = await start(core, input);
    if (started.ok) life.opened();
    return started;
  },

  unlock: (passphrase) => life.unlock(core.vault.unlock(passphrase)),
  unlockWith: (id, secret) => life.unlock(core.vault.unlockWithWay(id, secret)),
  lock: () => life.lock(),

  resetPassphrase: async (words, next) => {
    const seed = readSheetWords(words);
    if (!seed.ok) return err({ code: "sheet-broken" });
    const unfit = await unfitPassphrase(core, next);
    if (unfit) return err(unfit);
    const opened = await life.unlock(core.vault.resetPassphrase(sheetUnlockKey(seed.value), next));
    if (opened.ok) await accesses.changedPassphrase();
    return opened;
  },

  changePassphrase: async (old, next) => {
    const unfit = await unfitPassphrase(core, next);
    if (unfit) return err(unfit);
    const changed = await core.vault.changePassphrase(old, next);
    if (changed.ok) await accesses.changedPassphrase();
    return changed;
  },

  setAutoLock: (minutes) => core.saveSettings({ autoLock: Math.max(0, Math.min(Math.round(minutes), 24 * 60)) }),
  setUndoSeconds: (seconds) => core.saveSettings({ undo: Math.max(0, Math.min(Math.round(seconds), MOST_UNDO_SECONDS)) }),
  active: (at) => {
    idle.active(at);
    return Promise.resolve();
  },

  unlockWays: () => Promise.resolve(core.vault.ways.map(({ id, kind, made, hint }) => ({ id: toHex(id), kind, made, hint }))),

  addUnlockWay: async ({ passphrase, kind, secret, hint }) => {
    if (secret.length !== 32 || hint.length > MAX_HINT) return err({ code: "not-allowed" });
    const added = await core.vault.addWay(passphrase, { kind, secret, hint });
    if (added.ok) core.tell({ topic: "vault" });
    return added;
  },

  removeUnlockWay: async (id) => {
    if (core.vault.state !== "open") return err({ code: "locked" });
    const removed = await core.vault.removeWay(id);
    core.tell({ topic: "vault" });
    return removed;
  },

  recoverySheet: (passphrase) =>
    afterPassphrase(core, passphrase, () => {
      const { sheet } = core;
      if (!sheet) return Promise.resolve(err({ code: "locked" }));
      if (!isSheetInForce(core)) return Promise.resolve(err({ code: "sheet-behind" }));
      const { seed, relay, made } = sheet;
      return Promise.resolve(ok({ words: sheetWords(seed), relay, made, code: sheetCode(relay, seed) }));
    }),

  replaceSheet: (passphrase) => afterPassphrase(core, passphrase, () => sheets.replace()),

  confirmSheet: async (words) => {
    const { sheet } = core;
    if (!sheet) return err({ code: "locked" });
    const right = sheetWords(sheet.seed);
    if (words.length < 2 || !words.every((w) => right[w.at] === w.word.trim().toLowerCase())) return err({ code: "sheet-broken" });
    const saved = await core.saveSheet({ ...sheet, confirmed: true });
    core.tell({ topic: "vault" });
    return saved;
  },

  restore: async (input) => {
    const unfit = tooLongName(input.name) ?? (await unfitPassphrase(core, input.passphrase));
    if (unfit) return err(unfit);
    const restored = await restore(core, input);
    if (core.vault.state === "open") life.opened();
    return restored;
  },

  eraseDevice: async (passphrase) => {
    if (core.vault.state === "open") {
      const confirmed = await core.vault.confirm(passphrase);
      if (!confirmed.ok) return confirmed;
    }
    await life.close();
    await core.deps.eraseStore?.();
    return ok(undefined);
  },
});
