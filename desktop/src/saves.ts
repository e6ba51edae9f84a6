/** Saving piece by piece: a snapshot may be larger than one message should be. */
import { rmSync } from "node:fs";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { dialog } from "electron";
import { safeFileName } from "./save.ts";

export const MAX_PIECE_BYTES = 8 * 1024 * 1024;
/** Saves at a time; a page has no use for more. */
const MAX_SAVES = 4;

interface Save {
  readonly file: string;
  readonly draft: string;
  readonly handle: FileHandle;
}

/** The saves that were begun. The file stands in its place only once it is finished; without that nothing is left behind. */
export class Saves {
  readonly #open = new Map<string, Save>();
  #next = 1;

  /** Asks the person where; the save's name, or undefined when they cancelled. */
  async begin(window: Electron.BrowserWindow, name: string): Promise<string | undefined> {
    const { canceled, filePath } = await dialog.showSaveDialog(window, { defaultPath: safeFileName(name) });
    return canceled || filePath === "" ? undefined : this.start(filePath);
  }

  async start(file: string): Promise<string> {
    if (this.#open.size >= MAX_SAVES) throw new Error("refused: too many saves at a time");
    const draft = path.join(path.dirname(file), `.${path.basename(file)}.part`);
    const handle = await open(draft, "w", 0o600);
    const save = String(this.#next++);
    this.#open.set(save, { file, draft, handle });
    return save;
  }

  async write(save: string, piece: Uint8Array): Promise<void> {
    const { handle } = this.#of(save);
    try {
      await handle.writeFile(piece);
    } catch (error) {
      await this.drop(save);
      throw error;
    }
  }

  async finish(save: string): Promise<void> {
    const { handle, draft, file } = this.#of(save);
    try {
      await handle.sync();
      await handle.close();
      await rename(draft, file);
      this.#open.delete(save);
    } catch (error) {
      await this.drop(save);
      throw error;
    }
  }

  async drop(save: string): Promise<void> {
    const known = this.#open.get(save);
    this.#open.delete(save);
    if (!known) return;
    // Closed already where the last step failed.
    await known.handle.close().catch(() => undefined);
    await rm(known.draft, { force: true });
  }

  /** When the program ends. */
  dropAll(): void {
    for (const { draft } of this.#open.values()) rmSync(draft, { force: true });
    this.#open.clear();
  }

  #of(save: string): Save {
    const known = this.#open.get(save);
    if (!known) throw new Error("refused: no such save");
    return known;
  }
}
