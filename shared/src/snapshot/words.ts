import type { Redacted } from "./redaction.ts";
import type { Millis } from "../base/ids.ts";
import type { BoundView, ExpenseAct, ExpenseState, ProofView } from "../views/record.ts";
import { fromMinor } from "../kinds/money.ts";
import { plainIn } from "./zone.ts";

/** Words for states and acts on the printed pages. */
export const STATE_WORDS: Readonly<Record<ExpenseState, string>> = {
  private: "private",
  submitted: "submitted, not answered",
  withdrawn: "withdrawn by its author",
  approved: "approved, payment not noted",
  refused: "refused",
  "changes-requested": "changes requested",
  "payment-made": "payment noted, not confirmed in full",
  settled: "settled",
};

export const ACT_WORDS: Readonly<Record<"submit" | ExpenseAct, string>> = {
  submit: "submitted",
  withdraw: "withdrew",
  approve: "approved",
  refuse: "refused",
  "request-changes": "asked for changes",
  pay: "noted a payment",
  "confirm-payment": "confirmed the payment",
};

export const money = (minor: number, currency: string): string => `${fromMinor(minor, currency)} ${currency}`;
export const percent = (share: number): string => `${(share / 100).toFixed(2).replace(/\.?0+$/, "")} %`;

/** Three facts that a message has of its way (rule S4); never 'not read'. */
export function deliveryWords(proof: ProofView, zone: string): { readonly delivered: string; readonly viewed: string } {
  return {
    delivered: proof.deliveredBy === undefined ? "no receipt" : plainIn(proof.deliveredBy, zone),
    viewed: proof.viewedAt === undefined ? "no receipt" : plainIn(proof.viewedAt, zone),
  };
}

const BOUND_WORDS = {
  "not-after": {
    cosignature: "in the log by {t}: witness {by} signed it then",
    timestamp: "in the log by {t}: time stamp of {by}",
    "old-header": "first logged on {t} by relay {by}, in a history that was given up",
  },
  "not-before": {
    cosignature: "written after {t}: it follows what witness {by} had signed",
    timestamp: "written after {t}: it follows a time stamp of {by}",
    "old-header": "written after {t}, by relay {by}",
  },
} as const;

/** Said where nobody but the relay vouches for a time. */
export const RELAY_ALONE = "these times are the relay’s word alone";

/** What bounds a change's place in time independently of the relay, each with whose clock it is (rule L11b). */
export function boundWords(proof: ProofView, zone: string): readonly string[] {
  const words = (proof.bounds ?? []).map((b) =>
    BOUND_WORDS[b.side][b.kind].replace(/\{(t|by)\}/g, (_, what: string) => (what === "t" ? plainIn(b.at, zone) : b.by)),
  );
  return [...new Set(words)];
}

const TABLE_WORDS = { cosignature: "witness", timestamp: "time stamp", "old-header": "former relay" } as const;

/** One side of it for a table: moments with who states them. Empty: nobody but the relay does. */
export const boundCell = (proof: ProofView | undefined, side: BoundView["side"], at: (time: Millis) => string): string =>
  (proof?.bounds ?? [])
    .filter((b) => b.side === side)
    .map((b) => `${at(b.at)} ${TABLE_WORDS[b.kind]} ${b.by}`)
    .join("; ");

/** What a scope leaves out, in a sentence. */
export const count = (n: number, one: string, many: string): string => `${String(n)} ${n === 1 ? one : many}`;

/** Where one message, or one expense, was left out by itself: what the log shows of it. */
export const redactedWords = ({ seq, time }: Redacted, zone: string): string => `entry ${String(seq)}, logged by ${plainIn(time, zone)}`;

/** Over a thread of which messages were left out by themselves, and no other is shown. */
export const NONE_SHOWN = "A thread of which no message is shown";

/** One and many of what a scope leaves out, by the kind of its tag. */
export const KIND_WORDS: Readonly<Record<string, readonly [string, string]>> = {
  message: ["message", "messages"],
  expense: ["act on an expense", "acts on expenses"],
  "view-receipt": ["view receipt", "view receipts"],
  access: ["private note of an opening or export", "private notes of openings and exports"],
  "delivery-receipt": ["delivery receipt", "delivery receipts"],
};

export const REDACTED_WORDS: Readonly<Record<Redacted["kind"], readonly [string, string]>> = {
  message: ["message", "messages"],
  expense: ["expense", "expenses"],
};
