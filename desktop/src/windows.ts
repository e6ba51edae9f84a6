import path from "node:path";
import { BrowserWindow, nativeTheme, type BrowserWindowConstructorOptions } from "electron";
import { ORIGIN } from "./scheme.ts";

/** Everything that could give a page more than a browser gives it is off. */
export const pageRights = (preload: string, developing: boolean): NonNullable<BrowserWindowConstructorOptions["webPreferences"]> => ({
  preload,
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webviewTag: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  navigateOnDragDrop: false,
  // Chromium's spell checker fetches its dictionaries from a third party, which would learn that the app is used.
  spellcheck: false,
  devTools: developing,
});

/** Opens the app's window. It is shown when there is something to see. */
export function openWindow(buildFolder: string, developing: boolean): BrowserWindow {
  const window = new BrowserWindow({
    width: 1120,
    height: 820,
    minWidth: 360,
    minHeight: 480,
    show: false,
    title: "Countersign",
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? "#1a1b1c" : "#fbfaf8",
    webPreferences: pageRights(path.join(buildFolder, "preload.cjs"), developing),
  });
  window.once("ready-to-show", () => window.show());
  // The page's process can die (memory, a driver); what was saved is safe, and the page finds it again.
  window.webContents.on("render-process-gone", (_event, details) => {
    if (details.reason !== "clean-exit" && !window.isDestroyed()) window.webContents.reload();
  });
  void window.loadURL(`${ORIGIN}/`);
  return window;
}

/** A page that is gone or begins anew finishes nothing that it was saving. */
export function dropWithPage({ webContents }: BrowserWindow, saves: { dropAll(): void }): void {
  webContents.on("did-navigate", () => saves.dropAll());
  webContents.on("render-process-gone", () => saves.dropAll());
  webContents.on("destroyed", () => saves.dropAll());
}

/** Brings the window before the person. */
export function present(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
