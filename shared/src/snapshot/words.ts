import type { Redacted } from "./redaction.ts";
import type { MemberId, Millis } from "../base/ids.ts";
import type { SnapshotScope } from "../views/snapshot.ts";
import type { BoundView, ExpenseAct, ExpenseState, ProofView } from "../views/record.ts";
import { spanOf } from "../views/clock.ts";
import { fromMinor } from "../kinds/money.ts";
import type { Derived } from "./derive.ts";
import { dayIn, plainIn } from "./zone.ts";

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

/** A clock that is off, with its distance (rule H4): the mark of every act, wherever it is shown. Undefined where it isn't. */
export function clockWords({ clockOff, clockBy }: Pick<ProofView, "clockOff" | "clockBy">): string | undefined {
  if (clockOff !== true || clockBy === undefined) return undefined;
  const { n, unit } = spanOf(Math.abs(clockBy));
  return `The author’s clock says ${count(n, unit.slice(0, -1), unit)} ${clockBy < 0 ? "earlier" : "later"} than the relay.`;
}

/** That another’s device had a record, and by what that is shown (rule S43). Undefined where nothing here shows it. */
export function hadWords({ had }: ProofView, nameOf: (member: MemberId) => string, zone: string): string | undefined {
  if (!had) return undefined;
  const how =
    had.how === "built-on" ? "is built on this one" : `names a log of ${count(had.size, "entry", "entries")}, which holds this one`;
  return `${nameOf(had.member)}’s device had this by ${plainIn(had.by, zone)}: change ${had.hash.slice(0, 16)}… in entry ${String(had.seq)} ${how}`;
}

/** Said where a proof of knowledge can stand. */
export const HAD_LIMIT =
  "Where a later change of another person shows that their device had a record by then, it says so and names that change. That it was opened, this does not show.";

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

/** That it is known to be there. */
export const shownToExist = (n: number): string => `The log shows that ${n === 1 ? "it exists" : "they exist"}.`;

/** The period of a snapshot (rule S7): the days that were chosen, or all that the log has. */
export function daysLine({
  statement: { scope, zone },
  beginning,
  checkpointTime,
}: Pick<Derived, "statement" | "beginning" | "checkpointTime">): string {
  if (scope.from === undefined && scope.to === undefined)
    return `Days: all, ${dayIn(beginning, zone)} to ${dayIn(checkpointTime, zone)} by the relay’s clock.`;
  return `Days: ${scope.from ?? "the beginning"} to ${scope.to ?? "the end"}, both included, by the day on which the relay logged them.`;
}

/** That nothing is missing from a channel, in a sentence each (rule S3): of every entry the contents are here, or it is said that they are left out. */
export const wholeLines = (d: {
  readonly channels: readonly (readonly [string, number])[];
  readonly statements: number;
}): readonly string[] => [
  `People, devices and keys: all ${count(d.statements, "statement", "statements")}.`,
  ...d.channels.map(([channel, n]) => `Channel ${channel}: entries 1 to ${String(n)} of ${String(n)} of this channel.`),
];

/** Over the remarks on page one. */
export const REMARKS_HEAD = "What else a reader should know";

/** What such a line leaves open. */
export const WHOLE_LIMIT =
  "That every entry of a channel is there, the log shows. What an entry holds is shown here, or left out as listed above, or did not open on the exporter’s device.";

/** The way to check without a command line. */
export const APP_CHECK =
  "The app’s page ‘Check a snapshot’, on the web and on the desktop, does the same with the ZIP file, without an account: the file stays on that device.";

/** Where one message, or one expense, was left out by itself: what the log shows of it. */
export const redactedWords = ({ seq, time }: Redacted, zone: string): string => `entry ${String(seq)}, logged by ${plainIn(time, zone)}`;

/** Which children a thread or an expense names, behind its ‘About’. */
export const aboutWords = (children: readonly string[]): string => children.join(", ");

/** What a scope by child covers, and what it cannot. */
export function childLines(scope: Pick<SnapshotScope, "children">, unnamed: number): readonly string[] {
  if (!scope.children) return [];
  const none = `${count(unnamed, "message or expense names", "messages and expenses name")} no child and ${unnamed === 1 ? "is" : "are"} not in it.`;
  return [`Children: only threads and expenses that name one of these, ${aboutWords(scope.children)}.`, none];
}

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
