import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** The viewer's template as the web build made it; undefined where the web app was not built here. */
export async function readViewer(): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await readFile(fileURLToPath(new URL("../../web/dist/viewer.html", import.meta.url))));
  } catch {
    return undefined;
  }
}
