import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { coded, err, ok, type Coded, type Result } from "../src/base/result.ts";
import type { ByteSink, ByteSource } from "../src/snapshot/bytes-io.ts";

/** `detail` is the system's own code. */
export type FileIoCode = "file-none" | "file-not-plain" | "file-unreadable";

export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** An ordinary file, read where it is asked for. */
export async function openFileSource(path: string): Promise<Result<FileSource, Coded<FileIoCode>>> {
  let handle: FileHandle;
  try {
    handle = await open(path, "r");
  } catch (e) {
    const code = codeOf(e);
    return err(coded(code === "ENOENT" ? "file-none" : "file-unreadable", code));
  }
  const info = await handle.stat();
  if (!info.isFile()) {
    await handle.close();
    return err(coded("file-not-plain"));
  }
  return ok({
    size: info.size,
    read: async (from, to) => {
      const bytes = new Uint8Array(Math.max(0, to - from));
      let at = 0;
      try {
        while (at < bytes.length) {
          const { bytesRead } = await handle.read(bytes, at, bytes.length - at, from + at);
          if (bytesRead === 0) return undefined;
          at += bytesRead;
        }
      } catch {
        // A disk or stick that went away: for the reader the bytes are not there.
        return undefined;
      }
      return bytes;
    },
    close: () => handle.close(),
  });
}

const codeOf = (e: unknown): string => (e instanceof Error && "code" in e ? String(e.code) : "unknown");

/** Writes a file piece by piece beside its place, and puts it there only once it is whole. Throws what the system throws. */
export class FileSink {
  readonly #path: string;
  readonly #draft: string;
  readonly #handle: FileHandle;

  private constructor(path: string, draft: string, handle: FileHandle) {
    this.#path = path;
    this.#draft = draft;
    this.#handle = handle;
  }

  static async create(path: string): Promise<FileSink> {
    const draft = join(dirname(path), `.${basename(path)}.part`);
    return new FileSink(path, draft, await open(draft, "w", 0o600));
  }

  readonly sink: ByteSink = async (piece) => {
    await this.#handle.writeFile(piece);
  };

  /** The file is whole and stands in its place. */
  async close(): Promise<void> {
    await this.#handle.sync();
    await this.#handle.close();
    await rename(this.#draft, this.#path);
  }

  /** Leaves nothing behind. */
  async drop(): Promise<void> {
    await this.#handle.close();
    await rm(this.#draft, { force: true });
  }
}
