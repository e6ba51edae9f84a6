import { isFileRefusal, type FileRefusal } from "../../base/file-refusals.ts";
import type { FileId, FileKey, Hex32, LogId, RecordId } from "../../base/ids.ts";
import { err, type Result } from "../../base/result.ts";
import { wellFormed } from "../../base/well-formed.ts";
import { MAX_FILE_BYTES, MAX_FILES } from "../../kinds/file-limits.ts";
import { filesIn, MAX_TYPE, type FileRecord } from "../../kinds/files.ts";
import { FileBox, metaWrite, sealFile, type FileCode, type FileMeta, type SealedFile } from "../../sync/files.ts";
import type { IndexedRecord } from "../../sync/indexed-record.ts";
import type { Write } from "../../vault/row-store.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import type { FileLookup, KnownFile } from "../views.ts";

/** Files sealed for a record that is about to be written: what its field says, their keys, and rows that belong into the same commit. */
export interface SealedFiles {
  readonly records: readonly FileRecord[];
  readonly fileKeys: readonly { readonly file: FileId; readonly key: FileKey }[];
  readonly with: readonly Write[];
}

/** Why a record can't have these files; undefined where it can. */
export function refusal(files: readonly PlainFile[]): ActError | undefined {
  if (files.length > MAX_FILES) return { code: "too-many-files", limit: MAX_FILES };
  if (files.some((f) => f.bytes.length > MAX_FILE_BYTES)) return { code: "file-too-large", limit: MAX_FILE_BYTES };
  return undefined;
}

/** A file that is to be sealed, with what its record says of an original (rule R12). */
export interface PlainFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly committed?: Hex32 | undefined;
}

/** A sealed file that is about to become one of a record, with what that says of an original. */
export interface FileToWrite {
  readonly meta: FileMeta;
  readonly committed: Hex32 | undefined;
}

/** What belongs into the commit of the record that names these files. @param rows further rows of it */
export const filesToWrite = (log: LogId, files: readonly FileToWrite[], rows: readonly Write[]): SealedFiles => ({
  records: files.map(({ meta, committed }) => {
    const { id, name, type, size, hash, sealedSize, sealedHash, keyCommitment } = meta;
    const record = { id, name, type, size, hash, sealedSize, sealedHash, keyCommitment };
    return committed === undefined ? record : { ...record, original: committed };
  }),
  fileKeys: files.flatMap(({ meta: { id, key } }) => (key === null ? [] : [{ file: id, key }])),
  with: [...rows, ...files.map(({ meta }) => metaWrite(log, meta))],
});

const placeOf = (log: LogId, file: FileId): string => `${log}/${file}`;

/** The files of records: sealed, opened, sent and fetched. */
export class RecordFiles {
  readonly #core: ReplicaCore;
  /** Logs whose files are on their way. */
  readonly #underWay = new Set<LogId>();
  /** What the relay did not take at the last try, by log and file, and the token of that connection. It is asked again with each connection and not with each send (rule W8), so nothing of this is kept. */
  readonly #refused = new Map<string, { readonly why: FileRefusal; readonly token: string }>();

  constructor(core: ReplicaCore) {
    this.#core = core;
  }

  seal(log: LogId, files: readonly PlainFile[]): SealedFiles {
    const sealed = files.map((file) => ({ ...this.sealOne(log, file), committed: file.committed }));
    return filesToWrite(
      log,
      sealed,
      sealed.flatMap((s) => s.pieces),
    );
  }

  /** Seals a file, with nothing yet that makes it one of the log. */
  sealOne(log: LogId, { name, type, bytes }: PlainFile): SealedFile {
    const fits = type !== "" && type.length <= MAX_TYPE;
    const plain = { name: wellFormed(name.slice(0, 200)) || "file", type: fits ? type : "application/octet-stream", bytes };
    return sealFile(log, plain, this.#core.deps.ports.random);
  }

  /** The bytes of a file that is no file of the log yet. */
  async unsent(log: LogId, meta: FileMeta): Promise<Result<Uint8Array, ActError>> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    const read = await this.#box(open.value).open(meta);
    return read.ok ? read : err({ code: "file-damaged" });
  }

  /** A file of a record, from this device or from the relay. */
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

  /** Sends files that wait for the relay and fetches those that other devices sent: one log at a time each, behind everything else. */
  transfer(open: OpenLog): void {
    const { log, link } = open.session;
    if (this.#underWay.has(log) || link.state.state !== "live") return;
    this.#underWay.add(log);
    void this.#transferWaiting(open).finally(() => this.#underWay.delete(log));
  }

  /** The same for every log. */
  transferAll(): void {
    for (const open of this.#core.logs.values()) this.transfer(open);
  }

  /** One file after another. */
  async #transferWaiting(open: OpenLog): Promise<void> {
    const box = this.#box(open);
    const { up, down } = await box.waiting();
    for (const [list, move] of [
      [up, (f: FileMeta, t: string) => box.upload(f.id, open.session.identity.address, t)],
      [down, (f: FileMeta, t: string) => box.download(f.id, open.session.identity.address, t)],
    ] as const) {
      for (const file of list) {
        const token = open.session.link.welcome?.token;
        if (token === undefined) return;
        if (this.#refused.get(placeOf(open.session.log, file.id))?.token === token) continue;
        const moved = await move(file, token);
        const isNews = list === up && this.#note(open.session.log, file.id, token, moved.ok ? undefined : moved.error.code);
        if (moved.ok || isNews) this.#core.tell({ topic: "messages", log: open.session.log, thread: "" as RecordId });
        if (!moved.ok && (moved.error.code === "network" || moved.error.code === "busy")) return;
      }
    }
  }

  /** Notes what became of a try to send a file. Gives whether its person sees another thing than before. */
  #note(log: LogId, id: FileId, token: string, code: FileCode | undefined): boolean {
    const key = placeOf(log, id);
    const before = this.#refused.get(key)?.why;
    if (isFileRefusal(code)) this.#refused.set(key, { why: code, token });
    else if (code === undefined) this.#refused.delete(key);
    return this.#refused.get(key)?.why !== before;
  }

  /** What is here of the files of some records. */
  async lookup(open: OpenLog, records: readonly IndexedRecord[]): Promise<FileLookup> {
    const box = this.#box(open);
    const known = new Map<FileId, KnownFile>();
    for (const record of records) {
      for (const { act } of record.acts) {
        for (const f of filesIn(act.fields)) {
          const meta = await box.meta(f.id);
          if (meta) known.set(f.id, { meta, refused: this.#refused.get(placeOf(open.session.log, f.id))?.why });
        }
      }
    }
    return (_log, file) => known.get(file.id);
  }
}
