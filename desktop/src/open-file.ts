/** Snapshots that the system hands to the app: as an argument, from a second start, or by macOS's open-file. */
import { randomUUID } from "node:crypto";
import { constants, open, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { MAX_PIECE_BYTES, OPENED_PATH, type OpenedFile } from "@countersign/shared/base/desktop";
import { z } from "zod";

/** Snapshots, and ones that are sealed for their reader. */
const ENDINGS = [".zip", ".age"] as const;
const isSnapshot = (file: string): boolean => ENDINGS.some((ending) => file.toLowerCase().endsWith(ending));

/** Files that a page may read at a time; a person looks at one, and lays a second beside it. */
const MOST = 8;

/**
 * The snapshots among a program's arguments, as absolute paths. `argv[0]` is the program; switches are skipped.
 * @param cwd the folder in which the person started the program
 */
export function snapshotArguments(argv: readonly string[], cwd: string): string[] {
  const files = argv.slice(1).filter((argument) => !argument.startsWith("-") && isSnapshot(argument));
  return [...new Set(files.map((file) => path.resolve(cwd, file)))];
}

/** What the file was when it was given. One that differs later is another file, whatever its name. */
interface Given {
  readonly file: string;
  readonly is: string;
  readonly size: number;
}

/** Which file it is, and in which state: what a browser looks at before it reads on in a file that was chosen. */
async function stateOf(handle: FileHandle): Promise<{ readonly is: string; readonly size: number } | undefined> {
  const about = await handle.stat();
  const { dev, ino, size, mtimeMs } = about;
  return about.isFile() ? { is: [dev, ino, size, mtimeMs].join(" "), size } : undefined;
}

/** Opens the file, hands it on, and closes it again: a stick can be taken out while its snapshot is on the screen. */
async function withFile<T>(file: string, act: (handle: FileHandle) => Promise<T>): Promise<T | undefined> {
  let handle: FileHandle | undefined;
  try {
    // Without waiting: nobody may ever write into a pipe of that name, and all that was given after it would wait with it.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    return await act(handle);
  } catch {
    // Not there, not to be read, or gone while it was read: to the page that is the same.
    return undefined;
  } finally {
    await handle?.close();
  }
}

const range = z
  .object({ from: z.coerce.number().int().min(0), to: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER) })
  .refine(({ from, to }) => from < to && to - from <= MAX_PIECE_BYTES);

/**
 * Files that were given to the app. The page gets a random name for each and reads through it, piece by piece: no path is known to it, and
 * nothing that the person did not give has a name.
 */
export class OpenedFiles {
  readonly #paths: string[] = [];
  readonly #given = new Map<string, Given>();
  #listener: () => void = () => undefined;

  /** `listener` is called for each later arrival. Paths wait here until a page asks for them: the first arrive before there is a page. */
  onArrival(listener: () => void): void {
    this.#listener = listener;
  }

  add(paths: readonly string[]): void {
    if (paths.length === 0) return;
    this.#paths.push(...paths.filter((file) => !this.#paths.includes(file)));
    this.#listener();
  }

  /** What waited, once. A file that can't be read has no name to read it by, so that the page can say so. */
  async take(): Promise<OpenedFile[]> {
    const files: OpenedFile[] = [];
    for (const file of this.#paths.splice(0)) {
      const state = await withFile(file, stateOf);
      const id = state && this.#give({ file, ...state });
      files.push({ name: path.basename(file), size: state?.size ?? 0, id });
    }
    return files;
  }

  /** Answers the page's requests below `OPENED_PATH`. */
  async answer(request: Request): Promise<Response> {
    if (request.method !== "GET") return new Response(null, { status: 405 });
    const url = new URL(request.url);
    const given = this.#given.get(url.pathname.slice(OPENED_PATH.length + 1));
    if (!given) return new Response(null, { status: 404 });
    const asked = range.safeParse(Object.fromEntries(url.searchParams));
    if (!asked.success || asked.data.to > given.size) return new Response(null, { status: 416 });
    const bytes = await this.#read(given, asked.data);
    // Changed, moved or taken away since it was given.
    if (!bytes) return new Response(null, { status: 410 });
    return new Response(bytes, { headers: { "Content-Type": "application/octet-stream", "Cache-Control": "no-store" } });
  }

  #give(given: Given): string {
    const id = randomUUID();
    this.#given.set(id, given);
    for (const oldest of this.#given.keys()) {
      if (this.#given.size <= MOST) break;
      this.#given.delete(oldest);
    }
    return id;
  }

  #read({ file, is }: Given, { from, to }: { readonly from: number; readonly to: number }): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return withFile(file, async (handle) => {
      if ((await stateOf(handle))?.is !== is) return undefined;
      const bytes = new Uint8Array(to - from);
      for (let at = 0; at < bytes.length;) {
        const { bytesRead } = await handle.read(bytes, at, bytes.length - at, from + at);
        if (bytesRead === 0) return undefined;
        at += bytesRead;
      }
      return bytes;
    });
  }
}
