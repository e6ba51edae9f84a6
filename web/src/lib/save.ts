import { desktop } from "../app/desktop.ts";

/** Lets the person save a file: with the system's own dialog in the desktop app, else as the browser's download. */
export function saveFile(name: string, content: Uint8Array | Blob, type = "application/octet-stream"): void {
  const blob = content instanceof Blob ? content : new Blob([new Uint8Array(content)], { type });
  const api = desktop();
  if (api === undefined) download(name, blob);
  // A folder that can't be written to: the download asks for another.
  else saveInPieces(name, blob, api.saving).catch(() => download(name, blob));
}

/** Bytes in one message to the desktop app. */
const PIECE = 4 * 1024 * 1024;

async function saveInPieces(name: string, blob: Blob, saving: NonNullable<ReturnType<typeof desktop>>["saving"]): Promise<void> {
  const save = await saving.begin(name);
  if (save === undefined) return;
  try {
    for (let at = 0; at < blob.size; at += PIECE) {
      await saving.write(save, new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer()));
    }
    await saving.finish(save);
  } catch (error) {
    await saving.drop(save);
    throw error;
  }
}

/** The browser copies the Blob to the disk itself; it never passes through this page's memory. */
function download(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the bytes once it has begun.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}
