/** What the rules of all groups need. A rule sees the charter settled for the statement's own place (`settle`). */
import { idBytes } from "../../base/bytes.ts";
import type { Hex32, MemberId } from "../../base/ids.ts";
import { ok, type Result } from "../../base/result.ts";
import { isBoxKey, isSignKey } from "../../crypto/points.ts";
import { refused, type CharterCode, type CharterError } from "../errors.ts";
import { getHex, lastOf } from "../persistent.ts";
import { memberIn } from "../settle.ts";
import type { Charter, Device, Member, Since } from "../state.ts";
import type { DeviceKeys, Position, RecoveryKeys, SignedStatement, SignerId, StatementOf, StatementType } from "../types.ts";

export interface Step {
  readonly charter: Charter;
  readonly signed: SignedStatement;
  readonly at: Position;
  /** From where the statement stands if it stands at once. */
  readonly since: Since;
}

export interface Outcome {
  readonly charter: Charter;
  /** Who must have signed, in this order. */
  readonly signers: readonly Hex32[];
  /** Against whose daily limit it counts. */
  readonly member: MemberId;
}

export type Judged = Result<Outcome, CharterError>;
export type Rule<T extends StatementType> = (step: Step, statement: StatementOf<T>) => Judged;

/** The unrevoked device of a present member that signs first. */
export function signingDevice(charter: Charter, by: SignerId): Result<{ readonly device: Device; readonly member: Member }, CharterError> {
  const device = getHex(charter.devices, by);
  if (!device) return refused("charter-not-device");
  const member = memberIn(charter, device.member);
  if (member.ended) return refused("charter-not-member");
  if (device.revoked) return refused("charter-device-revoked");
  return ok({ device, member });
}

/** The same, where only the member's senior device may sign (docs/charter.md, 'What only the senior device signs'). */
export function seniorDevice(charter: Charter, by: SignerId): Result<{ readonly device: Device; readonly member: Member }, CharterError> {
  const signer = signingDevice(charter, by);
  return signer.ok && signer.value.member.active[0] !== signer.value.device.id ? refused("charter-not-senior") : signer;
}

/** The present member whose recovery key in force this is. */
export function recoveringMember(charter: Charter, key: Hex32 | undefined): Member | undefined {
  const use = key === undefined ? undefined : getHex(charter.keys, key);
  if (use?.as !== "recovery") return undefined;
  const member = memberIn(charter, use.member);
  return !member.ended && lastOf(member.recoveries)?.keys.sign === key ? member : undefined;
}

/**
 * Whether new public keys may enter: of the kind that K1 accepts, never in this log before in any part, and all different. A key that stood
 * twice could not tell who signed.
 */
export function keyFault(
  charter: Pick<Charter, "keys">,
  keys: { readonly sign: readonly Hex32[]; readonly box: readonly Hex32[] },
): CharterCode | undefined {
  const all = [...keys.sign, ...keys.box];
  if (new Set(all).size !== all.length || all.some((key) => getHex(charter.keys, key) !== undefined)) return "charter-key-used";
  if (!keys.sign.every((key) => isSignKey(idBytes(key))) || !keys.box.every((key) => isBoxKey(idBytes(key)))) return "charter-key-weak";
  return undefined;
}

/** The keys of devices and recovery sheets, in the form that `keyFault` takes. */
export const pairs = (...of: readonly (DeviceKeys | RecoveryKeys)[]): { sign: readonly Hex32[]; box: readonly Hex32[] } => ({
  sign: of.map((k) => k.sign),
  box: of.map((k) => k.box),
});

/** The log's level: no device below it may come in (rule C7). */
export const levelNow = (charter: Charter): number => lastOf(charter.levels)?.level ?? 0;

/** A relay's name stands in a signed note's key name: printable ASCII without space or plus. */
export const isRelayName = (name: string): boolean => /^[!-*,-~]{1,255}$/.test(name);
