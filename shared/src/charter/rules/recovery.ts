/** Recovery keys and what they may do (rule C9). */
import { ok } from "../../base/result.ts";
import { refused } from "../errors.ts";
import { CHARTER_LIMITS, RECOVERY_WAIT } from "../limits.ts";
import { grown, setHex } from "../persistent.ts";
import { withMember, withRecovered } from "../settle.ts";
import type { Charter, Pending } from "../state.ts";
import { keyFault, levelNow, pairs, recoveringMember, seniorDevice, type Judged, type Rule, type Step } from "./context.ts";
import { devicesOf, ownDevice, revokeByDevice } from "./devices.ts";

export const setRecovery: Rule<"set-recovery"> = ({ charter, since }, statement) => {
  const { recovery, by } = statement;
  let member = recoveringMember(charter, by);
  if (!member) {
    const signer = seniorDevice(charter, by);
    if (!signer.ok) return signer;
    member = signer.value.member;
  }
  const fault = keyFault(charter, pairs(recovery));
  if (fault) return refused(fault);
  const keys = setHex(setHex(charter.keys, recovery.sign, { as: "recovery", key: recovery.sign, member: member.id }), recovery.box, {
    as: "box",
  });
  const next = withMember({ ...charter, keys }, { ...member, recoveries: grown(member.recoveries, { keys: recovery, since }) });
  return ok({ charter: next, signers: [by, recovery.sign], member: member.id });
};

/** It stands at once if the member has no unrevoked device, else it waits. */
function standOrWait({ charter, at, since }: Step, alive: boolean, pending: Omit<Pending, "made" | "standsAt">): Charter {
  if (!alive) return withRecovered(charter, pending, since);
  return { ...charter, pending: [...charter.pending, { ...pending, made: at, standsAt: at.time + RECOVERY_WAIT }] };
}

const isFull = (charter: Charter, member: Pending["member"]): boolean =>
  charter.pending.filter((p) => p.member === member).length >= CHARTER_LIMITS.pending;

export const recover: Rule<"recover"> = (step, statement) => {
  const { charter, signed } = step;
  const { device, level, revokes } = statement;
  if (statement.by !== device.sign) return refused("charter-signers");
  // The recovery key that signs names the member: nobody can recover for another.
  const key = signed.signatures[1]?.key;
  const member = recoveringMember(charter, key);
  if (!member || key === undefined) return refused("charter-recovery-key");
  if (new Set(revokes).size !== revokes.length) return refused("charter-malformed");
  for (const id of revokes) {
    const own = ownDevice(charter, member, id);
    if (!own.ok) return own;
  }
  if (level < levelNow(charter)) return refused("charter-level-low");
  const fault = keyFault(charter, pairs(device));
  if (fault) return refused(fault);
  if (isFull(charter, member.id)) return refused("charter-pending-full");
  if (devicesOf(charter, member) - revokes.length >= CHARTER_LIMITS.devices) return refused("charter-devices-full");
  // The keys are taken from now on, so that nobody can bring them in elsewhere while they wait.
  const keys = setHex(setHex(charter.keys, device.sign, { as: "waiting" }), device.box, { as: "box" });
  const next = standOrWait({ ...step, charter: { ...charter, keys } }, member.active.length > 0, {
    id: signed.id,
    member: member.id,
    device: { keys: device, level },
    revokes,
  });
  return ok({ charter: next, signers: [device.sign, key], member: member.id });
};

/** `revoke`, by whichever key signs it. */
export const revoke: Rule<"revoke"> = (step, statement): Judged => {
  const { charter, signed } = step;
  const member = recoveringMember(charter, statement.by);
  if (!member) return revokeByDevice(step, statement);
  const target = ownDevice(charter, member, statement.device);
  if (!target.ok) return target;
  const isWaiting = charter.pending.some((p) => p.device === undefined && p.revokes.includes(target.value.id));
  if (isWaiting) return refused("charter-recovery-waiting");
  if (isFull(charter, member.id)) return refused("charter-pending-full");
  // The target itself is unrevoked, so this always waits.
  const next = standOrWait(step, true, { id: signed.id, member: member.id, device: undefined, revokes: [target.value.id] });
  return ok({ charter: next, signers: [statement.by], member: member.id });
};

export const refuse: Rule<"refuse"> = ({ charter }, statement) => {
  const waiting = charter.pending.find((p) => p.id === statement.recover);
  const signer = seniorDevice(charter, statement.by);
  if (!signer.ok) return signer;
  const { device, member } = signer.value;
  if (!waiting) return refused("charter-refuse-unknown");
  if (waiting.member !== member.id) return refused("charter-other-member");
  return ok({ charter: { ...charter, pending: charter.pending.filter((p) => p !== waiting) }, signers: [device.id], member: member.id });
};
