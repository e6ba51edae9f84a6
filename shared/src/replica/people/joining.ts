import type { DeviceId, LogId, MemberId } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { inviteKeyPair, openInviteBox } from "../../charter/invite-box.ts";
import { parseInviteLink, type InviteLink } from "../../charter/invite-link.ts";
import { looksTyped, readTypedInvite, type TypedInviteError } from "../../charter/typed-invite.ts";
import { devicesOf, everyone } from "../../charter/query.ts";
import { recoveryKeys, type SheetPurpose } from "../../charter/recovery-sheet.ts";
import type { Charter } from "../../charter/state.ts";
import { findLogs, FORMAT_LEVEL } from "../../sync/found.ts";
import { keys } from "../../sync/rows.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import type { InvitePreview } from "../people-view.ts";
import { secretKeys } from "../secret-rows.ts";
import { sayTogether } from "../statements.ts";
import { dialError, untilLive } from "../waiting.ts";
import { start } from "./founding.ts";
import { becomeMember, keepIdentity, newcomerTo, nextHousehold } from "./identity.ts";

export function previewInvite(text: string): Result<InvitePreview, ActError> {
  const link = readLink(text);
  return link.ok ? ok({ relay: link.value.relay }) : link;
}

/** Comes into a household with its link (rule C2). A device without a vault gets one. */
export async function join(
  core: ReplicaCore,
  input: {
    readonly link: string;
    readonly name: string;
    readonly passphrase?: string;
    readonly zone: string;
    readonly viewReceipts?: boolean;
  },
): Promise<Result<LogId, ActError>> {
  const link = readLink(input.link);
  if (!link.ok) return link;
  const { relay, log, secret } = link.value;
  if (core.logs.has(log)) return err({ code: "already-joined" });
  if (core.vault.state === "locked") return err({ code: "locked" });
  // Whether the invitation still stands is asked before anything is made on this device.
  const looked = await findLogs(core.deps.ports, relay, inviteKeyPair(secret), { as: "invite", log });
  if (!looked.ok)
    return err(["relay-refused", "not-member", "refused"].includes(looked.error.code) ? { code: "link-used" } : dialError(looked.error));
  const viewReceipts = input.viewReceipts ?? false;
  if (core.vault.state === "none") {
    if (input.passphrase === undefined) return err({ code: "no-vault" });
    const started = await start(core, { relay, passphrase: input.passphrase, name: input.name, zone: input.zone, viewReceipts });
    if (!started.ok) return started;
  }
  const { relayName } = looked.value;
  const identity = newcomerTo(core, { log, kind: "household", relayName, purpose: nextHousehold(core), address: relay });
  const kept = await keepIdentity(core, { ...identity, zone: input.zone, viewReceipts }, input.name, { secret });
  if (!kept.ok) return kept;
  const joined = await continueJoin(core, kept.value, secret, input.name);
  return joined.ok ? ok(log) : joined;
}

/**
 * Goes on with a join after a restart in its middle: with what the join put into the log, or, where there is none there yet, with the
 * invitation's key once more.
 */
export async function resumeJoin(core: ReplicaCore, open: OpenLog, secret: Uint8Array, name: string): Promise<Result<void, ActError>> {
  const { identity, log } = open.session;
  const live = await untilLive(open.session, core.deps.ports.clock);
  if (live.ok || live.error.code !== "relay-refused") return continueJoin(core, open, secret, name);
  await core.closeLog(log);
  return continueJoin(core, await core.openLog(identity, { as: "invite", keys: inviteKeyPair(secret) }), secret, name);
}

async function continueJoin(core: ReplicaCore, open: OpenLog, secret: Uint8Array, name: string): Promise<Result<void, ActError>> {
  const { session } = open;
  const { sheet } = core;
  if (!sheet) return err({ code: "locked" });
  const live = await untilLive(session, core.deps.ports.clock);
  if (!live.ok) return abandonJoin(core, open, live.error.code === "relay-refused" ? { code: "link-used" } : live.error);
  const charter = live.value;
  const covered = charter.invite && openInviteBox(charter, charter.invite, secret);
  if (!covered?.ok) return abandonJoin(core, open, { code: "link-broken" });
  const added = await session.addKeys(covered.value);
  if (!added.ok) return err({ code: "storage-full" });
  const recovery = recoveryKeys(sheet.seed, session.identity.purpose as SheetPurpose).keys;
  let member = session.isDevice() ? ownerOf(charter, session.device) : undefined;
  if (member === undefined) {
    const done = await sayTogether(session, inviteKeyPair(secret), ({ invite }, at) => {
      if (invite?.state !== "open") return err({ code: "link-used" });
      if (at.time >= invite.expires) return err({ code: "link-expired" });
      return ok({ type: "join", invite: invite.id, device: session.deviceKeys, recovery, level: FORMAT_LEVEL });
    });
    if (!done.ok) return abandonJoin(core, open, done.error);
    member = done.value as string as MemberId;
  }
  return becomeMember(core, open, member, name);
}

/** Where the link did not work nothing of it stays on this device. */
async function abandonJoin(core: ReplicaCore, open: OpenLog, error: ActError): Promise<Result<never, ActError>> {
  if (error.code === "link-used" || error.code === "link-expired" || error.code === "link-broken") {
    const { log } = open.session;
    await core.closeLog(log);
    await core.rows?.commit([
      { table: "secret", key: keys.identity(log), value: null },
      { table: "secret", key: secretKeys.guise(log), value: null },
      { table: "secret", key: secretKeys.names(log), value: null },
    ]);
    core.tell({ topic: "households" });
  }
  return err(error);
}

function ownerOf(charter: Charter, device: DeviceId): MemberId | undefined {
  return everyone(charter).find((m) => devicesOf(charter, m.id).some((d) => d.id === device))?.id;
}

/** A link, or the same as it is typed (rule C2b). */
function readLink(text: string): Result<InviteLink, ActError> {
  if (looksTyped(text)) {
    const typed = readTypedInvite(text);
    return typed.ok ? typed : err(typedError(typed.error));
  }
  const link = parseInviteLink(text);
  if (link.ok) return link;
  return err({ code: link.error.code === "link-other-version" ? "link-other-version" : "link-broken" });
}

function typedError(error: TypedInviteError): ActError {
  switch (error.code) {
    case "typed-group":
      return { code: error.code, limit: error.group };
    case "typed-short":
      return { code: error.code, limit: error.groups };
    case "typed-version":
      return { code: "link-other-version" };
    default:
      return { code: error.code };
  }
}
