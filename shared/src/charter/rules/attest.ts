import { ok } from "../../base/result.ts";
import { refused } from "../errors.ts";
import { grown } from "../persistent.ts";
import { safetyDigestOf } from "../safety-digest.ts";
import { signingDevice, type Rule } from "./context.ts";

/** A parent says that they compared the other's keys, and how (rule C2a). Comparing may come before the confirmation. */
export const attest: Rule<"attest"> = ({ charter, since }, statement) => {
  const signer = signingDevice(charter, statement.by);
  if (!signer.ok) return signer;
  const { device, member } = signer.value;
  if (statement.member === member.id || !charter.parents.includes(statement.member)) return refused("charter-attest-member");
  if (statement.digest !== safetyDigestOf(charter)) return refused("charter-attest-digest");
  const attestation = { by: member.id, device: device.id, member: statement.member, method: statement.method, since };
  return ok({ charter: { ...charter, attestations: grown(charter.attestations, attestation) }, signers: [device.id], member: member.id });
};
