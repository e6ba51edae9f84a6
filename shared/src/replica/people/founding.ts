import type { MemberId } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { newSheetSeed, recoveryKeys, type SheetPurpose, type SheetSeed } from "../../charter/recovery-sheet.ts";
import type { LogKind } from "../../charter/types.ts";
import { foundLog } from "../../sync/found.ts";
import type { Identity } from "../../sync/rows.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { dialError } from "../waiting.ts";
import { identityOf, keepIdentity, makeVault, nextHousehold } from "./identity.ts";

/** Founds the personal log, then makes the vault: a relay that cannot be reached leaves nothing behind. */
export async function start(
  core: ReplicaCore,
  input: {
    readonly relay: string;
    readonly passphrase: string;
    readonly name: string;
    readonly zone: string;
    readonly viewReceipts?: boolean;
  },
): Promise<Result<void, ActError>> {
  const seed = newSheetSeed(core.deps.ports.random);
  const founded = await found(core, input.relay, "personal", "personal", seed);
  if (!founded.ok) return founded;
  // Every household that they found or join begins with this choice.
  const identity = { ...founded.value, zone: input.zone, viewReceipts: input.viewReceipts ?? false };
  const sheet = { seed, relay: input.relay, confirmed: false, made: core.deps.ports.clock.now() };
  const vault = await makeVault(core, input.passphrase, sheet, [identity]);
  if (!vault.ok) return vault;
  const opened = await keepIdentity(core, identity, input.name);
  if (!opened.ok) return opened;
  core.tell({ topic: "vault" });
  return ok(undefined);
}

/** Founds a household where the personal log is, under the name that this person has there. */
export async function foundHousehold(core: ReplicaCore, label: string | undefined): Promise<Result<OpenLog, ActError>> {
  const { sheet, personal } = core;
  if (!sheet || !personal) return err({ code: "locked" });
  const founded = await found(core, personal.session.identity.address, "household", nextHousehold(core), sheet.seed);
  if (!founded.ok) return founded;
  const me = personal.names.people.get(personal.session.identity.member) ?? "";
  const kept = await keepIdentity(core, founded.value, me);
  if (kept.ok && label) await core.saveNames(kept.value, { ...kept.value.names, label });
  return kept;
}

async function found(
  core: ReplicaCore,
  relay: string,
  kind: LogKind,
  purpose: SheetPurpose,
  seed: SheetSeed,
): Promise<Result<Identity, ActError>> {
  const founded = await foundLog(core.deps.ports, relay, kind, recoveryKeys(seed, purpose).keys);
  if (!founded.ok) return err(dialError(founded.error));
  const { log, relayName, signSeed, boxSecret } = founded.value;
  const member = log as string as MemberId;
  return ok(identityOf(core, { log, kind, relayName, purpose, address: relay, member, sign: signSeed, box: boxSecret }));
}
