import { characters } from "../../kinds/fields.ts";
import type { ActError, Answer } from "../answer.ts";
import type { ReplicaCore } from "../core.ts";
import { PASSPHRASE_MIN } from "../vault-holder.ts";

/** Why a passphrase is not taken, or undefined where it is. */
export async function unfitPassphrase(core: ReplicaCore, passphrase: string): Promise<ActError | undefined> {
  if (characters(passphrase) < PASSPHRASE_MIN) return { code: "passphrase-short", limit: PASSPHRASE_MIN };
  return (await core.deps.isBreached?.(passphrase)) === true ? { code: "passphrase-breached" } : undefined;
}

/** A serious step, done once the passphrase was given again: whoever finds the device open must not be able to take it. */
export async function afterPassphrase<T>(core: ReplicaCore, passphrase: string, act: () => Answer<T>): Answer<T> {
  const confirmed = await core.vault.confirm(passphrase);
  return confirmed.ok ? act() : confirmed;
}

/** The same, but in a sample, which has nothing to protect, and nobody was told a passphrase for it. */
export const afterPassphraseUnlessSample = <T>(core: ReplicaCore, passphrase: string, act: () => Answer<T>): Answer<T> =>
  core.isSample ? act() : afterPassphrase(core, passphrase, act);
