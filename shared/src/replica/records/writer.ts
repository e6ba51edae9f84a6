import { toHex } from "../../base/bytes.ts";
import type { Hex32, RecordId } from "../../base/ids.ts";
import type { Channel } from "../../base/channels.ts";
import { err, ok, type Coded, type Result } from "../../base/result.ts";
import { wellFormed } from "../../base/well-formed.ts";
import { periodOf, type BookName } from "../../books/names.ts";
import { newActKey, newRecordId } from "../../books/record-id.ts";
import { KIND_VERSION, type FieldValue } from "../../kinds/fields.ts";
import { formatFiles } from "../../kinds/files.ts";
import { originalCommitment } from "../../kinds/original.ts";
import type { WriteActCode } from "../../sync/act-writer.ts";
import type { IndexedRecord } from "../../sync/indexed-record.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import type { NewFile } from "../inputs.ts";
import { actErrorOf } from "../vault-holder.ts";
import { keptOriginal } from "./originals.ts";
import { refusal, type PlainFile, type RecordFiles, type SealedFiles } from "./files.ts";

/** What a new record is made with that was settled before it is written: its id, and its files. */
export interface SettledRecord {
  readonly record: RecordId;
  readonly files: SealedFiles;
}

/** What a record or an act says, without what every one has. */
export type Fields = Readonly<Record<string, FieldValue | undefined>>;

/** Fields with texts that a change can hold: Automerge refuses half a letter with an exception, and what was typed would leave this device never. */
const writable = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? wellFormed(value) : value]));

/** What a refusal of a write means to the person who asked. */
function writeError({ code }: Coded<WriteActCode>): ActError {
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
      return { code: "record-too-large" };
    case "book-future":
      return { code: "clock-ahead" };
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

/** Writes records of any kind, with their files, into the open logs. */
export class RecordWriter {
  readonly #core: ReplicaCore;
  readonly #files: RecordFiles;

  constructor(core: ReplicaCore, files: RecordFiles) {
    this.#core = core;
    this.#files = files;
  }

  /** A new record of a kind; the book is that of the moment. */
  async create(
    open: OpenLog,
    channel: Channel,
    fields: Fields,
    made: readonly (NewFile | PlainFile)[] | SettledRecord,
    book?: BookName,
  ): Promise<Result<RecordId, ActError>> {
    const { session } = open;
    const sealed = await this.#seal(open, "record" in made ? made.files : made);
    if (!sealed.ok) return sealed;
    const files = sealed.value;
    const record = "record" in made ? made.record : this.newId(session);
    const at = this.#core.deps.ports.clock.now();
    const written = await session.write({
      book: book ?? { channel, period: periodOf(channel, at), shard: 0 },
      draft: {
        record,
        fields: {
          ...writable(fields),
          v: KIND_VERSION,
          at,
          ...(files.records.length > 0 ? { files: formatFiles(files.records) } : {}),
        },
      },
      fileKeys: files.fileKeys,
      with: files.with,
    });
    return written.ok ? ok(record) : err(writeError(written.error));
  }

  /** The id of a record that will be written. */
  newId({ device }: OpenLog["session"]): RecordId {
    return newRecordId(device, this.#core.deps.ports.random);
  }

  /** The key of an act that will be written. */
  newKey(): string {
    return newActKey(this.#core.deps.ports.random);
  }

  /** A further act of a record, in the record's own book. */
  async act(
    open: OpenLog,
    record: IndexedRecord,
    fields: Fields,
    files: readonly NewFile[] | SealedFiles,
    actKey = this.newKey(),
  ): Promise<Result<void, ActError>> {
    const sealed = await this.#seal(open, files);
    if (!sealed.ok) return sealed;
    const { records, fileKeys, with: rows } = sealed.value;
    const written = await open.session.write({
      book: record.book,
      draft: {
        record: record.id,
        actKey,
        fields: { ...writable(fields), v: KIND_VERSION, ...(records.length > 0 ? { files: formatFiles(records) } : {}) },
      },
      fileKeys,
      with: rows,
    });
    return written.ok ? ok(undefined) : err(writeError(written.error));
  }

  async #seal({ session }: OpenLog, files: readonly (NewFile | PlainFile)[] | SealedFiles): Promise<Result<SealedFiles, ActError>> {
    if ("records" in files) return ok(files);
    const refused = refusal(files);
    if (refused) return err(refused);
    const plain: PlainFile[] = [];
    for (const file of files) plain.push("original" in file ? { ...file, committed: await this.keepOriginal(file) } : file);
    return ok(this.#files.seal(session.log, plain));
  }

  /**
   * Keeps a photo as the camera made it in this person's own log, before what is shared of it is written (rule R12), and gives its commitment. Where it
   * can't be kept there, the photo goes without: a record never fails for what was left out of it. One that is there already, since what is shared could not be written
   * the last time or was shared before, is not kept twice.
   */
  async keepOriginal({ original, name, type }: Omit<NewFile, "bytes">): Promise<Hex32 | undefined> {
    const { personal, deps } = this.#core;
    if (original === undefined || !personal?.session.isDevice()) return undefined;
    const before = keptOriginal(personal.session.index, original);
    if (before !== undefined) return before;
    const salt = deps.ports.random(32);
    const commitment = originalCommitment(salt, original);
    const whole: PlainFile = { name, type, bytes: original };
    const kept = await this.create(personal, "journal", { kind: "original", commitment, salt: toHex(salt) }, [whole]);
    return kept.ok ? commitment : undefined;
  }
}
