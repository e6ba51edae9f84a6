import * as A from "@automerge/automerge/slim";
import type { StorageAdapterInterface } from "@automerge/automerge-repo/slim";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { Desk, devices, Entries, LOG, MESSAGES, newThread } from "../../test/book.ts";
import type { ChangeHash } from "../base/ids.ts";
import { initCrypto } from "../crypto/init.ts";
import { MemoryStore } from "../vault/memory-store.ts";
import { changesOf } from "./admit.ts";
import { changeHash } from "./chunk.ts";
import { bookId } from "./names.ts";
import type { CacheFault } from "./quiet-storage.ts";
import { documentIdOf, Shelf } from "./shelf.ts";
import { rowStorage } from "./shelf-storage.ts";
import type { BookState } from "./state.ts";

// automerge-repo waits in real time before it saves; a busy machine needs more than the usual limit.
vi.setConfig({ testTimeout: 60_000 });

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

const BOOK = bookId(LOG, MESSAGES);

/** Says a few things on one desk; gives the judged book and the bytes of its changes. */
function said(count: number): { state: BookState; bytes: Map<ChangeHash, Uint8Array>; desk: Desk } {
  const desk = new Desk(devices().alicePhone, MESSAGES, `shelf ${String(count)}`);
  const entries = new Entries();
  for (let i = 0; i < count; i++) entries.push(desk.device, [desk.first(newThread(`message ${String(i)}`))]);
  desk.take(entries.all);
  return { state: desk.book.state, bytes: changesOf(desk.book.doc, changeHash), desk };
}

/** A shelf over rows in memory, with the faults that it told and how often it asked for the signed changes. */
function shelfOn(storage: StorageAdapterInterface) {
  const faults: CacheFault[] = [];
  let asked = 0;
  const shelf = new Shelf(storage, (fault) => faults.push(fault));
  const open = (book: ReturnType<typeof said>) =>
    shelf.open(BOOK, book.state, () => {
      asked++;
      return Promise.resolve(book.bytes);
    });
  return { shelf, faults, open, asked: () => asked };
}

describe("the shelf of open books", () => {
  it("[X3] opens a book from its signed changes once, and from the cache after that", async () => {
    const storage = rowStorage(new MemoryStore());
    const book = said(5);
    const first = shelfOn(storage);
    await first.open(book);
    expect(first.shelf.heads(BOOK)).toEqual(book.state.heads);
    expect(first.shelf.handle(BOOK)?.documentId).toBe(documentIdOf(BOOK));
    await first.shelf.close(BOOK);
    const second = shelfOn(storage);
    const doc = await second.open(book);
    expect([first.asked(), second.asked()]).toEqual([1, 0]);
    expect(Object.keys(doc.records)).toHaveLength(5);
    await second.shelf.closeAll();
    expect([...first.faults, ...second.faults]).toEqual([]);
  });

  it("[X3] throws a cached document away that holds a change which is not in the signed log, or lacks one", async () => {
    const storage = rowStorage(new MemoryStore());
    const [more, fewer] = [said(4), said(2)];
    for (const book of [more, fewer, more]) {
      const s = shelfOn(storage);
      const doc = await s.open(book);
      expect(s.asked()).toBe(1);
      expect([...A.getHeads(doc)].sort()).toEqual(book.state.heads);
      await s.shelf.closeAll();
      // What took its place serves the next time.
      const again = shelfOn(storage);
      await again.open(book);
      expect(again.asked()).toBe(0);
      await again.shelf.closeAll();
    }
  });

  it("[X3] builds a book again when its cache is damaged", async () => {
    const rows = new MemoryStore();
    const book = said(3);
    const first = shelfOn(rowStorage(rows));
    await first.open(book);
    await first.shelf.closeAll();
    for (const row of await rows.scan("cache", {})) {
      if (row.key.includes(documentIdOf(BOOK))) await rows.commit([{ table: "cache", key: row.key, value: row.value.fill(7, 10, 30) }]);
    }
    const second = shelfOn(rowStorage(rows));
    const doc = await second.open(book);
    expect([second.asked(), [...A.getHeads(doc)].sort()]).toEqual([1, book.state.heads]);
    expect(second.faults).toEqual(["cache-damaged"]);
    await second.shelf.closeAll();
  });

  it("[X9] frees the document before, and the last one when the book is closed", async () => {
    const s = shelfOn(rowStorage(new MemoryStore()));
    const [two, three] = [said(2), said(3)];
    const before = await s.open(two);
    const after = A.clone(three.desk.book.doc);
    s.shelf.swap(BOOK, after);
    expect(s.shelf.heads(BOOK)).toEqual(three.state.heads);
    await s.shelf.close(BOOK);
    await s.shelf.settled();
    for (const doc of [before, after]) expect(() => A.save(doc)).toThrow();
  });

  it("[X9] frees what it found, saved and replaced in quick succession, and keeps the last", async () => {
    const storage = rowStorage(new MemoryStore());
    const three = said(3);
    const first = shelfOn(storage);
    await first.open(three);
    await first.shelf.closeAll();
    const second = shelfOn(storage);
    const found = await second.shelf.openCached(BOOK, three.state);
    if (!found) throw new Error("the cached document");
    const saving = second.shelf.save(BOOK);
    const middle = A.clone(three.desk.book.doc);
    second.shelf.swap(BOOK, middle);
    const again = second.shelf.save(BOOK);
    const last = A.clone(three.desk.book.doc);
    second.shelf.swap(BOOK, last);
    await Promise.all([saving, again]);
    await second.shelf.closeAll();
    await second.shelf.settled();
    for (const doc of [found, middle, last]) expect(() => A.save(doc)).toThrow();
    const third = shelfOn(storage);
    expect(await third.shelf.openCached(BOOK, three.state)).toBeDefined();
    await third.shelf.closeAll();
    expect([...first.faults, ...second.faults, ...third.faults]).toEqual([]);
  });

  it("[X3] goes on when its storage fails at everything", async () => {
    const fail = () => Promise.reject(new Error("no room"));
    const broken: StorageAdapterInterface = {
      load: fail,
      save: fail,
      remove: fail,
      loadRange: fail,
      removeRange: fail,
    };
    const s = shelfOn(broken);
    const book = said(2);
    const doc = await s.open(book);
    expect([...A.getHeads(doc)].sort()).toEqual(book.state.heads);
    await s.shelf.closeAll();
    expect(new Set(s.faults)).toEqual(new Set(["cache-read", "cache-write"]));
  });
});
