/**
 * The statements of the charter as they are in memory (docs/protocol.md section 4). On the wire some fields have shorter names; the
 * codec maps them. Public keys are lower-case hex here, secrets never appear.
 */
import type { Brand, DeviceId, Hex32, LogId, MemberId, Millis, Signature, StatementId } from "../base/ids.ts";
import type { Channel } from "../base/channels.ts";

/** An X25519 public key. */
export type BoxKeyId = Hex32 & Brand<string, "BoxKeyId">;
/** A recovery sheet's Ed25519 public key. */
export type RecoveryKeyId = Hex32 & Brand<string, "RecoveryKeyId">;
/** The public half of an invitation's one-time key. */
export type InviteKeyId = Hex32 & Brand<string, "InviteKeyId">;
/** The Ed25519 public key with which a relay signs the checkpoints of one log. */
export type LogKeyId = Hex32 & Brand<string, "LogKeyId">;
/** A commitment to a channel key (`epoch-key`). */
export type KeyCommitment = Hex32 & Brand<string, "KeyCommitment">;
/** Who may sign first: a device, or (rule C9) a recovery key. */
export type SignerId = DeviceId | RecoveryKeyId;
/** To whom an epoch key is wrapped: a device, or a member's recovery key. */
export type RecipientId = DeviceId | RecoveryKeyId;

export interface DeviceKeys {
  readonly sign: DeviceId;
  readonly box: BoxKeyId;
}
export interface RecoveryKeys {
  readonly sign: RecoveryKeyId;
  readonly box: BoxKeyId;
}

export type LogKind = "household" | "personal";
export type AttestMethod = "words" | "cards";

/** The last checkpoint that a statement's author had verified. */
export interface CheckpointRef {
  readonly size: number;
  readonly root: Hex32;
  readonly time: Millis;
}

/** A channel and one of its epochs. */
export interface CoveredEpoch {
  readonly channel: Channel;
  readonly epoch: number;
}
export interface Wrap {
  readonly to: RecipientId;
  /** `Box` of the 32-byte channel key: 80 bytes. */
  readonly box: Uint8Array;
}
export interface OpenedEpoch extends CoveredEpoch {
  readonly commitment: KeyCommitment;
  readonly wraps: readonly Wrap[];
}

/** What every statement says, whatever its type. */
export interface StatementFrame {
  readonly log: LogId | null;
  /** The statement before this one; null only in `found`. */
  readonly prev: StatementId | null;
  readonly by: SignerId;
  readonly checkpoint: CheckpointRef | null;
}

/**
 * The branch that a move gives up (rule C8h): its head as the relay signed it, and what shows that this head is not of the branch kept.
 */
export interface ForkNamed {
  readonly note: string;
  /** How the larger of the two trees began, over as many entries as the smaller has. */
  readonly r: Hex32;
  /** RFC 6962 consistency from there to the larger; empty where both are of one size. */
  readonly p: readonly Uint8Array[];
}

/** What the statements of each type say besides (the table of section 4). */
/** `Box` of a sheet's seed: to a device of the new one's, to the new recovery key of the one before (rule C9a). */
export interface SealedSeed {
  readonly d: RecipientId;
  readonly x: Uint8Array;
}

export interface StatementFields {
  found: {
    readonly nonce: Hex32;
    readonly kind: LogKind;
    readonly device: DeviceKeys;
    readonly recovery: RecoveryKeys;
    readonly relay: string;
    readonly logKey: LogKeyId;
    readonly level: number;
  };
  invite: {
    readonly key: InviteKeyId;
    readonly role: "parent";
    readonly expires: Millis;
    readonly covers: readonly CoveredEpoch[];
    readonly box: Uint8Array;
  };
  void: { readonly invite: StatementId };
  join: { readonly invite: StatementId; readonly device: DeviceKeys; readonly recovery: RecoveryKeys; readonly level: number };
  confirm: { readonly join: StatementId };
  attest: { readonly member: MemberId; readonly method: AttestMethod; readonly digest: Hex32 };
  link: { readonly device: DeviceKeys; readonly level: number };
  revoke: { readonly device: DeviceId };
  "set-recovery": {
    readonly recovery: RecoveryKeys;
    /** In a personal log: what the person's devices, and whoever restores with the new sheet, need of the sheets (rule C9a). */
    readonly seeds?: readonly SealedSeed[];
  };
  recover: { readonly device: DeviceKeys; readonly level: number; readonly revokes: readonly DeviceId[] };
  refuse: { readonly recover: StatementId };
  "open-epoch": { readonly epochs: readonly OpenedEpoch[] };
  level: { readonly level: number };
  consent: { readonly to: StatementId };
  "move-log": {
    readonly size: number;
    readonly root: Hex32;
    readonly relay: string;
    readonly logKey: LogKeyId;
    /** Where the new relay is found. Left out where only its name is told: then people tell each other. */
    readonly address?: string;
    /** Where the relay had shown two histories: the one that is given up (rule C8h). */
    readonly fork?: ForkNamed;
  };
  close: object;
  leave: object;
}

export type StatementType = keyof StatementFields;
export type StatementOf<T extends StatementType> = { [K in T]: StatementFrame & { readonly type: K } & StatementFields[K] }[T];
/** A statement's body. */
export type Statement = StatementOf<StatementType>;

export interface StatementSignature {
  readonly key: Hex32;
  readonly signature: Signature;
}

/** A statement as it arrived or was made: the bytes that are hashed and kept (rule E4), and what they say. Not yet verified. */
export interface SignedStatement {
  /** The whole envelope: what a charter entry's body is. */
  readonly bytes: Uint8Array;
  /** The body: what is hashed and signed. */
  readonly body: Uint8Array;
  readonly id: StatementId;
  readonly statement: Statement;
  readonly signatures: readonly StatementSignature[];
}

/** The place of an entry in the log: its sequence number and its relay time. */
export interface Position {
  readonly seq: number;
  readonly time: Millis;
}
