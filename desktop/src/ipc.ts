/** Main's side of the messages: who sent it is checked, then what was sent, and only then is anything done. */
import { MAX_PIECE_BYTES, type DesktopVersions } from "@countersign/shared/base/desktop";
import { app, BrowserWindow, ipcMain, safeStorage, type IpcMainInvokeEvent } from "electron";
import { z } from "zod";
import { authorityAddress, type TimeAuthorityDesk } from "./authority.ts";
import type { Channel } from "./channels.ts";
import { keyStoreAvailable, sealKey, unsealKey } from "./key-store.ts";
import type { OpenedFiles } from "./open-file.ts";
import { isOurs } from "./permissions.ts";
import type { Saves } from "./saves.ts";

const bytes = (max: number) => z.instanceof(Uint8Array).refine((value) => value.length <= max, "too long");

/** What each message carries. */
export const MESSAGES = {
  none: z.tuple([]),
  saveBegin: z.tuple([z.string().min(1).max(500)]),
  saveWrite: z.tuple([z.string().max(50), bytes(MAX_PIECE_BYTES)]),
  saveEnd: z.tuple([z.string().max(50)]),
  sealKey: z.tuple([bytes(32).refine((value) => value.length === 32, "a key has 32 bytes")]),
  unsealKey: z.tuple([bytes(4096)]),
  // What is no address is answered, not thrown at: a person typed it.
  setAuthority: z.tuple([z.string().max(2_000).or(z.undefined())]),
};

/** The window of a message that came from our page itself, not from a frame or another page. Throws otherwise. */
function senderWindow(event: IpcMainInvokeEvent): Electron.BrowserWindow {
  const window = BrowserWindow.getAllWindows().find(({ webContents }) => webContents === event.sender);
  const frame = event.senderFrame;
  if (window === undefined || frame === null || frame.parent !== null || !isOurs(frame.url)) throw new Error("refused: not from our page");
  return window;
}

function handle<A extends unknown[]>(
  channel: Channel,
  schema: z.ZodType<A>,
  act: (window: Electron.BrowserWindow, ...args: A) => unknown,
): void {
  ipcMain.handle(channel, (event, ...raw: unknown[]) => {
    const window = senderWindow(event);
    const parsed = schema.safeParse(raw);
    if (!parsed.success) throw new Error("refused: malformed message");
    return act(window, ...parsed.data);
  });
}

const versions = (): DesktopVersions => ({
  app: app.getVersion(),
  electron: process.versions.electron,
  chrome: process.versions.chrome,
});

/** What a person typed as an authority's address. */
async function setAuthority(authority: TimeAuthorityDesk, typed: string | undefined): Promise<boolean> {
  if (typed === undefined) return authority.set(undefined);
  const address = authorityAddress.safeParse(typed.trim());
  return address.success && authority.set(address.data);
}

export function answerPages(opened: OpenedFiles, saves: Saves, authority: TimeAuthorityDesk): void {
  handle("countersign:take-opened", MESSAGES.none, () => opened.take());
  handle("countersign:save-begin", MESSAGES.saveBegin, (window, name) => saves.begin(window, name));
  handle("countersign:save-write", MESSAGES.saveWrite, (_window, save, piece) => saves.write(save, piece));
  handle("countersign:save-finish", MESSAGES.saveEnd, (_window, save) => saves.finish(save));
  handle("countersign:save-drop", MESSAGES.saveEnd, (_window, save) => saves.drop(save));
  handle("countersign:key-available", MESSAGES.none, () => keyStoreAvailable(safeStorage, process.platform));
  handle("countersign:seal-key", MESSAGES.sealKey, (_window, key) => sealKey(safeStorage, process.platform, key));
  handle("countersign:unseal-key", MESSAGES.unsealKey, (_window, sealed) => unsealKey(safeStorage, process.platform, sealed));
  handle("countersign:authority", MESSAGES.none, () => authority.address);
  handle("countersign:set-authority", MESSAGES.setAuthority, (_window, address) => setAuthority(authority, address));
  handle("countersign:versions", MESSAGES.none, versions);
}
