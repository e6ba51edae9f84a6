import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const WEB_BUILD = path.join(ROOT, "web", "dist");

/** A new empty folder. */
export const tempFolder = (name: string): string => mkdtempSync(path.join(tmpdir(), `countersign-${name}-`));
