import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "libsql";
import { expect, it } from "vitest";
import { rowStoreContract } from "../test/row-store-contract.ts";
import { FileStore } from "./file-store.ts";

const newFile = (): string => path.join(mkdtempSync(path.join(tmpdir(), "file-store-")), "rows.db");

function opened(file: string): FileStore {
  const store = FileStore.open(file);
  if (!store.ok) throw new Error(store.error.code);
  return store.value;
}

rowStoreContract("a file", () => {
  const file = newFile();
  return Promise.resolve({ store: opened(file), reopen: () => Promise.resolve(opened(file)) });
});

it("[store] a file of a newer version is refused and left as it is", () => {
  const file = newFile();
  const db = new Database(file);
  db.pragma("user_version = 99");
  db.close();
  expect(FileStore.open(file)).toMatchObject({ ok: false, error: { code: "store-refused" } });
  const again = new Database(file);
  expect(again.pragma("user_version")).toEqual([{ user_version: 99 }]);
  again.close();
});

it("[store] a file that is no store is said to be damaged", () => {
  const file = newFile();
  writeFileSync(file, "this is no database, but long enough to be looked at as one ".repeat(40));
  expect(FileStore.open(file)).toMatchObject({ ok: false, error: { code: "store-damaged" } });
});
