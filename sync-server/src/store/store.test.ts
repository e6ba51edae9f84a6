import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { storeContract } from "./contract.ts";
import { MemoryStore } from "./memory.ts";
import { openSqliteStore } from "./sqlite.ts";
import { StoreProblem } from "./store.ts";

let memory: MemoryStore | undefined;
storeContract("memory", {
  open: () => Promise.resolve((memory ??= new MemoryStore())),
  wipe: () => {
    memory = undefined;
    return Promise.resolve();
  },
});

let folder: string | undefined;
storeContract("sqlite", {
  open: async () => openSqliteStore(join((folder ??= await mkdtemp(join(tmpdir(), "relay-store-"))), "relay.db")),
  wipe: async () => {
    if (folder) await rm(folder, { recursive: true });
    folder = undefined;
  },
});

describe("sqlite", () => {
  const inFolder = async (run: (path: string) => void | Promise<void>): Promise<void> => {
    const place = await mkdtemp(join(tmpdir(), "relay-store-"));
    try {
      await run(join(place, "relay.db"));
    } finally {
      await rm(place, { recursive: true });
    }
  };

  test("[W2] a folder of a newer relay is refused with a sentence", () =>
    inFolder(async (path) => {
      await openSqliteStore(path).close();
      const db = new Database(path);
      db.exec("PRAGMA user_version = 99");
      db.close();
      expect(() => openSqliteStore(path)).toThrow(StoreProblem);
      expect(() => openSqliteStore(path)).toThrow(/newer relay/);
    }));

  test("[W2] something that is no database is refused with a sentence", () =>
    inFolder(async (path) => {
      const { writeFile } = await import("node:fs/promises");
      await writeFile(path, "this is a text file, and not a short one ".repeat(50));
      expect(() => openSqliteStore(path)).toThrow(StoreProblem);
    }));
});
