/** The open dialog of the menu bar: what the person chooses is given to the page like a file that the system opens with the app. */
import { menuWords } from "@countersign/shared/base/menu-words";
import { dialog, type BrowserWindow, type OpenDialogOptions } from "electron";
import type { OpenedFiles } from "./open-file.ts";

const DIALOG: OpenDialogOptions = {
  properties: ["openFile"],
  filters: [
    { name: menuWords["menu.snapshots"], extensions: ["zip", "age"] },
    { name: menuWords["menu.anyFile"], extensions: ["*"] },
  ],
};

/** @param show brings the window before the person, or opens one: on macOS there may be none */
export async function askForSnapshot(window: BrowserWindow | undefined, opened: OpenedFiles, show: () => void): Promise<void> {
  const open = window !== undefined && !window.isDestroyed() ? dialog.showOpenDialog(window, DIALOG) : dialog.showOpenDialog(DIALOG);
  const { filePaths } = await open;
  if (filePaths.length === 0) return;
  opened.add(filePaths);
  show();
}
