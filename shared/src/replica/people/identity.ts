import type { MemberId } from "../../base/ids.ts";
import { ok, type Result } from "../../base/result.ts";
import { inviteKeyPair } from "../../charter/invite-box.ts";
import { sheetUnlockKey, type SheetPurpose } from "../../charter/recovery-sheet.ts";
import { identityCodec, keys, type Identity } from "../../sync/rows.ts";
import type { Write } from "../../vault/row-store.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { secretKeys, sheetCodec, type SheetGuise, type SheetRow } from "../secret-rows.ts";

/** Stands for the member while this device is none's yet. */
const NOBODY = "0".repeat(64) as MemberId;

/** With what this device signs in before it is a member's: the one-time key of an invitation, or the recovery sheet. */
type Entrance = { readonly secret: Uint8Array } | SheetGuise;

const guiseRow = (entrance: Entrance): Uint8Array => ("as" in entrance ? (entrance.seed ?? new Uint8Array()) : entrance.secret);

/** Whether this device is still to become some member's of a log: by an invitation, or by the recovery sheet. */
export const isNobodys = ({ session }: OpenLog): boolean => session.identity.member === NOBODY;

/** The households of this vault, whatever became of them. */
export const householdsOf = (core: ReplicaCore): readonly OpenLog[] =>
  [...core.logs.values()].filter((l) => l.session.identity.kind === "household");

/** For what the sheet's keys of the next household are. */
export const nextHousehold = (core: ReplicaCore): SheetPurpose => `household/${householdsOf(core).length}`;

/** As whom this device is in a log, with what every log begins with: zone and view receipts as this person chose them before. */
export const identityOf = (
  core: ReplicaCore,
  of: Pick<Identity, "log" | "kind" | "relayName" | "purpose" | "address" | "member" | "sign" | "box"> & { readonly zone?: string },
): Identity => {
  const { zone = "UTC", viewReceipts = false } = core.personal?.session.identity ?? {};
  return { v: 1, label: "", zone, viewReceipts, ...of };
};

/** The same for a log that others founded: with keys of its own (rule K2), and no member's yet. */
export function newcomerTo(core: ReplicaCore, of: Pick<Identity, "log" | "kind" | "relayName" | "purpose" | "address">): Identity {
  const { random } = core.deps.ports;
  return identityOf(core, { ...of, member: NOBODY, sign: random(32), box: random(32) });
}

const identityRow = (identity: Identity): Write => ({
  table: "secret",
  key: keys.identity(identity.log),
  value: identityCodec.encode(identity),
});

/**
 * Makes the vault. It has its sheet from its first moment, and as whom this device is in these logs: one that a loss of power left without
 * could be opened and never used.
 * @param entrance with which it signs in to them
 */
export async function makeVault(
  core: ReplicaCore,
  passphrase: string,
  sheet: SheetRow,
  identities: readonly Identity[],
  entrance?: SheetGuise,
): Promise<Result<void, ActError>> {
  const made = await core.vault.create(passphrase, sheetUnlockKey(sheet.seed), [
    { table: "secret", key: secretKeys.sheet, value: sheetCodec.encode(sheet) },
    ...identities.map(identityRow),
    ...(entrance ? identities.map(({ log }): Write => ({ table: "secret", key: secretKeys.guise(log), value: guiseRow(entrance) })) : []),
  ]);
  if (!made.ok) return made;
  core.sheet = sheet;
  return ok(undefined);
}

/**
 * Keeps as whom this device is in a log, opens the log and gives the person their name in it.
 * @param name empty where none was given
 */
export async function keepIdentity(
  core: ReplicaCore,
  identity: Identity,
  name: string,
  entrance?: Entrance,
): Promise<Result<OpenLog, ActError>> {
  const guise = entrance ? guiseRow(entrance) : null;
  const saved = await core.add([identityRow(identity), { table: "secret", key: secretKeys.guise(identity.log), value: guise }]);
  if (!saved.ok) return saved;
  const as = entrance && ("as" in entrance ? entrance : ({ as: "invite", keys: inviteKeyPair(entrance.secret) } as const));
  const open = await core.openLog(identity, as);
  const people = new Map(open.names.people);
  if (identity.member !== NOBODY && name !== "") people.set(identity.member, name);
  const named = await core.saveNames(open, { ...open.names, people });
  return named.ok ? ok(open) : named;
}

/** The member is known now: the log is opened again as that member's. `reads`: this device goes on reading with the sheet's key (rule C9). */
export async function becomeMember(
  core: ReplicaCore,
  open: OpenLog,
  member: MemberId,
  name: string,
  reads?: SheetGuise,
): Promise<Result<void, ActError>> {
  const { identity, log } = open.session;
  await core.closeLog(log);
  const kept = await keepIdentity(core, { ...identity, member }, name, reads);
  return kept.ok ? ok(undefined) : kept;
}
