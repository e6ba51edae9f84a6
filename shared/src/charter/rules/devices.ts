/** A member's own devices: link, revoke by a device, declare a level (rules C1, C7). */
import { ok, type Result } from "../../base/result.ts";
import type { DeviceId } from "../../base/ids.ts";
import { refused, type CharterError } from "../errors.ts";
import { CHARTER_LIMITS } from "../limits.ts";
import { getHex, setHex } from "../persistent.ts";
import { withDevice, withLevel, withoutDevice } from "../settle.ts";
import type { Charter, Device, Member } from "../state.ts";
import { keyFault, levelNow, pairs, signingDevice, type Rule } from "./context.ts";

/** How many devices a member has or, with what waits, may have. */
export const devicesOf = (charter: Charter, member: Member): number =>
  member.active.length + charter.pending.filter((p) => p.member === member.id && p.device !== undefined).length;

/** An unrevoked device of this member. */
export function ownDevice(charter: Charter, member: Member, id: DeviceId): Result<Device, CharterError> {
  const device = getHex(charter.devices, id);
  if (!device) return refused("charter-device-unknown");
  if (device.member !== member.id) return refused("charter-other-member");
  return device.revoked ? refused("charter-device-revoked") : ok(device);
}

export const link: Rule<"link"> = ({ charter, signed, since }, statement) => {
  const signer = signingDevice(charter, statement.by);
  if (!signer.ok) return signer;
  const { device, member } = signer.value;
  if (devicesOf(charter, member) >= CHARTER_LIMITS.devices) return refused("charter-devices-full");
  if (statement.level < levelNow(charter)) return refused("charter-level-low");
  const fault = keyFault(charter, pairs(statement.device));
  if (fault) return refused(fault);
  const linked = withDevice(charter, member, { keys: statement.device, level: statement.level, statement: signed.id, since });
  return ok({ charter: withLevel(linked, since), signers: [device.id, statement.device.sign], member: member.id });
};

/** `revoke` signed by a device; one that a recovery key signs is in recovery.ts. */
export const revokeByDevice: Rule<"revoke"> = ({ charter, since }, statement) => {
  const signer = signingDevice(charter, statement.by);
  if (!signer.ok) return signer;
  const { device, member } = signer.value;
  const target = ownDevice(charter, member, statement.device);
  if (!target.ok) return target;
  // `active` is in the order of linking.
  if (member.active.indexOf(target.value.id) < member.active.indexOf(device.id)) return refused("charter-revoke-earlier");
  return ok({ charter: withLevel(withoutDevice(charter, target.value.id, since), since), signers: [device.id], member: member.id });
};

export const level: Rule<"level"> = ({ charter, since }, statement) => {
  const signer = signingDevice(charter, statement.by);
  if (!signer.ok) return signer;
  const { device, member } = signer.value;
  if (statement.level < device.level) return refused("charter-level-low");
  const raised: Charter = { ...charter, devices: setHex(charter.devices, device.id, { ...device, level: statement.level }) };
  return ok({ charter: withLevel(raised, since), signers: [device.id], member: member.id });
};
