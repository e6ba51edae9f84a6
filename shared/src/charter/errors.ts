import { coded, err, type Coded, type Err } from "../base/result.ts";

/** Why a statement was refused. docs/charter.md has a line for each, with its rule. */
export const CHARTER_CODES = [
  // the statement as bytes
  "charter-too-long",
  "charter-malformed",
  "charter-unknown-type",
  "charter-unknown-version",
  // its place
  "charter-not-found",
  "charter-found-again",
  "charter-wrong-log",
  "charter-head",
  "charter-position",
  "charter-checkpoint",
  "charter-closed",
  // its signers
  "charter-signers",
  "charter-signature",
  "charter-not-device",
  "charter-device-revoked",
  "charter-not-member",
  "charter-not-senior",
  "charter-personal",
  // keys and names
  "charter-key-weak",
  "charter-key-used",
  "charter-relay-name",
  // limits
  "charter-rate",
  "charter-devices-full",
  "charter-pending-full",
  // invitation and joining
  "charter-second-parent",
  "charter-invite-open",
  "charter-invite-expires",
  "charter-invite-covers",
  "charter-invite-unknown",
  "charter-invite-expired",
  "charter-not-inviter",
  "charter-join-unknown",
  "charter-join-waiting",
  "charter-provisional",
  // attestation
  "charter-attest-member",
  "charter-attest-digest",
  // devices and recovery
  "charter-revoke-earlier",
  "charter-other-member",
  "charter-device-unknown",
  "charter-level-low",
  "charter-recovery-key",
  "charter-recovery-waiting",
  "charter-refuse-unknown",
  // epochs
  "charter-channel",
  "charter-epoch-number",
  "charter-epoch-readers",
  // both parents
  "charter-consent-unknown",
  "charter-consent-self",
  "charter-move-size",
  "charter-move-fork",
] as const;
export type CharterCode = (typeof CHARTER_CODES)[number];

export type CharterError = Coded<CharterCode>;

/** A refusal. */
export const refused = (code: CharterCode): Err<CharterError> => err(coded(code));
