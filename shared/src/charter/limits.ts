/** Limits of the evaluator against floods (docs/charter.md, 'Limits'). Times are relay time in milliseconds. */
export const CHARTER_LIMITS = {
  /** Unrevoked devices of one member, waiting ones included. */
  devices: 32,
  /** Recoveries and revocations by recovery key that wait for one member. */
  pending: 8,
  /** Statements of one member in one day (UTC, by relay time), protective ones not counted. */
  perDay: 256,
  /** Statements signed by one member's recovery key in one day. */
  recoveriesPerDay: 8,
  /** An invitation's sealed keys, bytes. */
  inviteBox: 4_096,
  /** A relay's name, characters. */
  relayName: 255,
  /** The highest format level that can be declared. */
  level: 65_535,
} as const;

/** How long a recovery waits while a device of the member lives (rule C9). */
export const RECOVERY_WAIT = 72 * 3_600_000;
/** The longest life of an invitation. */
export const INVITE_LIFE = 92 * 86_400_000;
/** How long a statement that needs both parents waits for its consent. */
export const PROPOSAL_LIFE = 30 * 86_400_000;
export const DAY = 86_400_000;
