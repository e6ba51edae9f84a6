import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { err, ok, type Result } from "@countersign/shared/base/result";

/** The relay's folder: `relay.db`, `files/`, `name`, and `lock` while a relay runs on it. */
export interface DataFolder {
  readonly database: string;
  readonly files: string;
  /** The witness's own database, where this relay is one. */
  readonly witness: string;
  readonly name: string;
  release(): void;
}

/** Makes or takes the folder. An error is a sentence for the person who starts the relay. */
export function openDataFolder(path: string, wanted: string | undefined, fallbackName: string): Result<DataFolder, string> {
  try {
    mkdirSync(join(path, "files"), { recursive: true, mode: 0o700 });
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (problem) {
    return err(`The data folder ${path} cannot be written (${codeOf(problem)}).`);
  }
  const locked = lock(join(path, "lock"));
  if (!locked.ok) return err(`Another relay (process ${locked.error}) is running on the data folder ${path}.`);
  const release = (): void => rmSync(join(path, "lock"), { force: true });
  const name = keepName(join(path, "name"), wanted, fallbackName);
  if (!name.ok) {
    release();
    return name;
  }
  return ok({ database: join(path, "relay.db"), files: join(path, "files"), witness: join(path, "witness.db"), name: name.value, release });
}

/** A relay that was killed leaves its lock behind; one whose process is gone, or has this very number, holds nothing. */
function lock(path: string): Result<void, number> {
  const held = Number.parseInt(readIfThere(path) ?? "", 10);
  if (Number.isSafeInteger(held) && held !== process.pid && isAlive(held)) return err(held);
  writeFileSync(path, `${process.pid}\n`, { mode: 0o600 });
  return ok(undefined);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (problem) {
    return codeOf(problem) === "EPERM";
  }
}

/** Founding statements pin the name for ever, so the first one that a folder had is its name. */
function keepName(path: string, wanted: string | undefined, fallback: string): Result<string, string> {
  const kept = readIfThere(path)?.trim();
  if (kept !== undefined && kept !== "") {
    if (wanted === undefined || wanted === kept) return ok(kept);
    return err(`The data folder belongs to the relay named ${kept}. Its logs have pinned that name, so it cannot become ${wanted}.`);
  }
  const name = wanted ?? fallback;
  writeFileSync(path, `${name}\n`, { mode: 0o600 });
  return ok(name);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (problem) {
    if (codeOf(problem) === "ENOENT") return undefined;
    throw problem;
  }
}

const codeOf = (problem: unknown): string => (problem as NodeJS.ErrnoException).code ?? "unknown reason";
