/** The save dialog, and saving piece by piece: the only way for a page to write to the computer's files, and the person chooses each place. */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import path from "node:path";
import type { SaveProblem } from "@countersign/shared/base/desktop";
import { dialog } from "electron";

/** Saves at a time; a page has no use for more. */
const MAX_SAVES = 4;

/** A name without a folder, without what some system forbids, and never empty. */
export function safeFileName(name: string): string {
  const plain = name
    .replace(/[\p{Cc}\p{Cf}<>:"/\\|?*]/gu, "_")
    .replace(/^\.+/, "")
    .replace(/[. ]+$/, "")
    .slice(0, 120);
  if (plain === "") return "file";
  // Windows reads these as devices, with any ending.
  return /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(plain) ? `_${plain}` : plain;
}

/** What a person can do about it, out of what the system said. */
function problemOf(error: unknown): SaveProblem {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") return "disk-full";
  return code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "EISDIR" ? "save-refused" : "save-failed";
}

interface Save {
  readonly file: string;
  readonly draft: string;
  readonly handle: FileHandle;
}

/** The saves that were begun. The file stands in its place only once it is finished; without that nothing is left behind. */
export class Saves {
  readonly #open = new Map<string, Save>();
  readonly #openFile: typeof open;
  #next = 1;

  /** @param openFile the disk; a test passes a full one */
  constructor(openFile: typeof open = open) {
    this.#openFile = openFile;
  }

  /** Asks the person where; undefined when they cancelled. */
  async begin(window: Electron.BrowserWindow, name: string): Promise<{ readonly save: string } | SaveProblem | undefined> {
    const { canceled, filePath } = await dialog.showSaveDialog(window, { defaultPath: safeFileName(name) });
    return canceled || filePath === "" ? undefined : this.start(filePath);
  }

  async start(file: string): Promise<{ readonly save: string } | SaveProblem> {
    if (this.#open.size >= MAX_SAVES) throw new Error("refused: too many saves at a time");
    // Another save to the same place must not write into this one.
    const draft = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(4).toString("hex")}.part`);
    try {
      const handle = await this.#openFile(draft, "wx", 0o600);
      const save = String(this.#next++);
      this.#open.set(save, { file, draft, handle });
      return { save };
    } catch (error) {
      return problemOf(error);
    }
  }

  write(save: string, piece: Uint8Array): Promise<SaveProblem | undefined> {
    return this.#step(save, ({ handle }) => handle.writeFile(piece));
  }

  finish(save: string): Promise<SaveProblem | undefined> {
    return this.#step(save, async ({ handle, draft, file }) => {
      await handle.sync();
      await handle.close();
      await rename(draft, file);
      this.#open.delete(save);
    });
  }

  async drop(save: string): Promise<void> {
    const known = this.#open.get(save);
    this.#open.delete(save);
    if (!known) return;
    // Closed already where the last step failed.
    await known.handle.close().catch(() => undefined);
    await rm(known.draft, { force: true });
  }

  /** When the program ends, or the page that saved is gone. */
  dropAll(): void {
    for (const { draft, handle } of this.#open.values()) {
      void handle.close().catch(() => undefined);
      rmSync(draft, { force: true });
    }
    this.#open.clear();
  }

  /** One step of a save. One that fails ends it. */
  async #step(save: string, act: (known: Save) => Promise<void>): Promise<SaveProblem | undefined> {
    const known = this.#open.get(save);
    if (!known) throw new Error("refused: no such save");
    try {
      await act(known);
      return undefined;
    } catch (error) {
      await this.drop(save);
      return problemOf(error);
    }
  }
}
