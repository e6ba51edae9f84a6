/** The save and open dialogs: the only way for a page to reach the computer's files, and the person chooses each one. */
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { FileKind, OpenedFile } from "@countersign/shared/base/desktop";
import { dialog, type FileFilter } from "electron";
import { readWhole } from "./open-file.ts";

const FILTERS: Readonly<Record<FileKind, FileFilter[]>> = {
  snapshot: [{ name: "Countersign snapshot", extensions: ["zip", "age"] }],
  attachment: [{ name: "All files", extensions: ["*"] }],
};

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

/** Writes the whole file or none of it: a half-written snapshot would look like a broken one. */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.part`);
  try {
    const handle = await open(draft, "w", 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** True when saved, false when the person cancelled. */
export async function saveWithDialog(window: Electron.BrowserWindow, name: string, bytes: Uint8Array): Promise<boolean> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, { defaultPath: safeFileName(name) });
  if (canceled || filePath === "") return false;
  await writeWhole(filePath, bytes);
  return true;
}

export async function openWithDialog(window: Electron.BrowserWindow, kind: FileKind): Promise<OpenedFile[]> {
  const properties: ("openFile" | "multiSelections")[] = kind === "attachment" ? ["openFile", "multiSelections"] : ["openFile"];
  const { canceled, filePaths } = await dialog.showOpenDialog(window, { properties, filters: FILTERS[kind] });
  if (canceled) return [];
  const files: OpenedFile[] = [];
  for (const file of filePaths) files.push({ name: path.basename(file), bytes: (await readWhole(file)) ?? new Uint8Array() });
  return files;
}
