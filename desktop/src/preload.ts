/** Runs in the page's process, sandboxed, in a world of its own. Hands the page a few functions and nothing of Electron. */
import type { DesktopApi, DesktopVersions, OpenedFile, SaveProblem } from "@countersign/shared/base/desktop";
import { contextBridge, ipcRenderer } from "electron";
import type { Channel } from "./channels.ts";

/** Main tells something, without more. */
function told(channel: Channel, listener: () => void): () => void {
  // The event stays here: it carries Electron's own sender object.
  const forward = (): void => listener();
  ipcRenderer.on(channel, forward);
  return () => {
    ipcRenderer.removeListener(channel, forward);
  };
}

const ask = <T>(channel: Channel, ...args: unknown[]): Promise<T> => ipcRenderer.invoke(channel, ...args) as Promise<T>;

const api: DesktopApi = {
  openedSnapshots: (listener) => told("countersign:opened", listener),
  away: (listener) => told("countersign:away", listener),
  about: (listener) => told("countersign:about", listener),
  takeOpened: () => ask<readonly OpenedFile[]>("countersign:take-opened"),
  saving: {
    begin: (name) => ask<{ readonly save: string } | SaveProblem | undefined>("countersign:save-begin", name),
    write: (save, piece) => ask<SaveProblem | undefined>("countersign:save-write", save, piece),
    finish: (save) => ask<SaveProblem | undefined>("countersign:save-finish", save),
    drop: (save) => ask<undefined>("countersign:save-drop", save),
  },
  keyStore: {
    available: () => ask<boolean>("countersign:key-available"),
    seal: (key) => ask<Uint8Array | undefined>("countersign:seal-key", key),
    unseal: (sealed) => ask<Uint8Array | undefined>("countersign:unseal-key", sealed),
  },
  authority: {
    get: () => ask<string | undefined>("countersign:authority"),
    set: (address) => ask<boolean>("countersign:set-authority", address),
  },
  versions: () => ask<DesktopVersions>("countersign:versions"),
};

contextBridge.exposeInMainWorld("countersignDesktop", api);
