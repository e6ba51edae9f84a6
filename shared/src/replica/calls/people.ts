import { err } from "../../base/result.ts";
import type { PeopleApi } from "../api.ts";
import type { ReplicaCore } from "../core.ts";
import { tooLongName } from "../names.ts";
import { attest, checkKeyCard, keyCards, safetyWords } from "../people/comparing.ts";
import { householdViews } from "../people/household-view.ts";
import { confirmJoin, invite, voidInvite } from "../people/inviting.ts";
import { join, previewInvite } from "../people/joining.ts";
import { leave, revokeDevice } from "../people/leaving.ts";
import { refuseRecovery } from "../people/refusing.ts";
import { rename } from "../people/renaming.ts";
import type { VaultLife } from "../vault-life.ts";
import { afterPassphrase, unfitPassphrase } from "./passphrase.ts";

/** Who is in which log, and how they got there. */
export const peopleCalls = (core: ReplicaCore, life: VaultLife): PeopleApi => ({
  households: () => Promise.resolve(householdViews(core)),
  rename: (log, names) => rename(core, log, names),

  invite: async (input) => {
    const tooLong = tooLongName(input.label);
    return tooLong ? err(tooLong) : invite(core, input);
  },
  voidInvite: (log) => voidInvite(core, log),
  confirmJoin: (log) => confirmJoin(core, log),

  previewInvite: (link) => Promise.resolve(previewInvite(link)),
  join: async (input) => {
    const unfit =
      tooLongName(input.name) ?? (core.vault.state === "none" ? await unfitPassphrase(core, input.passphrase ?? "") : undefined);
    if (unfit) return err(unfit);
    const joined = await join(core, input);
    if (core.vault.state === "open") life.opened();
    return joined;
  },

  safetyWords: (log) => Promise.resolve(safetyWords(core, log)),
  keyCards: (log) => Promise.resolve(keyCards(core, log)),
  checkKeyCard: (log, text) => Promise.resolve(checkKeyCard(core, log, text)),
  attest: (log, method) => attest(core, log, method),

  revokeDevice: (log, device, passphrase) => afterPassphrase(core, passphrase, () => revokeDevice(core, log, device)),
  refuseRecovery: (passphrase) => afterPassphrase(core, passphrase, () => refuseRecovery(core)),
  leave: (log, passphrase) => afterPassphrase(core, passphrase, () => leave(core, log)),
});
