import type { RecordDigest } from "../../sync/record-digest.ts";
import type { SearchKind } from "../../views/search.ts";
import type { OpenLog } from "../core.ts";
import { fits, type Findable, type Words } from "./query.ts";

/** A record in which is looked, and in which log it is. */
export interface Candidate {
  readonly open: OpenLog;
  readonly digest: RecordDigest & { readonly kind: SearchKind };
}

export interface RunningDeps {
  readonly words: Words;
  /** In the order in which they are shown. */
  readonly candidates: Iterable<Candidate>;
  readonly findable: (candidate: Candidate) => Findable | undefined;
  readonly now: () => number;
  readonly pause: () => Promise<void>;
  /** More was found, or everything was looked at. */
  readonly told: () => void;
}

/** Between two pauses: so many records at most, and no more than so many milliseconds. The engine answers others in between. */
const RUN = 20_000;
const SLICE = 25;
const LOOK = 64;
/** What is found is told of this often, ms: what is on the screen is drawn anew each time. */
const TELL = 300;

/** One search, from its beginning until everything was looked at or it is stopped. */
export class Running {
  readonly found: Readonly<Record<SearchKind, Candidate[]>> = { message: [], expense: [] };
  done = false;
  /** Resolves once the first records were looked at. */
  readonly begun: Promise<void>;
  /** Resolves once all were, or it was stopped. */
  readonly ended: Promise<void>;
  readonly #deps: RunningDeps;
  #isStopped = false;

  constructor(deps: RunningDeps) {
    this.#deps = deps;
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    this.ended = this.#run(begin);
    // Whoever waits for the beginning hears of a defect, too.
    this.begun = Promise.race([begun, this.ended]);
    this.begun.catch(() => undefined);
    this.ended.catch(() => undefined);
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #run(begin: () => void): Promise<void> {
    const { words, candidates, findable, now, pause, told } = this.#deps;
    let [run, since, toldAt] = [0, now(), now()];
    let toldOf = 0;
    let isBegun = false;
    for (const candidate of candidates) {
      const what = findable(candidate);
      if (what && fits(what, words)) this.found[candidate.digest.kind].push(candidate);
      if (++run % LOOK !== 0 || (run < RUN && now() - since < SLICE)) continue;
      begin();
      isBegun = true;
      const count = this.found.message.length + this.found.expense.length;
      if (count !== toldOf && now() - toldAt >= TELL) {
        [toldOf, toldAt] = [count, now()];
        told();
      }
      await pause();
      if (this.#isStopped) return;
      [run, since] = [0, now()];
    }
    this.done = true;
    // Who asked has not been answered before.
    if (isBegun) told();
  }
}
