import type { LogId, MemberId, Millis } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { devicesOf, memberOfRecoveryKey, pendingRecover } from "../../charter/query.ts";
import { readSheetWords, recoveryKeys, type SheetPurpose, type SheetSeed } from "../../charter/recovery-sheet.ts";
import { findLogs, FORMAT_LEVEL } from "../../sync/found.ts";
import type { Identity } from "../../sync/rows.ts";
import type { LogSession } from "../../sync/session.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { decodeGuise, secretKeys, type SheetGuise } from "../secret-rows.ts";
import { sayTogether } from "../statements.ts";
import { dialError, untilLive } from "../waiting.ts";
import { becomeMember, keepIdentity, makeVault, newcomerTo } from "./identity.ts";
import { learnEarlier } from "./sheet.ts";

/** A log of many years is read before this device can say that it is there. */
const READ_WITHIN = 600_000;

/** The present sheet's keys. */
const SHEET: SheetGuise = { as: "recovery" };

interface Found {
  readonly log: LogId;
  readonly purpose: SheetPurpose;
  readonly relayName: string;
  /** The sheet by which it is found, where it is one before the present one. */
  readonly earlier?: SheetSeed;
}

/** On an empty device: the sheet's keys find every log, open it, and bring this device in (rule C9). */
export async function restore(
  core: ReplicaCore,
  input: { readonly relay: string; readonly words: readonly string[]; readonly passphrase: string; readonly name: string },
): Promise<Result<void, ActError>> {
  const read = readSheetWords(input.words);
  if (!read.ok) return err({ code: "sheet-broken" });
  if (core.vault.state !== "none") return err({ code: "vault-exists" });
  const { relay, name } = input;
  const seed = read.value;
  const found = await logsOfSheet(core, relay, seed);
  if (!found.ok) return found;
  if (found.value.length === 0) return err({ code: "sheet-unknown" });
  const identities = found.value.map((at) => newcomer(core, at, relay));
  const sheet = { seed, relay, confirmed: true, made: core.deps.ports.clock.now() };
  const vault = await makeVault(core, input.passphrase, sheet, identities, SHEET);
  if (!vault.ok) return vault;
  const waits: (Millis | undefined)[] = [];
  for (const identity of identities) {
    const done = await enter(core, identity, name, SHEET);
    if (!done.ok) return done;
    waits.push(done.value);
  }
  // A household in which this sheet did not take the place of the one before it yet is found by that one (rule C9a).
  const behind = core.earlierSeeds.length === 0 ? ok([]) : await logsOfSheet(core, relay, seed, identities.length - 1);
  if (!behind.ok) return behind;
  for (const at of behind.value) {
    const done = await enter(core, newcomer(core, at, relay), name, { ...SHEET, ...(at.earlier ? { seed: at.earlier } : {}) });
    if (!done.ok) return done;
    waits.push(done.value);
  }
  core.tell({ topic: "vault" });
  const until = waits.filter((w) => w !== undefined);
  return until.length === 0 ? ok(undefined) : err({ code: "recovery-waiting", until: Math.max(...until) });
}

const newcomer = (core: ReplicaCore, { log, purpose, relayName }: Found, relay: string): Identity =>
  newcomerTo(core, { log, kind: purpose === "personal" ? "personal" : "household", relayName, purpose, address: relay });

/** Into one log, as a device that the sheet brings. Gives until when it waits, if it does. */
async function enter(
  core: ReplicaCore,
  identity: Identity,
  name: string,
  guise: SheetGuise,
): Promise<Result<Millis | undefined, ActError>> {
  const kept = await keepIdentity(core, identity, name, guise);
  return kept.ok ? recover(core, kept.value, name) : kept;
}

/**
 * What a relay has for a sheet: the personal log, then one household after another until there is none.
 * @param from the first household to ask for; -1 is the personal log
 */
async function logsOfSheet(core: ReplicaCore, relay: string, seed: SheetSeed, from = -1): Promise<Result<readonly Found[], ActError>> {
  const found: Found[] = [];
  for (let n = from; ; n++) {
    const at = await findWith(core, relay, n < 0 ? "personal" : `household/${n}`, [seed, ...core.earlierSeeds]);
    if (!at.ok || at.value.length === 0) return at.ok ? ok(found) : at;
    found.push(...at.value);
  }
}

/** The logs that the first of these sheets which has any there has for a purpose. */
async function findWith(
  core: ReplicaCore,
  relay: string,
  purpose: SheetPurpose,
  [seed, ...earlier]: readonly SheetSeed[],
  isEarlier = false,
): Promise<Result<readonly Found[], ActError>> {
  if (!seed) return ok([]);
  const logs = await findLogs(core.deps.ports, relay, recoveryKeys(seed, purpose).sign);
  if (!logs.ok && !["refused", "relay-refused", "not-member"].includes(logs.error.code)) return err(dialError(logs.error));
  if (!logs.ok || logs.value.logs.length === 0) return findWith(core, relay, purpose, earlier, true);
  const { relayName } = logs.value;
  return ok(logs.value.logs.map((log): Found => ({ log, purpose, relayName, ...(isEarlier ? { earlier: seed } : {}) })));
}

/**
 * Brings this device into one log, also after a restart in its middle. Undefined: it is in. Else it waits until then, and reads with the sheet's key
 * meanwhile.
 */
export async function recover(core: ReplicaCore, open: OpenLog, name: string): Promise<Result<Millis | undefined, ActError>> {
  const { session } = open;
  const { sheet } = core;
  if (!sheet) return err({ code: "locked" });
  const live = await untilLive(session, core.deps.ports.clock, READ_WITHIN);
  if (!live.ok) return live;
  const guise = decodeGuise(await core.rows?.get("secret", secretKeys.guise(session.log))) ?? SHEET;
  const recovery = recoveryKeys(guise.seed ?? sheet.seed, session.identity.purpose as SheetPurpose);
  const member = memberOfRecoveryKey(live.value, recovery.keys.sign);
  if (!member) return err({ code: "sheet-unknown" });
  const isSaid = session.isDevice() || writesFrom(session, member) !== undefined;
  if (!isSaid) {
    const done = await sayTogether(session, recovery.sign, (charter) => {
      const lost = devicesOf(charter, member).filter((d) => d.revoked === undefined && d.id !== session.device);
      return ok({ type: "recover", device: session.deviceKeys, level: FORMAT_LEVEL, revokes: lost.map((d) => d.id) });
    });
    if (!done.ok) return done;
  }
  const waits = writesFrom(session, member);
  const settled = await becomeMember(core, open, member, name, waits === undefined ? undefined : guise);
  if (!settled.ok) return settled;
  const learnt = await learnEarlier(core, session.log);
  return learnt.ok ? ok(waits) : learnt;
}

/** When this device, which the sheet brought in, may write; undefined where it does not wait (rule C9). */
export function writesFrom(session: LogSession, member: MemberId): Millis | undefined {
  const { charter } = session;
  if (!charter || session.isDevice()) return undefined;
  return pendingRecover(charter, member, session.now()).find((p) => p.device?.keys.sign === session.device)?.standsAt;
}
