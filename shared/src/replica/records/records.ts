import type { LogId, RecordId } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { formatChildren } from "../../kinds/children.ts";
import { filesIn } from "../../kinds/files.ts";
import type { ActError } from "../answer.ts";
import type { ReplicaCore } from "../core.ts";
import { makeOrigin } from "../share.ts";
import { Expenses, type AskText } from "./expenses.ts";
import { RecordFiles, type PlainFile } from "./files.ts";
import { Originals } from "./originals.ts";
import { Messages } from "./messages.ts";
import type { RecordParts } from "./parts.ts";
import { Receipts } from "./receipts.ts";
import { RecordWriter, type Fields } from "./writer.ts";

/** A record of one's own, as it will be written into the household. */
export type ToShare =
  | { readonly do: "message"; readonly fields: Fields; readonly files: readonly PlainFile[] }
  | { readonly do: "expense"; readonly ask: Required<Pick<AskText, "origin">> & AskText; readonly files: readonly PlainFile[] };

/** The records of the open logs, by what they are; and a record that goes from one log into another. */
export class Records implements RecordParts {
  readonly files: RecordFiles;
  readonly writer: RecordWriter;
  readonly originals: Originals;
  readonly receipts: Receipts;
  readonly messages: Messages;
  readonly expenses: Expenses;
  readonly #core: ReplicaCore;

  constructor(core: ReplicaCore) {
    this.#core = core;
    this.files = new RecordFiles(core);
    this.writer = new RecordWriter(core, this.files);
    this.originals = new Originals(core, this.files);
    this.receipts = new Receipts(core, this.writer);
    this.messages = new Messages(core, this);
    this.expenses = new Expenses(core, this);
  }

  /** A record of the personal log as it will be a new one in the household (rule C4), with proof of when it was first logged. */
  async toShare(from: LogId, id: RecordId): Promise<Result<ToShare, ActError>> {
    const source = this.#core.log(from);
    if (!source.ok) return source;
    const rows = this.#core.rows;
    const record = source.value.session.index.get(id);
    if (!rows || !record) return err({ code: "record-unknown" });
    const { folded } = record;
    if (folded.kind !== "expense" && folded.kind !== "message") return err({ code: "not-allowed" });
    const files: PlainFile[] = [];
    const [first] = record.acts;
    for (const f of first ? filesIn(first.act.fields) : []) {
      const bytes = await this.files.file(from, f.id);
      if (!bytes.ok) return bytes;
      files.push({ name: f.name, type: f.type, bytes: bytes.value, committed: f.original });
    }
    const origin = await makeOrigin(rows, source.value, record);
    if (!origin.ok) return origin;
    if (folded.kind === "expense") {
      const { title, category, amount, currency, share, spent, note, children } = folded;
      const ask = {
        ...{ title, category, amount, currency, share, spent, origin: origin.value },
        ...(children ? { children } : {}),
        ...(note === undefined ? {} : { note }),
      };
      return ok({ do: "expense", ask, files });
    }
    const subject = folded.subject ?? "";
    const fields = {
      ...{ kind: "message", thread: "", subject: subject === "" ? folded.text.slice(0, 80) || "-" : subject },
      ...(folded.children ? { children: formatChildren(folded.children) } : {}),
      text: folded.text,
      ...(folded.settlement ? { settlement: true } : {}),
      origin: origin.value,
    };
    return ok({ do: "message", fields, files });
  }

  /** Signs and writes it. */
  async share(to: LogId, what: ToShare): Promise<Result<RecordId, ActError>> {
    if (what.do === "expense") return this.expenses.write(to, what.ask, what.files);
    const target = this.#core.log(to);
    return target.ok ? this.writer.create(target.value, "messages", what.fields, what.files) : target;
  }
}
