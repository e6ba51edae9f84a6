/** Snapshots that the system hands to the app: as an argument, from a second start, or by macOS's open-file. */
import { open } from "node:fs/promises";
import path from "node:path";
import type { OpenedFile } from "@countersign/shared/base/desktop";

/** Larger than any snapshot that is made; a bound, so that one wrong file can't fill the memory. */
export const MAX_FILE_BYTES = 512 * 1024 * 1024;

/** Snapshots, and ones that are sealed for their reader. */
const ENDINGS = [".zip", ".age"] as const;
const isSnapshot = (file: string): boolean => ENDINGS.some((ending) => file.toLowerCase().endsWith(ending));

/**
 * The snapshots among a program's arguments, as absolute paths. `argv[0]` is the program; switches are skipped.
 * @param cwd the folder in which the person started the program
 */
export function snapshotArguments(argv: readonly string[], cwd: string): string[] {
  const files = argv.slice(1).filter((argument) => !argument.startsWith("-") && isSnapshot(argument));
  return [...new Set(files.map((file) => path.resolve(cwd, file)))];
}

/** The file's bytes, or undefined when it is no readable file of at most `max` bytes. */
export async function readWhole(file: string, max = MAX_FILE_BYTES): Promise<Uint8Array | undefined> {
  try {
    const handle = await open(file, "r");
    try {
      const about = await handle.stat();
      if (!about.isFile() || about.size > max) return undefined;
      return new Uint8Array(await handle.readFile());
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

/** Paths wait here until a page asks for them: the first arrive before there is a page. */
export class OpenedFiles {
  readonly #paths: string[] = [];
  #listener: () => void = () => undefined;

  /** `listener` is called for each later arrival. */
  onArrival(listener: () => void): void {
    this.#listener = listener;
  }

  add(paths: readonly string[]): void {
    if (paths.length === 0) return;
    this.#paths.push(...paths.filter((file) => !this.#paths.includes(file)));
    this.#listener();
  }

  /** Reads and forgets what waits. A file that can't be read is given with no bytes, so that the page can say so. */
  async take(): Promise<OpenedFile[]> {
    const files: OpenedFile[] = [];
    for (const file of this.#paths.splice(0)) {
      files.push({ name: path.basename(file), bytes: (await readWhole(file)) ?? new Uint8Array() });
    }
    return files;
  }
}
