import { readFile, stat } from "node:fs/promises";
import { err, ok, type Result } from "../../src/base/result.ts";

/** A file's bytes, or a sentence that says why there are none. A larger file than `max` bytes is refused before it is read. */
export async function loadFile(path: string, max: number, tooLarge: string): Promise<Result<Uint8Array, string>> {
  try {
    const info = await stat(path);
    if (!info.isFile()) return err("This is no file.");
    if (info.size > max) return err(tooLarge);
    return ok(new Uint8Array(await readFile(path)));
  } catch (e) {
    const code = e instanceof Error && "code" in e ? String(e.code) : "";
    return err(code === "ENOENT" ? "There is no such file." : `The file cannot be read (${code || "unknown"}).`);
  }
}

/** One line of text without what a terminal must not obey: escapes, marks that turn its direction, and ends of lines, behind which a name could speak for us. */
export const safe = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
