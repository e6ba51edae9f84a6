import type { FileId, FileKey, LogId, Millis, RecordId } from "../base/ids.ts";
import { err, ok, type Coded, type Result } from "../base/result.ts";
import type { ExpenseRecord } from "../books/fold.ts";
import { periodOf, type BookName } from "../books/names.ts";
import { newActKey, newRecordId } from "../books/record-id.ts";
import type { FieldValue } from "../kinds/fields.ts";
import type { Channel } from "../base/channels.ts";
import { balancesOf, type ExpenseSum } from "../books/balance.ts";
import type { ExpenseStage } from "../kinds/expense-state.ts";
import { characters, hashText, KIND_VERSION } from "../kinds/fields.ts";
import { MAX_FILE_BYTES, MAX_FILES } from "../kinds/file-limits.ts";
import { formatFiles, parseFiles, type FileRecord } from "../kinds/files.ts";
import { FileBox, sealFile, type FileMeta } from "../sync/files.ts";
import { byOrder, wasThere, type RecordDigest } from "../sync/record-digest.ts";
import type { IndexedRecord } from "../sync/record-index.ts";
import type { WriteActCode } from "../sync/act-writer.ts";
import type { Write } from "../vault/row-store.ts";
import type { ActError } from "./answer.ts";
import type { Balance, ExpenseFilter, ExpenseView, MessageView, Page, ThreadView } from "../views/record.ts";
import type { ExpenseAnswer, NewExpense, NewFile, NewMessage } from "./inputs.ts";
import type { OpenLog, ReplicaCore } from "./core.ts";
import { makeOrigin } from "./share.ts";
import { actErrorOf } from "./vault-holder.ts";
import { receiptsOf } from "./proofs.ts";
import { readingStart, threadPage, threadsOf } from "./threads.ts";
import { expenseState, expenseView, messageView, type FileLookup } from "./views.ts";

/** What a refusal of a write means to the person who asked. */
export function writeError({ code }: Coded<WriteActCode>): ActError {
  switch (code) {
    case "store-full":
    case "store-refused":
    case "store-closed":
    case "store-damaged":
    case "store-failed":
      return actErrorOf(code);
    case "removed":
      return { code: "removed" };
    case "not-ready":
      return { code: "relay-unreachable" };
    case "record-unknown":
      return { code: "record-unknown" };
    case "change-size":
      return { code: "text-too-long" };
    case "message-empty":
      return { code: "text-empty" };
    case "expense-answered":
    case "expense-withdrawn":
    case "expense-not-approved":
    case "payment-confirmed":
    case "answer-unknown":
    case "receipt-twice":
      return { code: "record-moved-on" };
    case "not-author":
    case "not-other-parent":
    case "change-not-authorised":
      return { code: "not-allowed" };
    case "kind-fields":
      return { code: "amount-wrong" };
    default:
      return { code: "internal" };
  }
}

interface Sealed {
  readonly records: readonly FileRecord[];
  readonly fileKeys: readonly { readonly file: FileId; readonly key: FileKey }[];
  readonly with: readonly Write[];
}

/** Writing and reading the records of the open logs. */
export class Records {
  readonly #core: ReplicaCore;
  readonly #seen = new Map<LogId, Set<RecordId>>();

  constructor(core: ReplicaCore) {
    this.#core = core;
  }

  // -------------------------------------------------------------------------------------------------------------- writing

  #seal(log: LogId, files: readonly NewFile[]): Result<Sealed, ActError> {
    if (files.length > MAX_FILES) return err({ code: "too-many-files", limit: MAX_FILES });
    if (files.some((f) => f.bytes.length > MAX_FILE_BYTES)) return err({ code: "file-too-large", limit: MAX_FILE_BYTES });
    const sealed = files.map((f) =>
      sealFile(
        log,
        { ...f, name: f.name.slice(0, 200) || "file", type: f.type || "application/octet-stream" },
        this.#core.deps.ports.random,
      ),
    );
    return ok({
      records: sealed.map((s) => s.record),
      fileKeys: sealed.map((s) => ({ file: s.record.id, key: s.key })),
      with: sealed.flatMap((s) => s.writes),
    });
  }

  /** A new record of a kind; the book is that of the moment. */
  async create(
    open: OpenLog,
    channel: Channel,
    fields: Readonly<Record<string, FieldValue | undefined>>,
    files: readonly NewFile[],
    book?: BookName,
  ): Promise<Result<RecordId, ActError>> {
    const { session } = open;
    const sealed = this.#seal(session.log, files);
    if (!sealed.ok) return sealed;
    const at = this.#core.deps.ports.clock.now();
    const record = newRecordId(session.device, this.#core.deps.ports.random);
    const written = await session.write({
      book: book ?? { channel, period: periodOf(channel, at), shard: 0 },
      draft: {
        record,
        fields: {
          ...fields,
          v: KIND_VERSION,
          at,
          ...(sealed.value.records.length > 0 ? { files: formatFiles(sealed.value.records) } : {}),
        },
      },
      fileKeys: sealed.value.fileKeys,
      with: sealed.value.with,
    });
    return written.ok ? ok(record) : err(writeError(written.error));
  }

  async sendMessage(input: NewMessage): Promise<Result<RecordId, ActError>> {
    const open = this.#core.log(input.log);
    if (!open.ok) return open;
    if (input.text.trim() === "" && input.files.length === 0) return err({ code: "text-empty" });
    if (input.thread === undefined && (input.subject ?? "").trim() === "") return err({ code: "text-empty" });
    if (characters(input.text) > 20_000 || characters(input.subject ?? "") > 200) return err({ code: "text-too-long", limit: 20_000 });
    await this.acknowledge(open.value);
    return this.create(
      open.value,
      "messages",
      {
        kind: "message",
        thread: input.thread ?? "",
        ...(input.thread === undefined ? { subject: input.subject } : {}),
        ...(input.reply === undefined ? {} : { reply: input.reply }),
        text: input.text,
        ...(input.settlement === true ? { settlement: true } : {}),
      },
      input.files,
    );
  }

  async addExpense(input: NewExpense): Promise<Result<RecordId, ActError>> {
    const open = this.#core.log(input.log);
    if (!open.ok) return open;
    if (!Number.isSafeInteger(input.amount) || input.amount < 1) return err({ code: "amount-wrong" });
    await this.acknowledge(open.value);
    const { title, category, amount, currency, share, spent, note } = input;
    return this.create(
      open.value,
      "expenses",
      { kind: "expense", title, category, amount, currency, share, spent, ...(note ? { note } : {}) },
      input.files,
    );
  }

  /** A record of the personal log becomes a new one in the household (rule C4), with proof of when it was first logged. */
  async share(from: LogId, to: LogId, id: RecordId): Promise<Result<RecordId, ActError>> {
    const source = this.#core.log(from);
    const target = this.#core.log(to);
    if (!source.ok) return source;
    if (!target.ok) return target;
    const rows = this.#core.rows;
    const record = source.value.session.index.get(id);
    if (!rows || !record) return err({ code: "record-unknown" });
    const { folded } = record;
    if (folded.kind !== "expense" && folded.kind !== "message") return err({ code: "not-allowed" });
    const files: NewFile[] = [];
    const text = record.acts[0]?.act.fields.get("files");
    for (const f of typeof text === "string" ? (parseFiles(text) ?? []) : []) {
      const bytes = await this.file(from, f.id);
      if (!bytes.ok) return bytes;
      files.push({ name: f.name, type: f.type, bytes: bytes.value });
    }
    const origin = await makeOrigin(rows, source.value, record);
    if (!origin.ok) return origin;
    if (folded.kind === "expense") {
      const { title, category, amount, currency, share, spent, note } = folded;
      return this.create(
        target.value,
        "expenses",
        { kind: "expense", title, category, amount, currency, share, spent, ...(note === undefined ? {} : { note }), origin: origin.value },
        files,
      );
    }
    const subject = folded.subject ?? "";
    return this.create(
      target.value,
      "messages",
      {
        kind: "message",
        thread: "",
        subject: subject === "" ? folded.text.slice(0, 80) || "-" : subject,
        text: folded.text,
        ...(folded.settlement ? { settlement: true } : {}),
        origin: origin.value,
      },
      files,
    );
  }

  async answerExpense(input: ExpenseAnswer): Promise<Result<void, ActError>> {
    const open = this.#core.log(input.log);
    if (!open.ok) return open;
    const { session } = open.value;
    const record = session.index.get(input.expense);
    if (record?.folded.kind !== "expense") return err({ code: "record-unknown" });
    const sealed = this.#seal(session.log, input.files ?? []);
    if (!sealed.ok) return sealed;
    const of = answered(record.folded, record, input.act);
    await this.acknowledge(open.value);
    const written = await session.write({
      book: record.book,
      draft: {
        record: record.id,
        actKey: newActKey(this.#core.deps.ports.random),
        fields: {
          act: input.act,
          v: KIND_VERSION,
          ...(of === undefined ? {} : { of }),
          ...(input.reason === undefined ? {} : { reason: input.reason }),
          ...(input.act === "pay"
            ? { amount: input.amount ?? record.folded.asked, ...(input.method ? { method: input.method } : {}) }
            : {}),
          ...(sealed.value.records.length > 0 ? { files: formatFiles(sealed.value.records) } : {}),
        },
      },
      fileKeys: sealed.value.fileKeys,
      with: sealed.value.with,
    });
    return written.ok ? ok(undefined) : err(writeError(written.error));
  }

  /**
   * Acknowledges what arrived, with a write of this person's own or at a fixed time, never on arrival (design, record: delivery receipt). It
   * says nothing when nothing new of the other parent's is here.
   */
  async acknowledge(open: OpenLog): Promise<void> {
    const { session } = open;
    if (session.identity.kind !== "household" || !session.isDevice()) return;
    const upto = session.state.tail.channelSize("messages") - 1;
    const me = session.identity.member;
    let last = -1;
    let newest = -1;
    for (const digest of session.index.digests()) {
      if (digest.kind === "delivery-receipt" && digest.member === me && !digest.isFar) last = Math.max(last, digest.upto);
      if (digest.kind === "message" && digest.member !== me) newest = Math.max(newest, digest.logged?.channelSeq ?? -1);
    }
    if (upto < 0 || newest <= last) return;
    await this.create(open, "messages", { kind: "delivery-receipt", upto }, []);
  }

  async seen(log: LogId, message: RecordId): Promise<Result<void, ActError>> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    const { session } = open.value;
    const record = session.index.get(message);
    if (record?.folded.kind !== "message") return err({ code: "record-unknown" });
    const seen = await this.#seenOf(log);
    if (seen.has(message)) return ok(undefined);
    const kept = await this.#core.save(`seen/${log}/${message}`, new Uint8Array(), () => seen.add(message));
    if (!kept.ok) return kept;
    this.#core.tell({ topic: "messages", log, thread: record.folded.thread });
    const me = session.identity.member;
    if (!session.identity.viewReceipts || record.folded.first.member === me || session.identity.kind !== "household") return ok(undefined);
    const done = await this.create(
      open.value,
      "messages",
      { kind: "view-receipt", message, of: hashText(record.folded.first.hash) },
      [],
      record.book,
    );
    return done.ok || done.error.code === "record-moved-on" ? ok(undefined) : done;
  }

  async #seenOf(log: LogId): Promise<Set<RecordId>> {
    const known = this.#seen.get(log);
    if (known) return known;
    const rows = (await this.#core.rows?.scan("secret", { from: `seen/${log}/`, to: `seen/${log}/\u007f` })) ?? [];
    const seen = new Set(rows.map((r) => r.key.slice(`seen/${log}/`.length) as RecordId));
    // What another device of this person told of having viewed has been seen, too.
    const open = this.#core.logs.get(log);
    const me = open?.session.identity.member;
    for (const digest of open?.session.index.digests() ?? [])
      if (digest.kind === "view-receipt" && digest.member === me) seen.add(digest.message);
    this.#seen.set(log, seen);
    return seen;
  }

  forget(): void {
    this.#seen.clear();
  }

  // -------------------------------------------------------------------------------------------------------------- reading

  async threads(log: LogId, offset: number, limit: number, at?: Millis): Promise<Page<ThreadView>> {
    const open = this.#core.log(log);
    if (!open.ok) return { rows: [], total: 0 };
    return threadPage(open.value, { seen: await this.#seenOf(log), at, offset, limit });
  }

  async messages(log: LogId, thread: RecordId, offset: number, limit: number, at?: Millis): Promise<Page<MessageView>> {
    const open = this.#core.log(log);
    if (!open.ok) return { rows: [], total: 0 };
    const { index } = open.value.session;
    const all = threadsOf(index, at).get(thread) ?? [];
    const page = all.slice(offset, offset + limit).flatMap((m) => index.getAt(m.id, at) ?? []);
    const receipts = receiptsOf(open.value, at);
    const lookup = await this.#lookup(open.value, page);
    return { rows: page.flatMap((r) => messageView(open.value, r, receipts, lookup, at) ?? []), total: all.length };
  }

  async readingStart(log: LogId, thread: RecordId, message?: RecordId, at?: Millis): Promise<number | undefined> {
    const open = this.#core.log(log);
    return open.ok ? readingStart(open.value, thread, { message, seen: await this.#seenOf(log), at }) : undefined;
  }

  async message(log: LogId, id: RecordId, at?: Millis): Promise<MessageView | undefined> {
    const open = this.#core.log(log);
    const record = open.ok ? open.value.session.index.getAt(id, at) : undefined;
    if (!open.ok || !record) return undefined;
    return messageView(open.value, record, receiptsOf(open.value, at), await this.#lookup(open.value, [record]), at);
  }

  async expenses(log: LogId, filter: ExpenseFilter, offset: number, limit: number, at?: Millis): Promise<Page<ExpenseView>> {
    const open = this.#core.log(log);
    if (!open.ok) return { rows: [], total: 0 };
    const { index } = open.value.session;
    const text = filter.text?.toLowerCase();
    const isAsked = (e: { readonly stage: ExpenseStage }): boolean => !filter.states || filter.states.includes(expenseState(open.value, e));
    const isNow = at === undefined;
    const opens = !isNow || filter.category !== undefined || !!text;
    const fits = ({ folded: e }: IndexedRecord): boolean => {
      if (e.kind !== "expense") return false;
      if (filter.category !== undefined && e.category !== filter.category) return false;
      if (text && !`${e.title} ${e.note ?? ""} ${e.category}`.toLowerCase().includes(text)) return false;
      return isAsked(e);
    };
    const all: RecordDigest[] = [];
    for (const digest of index.digests()) {
      if (digest.kind !== "expense" || !wasThere(digest, at)) continue;
      // What it is now is told without opening it; as it stood is not.
      if (isNow && !isAsked(digest)) continue;
      const record = opens ? index.getAt(digest.id, at) : undefined;
      if (!opens || (record && fits(record))) all.push(digest);
    }
    all.sort((a, b) => byOrder(b, a));
    const page = all.slice(offset, offset + limit).flatMap((e) => index.getAt(e.id, at) ?? []);
    const lookup = await this.#lookup(open.value, page);
    return { rows: page.flatMap((r) => expenseView(open.value, r, lookup, at) ?? []), total: all.length };
  }

  async expense(log: LogId, id: RecordId, at?: Millis): Promise<ExpenseView | undefined> {
    const open = this.#core.log(log);
    const record = open.ok ? open.value.session.index.getAt(id, at) : undefined;
    if (!open.ok || !record) return undefined;
    return expenseView(open.value, record, await this.#lookup(open.value, [record]), at);
  }

  balances(log: LogId, at?: Millis): readonly Balance[] {
    const open = this.#core.log(log);
    return open.ok ? balancesOf(sumsOf(open.value, at), open.value.session.identity.member) : [];
  }

  categories(log: LogId, at?: Millis): readonly string[] {
    const open = this.#core.log(log);
    return open.ok ? [...new Set([...expensesOf(open.value, at)].map((e) => e.category))].sort() : [];
  }

  async file(log: LogId, id: FileId): Promise<Result<Uint8Array, ActError>> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    const box = this.#box(open.value);
    const here = await box.read(id);
    if (here.ok) return here;
    if (here.error.code === "file-damaged") return err({ code: "file-damaged" });
    const token = open.value.session.link.welcome?.token;
    if (token === undefined) return err({ code: "relay-unreachable" });
    const fetched = await box.download(id, open.value.session.identity.address, token);
    if (!fetched.ok)
      return err({
        code:
          fetched.error.code === "file-damaged" ? "file-damaged" : fetched.error.code === "network" ? "relay-unreachable" : "file-missing",
      });
    const read = await box.read(id);
    return read.ok ? read : err({ code: "file-damaged" });
  }

  #box(open: OpenLog): FileBox {
    const rows = this.#core.rows;
    if (!rows) throw new Error("the vault is open");
    return new FileBox(open.session.log, rows, this.#core.deps.ports.transport);
  }

  /** Sends files that wait for the relay and fetches those that other devices sent, one after another. */
  async transfer(open: OpenLog): Promise<void> {
    const box = this.#box(open);
    const { up, down } = await box.waiting();
    for (const [list, move] of [
      [up, (f: FileMeta, t: string) => box.upload(f.id, open.session.identity.address, t)],
      [down, (f: FileMeta, t: string) => box.download(f.id, open.session.identity.address, t)],
    ] as const) {
      for (const file of list) {
        const token = open.session.link.welcome?.token;
        if (token === undefined) return;
        const moved = await move(file, token);
        if (moved.ok) this.#core.tell({ topic: "messages", log: open.session.log, thread: "" as RecordId });
        else if (moved.error.code === "network") return;
      }
    }
  }

  async #lookup(open: OpenLog, records: readonly IndexedRecord[]): Promise<FileLookup> {
    const box = this.#box(open);
    const metas = new Map<FileId, FileMeta>();
    for (const record of records) {
      for (const { act } of record.acts) {
        const text = act.fields.get("files");
        for (const f of typeof text === "string" ? (parseFiles(text) ?? []) : []) {
          const meta = await box.meta(f.id);
          if (meta) metas.set(f.id, meta);
        }
      }
    }
    return (_log, file) => metas.get(file.id);
  }
}

/** What balances are made of; now, no record has to be opened for it. */
function* sumsOf(open: OpenLog, at: Millis | undefined): Generator<ExpenseSum> {
  if (at !== undefined) yield* expensesOf(open, at);
  else for (const digest of open.session.index.digests()) if (digest.kind === "expense") yield digest;
}

function* expensesOf(open: OpenLog, at: Millis | undefined): Generator<ExpenseRecord> {
  for (const { folded } of open.session.index.ofKind("expense", at)) yield folded;
}

/** The change that an act answers (rule R3). */
function answered(e: ExpenseRecord, record: IndexedRecord, act: ExpenseAnswer["act"]): string | undefined {
  switch (act) {
    case "withdraw":
      return undefined;
    case "approve":
    case "refuse":
    case "request-changes":
      return hashText(e.first.hash);
    case "pay": {
      const approval = record.acts.findLast((a) => a.act.fields.get("act") === "approve");
      return hashText((approval?.act ?? e.first).hash);
    }
    case "confirm-payment": {
      const confirmed = new Set(
        record.acts.flatMap((a) => (a.act.fields.get("act") === "confirm-payment" ? [a.act.fields.get("of")] : [])),
      );
      const payment = record.acts.find((a) => a.act.fields.get("act") === "pay" && !confirmed.has(hashText(a.act.hash)));
      return payment && hashText(payment.act.hash);
    }
  }
}
