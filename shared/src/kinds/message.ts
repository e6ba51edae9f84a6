import { z } from "zod";
import type { RecordId } from "../base/ids.ts";
import type { ReasonCode } from "../base/reasons.ts";
import type { Fields } from "./fields.ts";
import { zChildren } from "./children.ts";
import { KIND_VERSION, parseFields, zCharacters, zMillis, zOrigin, zRecordId } from "./fields.ts";
import { zFiles } from "./files.ts";
import type { Judging, Kind } from "./kind.ts";

export const MAX_TEXT = 20_000;
export const MAX_SUBJECT = 200;

const schema = z.strictObject({
  kind: z.literal("message"),
  v: z.literal(KIND_VERSION),
  at: zMillis,
  thread: z.union([z.literal(""), zRecordId]),
  subject: zCharacters(1, MAX_SUBJECT).optional(),
  children: zChildren.optional(),
  reply: zRecordId.optional(),
  text: zCharacters(0, MAX_TEXT),
  files: zFiles.optional(),
  settlement: z.boolean().optional(),
  origin: zOrigin.optional(),
});

export type MessageFields = z.output<typeof schema>;

/** A message's fields, where they have the right form: a new thread has a subject and may name children, an answer in one has neither. */
export function parseMessage(fields: Fields): MessageFields | undefined {
  const m = parseFields(schema, fields);
  if (!m || (m.thread === "") !== (m.subject !== undefined)) return undefined;
  if (m.thread !== "" && m.children) return undefined;
  return m.thread === "" && m.reply !== undefined ? undefined : m;
}

/** The thread to which a message belongs: the one that it names, or itself when it starts one. */
export const threadOf = (record: RecordId, thread: string): RecordId => (thread === "" ? record : (thread as RecordId));

function judgeFirst(j: Judging): ReasonCode | undefined {
  const m = parseMessage(j.act.fields);
  if (!m) return "kind-fields";
  if (m.text === "" && !m.files) return "message-empty";
  if (m.thread !== "" && !startsThread(j, m.thread)) return "message-thread";
  if (m.reply !== undefined && !isInThread(j, m.reply, m.thread)) return "message-reply";
  if (m.origin && !j.originHolds(m.origin, j.act)) return "origin-false";
  return undefined;
}

/** A thread that began in another month stands in another book, so a record that this book's past lacks may well be one. */
function startsThread(j: Judging, thread: RecordId): boolean {
  if (thread === j.act.record) return false;
  const first = j.recordInPast(thread);
  return !first || (first.fields.get("kind") === "message" && first.fields.get("thread") === "");
}

function isInThread(j: Judging, reply: RecordId, thread: string): boolean {
  if (reply === j.act.record) return false;
  const to = j.recordInPast(reply);
  const named = to?.fields.get("thread");
  return !to || (to.fields.get("kind") === "message" && typeof named === "string" && threadOf(reply, named) === thread);
}

/** A message cannot be changed, withdrawn or deleted: it has no later acts. */
export const message: Kind = {
  name: "message",
  channel: "messages",
  booksByClock: true,
  judgeFirst,
  judgeLater: () => "kind-act",
  root: (record, first) => {
    const thread = first.get("thread");
    return threadOf(record, typeof thread === "string" ? thread : "");
  },
  wording: (act) => (act.fields.get("thread") === "" ? "message.started" : "message.sent"),
};
