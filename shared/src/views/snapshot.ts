/** What is chosen for a snapshot, and what checking one came to (rules S6, S7). Plain data (structured-clone safe). */
import type { FileId, Hex32, LogId, MemberId, Millis, RecordId } from "../base/ids.ts";
import type { HistoryRow } from "./history.ts";
import type { ExpenseView, MessageView, ThreadView } from "./record.ts";

/** How pages are numbered: the exporter's choice (rule S6). */
export type PageStyle =
  /** One running number through all reports of the bundle, as in the United States (Bates): `CS-000001`. US letter paper. */
  | { readonly style: "serial"; readonly prefix: string; readonly from: number }
  /** A letter for each report, its pages counted anew, as Practice Direction 27A of England and Wales wants it: `A1`, `B1`. Letters of 12 points. */
  | { readonly style: "sections"; readonly from: string }
  /** Each report counts its own pages. */
  | { readonly style: "none" };

/** What is left out one by one, and why: the exporter's choice and their words (rule S41). */
export interface Redaction {
  /** 1 to 300 characters; printed in the snapshot. */
  readonly reason: string;
  /** Messages and expenses. */
  readonly records: readonly RecordId[];
  /** Attachments of what is shown, by id or by the SHA-256 of their contents. In a statement by SHA-256. */
  readonly files: readonly (FileId | Hex32)[];
}

export interface SnapshotScope {
  readonly threads: "all" | readonly RecordId[];
  readonly expenses: "all" | "none" | readonly RecordId[];
  /** Of these, only what names one of these children (rule R13); left out: whichever it names, or none. */
  readonly children?: readonly string[];
  /** Calendar days in the household's zone, both ends included. */
  readonly from?: string;
  readonly to?: string;
  readonly settlement: "include" | "leave-out";
  readonly files: boolean;
  /** Single messages, expenses and attachments that are left out of what the rest of the scope covers. */
  readonly redact?: Redaction;
  /** Whether reports are laid out as PDF too, and how their pages are numbered (rule S6). Left out: no PDF. */
  readonly pages?: PageStyle;
}

export interface SnapshotPreview {
  readonly messages: number;
  readonly expenses: number;
  readonly files: number;
  readonly bytes: number;
  readonly leftOut: number;
  /** Of a scope by child: messages and expenses that name none and so are not in it. */
  readonly unnamed?: number;
  readonly pages?: number;
}

export type CheckState = "good" | "remarks" | "failed";

/** One check of a snapshot: what it looked at, what it proves. Texts are catalogue keys below `check.`, with values. */
export interface CheckView {
  readonly key: string;
  readonly state: CheckState;
  readonly values?: Readonly<Record<string, string | number>>;
  /** Where it failed: a path in the bundle, an entry, a record. */
  readonly where?: string;
}

/** What a snapshot says of itself, in the order in which it is shown. */
const FACTS = [
  "exporter",
  "exported",
  "relay",
  "entries",
  "checkpoint",
  "zone",
  "from",
  "to",
  "children",
  "messages",
  "expenses",
  "files",
  "setAside",
  "leftOut",
  "unnamed",
  "app",
  "stamp",
  "stampedBy",
] as const;
type Fact = (typeof FACTS)[number];
export type SnapshotFacts = Readonly<Partial<Record<Fact, string | number>>>;

/** Facts that are points in time. */
const MOMENTS: ReadonlySet<Fact> = new Set<Fact>(["exported", "checkpoint", "stamp"]);

/** The facts that are shown, in their order: a point in time as `moment`, anything else as `text`. An empty text is not shown. */
export function factsOf(
  facts: SnapshotFacts,
): readonly ({ readonly fact: Fact } & ({ readonly moment: Millis } | { readonly text: string }))[] {
  return FACTS.flatMap((fact) => {
    const value = facts[fact];
    if (value === undefined || value === "") return [];
    return [MOMENTS.has(fact) && typeof value === "number" ? { fact, moment: value } : { fact, text: String(value) }];
  });
}

export interface VerdictView {
  readonly unchanged: { readonly state: CheckState; readonly checks: readonly CheckView[] };
  readonly complete: { readonly state: CheckState; readonly checks: readonly CheckView[] };
  readonly keys: { readonly state: CheckState; readonly checks: readonly CheckView[] };
  readonly facts: SnapshotFacts;
}

export interface SnapshotReport {
  /** The record that it is of, and the member whose device exported it; left out where nothing could be derived. */
  readonly log?: LogId;
  readonly exporter?: MemberId;
  readonly verdict: VerdictView;
  readonly people: readonly { readonly member: MemberId; readonly name: string }[];
  readonly zone: string;
  readonly messages: readonly MessageView[];
  readonly threads: readonly ThreadView[];
  readonly expenses: readonly ExpenseView[];
  readonly setAside: readonly HistoryRow[];
}
