import type { DeviceId, Hex32, MemberId, StatementId } from "@countersign/shared/base/ids";
import { deviceAt, mayRead, memberOfRecoveryKey, openInvite, recoveryKeyOf } from "@countersign/shared/charter/query";
import type { Charter } from "@countersign/shared/charter/state";
import type { InviteKeyId, Position, SignedStatement } from "@countersign/shared/charter/types";
import { ENTRY_CHANNELS, type EntryChannel } from "@countersign/shared/base/channels";
import type { SignInRole } from "@countersign/shared/wire/messages";

/** As whom a connection speaks in one log. It holds only as long as `stillHolds` says so. */
export type Grant =
  | { readonly as: "device"; readonly device: DeviceId; readonly member: MemberId }
  | { readonly as: "recovery"; readonly key: Hex32; readonly member: MemberId }
  | { readonly as: "invite"; readonly key: Hex32; readonly invite: StatementId; readonly member: MemberId };

/** Whoever brings entries: as a member, or to move a log here, when nothing is known yet of whom the log knows. */
export type Speaker = Grant | { readonly as: "move"; readonly key: Hex32 };

/** What a key that signed in may be in this log now; undefined is 'not a member'. */
export function grantOf(charter: Charter, role: SignInRole, key: Hex32, at: Position): Grant | undefined {
  switch (role) {
    case "device": {
      const device = deviceAt(charter, key as DeviceId, at);
      return device && { as: "device", device: device.id, member: device.member };
    }
    case "recovery": {
      const member = memberOfRecoveryKey(charter, key);
      return member !== undefined && (recoveryKeyOf(charter, member, at)?.sign as Hex32 | undefined) === key
        ? { as: "recovery", key, member }
        : undefined;
    }
    case "invite": {
      const invite = openInvite(charter, key as InviteKeyId, at);
      return invite && { as: "invite", key, invite: invite.id, member: invite.by };
    }
    default:
      return undefined;
  }
}

/** Whether the charter as it stands now still gives this. */
export function stillHolds(charter: Charter, grant: Grant, at: Position): boolean {
  return grantOf(charter, grant.as, grant.as === "device" ? grant.device : grant.key, at) !== undefined;
}

/** The channels whose entries this connection gets whole; of the others it gets leaf hashes (rule L4). */
export function readableChannels(charter: Charter, grant: Grant, at: Position): ReadonlySet<EntryChannel> {
  switch (grant.as) {
    case "device":
      return new Set(ENTRY_CHANNELS.filter((channel) => mayRead(charter, grant.device, channel, at)));
    case "recovery": {
      // Everything that the member may read: what a device of theirs may.
      const device = devicesLike(charter, grant.member);
      return new Set(ENTRY_CHANNELS.filter((channel) => channel === "charter" || device(channel)));
    }
    case "invite": {
      const covers = charter.invite?.id === grant.invite ? charter.invite.covers.map((c) => c.channel) : [];
      return new Set<EntryChannel>(["charter", ...covers]);
    }
  }
}

/** In this version every present member reads every channel of the log's kind; the charter's epochs say which there are. */
const devicesLike =
  (charter: Charter, member: MemberId): ((channel: EntryChannel) => boolean) =>
  (channel) =>
    channel !== "charter" && charter.parents.includes(member) && charter.epochs[channel] !== undefined;

/** Whether this connection may bring this statement at all. Whether the statement stands is for the evaluator. */
export function mayBring(grant: Grant, signed: SignedStatement): boolean {
  const { statement } = signed;
  switch (grant.as) {
    case "device":
      return (statement.by as Hex32) === grant.device;
    case "recovery":
      return ["recover", "revoke", "set-recovery"].includes(statement.type) && signed.signatures.some((s) => s.key === grant.key);
    case "invite":
      return statement.type === "join" && statement.invite === grant.invite;
  }
}
