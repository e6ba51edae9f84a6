import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "vite";

/** Where the list stands in the web build. */
const LIST = "files.txt";

/**
 * Writes `files.txt` into the web build: a line `<sha256>  <path>` for each file, sorted by path, as `sha256sum -c` reads it. The app shows its
 * fingerprint and compares itself with it. The service worker is not in it, for it is made last and holds the list's own hash.
 */
export function filesList(): Plugin {
  return {
    name: "countersign-files-list",
    apply: "build",
    enforce: "post",
    writeBundle({ dir }) {
      if (dir === undefined) throw new Error("the web build has a folder");
      const lines = readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== LIST)
        .map((entry) => path.join(entry.parentPath, entry.name))
        .map((file) => ({ file, name: path.relative(dir, file).split(path.sep).join("/") }))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ file, name }) => `${createHash("sha256").update(readFileSync(file)).digest("hex")}  ${name}\n`);
      writeFileSync(path.join(dir, LIST), lines.join(""));
    },
  };
}
