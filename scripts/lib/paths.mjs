import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** Downloads, stamps and results; safe to delete at any time. */
export const CACHE = path.join(ROOT, ".cache");

/** @param {...string} parts */
export const inRoot = (...parts) => path.join(ROOT, ...parts);
