import type { LogId, Millis, RecordId } from "../../base/ids.ts";
import { err, type Result } from "../../base/result.ts";
import { MAX_SUBJECT, MAX_TEXT } from "../../kinds/message.ts";
import type { MessageView, Page, ThreadFilter, ThreadView } from "../../views/record.ts";
import type { ActError } from "../answer.ts";
import type { ReplicaCore } from "../core.ts";
import type { NewFile, NewMessage } from "../inputs.ts";
import { receiptsOf } from "../proofs.ts";
import { readingStart, threadPage, threadsOf } from "../threads.ts";
import { messageView } from "../views.ts";
import { childrenField } from "./children-field.ts";
import type { RecordParts } from "./parts.ts";
import { tooLong } from "./too-long.ts";
import type { SettledRecord } from "./writer.ts";

export type MessageText = Omit<NewMessage, "log" | "files">;

/** Messages and their threads. */
export class Messages {
  readonly #core: ReplicaCore;
  readonly #parts: RecordParts;

  constructor(core: ReplicaCore, parts: RecordParts) {
    this.#core = core;
    this.#parts = parts;
  }

  /** Why it can't be sent, as far as that can be said before it is written. */
  unfit(input: MessageText, files: number): ActError | undefined {
    if (input.text.trim() === "" && files === 0) return { code: "text-empty" };
    if (input.thread === undefined && (input.subject ?? "").trim() === "") return { code: "text-empty" };
    const long = tooLong([input.text, MAX_TEXT], [input.subject, MAX_SUBJECT]);
    if (long) return long;
    const about = childrenField(input.thread === undefined ? input.children : undefined);
    return about.ok ? undefined : about.error;
  }

  async send(input: NewMessage): Promise<Result<RecordId, ActError>> {
    const unfit = this.unfit(input, input.files.length);
    return unfit ? err(unfit) : this.write(input.log, input, input.files);
  }

  async write(log: LogId, input: MessageText, made: readonly NewFile[] | SettledRecord): Promise<Result<RecordId, ActError>> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    const about = childrenField(input.thread === undefined ? input.children : undefined);
    if (!about.ok) return about;
    await this.#parts.receipts.acknowledge(open.value);
    return this.#parts.writer.create(
      open.value,
      "messages",
      {
        kind: "message",
        thread: input.thread ?? "",
        ...(input.thread === undefined ? { subject: input.subject, ...about.value } : {}),
        ...(input.reply === undefined ? {} : { reply: input.reply }),
        text: input.text,
        ...(input.settlement === true ? { settlement: true } : {}),
      },
      made,
    );
  }

  async threads(log: LogId, filter: ThreadFilter, offset: number, limit: number, at?: Millis): Promise<Page<ThreadView>> {
    const open = this.#core.log(log);
    if (!open.ok) return { rows: [], total: 0 };
    return threadPage(open.value, { seen: await this.#parts.receipts.seenOf(log), at, filter, offset, limit });
  }

  async inThread(log: LogId, thread: RecordId, offset: number, limit: number, at?: Millis): Promise<Page<MessageView>> {
    const open = this.#core.log(log);
    if (!open.ok) return { rows: [], total: 0 };
    const { index } = open.value.session;
    const all = threadsOf(index, at).get(thread) ?? [];
    const page = all.slice(offset, offset + limit).flatMap((m) => index.getAt(m.id, at) ?? []);
    const receipts = receiptsOf(open.value, at);
    const lookup = await this.#parts.files.lookup(open.value, page);
    return { rows: page.flatMap((r) => messageView(open.value, r, receipts, lookup, at) ?? []), total: all.length };
  }

  async readingStart(log: LogId, thread: RecordId, message?: RecordId, at?: Millis): Promise<number | undefined> {
    const open = this.#core.log(log);
    return open.ok ? readingStart(open.value, thread, { message, seen: await this.#parts.receipts.seenOf(log), at }) : undefined;
  }

  async one(log: LogId, id: RecordId, at?: Millis): Promise<MessageView | undefined> {
    const open = this.#core.log(log);
    const record = open.ok ? open.value.session.index.getAt(id, at) : undefined;
    if (!open.ok || !record) return undefined;
    return messageView(open.value, record, receiptsOf(open.value, at), await this.#parts.files.lookup(open.value, [record]), at);
  }
}
