import type { Page } from "@countersign/shared/views/record";
import { startTransition, useEffect, useReducer, useRef, useState } from "react";
import { useApi } from "./context.ts";
import type { Topic } from "./query.ts";
import { same } from "./same.ts";

const SIZE = 100;

/** Rows of a list of any length, fetched a page at a time as they come into sight. */
export class PagedRows<T> {
  readonly #ask: (offset: number, limit: number) => Promise<Page<T>>;
  readonly #pages = new Map<number, readonly T[]>();
  readonly #running = new Set<number>();
  readonly #stale = new Set<number>();
  readonly #listeners = new Set<() => void>();
  #wanted: readonly [number, number] = [0, 0];
  #version = 0;
  total: number | undefined;
  failed = false;

  constructor(ask: (offset: number, limit: number) => Promise<Page<T>>) {
    this.#ask = ask;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly version = (): number => this.#version;

  /** The row at an index, or undefined where it has not been fetched yet. */
  row(index: number): T | undefined {
    return this.#pages.get(Math.floor(index / SIZE))?.[index % SIZE];
  }

  /** Fetches what is missing or stale of the rows from `first` to `last`. */
  ensure(first: number, last: number): void {
    this.#wanted = [first, last];
    for (let page = Math.floor(first / SIZE); page <= Math.floor(last / SIZE); page++) {
      if (!this.#running.has(page) && (!this.#pages.has(page) || this.#stale.has(page))) void this.#fetch(page);
    }
  }

  /** Something changed: what is in sight is fetched again now, the rest when it comes into sight. */
  refresh(): void {
    for (const page of this.#pages.keys()) this.#stale.add(page);
    for (const page of this.#running) this.#stale.add(page);
    this.ensure(...this.#wanted);
  }

  async #fetch(page: number): Promise<void> {
    this.#running.add(page);
    this.#stale.delete(page);
    const [before, total, failed] = [this.#pages.get(page), this.total, this.failed];
    try {
      const got = await this.#ask(page * SIZE, SIZE);
      this.#pages.set(page, same(before, got.rows));
      this.total = got.total;
      this.failed = false;
    } catch {
      this.failed = true;
    } finally {
      this.#running.delete(page);
    }
    // Most changes of the record are in other rows than those in sight.
    if (this.#pages.get(page) !== before || this.total !== total || this.failed !== failed) {
      this.#version++;
      for (const listener of this.#listeners) listener();
    }
    if (this.#stale.has(page) && !this.failed) this.ensure(...this.#wanted);
  }
}

export interface Paged<T> {
  readonly total: number | undefined;
  readonly failed: boolean;
  readonly row: (index: number) => T | undefined;
  readonly ensure: (first: number, last: number) => void;
  readonly again: () => void;
}

interface Options {
  /** While this stays the same, the rows of the last key stay in sight until the first of the new one are here; the key by default. */
  readonly scope?: string;
  /** The row that is to be seen first; nothing is fetched while it is not known. */
  readonly from?: number | undefined;
}

/** A paged list that follows the record: `key` names what is asked, patches of the topics fetch again what is in sight. */
export function usePaged<T>(
  key: string,
  topics: readonly Topic[],
  ask: (offset: number, limit: number) => Promise<Page<T>>,
  options: Options = {},
): Paged<T> {
  const { scope = key } = options;
  const from = "from" in options ? options.from : 0;
  const api = useApi();
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  const [held, setHeld] = useState<{ scope: string; rows: PagedRows<T> }>();
  const watched = topics.join(" ");

  useEffect(() => {
    if (from === undefined) return;
    const rows = new PagedRows<T>((offset, limit) => latest.current(offset, limit));
    let live = true;
    const stop = rows.subscribe(() => {
      stop();
      // A first page fills the whole screen: it is drawn a few rows at a time, between which the thread is free.
      if (live)
        startTransition(() => {
          setHeld({ scope, rows });
        });
    });
    rows.ensure(from, from);
    const here = new Set(watched.split(" "));
    const unwatch = api.watch((patch) => {
      if (here.has(patch.topic)) rows.refresh();
    });
    return () => {
      live = false;
      unwatch();
    };
  }, [api, key, watched, scope, from]);

  const rows = held?.scope === scope ? held.rows : undefined;
  const [, redraw] = useReducer((drawn: number) => drawn + 1, 0);
  const version = rows?.version();
  useEffect(() => {
    // So are the rows that come later.
    const later = (): void => {
      startTransition(redraw);
    };
    if (rows?.version() !== version) later();
    return rows?.subscribe(later);
  }, [rows, version]);
  return {
    total: rows?.total,
    failed: rows?.failed ?? false,
    row: (index) => rows?.row(index),
    ensure: (first, last) => rows?.ensure(first, last),
    again: () => rows?.refresh(),
  };
}
