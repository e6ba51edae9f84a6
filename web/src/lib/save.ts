import type { DesktopApi, SaveProblem } from "@countersign/shared/base/desktop";
import { desktop } from "../app/desktop.ts";

/** `browser`: the browser took it as a download and tells the person itself. `none`: they chose no place, or stopped it. */
export type Saved = "saved" | "browser" | "none" | SaveProblem;

export interface Saving {
  /** Told with each piece that is on the disk, 0 to 1. */
  readonly tell: (part: number) => void;
  readonly stop: AbortSignal;
}

/** Lets the person save a file: with the system's own dialog in the desktop app, else as the browser's download. */
export async function saveFile(name: string, content: Blob, saving: Saving): Promise<Saved> {
  const api = desktop();
  if (api !== undefined) return saveInPieces(name, content, api.saving, saving);
  download(name, content);
  return "browser";
}

/** Bytes in one message to the desktop app. */
const PIECE = 4 * 1024 * 1024;

async function saveInPieces(name: string, blob: Blob, to: DesktopApi["saving"], { tell, stop }: Saving): Promise<Saved> {
  const begun = await to.begin(name);
  if (begun === undefined) return "none";
  if (typeof begun === "string") return begun;
  const { save } = begun;
  try {
    for (let at = 0; at < blob.size; at += PIECE) {
      const problem = await to.write(save, new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer()));
      if (problem !== undefined) return problem;
      if (stop.aborted) {
        await to.drop(save);
        return "none";
      }
      tell(Math.min(1, (at + PIECE) / blob.size));
    }
    return (await to.finish(save)) ?? "saved";
  } catch {
    // What was to be saved can't be read any more, or the app is closing.
    await to.drop(save).catch(() => undefined);
    return "save-failed";
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
