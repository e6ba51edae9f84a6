/**
 * Why a change was set aside. A closed set: each code stands in docs/reasons.md with one sentence for a parent, and in the message
 * catalogue as `reason.<code>`.
 */
export const REASONS = [
  // The bytes (X2, X9).
  "change-size",
  "change-encoding",
  "change-compressed",
  "change-checksum",
  "change-operations",
  // The hand that signed it and the entry that carried it (L6, L7, L9, C7, X7).
  "change-author",
  "change-signature",
  "change-other-signer",
  "change-actor",
  "change-not-authorised",
  "change-checkpoint",
  "change-checkpoint-missing",
  "change-level",
  "change-tag",
  "book-future",
  "book-name",
  // Its place among the other changes (X3 to X6, X9).
  "change-dependencies",
  "change-on-set-aside",
  "change-sequence",
  "change-forked",
  "change-start",
  "change-too-many-heads",
  "change-admission",
  // What it writes and where (X8, R1, R2).
  "change-shape",
  "record-id",
  "record-taken",
  "record-unknown",
  "record-other-book",
  "act-taken",
  // What its kind allows (R3, R4).
  "kind-unknown",
  "kind-channel",
  "kind-fields",
  "kind-act",
  "answer-unknown",
  "not-author",
  "not-other-parent",
  "message-empty",
  "message-thread",
  "message-reply",
  "receipt-ahead",
  "receipt-own",
  "receipt-twice",
  "expense-answered",
  "expense-withdrawn",
  "expense-not-approved",
  "payment-confirmed",
  "origin-false",
] as const;

export type ReasonCode = (typeof REASONS)[number];

/**
 * Reasons that blame the carrying of a change and not the change: a wrong signature beside it, no authority to push it, no note, a false tag. They
 * stick to that one occurrence, never to the hash, or a relay in league with one parent could spoil a change of the other by
 * carrying it first. What was built on such a change waits for a proper copy.
 */
const OF_THE_CARRIER: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "change-size",
  "change-encoding",
  "change-compressed",
  "change-checksum",
  "change-operations",
  "change-signature",
  "change-other-signer",
  "change-not-authorised",
  "change-checkpoint-missing",
  "change-tag",
  "book-future",
  "book-name",
]);

export const blamesCarrier = (reason: ReasonCode): boolean => OF_THE_CARRIER.has(reason);
