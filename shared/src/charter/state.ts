/**
 * What the charter says after a statement: an immutable value of plain data. `extendCharter` makes the next from it; the questions are in
 * query.ts. What ever stood is kept with the place from which it stood, so that a question about an earlier place has the same
 * answer for ever.
 */
import type { DeviceId, Hex32, LogId, MemberId, Millis, StatementId } from "../base/ids.ts";
import type { Channel } from "../base/channels.ts";
import type { Growing, HexMap } from "./persistent.ts";
import type {
  AttestMethod,
  CoveredEpoch,
  DeviceKeys,
  InviteKeyId,
  KeyCommitment,
  LogKeyId,
  LogKind,
  Position,
  RecipientId,
  RecoveryKeyId,
  RecoveryKeys,
} from "./types.ts";

/**
 * From where something stands: for every entry after `seq` whose relay time is at least `after`. `after` is 0 except for what waited
 * 72 hours (rule C9). `time` is the relay time to show for it.
 */
export interface Since {
  readonly seq: number;
  readonly time: Millis;
  readonly after: Millis;
}

export interface Device {
  readonly id: DeviceId;
  readonly keys: DeviceKeys;
  readonly member: MemberId;
  /** The statement that brought it in. */
  readonly statement: StatementId;
  readonly linked: Since;
  readonly revoked: Since | undefined;
  readonly level: number;
}

export interface Recovery {
  readonly keys: RecoveryKeys;
  readonly since: Since;
}

export interface Member {
  readonly id: MemberId;
  readonly role: "parent";
  readonly joined: Since;
  /** Undefined while the join is provisional. */
  readonly confirmed: Since | undefined;
  /** A join that was voided, or a member that left. */
  readonly ended: { readonly since: Since; readonly why: "void" | "leave" } | undefined;
  /** Unrevoked devices, the senior one first. */
  readonly active: readonly DeviceId[];
  /** All devices, in the order of linking. */
  readonly devices: Growing<DeviceId>;
  /** All recovery keys; the last one is in force. */
  readonly recoveries: Growing<Recovery>;
  /** Statements in the day (number of days since 1970, by relay time) of the last one. */
  readonly used: { readonly day: number; readonly statements: number; readonly recoveries: number };
}

/** The latest invitation. There is never more than one that is open or waits for its confirmation. */
export interface Invite {
  readonly id: StatementId;
  readonly by: MemberId;
  readonly device: DeviceId;
  readonly key: InviteKeyId;
  readonly made: Since;
  readonly expires: Millis;
  readonly covers: readonly CoveredEpoch[];
  readonly box: Uint8Array;
  readonly state: "open" | "joined" | "confirmed" | "void";
  readonly joined: MemberId | undefined;
}

/** A recovery, or a revocation by recovery key, that waits its 72 hours (rule C9). */
export interface Pending {
  readonly id: StatementId;
  readonly member: MemberId;
  readonly made: Position;
  /** It stands from the first entry whose relay time is at least this. */
  readonly standsAt: Millis;
  readonly device: { readonly keys: DeviceKeys; readonly level: number } | undefined;
  readonly revokes: readonly DeviceId[];
}

export interface Epoch {
  readonly channel: Channel;
  readonly epoch: number;
  readonly commitment: KeyCommitment;
  readonly opened: Since;
  readonly by: DeviceId;
  readonly statement: StatementId;
  readonly recipients: readonly RecipientId[];
}

export interface Attestation {
  readonly by: MemberId;
  readonly device: DeviceId;
  readonly member: MemberId;
  readonly method: AttestMethod;
  readonly since: Since;
}

/** A statement that needs both parents and waits for the other's consent (rule C1). */
export type Proposal = { readonly id: StatementId; readonly by: MemberId; readonly made: Position } & (
  | { readonly type: "close" }
  | {
      readonly type: "move-log";
      readonly size: number;
      readonly root: Hex32;
      readonly relay: string;
      readonly logKey: LogKeyId;
      readonly address?: string;
      readonly fork?: Healed;
    }
);

/** The head of a branch that was given up. */
export interface GivenUp {
  readonly size: number;
  readonly root: Hex32;
}

/** A fork as the move that heals it says: the head given up, and beside it the head of the branch kept. */
export interface Healed extends GivenUp {
  readonly kept: GivenUp;
}

export interface RelayPin {
  readonly since: Since;
  readonly relay: string;
  readonly logKey: LogKeyId;
  /** Where it is found, if the move said so. */
  readonly address?: string;
  /** With this move a fork of the relays before was healed (rule C8h). */
  readonly fork?: Healed;
}

/** What a public key was brought in as. A key stands once in a log, in one of these. */
export type KeyUse =
  | { readonly as: "device" }
  | { readonly as: "waiting" }
  | { readonly as: "recovery"; readonly key: RecoveryKeyId; readonly member: MemberId }
  | { readonly as: "invite" }
  | { readonly as: "log" }
  | { readonly as: "box" };

export interface Charter {
  readonly log: LogId;
  readonly kind: LogKind;
  /** The last statement, its place, and how many there are. */
  readonly head: StatementId;
  readonly at: Position;
  readonly count: number;
  readonly members: HexMap<Member>;
  /** Every member that there ever was, in the order of arrival. */
  readonly everyone: Growing<MemberId>;
  /** Present members, provisional ones included: at most two. */
  readonly parents: readonly MemberId[];
  readonly devices: HexMap<Device>;
  readonly keys: HexMap<KeyUse>;
  readonly invite: Invite | undefined;
  /** Epochs whose keys went into an invitation that nobody joined by, or whose join was voided: the link's holder may know them. */
  readonly exposed: Readonly<Partial<Record<Channel, number>>>;
  readonly pending: readonly Pending[];
  readonly epochs: Readonly<Partial<Record<Channel, Growing<Epoch>>>>;
  readonly levels: Growing<{ readonly since: Since; readonly level: number }>;
  readonly relays: Growing<RelayPin>;
  readonly proposals: readonly Proposal[];
  readonly attestations: Growing<Attestation>;
  readonly closed: Since | undefined;
}

/** Whether something that stands from `since` stands for the entry at `at`. An entry sees only what is before it. */
export const stands = (since: Since | undefined, at: Position): boolean =>
  since !== undefined && since.seq < at.seq && since.after <= at.time;

/** From an entry on, at once. */
export const from = (at: Position): Since => ({ seq: at.seq, time: at.time, after: 0 });
