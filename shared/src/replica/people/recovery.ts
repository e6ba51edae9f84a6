import type { LogId, MemberId, Millis } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { devicesOf, memberOfRecoveryKey, pendingRecover } from "../../charter/query.ts";
import { readSheetWords, recoveryKeys, type SheetPurpose, type SheetSeed } from "../../charter/recovery-sheet.ts";
import { findLogs, FORMAT_LEVEL } from "../../sync/found.ts";
import type { LogSession } from "../../sync/session.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { sayTogether } from "../statements.ts";
import { dialError, untilLive } from "../waiting.ts";
import { becomeMember, keepIdentity, makeVault, newcomerTo } from "./identity.ts";

/** A log of many years is read before this device can say that it is there. */
const READ_WITHIN = 600_000;

interface Found {
  readonly log: LogId;
  readonly purpose: SheetPurpose;
  readonly relayName: string;
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
  const identities = found.value.map(({ log, purpose, relayName }) => {
    const kind = purpose === "personal" ? "personal" : "household";
    return newcomerTo(core, { log, kind, relayName, purpose, address: relay });
  });
  const sheet = { seed, relay, confirmed: true, made: core.deps.ports.clock.now() };
  const vault = await makeVault(core, input.passphrase, sheet, identities, "recovery");
  if (!vault.ok) return vault;
  let waitsUntil: Millis | undefined;
  for (const identity of identities) {
    const kept = await keepIdentity(core, identity, name, "recovery");
    if (!kept.ok) return kept;
    const done = await recover(core, kept.value, name);
    if (!done.ok) return done;
    if (done.value !== undefined) waitsUntil = Math.max(waitsUntil ?? 0, done.value);
  }
  core.tell({ topic: "vault" });
  return waitsUntil === undefined ? ok(undefined) : err({ code: "recovery-waiting", until: waitsUntil });
}

/** What a relay has for a sheet: the personal log, then one household after another until there is none. */
async function logsOfSheet(core: ReplicaCore, relay: string, seed: SheetSeed): Promise<Result<readonly Found[], ActError>> {
  const found: Found[] = [];
  for (let n = -1; ; n++) {
    const purpose: SheetPurpose = n < 0 ? "personal" : `household/${n}`;
    const logs = await findLogs(core.deps.ports, relay, recoveryKeys(seed, purpose).sign);
    if (!logs.ok && !["refused", "relay-refused", "not-member"].includes(logs.error.code)) return err(dialError(logs.error));
    if (!logs.ok || logs.value.logs.length === 0) return ok(found);
    for (const log of logs.value.logs) found.push({ log, purpose, relayName: logs.value.relayName });
  }
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
  const recovery = recoveryKeys(sheet.seed, session.identity.purpose as SheetPurpose);
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
  const settled = await becomeMember(core, open, member, name, waits === undefined ? undefined : "recovery");
  return settled.ok ? ok(waits) : settled;
}

/** When this device, which the sheet brought in, may write; undefined where it does not wait (rule C9). */
export function writesFrom(session: LogSession, member: MemberId): Millis | undefined {
  const { charter } = session;
  if (!charter || session.isDevice()) return undefined;
  return pendingRecover(charter, member, session.now()).find((p) => p.device?.keys.sign === session.device)?.standsAt;
}
