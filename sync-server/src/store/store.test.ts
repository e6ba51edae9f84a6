import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { toId } from "@countersign/shared/base/bytes";
import type { Hex32, LogId } from "@countersign/shared/base/ids";
import { storeContract, storedEntry } from "./contract.ts";
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

  test("[L8e] a folder of a relay that knew no bundles is taken over whole", () =>
    inFolder(async (path) => {
      const store = openSqliteStore(path);
      const log = toId<LogId>(new Uint8Array(32).fill(1));
      await store.commit([
        { t: "log", log, keySeed: new Uint8Array(32), time: 1 },
        { t: "entry", log, id: toId<Hex32>(new Uint8Array(32)), entry: storedEntry(0, "messages") },
      ]);
      await store.close();
      const db = new Database(path);
      const stages = ["staged", "stage_floor", "stage_note", "stage_offer"].map((c) => `ALTER TABLE logs DROP COLUMN ${c};`).join("");
      db.exec(`DROP INDEX logs_staged; ${stages} ALTER TABLE entries DROP COLUMN bundle; DROP TABLE acks; PRAGMA user_version = 1`);
      db.close();
      const again = openSqliteStore(path);
      expect(await again.page(log, 0, 10, 1e6, new Set(["messages"]))).toEqual([storedEntry(0, "messages")]);
      await again.commit([{ t: "drop", log, bundle: 7, channel: "messages", spans: [{ from: 0, count: 1 }] }]);
      expect(await again.page(log, 0, 10, 1e6, new Set(["messages"]))).toEqual([{ ...storedEntry(0, "messages"), body: null, bundle: 7 }]);
      await again.close();
    }));

  test("[W2] something that is no database is refused with a sentence", () =>
    inFolder(async (path) => {
      const { writeFile } = await import("node:fs/promises");
      await writeFile(path, "this is a text file, and not a short one ".repeat(50));
      expect(() => openSqliteStore(path)).toThrow(StoreProblem);
    }));
});
