import type { WireCode } from "@countersign/shared/wire/messages";

/** One sentence for each code, for whoever reads a client's log. People see their app's own words. */
export const SAY: Readonly<Record<WireCode, string>> = {
  malformed: "This message is not one of the protocol's.",
  unsupported: "This relay does not know that kind of message or version, or not from this kind of sign-in.",
  "too-large": "This is larger than the relay takes.",
  "sign-in-refused": "The signature does not answer this connection's challenge.",
  "not-member": "This key has no place in this log, or no longer.",
  "no-such-log": "This relay has no log of that id.",
  "log-exists": "This log was founded before.",
  "log-closed": "This log is closed, or has moved to another relay.",
  "not-writer": "This key may not write this.",
  "epoch-stale": "The channel has a newer epoch, or owes one.",
  "epoch-gap": "The channel has no such epoch yet.",
  "charter-head": "The charter has grown since this statement was made.",
  "charter-rule": "The charter's rules do not allow this statement.",
  signature: "A signature does not hold.",
  "body-hash": "The body is not the one that the author part names.",
  "wrong-log": "This entry belongs to another log.",
  restore: "This does not continue the log as the relay's own checkpoint says.",
  rate: "Too much at once; it may be tried again a little later.",
  "quota-member": "This member has no room left on this relay.",
  "mailbox-full": "The mailbox is full.",
  "reserve-first": "A founding statement has to name a log key that this relay reserved, and this relay's name.",
  busy: "The relay cannot do this now; it may be tried again.",
  internal: "The relay failed; it may be tried again.",
};
