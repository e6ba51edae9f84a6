import { toHex } from "../base/bytes.ts";
import type { ChangeHash, Hex32, Millis, RecordId } from "../base/ids.ts";
import type { Access } from "../kinds/access.ts";
import type { FieldValue } from "../kinds/fields.ts";
import { hashText } from "../kinds/fields.ts";
import { formatChildren } from "../kinds/children.ts";
import { formatFiles } from "../kinds/files.ts";
import type { SampleFile } from "./files.ts";
import type { DraftWithFiles } from "./log-builder.ts";

/** Drafts of the acts of every kind, with their fields as docs/protocol.md section 6 names them. */

interface NewMessage {
  readonly at: Millis;
  readonly text: string;
  /** Starts a thread. */
  readonly subject?: string;
  readonly children?: readonly string[];
  readonly thread?: RecordId;
  readonly reply?: RecordId;
  readonly files?: readonly SampleFile[];
  readonly settlement?: boolean;
}

const withFiles = (
  files: readonly SampleFile[] | undefined,
): { readonly fields: { files?: string }; readonly draft: Pick<DraftWithFiles, "fileKeys"> } =>
  files && files.length > 0
    ? {
        fields: { files: formatFiles(files.map((f) => f.record)) },
        draft: { fileKeys: files.map((f) => ({ file: f.record.id, key: f.key })) },
      }
    : { fields: {}, draft: {} };

const childrenIn = (children: readonly string[] = []): { children?: string } =>
  children.length === 0 ? {} : { children: formatChildren(children) };

export function messageDraft(m: NewMessage): DraftWithFiles {
  const files = withFiles(m.files);
  const fields: Record<string, FieldValue> = { kind: "message", v: 1, at: m.at, thread: m.thread ?? "", text: m.text, ...files.fields };
  if (m.subject !== undefined) fields["subject"] = m.subject;
  Object.assign(fields, childrenIn(m.children));
  if (m.reply !== undefined) fields["reply"] = m.reply;
  if (m.settlement) fields["settlement"] = true;
  return { channel: "messages", at: m.at, fields, ...files.draft };
}

export const deliveryDraft = (at: Millis, upto: number): DraftWithFiles => ({
  channel: "messages",
  at,
  fields: { kind: "delivery-receipt", v: 1, at, upto },
});

export const viewDraft = (at: Millis, message: RecordId, of: ChangeHash): DraftWithFiles => ({
  channel: "messages",
  at,
  beside: message,
  fields: { kind: "view-receipt", v: 1, at, message, of: hashText(of) },
});

interface NewExpense {
  readonly at: Millis;
  readonly amount: number;
  readonly currency: string;
  readonly category: string;
  readonly title: string;
  readonly spent: string;
  readonly share: number;
  readonly children?: readonly string[];
  readonly note?: string;
  readonly files?: readonly SampleFile[];
}

export function expenseDraft(e: NewExpense): DraftWithFiles {
  const { at, amount, currency, category, title, spent, share } = e;
  const files = withFiles(e.files);
  const fields: Record<string, FieldValue> = {
    kind: "expense",
    v: 1,
    at,
    amount,
    currency,
    category,
    title,
    spent,
    share,
    ...childrenIn(e.children),
    ...files.fields,
  };
  if (e.note !== undefined) fields["note"] = e.note;
  return { channel: "expenses", at, fields, ...files.draft };
}

/** What only a personal log has (rules R7, R8, R12). */
export const accessDraft = (at: Millis, what: Access, more: Readonly<Record<string, FieldValue>> = {}): DraftWithFiles => ({
  channel: "journal",
  at,
  fields: { kind: "access", v: 1, at, what, ...more },
});

export const nameDraft = (
  at: Millis,
  named: Readonly<Record<"log" | "of" | "name", string>> & { readonly who?: string },
): DraftWithFiles => ({
  channel: "settings",
  at,
  fields: { kind: "name", v: 1, at, ...named },
});

export function originalDraft(at: Millis, commitment: Hex32, salt: Uint8Array, whole: SampleFile): DraftWithFiles {
  const files = withFiles([whole]);
  return { channel: "journal", at, fields: { kind: "original", v: 1, at, commitment, salt: toHex(salt), ...files.fields }, ...files.draft };
}

type LaterAct =
  | { readonly act: "withdraw" }
  | { readonly act: "approve" | "confirm-payment"; readonly of: ChangeHash }
  | { readonly act: "refuse" | "request-changes"; readonly of: ChangeHash; readonly reason: string }
  | {
      readonly act: "pay";
      readonly of: ChangeHash;
      readonly amount: number;
      readonly method?: string;
      readonly files?: readonly SampleFile[];
    };

/** A later act on an expense. */
export function expenseActDraft(at: Millis, record: RecordId, later: LaterAct): DraftWithFiles {
  const fields: Record<string, FieldValue> = { act: later.act, v: 1 };
  if ("of" in later) fields["of"] = hashText(later.of);
  if ("reason" in later) fields["reason"] = later.reason;
  if (later.act !== "pay") return { channel: "expenses", at, record, fields };
  const files = withFiles(later.files);
  fields["amount"] = later.amount;
  if (later.method !== undefined) fields["method"] = later.method;
  return { channel: "expenses", at, record, fields: { ...fields, ...files.fields }, ...files.draft };
}
