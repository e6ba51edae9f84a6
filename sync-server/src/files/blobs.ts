import { mkdir, open, rename, stat, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FileId, LogId } from "@countersign/shared/base/ids";

/** Where the bytes of sealed files lie. The store's index says how many of them count. */
export interface BlobStore {
  /** Writes at an offset. Resolves when the bytes would survive a loss of power. */
  write(log: LogId, file: FileId, offset: number, bytes: Uint8Array): Promise<void>;
  /** All bytes are there. */
  finish(log: LogId, file: FileId): Promise<void>;
  /** Bytes `from` … `to − 1`, or as many of them as there are. */
  read(log: LogId, file: FileId, from: number, to: number): Promise<Uint8Array>;
}

/** In memory, for tests and the simulator. */
export class MemoryBlobs implements BlobStore {
  readonly #blobs = new Map<string, Uint8Array>();

  write(log: LogId, file: FileId, offset: number, bytes: Uint8Array): Promise<void> {
    const key = `${log}/${file}`;
    const old = this.#blobs.get(key) ?? new Uint8Array();
    const blob = new Uint8Array(Math.max(old.length, offset + bytes.length));
    blob.set(old);
    blob.set(bytes, offset);
    this.#blobs.set(key, blob);
    return Promise.resolve();
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  read(log: LogId, file: FileId, from: number, to: number): Promise<Uint8Array> {
    return Promise.resolve((this.#blobs.get(`${log}/${file}`) ?? new Uint8Array()).slice(from, to));
  }
}

/**
 * One file each below a folder. A file that is still being sent has another name, so that whoever looks at the folder, or copies it, sees which
 * ones are whole; where the two disagree after a crash the index in the store is right.
 */
export class DiskBlobs implements BlobStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(log: LogId, file: FileId, offset: number, bytes: Uint8Array): Promise<void> {
    const path = this.#partPath(log, file);
    const isNew = offset === 0;
    if (isNew) await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, isNew ? "w" : "r+");
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done);
        done += bytesWritten;
      }
      await handle.datasync();
    } finally {
      await handle.close();
    }
    if (isNew) await syncFolder(dirname(path));
  }

  async finish(log: LogId, file: FileId): Promise<void> {
    await rename(this.#partPath(log, file), this.#path(log, file));
    await syncFolder(dirname(this.#path(log, file)));
  }

  async read(log: LogId, file: FileId, from: number, to: number): Promise<Uint8Array> {
    const handle = await this.#openEither(log, file);
    try {
      const into = new Uint8Array(Math.max(0, to - from));
      let done = 0;
      while (done < into.length) {
        const { bytesRead } = await handle.read(into, done, into.length - done, from + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return into.subarray(0, done);
    } finally {
      await handle.close();
    }
  }

  /** A crash between the index and the renaming leaves a whole file under its first name. */
  async #openEither(log: LogId, file: FileId): Promise<FileHandle> {
    const whole = this.#path(log, file);
    const isThere = await stat(whole).then(
      () => true,
      () => false,
    );
    return open(isThere ? whole : this.#partPath(log, file), "r");
  }

  #path(log: LogId, file: FileId): string {
    return join(this.#folder, log, file);
  }
  #partPath(log: LogId, file: FileId): string {
    return `${this.#path(log, file)}.part`;
  }
}

/** A new name is durable only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
