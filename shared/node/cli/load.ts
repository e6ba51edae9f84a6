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
