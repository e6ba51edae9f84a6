/** What is done away from the page's own thread: checking, deriving, choosing. It runs in a worker, or in the page itself where there is none. */
import * as A from "@automerge/automerge/slim";
import wasm from "@automerge/automerge/automerge.wasm?url";
import { fromBase64 } from "@countersign/shared/base/bytes";
import type { Result } from "@countersign/shared/base/result";
import { initCrypto } from "@countersign/shared/crypto/init";
import type { SnapshotReport } from "@countersign/shared/views/snapshot";
import { blobBlocks, sourceOfBlob } from "@countersign/shared/snapshot/blob-io";
import type { SnapshotError } from "@countersign/shared/snapshot/codes";
import { SealedScratch } from "@countersign/shared/snapshot/scratch";
import type { Job } from "@countersign/shared/snapshot/source";
import { inspectProof, verifySnapshot } from "@countersign/shared/snapshot/verify";
import { openFilling } from "@countersign/shared/snapshot/viewer";
import { bare, childrenIn, matching, rowsOf, type Filter, type Row, type SearchRow } from "./rows.ts";

/** What the page asks. A new check takes the place of the one before. */
export type Ask =
  | { readonly t: "inside"; readonly job: number; readonly filling: string }
  | { readonly t: "whole"; readonly job: number; readonly file: File }
  | { readonly t: "stop" }
  | { readonly t: "find"; readonly n: number; readonly filter: Filter };

/** A report without its records, which follow in parts. */
export type Summary = Pick<SnapshotReport, "verdict" | "people" | "zone"> & {
  readonly threads: readonly { readonly id: string; readonly subject: string }[];
  /** Names of the children whom something here is about. */
  readonly children: readonly string[];
  readonly records: number;
};

export type Answer =
  | { readonly t: "ready" }
  | { readonly t: "progress"; readonly job: number; readonly done: number; readonly of: number }
  | { readonly t: "report"; readonly job: number; readonly report: Summary }
  | { readonly t: "rows"; readonly job: number; readonly rows: readonly Row[] }
  | { readonly t: "shown"; readonly job: number }
  | { readonly t: "failed"; readonly job: number; readonly code: SnapshotError["code"] | "broken" }
  /** Places of the rows that were asked for, rising. */
  | { readonly t: "found"; readonly n: number; readonly places: Uint32Array };

/** Rows that are handed over at a time: taking them in must not hold up the page. */
const PART = 100;

const rest = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

export class Work {
  readonly #say: (answer: Answer) => void;
  #started: Promise<void> | undefined;
  #job = 0;
  #stopped = 0;
  #rows: readonly SearchRow[] = [];

  constructor(say: (answer: Answer) => void) {
    this.#say = say;
  }

  take(ask: Ask): void {
    switch (ask.t) {
      case "stop":
        this.#stopped = this.#job;
        return;
      case "find":
        this.#say({ t: "found", n: ask.n, places: matching(this.#rows, ask.filter) });
        return;
      case "inside":
      case "whole":
        this.#job = ask.job;
        this.#check(ask).catch(() => {
          // Whatever it was: there is no verdict, and the page says so.
          this.#say({ t: "failed", job: ask.job, code: "broken" });
        });
    }
  }

  async #check(ask: Extract<Ask, { t: "inside" | "whole" }>): Promise<void> {
    this.#started ??= start();
    await this.#started;
    const report = await this.#reportOf(ask);
    if (ask.job !== this.#job) return;
    if (report === undefined) this.#say({ t: "failed", job: ask.job, code: "broken" });
    else if (!report.ok) this.#say({ t: "failed", job: ask.job, code: report.error.code });
    else await this.#show(ask.job, report.value);
  }

  async #reportOf(ask: Extract<Ask, { t: "inside" | "whole" }>): Promise<Result<SnapshotReport, SnapshotError> | undefined> {
    const job = this.#jobOf(ask.job);
    if (ask.t === "whole") return verifySnapshot(sourceOfBlob(ask.file), job);
    const zip = await openFilling(ask.filling);
    return zip && inspectProof(zip, job);
  }

  #jobOf(job: number): Job {
    return {
      progress: (done, of) => this.#say({ t: "progress", job, done, of }),
      cancelled: () => job !== this.#job || this.#stopped === job,
      pause: rest,
      scratch: new SealedScratch(blobBlocks()),
    };
  }

  async #show(job: number, report: SnapshotReport): Promise<void> {
    const { verdict, people, zone, threads } = report;
    const rows = rowsOf(report);
    this.#rows = rows;
    const summary: Summary = {
      ...{ verdict, people, zone, records: rows.length, children: childrenIn(rows) },
      threads: threads.map(({ id, subject }) => ({ id, subject })),
    };
    this.#say({ t: "report", job, report: summary });
    for (let from = 0; from < rows.length; from += PART) {
      await rest();
      if (job !== this.#job) return;
      this.#say({ t: "rows", job, rows: rows.slice(from, from + PART).map(bare) });
    }
    this.#say({ t: "shown", job });
  }
}

async function start(): Promise<void> {
  await initCrypto();
  const bytes = fromBase64(wasm.slice(wasm.indexOf(",") + 1));
  if (!bytes) throw new Error("the page was built without Automerge");
  await A.initializeWasm(bytes);
}
