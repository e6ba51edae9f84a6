import { desktop } from "../app/desktop.ts";

/** Lets the person save bytes as a file: with the system's own dialog in the desktop app, else as the browser's download. */
export function saveFile(name: string, bytes: Uint8Array, type = "application/octet-stream"): void {
  const api = desktop();
  if (api === undefined) download(name, bytes, type);
  // A folder that can't be written to: the download asks for another.
  else api.saveFile(name, bytes).catch(() => download(name, bytes, type));
}

function download(name: string, bytes: Uint8Array, type: string): void {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the bytes once it has begun.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}
