import type { FileId, LogId } from "@countersign/shared/base/ids";
import { err, ok, type Result } from "@countersign/shared/base/result";
import type { Relay } from "../relay/relay.ts";
import type { FileRecord, RelayStore } from "../store/store.ts";
import type { BlobStore } from "./blobs.ts";

/** Why a request for a file was not done; each is an HTTP status. */
export type FileCode = "unauthorised" | "forbidden" | "not-found" | "offset" | "too-large" | "quota-member" | "rate" | "busy";

export interface FileRefusal {
  readonly code: FileCode;
  /** Bytes of this file that the relay holds, where that helps to go on. */
  readonly length?: number;
}

/** Sealed files (rule W8): who may put and get them, how many, and where an interrupted one goes on. */
export class FileDesk {
  readonly #relay: Relay;
  readonly #store: RelayStore;
  readonly #blobs: BlobStore;
  readonly #uploads = new Map<string, Upload>();

  constructor(input: { relay: Relay; store: RelayStore; blobs: BlobStore }) {
    this.#relay = input.relay;
    this.#store = input.store;
    this.#blobs = input.blobs;
  }

  /** What the relay holds of a file. */
  async head(token: string, log: LogId, file: FileId): Promise<Result<FileRecord, FileRefusal>> {
    const allowed = await this.#allowed(token, log);
    if (!allowed.ok) return allowed;
    const record = await this.#store.file(log, file);
    return record ? ok(record) : err({ code: "not-found" });
  }

  /** A whole file, to be read piece by piece. Whoever has its random id learned it from a body that they could open. */
  async get(
    token: string,
    log: LogId,
    file: FileId,
  ): Promise<Result<{ length: number; read: (from: number, to: number) => Promise<Uint8Array> }, FileRefusal>> {
    const head = await this.head(token, log, file);
    if (!head.ok) return head;
    if (head.value.length !== head.value.total) return err({ code: "not-found" });
    return ok({ length: head.value.total, read: (from, to) => this.#blobs.read(log, file, from, to) });
  }

  /**
   * Begins or goes on to send a file. Only the member who began it may go on. A newer upload of the same file takes over from an older
   * one, whose connection is often dead by then.
   */
  async open(token: string, log: LogId, file: FileId, offset: number, total: number): Promise<Result<Upload, FileRefusal>> {
    const allowed = await this.#allowed(token, log);
    if (!allowed.ok) return allowed;
    const { grant, kept } = allowed.value;
    if (grant.as !== "device") return err({ code: "forbidden" });
    if (total > this.#relay.limits.file || total < 1) return err({ code: "too-large" });
    const key = `${log}/${file}`;
    const older = this.#uploads.get(key);
    if (older) await older.stop();
    const record = (await this.#store.file(log, file)) ?? { file, member: grant.member, total, length: 0 };
    if (record.member !== grant.member || record.total !== total) return err({ code: "forbidden" });
    if (record.length !== offset || this.#uploads.has(key)) return err({ code: "offset", length: record.length });
    if (!this.#relay.members.withinQuota(log, grant.member, kept, total - offset)) return err({ code: "quota-member" });
    const upload = new Upload({ relay: this.#relay, blobs: this.#blobs, log, record, onEnd: () => this.#uploads.delete(key) });
    this.#uploads.set(key, upload);
    return ok(upload);
  }

  async #allowed(token: string, log: LogId): Promise<Result<{ grant: Access["grant"]; kept: number }, FileRefusal>> {
    const found = await this.#relay.access(token);
    if (!found) return err({ code: "unauthorised" });
    if (found.access.log !== log) return err({ code: "forbidden" });
    return ok({ grant: found.access.grant, kept: found.actor.bytesOf(found.access.grant.member) });
  }
}

type Access = NonNullable<Awaited<ReturnType<Relay["access"]>>>["access"];

/** One file on its way in. Every piece is on the disk, and then in the index, before the next is taken. */
export class Upload {
  readonly #relay: Relay;
  readonly #blobs: BlobStore;
  readonly #log: LogId;
  readonly #onEnd: () => void;
  #record: FileRecord;
  #ended = false;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(input: { relay: Relay; blobs: BlobStore; log: LogId; record: FileRecord; onEnd: () => void }) {
    this.#relay = input.relay;
    this.#blobs = input.blobs;
    this.#log = input.log;
    this.#record = input.record;
    this.#onEnd = input.onEnd;
  }

  get length(): number {
    return this.#record.length;
  }
  get total(): number {
    return this.#record.total;
  }

  /** Adds the next bytes. Resolves when they are durable. */
  append(bytes: Uint8Array): Promise<Result<number, FileRefusal>> {
    const done = this.#writing.then(() => this.#append(bytes));
    this.#writing = done.catch(() => undefined);
    return done;
  }

  /** Ends it, whole or not. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
  }

  /** Another upload takes over: resolves when nothing more will be written here. */
  async stop(): Promise<void> {
    this.end();
    await this.#writing;
  }

  async #append(bytes: Uint8Array): Promise<Result<number, FileRefusal>> {
    const { file, member, length, total } = this.#record;
    if (this.#ended) return err({ code: "offset", length });
    if (length + bytes.length > total) return err({ code: "too-large", length });
    if (!this.#relay.members.withinFileRate(this.#log, member, bytes.length)) return err({ code: "rate", length });
    const record = { ...this.#record, length: length + bytes.length };
    await this.#blobs.write(this.#log, file, length, bytes);
    await this.#relay.committer.write([{ t: "file", log: this.#log, record, time: this.#relay.now() }]);
    this.#relay.members.addFile(this.#log, member, bytes.length);
    this.#record = record;
    if (record.length === total) {
      await this.#blobs.finish(this.#log, file);
      this.end();
    }
    return ok(record.length);
  }
}
