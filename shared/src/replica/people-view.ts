import type { DeviceId, LogId, MemberId, Millis, RecordId, StatementId } from "../base/ids.ts";
import type { CardVerdict, KeyCardCode } from "../charter/key-card.ts";
import type { StatementType } from "../charter/types.ts";
import type { Access } from "../kinds/access.ts";
import type { ActError } from "./answer.ts";

/** Something was taken out of the record, or a device's passphrase was changed. */
export interface AccessView {
  readonly id: RecordId;
  readonly what: Exclude<Access, "opened">;
  /** By the relay's clock where it is known, else by the device's. */
  readonly at: Millis;
  /** On this device. */
  readonly me: boolean;
  /** The device's name. */
  readonly name: string;
}

/** One log that this vault holds: the personal one, or a household. */
export interface HouseholdView {
  readonly log: LogId;
  readonly kind: "personal" | "household";
  /** The label the person gave it; never leaves their devices. */
  readonly label: string;
  readonly relay: string;
  readonly zone: string;
  readonly people: readonly PersonView[];
  readonly me: MemberId;
  /** `alone`: no invitation. `invited`: link out. `waiting`: joined, to be confirmed by the inviter. `together`: confirmed. */
  readonly stage: "alone" | "invited" | "waiting" | "together" | "left" | "closed";
  readonly invite?: InviteView;
  readonly level: number;
  readonly needsUpdate: boolean;
  /** The relay does not take this device any more: another device of this person removed it, as far as the relay can be believed. */
  readonly removed?: boolean;
  /**
   * This device was brought in by the recovery sheet while others of this person may live: it reads, and writes from this instant of the relay's
   * clock, unless one of them refuses before (rule C9).
   */
  readonly writesFrom?: Millis;
  /** A device of this person refused that: this one reads what it was given, and never writes. */
  readonly refused?: true;
  /** Uses of this person's recovery sheet that wait (rule C9), this device's own aside. */
  readonly recoveries?: readonly RecoveryView[];
  /** It is to go to another relay, or on its way there. */
  readonly move?: MoveView;
  readonly again?: AgainView;
}

/** Somebody used this person's recovery sheet, to bring a device in or to remove one, while this device lives. */
export interface RecoveryView {
  readonly id: StatementId;
  /** When, and from when it stands unless it is refused before; both by the relay's clock. */
  readonly at: Millis;
  readonly stands: Millis;
  /** Only the device that this person has had longest refuses. */
  readonly canRefuse: boolean;
}

/**
 * A move to another relay (rules C8 to C8l). `asked`: the other parent has to agree, `mine` says who asked. `moving`: agreed, and carried there. `stuck`:
 * agreed, and the new relay does not take it now; it is tried again by itself. `canAct`: this device may agree.
 */
export type MoveView =
  | {
      readonly state: "asked";
      readonly mine: boolean;
      readonly relay: string;
      readonly address?: string;
      readonly expires?: Millis;
      /** The old relay is gone: it was asked through the new one. */
      readonly gone: boolean;
      readonly canAct: boolean;
      /** The relay had shown the two parents two histories: this is to be made one again (rule C8h). */
      readonly fork?: ForkView;
    }
  | { readonly state: "moving"; readonly relay: string; readonly done: number; readonly of: number }
  | { readonly state: "stuck"; readonly relay: string; readonly error: ActError };

/** Entries that only one of two histories has: `theirs` the one that goes on, `mine` the one on this device. */
export interface ForkView {
  readonly theirs: number;
  readonly mine: number;
}

/**
 * What this device had of a history that was given up (rules C8h to C8l): `waiting` of `of` entries are still to be added to the one that goes on. `lapsed`: statements
 * that stood in that history alone, and stand no more.
 */
export interface AgainView {
  readonly waiting: number;
  readonly of: number;
  readonly lapsed: readonly LapsedView[];
}

export interface LapsedView {
  readonly what: StatementType;
  readonly at: Millis;
  readonly device?: DeviceId;
  readonly member?: MemberId;
}

/** A relay that answers at an address. `isHere`: this person's own log lives there already. */
export interface RelayView {
  readonly address: string;
  readonly name: string;
  readonly isHere: boolean;
}

/** What following a relay's address came to: how many logs live there, and in how many this person is asked to agree. */
export interface FollowedView {
  readonly moved: number;
  readonly asked: number;
}

export interface PersonView {
  readonly member: MemberId;
  readonly name: string;
  readonly me: boolean;
  readonly role: "parent";
  readonly colour: 1 | 2;
  readonly provisional: boolean;
  /** How this person's keys were compared; undefined is 'not compared'. */
  readonly compared?: { readonly method: "words" | "cards"; readonly at: Millis; readonly by: MemberId };
  readonly devices: readonly DeviceView[];
}

export interface DeviceView {
  readonly device: DeviceId;
  readonly name: string;
  readonly me: boolean;
  readonly linked: Millis;
  readonly revoked?: Millis;
  /** For devices of this person: the same device in their other logs, where it has other keys. */
  readonly twins?: readonly DeviceId[];
  /** For devices of this person: it was brought in after this one. */
  readonly later?: boolean;
}

/** A member's key card as text; the same text stands in its code. */
export interface KeyCardView {
  readonly member: MemberId;
  readonly text: string;
  /** How many devices are on it. */
  readonly devices: number;
}

/** What reading the other parent's card came to. */
export type CardAnswer = CardVerdict | KeyCardCode;

export interface InviteView {
  readonly link: string;
  readonly made: Millis;
  readonly expires: Millis;
  readonly state: "open" | "used" | "expired" | "void";
}

export interface InvitePreview {
  readonly relay: string;
  /** Known only after the invitation was looked up on the relay. */
  readonly expires?: Millis;
}
