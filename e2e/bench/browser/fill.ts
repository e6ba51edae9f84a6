/** Puts a vault from a file into a browser's profile, as the app would have kept it. */
import type { Page } from "@playwright/test";
import { FileStore } from "@countersign/shared/node/file-store";
import { TABLES, type Row } from "@countersign/shared/vault/row-store";

/** What the app calls its database. */
const DB = "countersign";
const RUN = 4_000;

/** Puts rows into a table of the database that the app has made. Runs in the page. */
async function put({ db, table, rows }: { readonly db: string; readonly table: string; readonly rows: [string, string][] }): Promise<void> {
  const opened = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(db);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error("the database does not open"));
  });
  await new Promise<void>((resolve, reject) => {
    const change = opened.transaction(table, "readwrite");
    for (const [key, value] of rows)
      change.objectStore(table).put({ key, value: Uint8Array.from(atob(value), (c) => c.codePointAt(0) ?? 0) });
    change.oncomplete = () => resolve();
    change.onabort = () => reject(new Error("the rows were not kept"));
  });
  opened.close();
}

/** Keys of a table that begin so. Runs in the page. */
function keysOf({ db, table, from }: { readonly db: string; readonly table: string; readonly from: string }): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(db);
    request.onerror = () => reject(new Error("the database does not open"));
    request.onsuccess = () => {
      const found = request.result
        .transaction(table)
        .objectStore(table)
        .getAllKeys(IDBKeyRange.bound(from, `${from}~`));
      found.onsuccess = () => {
        request.result.close();
        resolve(found.result.map(String));
      };
    };
  });
}

const encoded = ({ key, value }: Row): [string, string] => [key, Buffer.from(value).toString("base64")];

/** @param page of the app's origin, on which the app does not run */
export async function fillVault(page: Page, file: string): Promise<void> {
  const store = FileStore.open(file);
  if (!store.ok) throw new Error(store.error.code);
  for (const table of TABLES) {
    for (let from = ""; ;) {
      const rows = await store.value.scan(table, { from, limit: RUN });
      if (rows.length > 0) await page.evaluate(put, { db: DB, table, rows: rows.map(encoded) });
      const last = rows.at(-1);
      if (!last || rows.length < RUN) break;
      from = `${last.key}\u0000`;
    }
  }
  await store.value.close();
}

/** Waits until the app has written its pages of records: what says how many there are comes last. Throws where it does not within the limit, ms. */
export async function waitForPages(page: Page, limit: number): Promise<void> {
  for (const began = Date.now(); Date.now() - began < limit;) {
    const found = await page.evaluate(keysOf, { db: DB, table: "record", from: "pages/" });
    if (found.some((key) => /^pages\/[0-9a-f]{64}$/.test(key))) return;
    await page.waitForTimeout(500);
  }
  throw new Error("the app wrote no pages of records");
}
