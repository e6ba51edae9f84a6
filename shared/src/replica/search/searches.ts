import { foldText } from "../../base/fold-text.ts";
import type { MemberId, Millis, RecordId } from "../../base/ids.ts";
import { wasThere, type RecordDigest } from "../../sync/record-digest.ts";
import type { RecordIndex } from "../../sync/record-index.ts";
import type { SearchHit, SearchKind, SearchPage } from "../../views/search.ts";
import type { SearchAsked } from "../api.ts";
import { namedBy } from "../children.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { gathered } from "../gathered.ts";
import { nameOf } from "../names.ts";
import { excerpt, marked } from "./excerpt.ts";
import { isSought, ownWords, subjectOf, textsOf } from "./findable.ts";
import { wordsOf, type Findable, type Words } from "./query.ts";
import { Running, type Candidate } from "./running.ts";

/** Folded texts that are kept for the next key, in UTF-16 units; beyond it each search folds anew. About 100,000 messages of 300 letters. */
const KEPT = 32_000_000;

type Sought = RecordDigest & { readonly kind: SearchKind };
const isSoughtKind = (digest: RecordDigest): digest is Sought => digest.kind === "message" || digest.kind === "expense";

/** What is looked through in a log, the oldest first. */
const soughtIn: (index: RecordIndex, at?: Millis) => readonly Sought[] = gathered((index, at) => {
  const all: Sought[] = [];
  for (const digest of index.digests()) if (isSoughtKind(digest) && wasThere(digest, at)) all.push(digest);
  return all.sort((a, b) => a.claimed - b.claimed || (a.id < b.id ? -1 : 1));
});

interface Under {
  readonly key: string;
  readonly words: string;
  readonly running: Running;
}

/**
 * The search over messages and expenses. Nothing of it is stored: texts are read from the records in memory, a few thousand at a time,
 * and kept folded in memory until the vault is locked.
 */
export class Searches {
  readonly #core: ReplicaCore;
  /** One for each that searches; a new text ends the search before it. */
  readonly #under = new Map<string, Under>();
  /** A digest is another object when its record has changed. */
  #folded = new WeakMap<RecordDigest, string>();
  #kept = 0;

  constructor(core: ReplicaCore) {
    this.#core = core;
  }

  /** After the vault was locked. */
  forget(): void {
    for (const job of [...this.#under.keys()]) this.cancel(job);
    this.#folded = new WeakMap();
    this.#kept = 0;
  }

  cancel(job: string): void {
    this.#under.get(job)?.running.stop();
    this.#under.delete(job);
  }

  /** What was found up to now; it goes on behind the answer, and tells when there is more. */
  async page({ job, logs, text, kind }: SearchAsked, offset: number, limit: number, at?: Millis): Promise<SearchPage> {
    const words = wordsOf(text);
    const open = [...new Set(logs)].flatMap((log) => this.#core.logs.get(log) ?? []);
    if (words.length === 0 || open.length === 0) {
      this.cancel(job);
      return { rows: [], total: 0, counts: { message: 0, expense: 0 }, done: true };
    }
    const running = await this.#running(job, words, open, at);
    const { found, done } = running;
    const rows = found[kind].slice(offset, offset + limit).flatMap((candidate) => this.#hit(candidate, words, at) ?? []);
    return { rows, total: found[kind].length, counts: { message: found.message.length, expense: found.expense.length }, done };
  }

  async #running(job: string, words: Words, logs: readonly OpenLog[], at: Millis | undefined): Promise<Running> {
    const said = JSON.stringify([words, at ?? null]);
    const key = JSON.stringify([said, ...logs.map(({ session, names }) => [session.log, session.index.version, [...names.people]])]);
    const before = this.#under.get(job);
    if (before?.key === key) {
      await before.running.begun;
      return before.running;
    }
    before?.running.stop();
    const running = this.#start(job, words, logs, at);
    this.#under.set(job, { key, words: said, running });
    // Where the record changed, what is on the screen stays until all of it is known anew.
    await (before?.words === said && before.running.done ? running.ended : running.begun);
    return running;
  }

  #start(job: string, words: Words, logs: readonly OpenLog[], at: Millis | undefined): Running {
    const { ports } = this.#core.deps;
    const around = new Map<RecordId, string>();
    const who = new Map<string, string>();
    const subject = ({ session }: OpenLog, thread: RecordId): string => {
      const known =
        around.get(thread) ?? foldText([subjectOf(session.index.peek(thread), thread), ...namedBy(session.index, thread)].join("\0"));
      around.set(thread, known);
      return known;
    };
    const author = (open: OpenLog, member: MemberId): string => {
      const id = `${open.session.log}${member}`;
      const known = who.get(id) ?? foldText(nameOf(open.names, member, open.session.identity.member));
      who.set(id, known);
      return known;
    };
    return new Running({
      words,
      candidates: newestFirst(logs, at),
      findable: (candidate): Findable | undefined => {
        const { open, digest } = candidate;
        const own = this.#own(candidate, at);
        if (own === undefined) return undefined;
        return { own, who: author(open, digest.member), around: digest.kind === "message" ? subject(open, digest.thread) : "" };
      },
      now: () => ports.clock.now(),
      pause: () => ports.pause(),
      told: () => {
        this.#core.tell({ topic: "search", job });
      },
    });
  }

  /** The record's own words, folded once for as long as it stays as it is. */
  #own({ open, digest }: Candidate, at: Millis | undefined): string | undefined {
    // Of an expense as it stood not all answers had been given.
    const isWhole = at === undefined || digest.kind === "message";
    const known = isWhole ? this.#folded.get(digest) : undefined;
    if (known !== undefined) return known;
    const record = isWhole ? open.session.index.peek(digest.id) : open.session.index.getAt(digest.id, at);
    if (!record || !isSought(record)) return undefined;
    const own = ownWords(record);
    if (isWhole && this.#kept + own.length <= KEPT) {
      this.#folded.set(digest, own);
      this.#kept += own.length;
    }
    return own;
  }

  #hit({ open, digest }: Candidate, words: Words, at: Millis | undefined): SearchHit | undefined {
    const { index, log } = open.session;
    const record = index.getAt(digest.id, at);
    if (!record || !isSought(record)) return undefined;
    const { folded } = record;
    const texts = textsOf(record).map((one) => ({ ...one, line: excerpt(one.text, words) }));
    const { field, line } = texts.find((one) => one.line.some((piece) => piece.hit)) ?? texts[0] ?? { field: "text" as const, line: [] };
    const base = { id: digest.id, log, author: digest.member, at: digest.claimed, field, line };
    if (folded.kind === "expense") {
      const { title, amount, currency } = folded;
      return { ...base, kind: "expense", title: marked(title, words), amount, currency };
    }
    const { thread } = folded;
    return { ...base, kind: "message", thread, title: marked(subjectOf(index.get(thread), thread), words) };
  }
}

/** All of them, by their authors' clocks. */
function* newestFirst(logs: readonly OpenLog[], at: Millis | undefined): Generator<Candidate> {
  const lists = logs.map((open) => {
    const sought = soughtIn(open.session.index, at);
    return { open, sought, next: sought.length - 1 };
  });
  for (;;) {
    let newest: (typeof lists)[number] | undefined;
    for (const list of lists) if (claimedOf(list) > claimedOf(newest)) newest = list;
    const digest = newest?.sought[newest.next];
    if (!newest || !digest) return;
    newest.next -= 1;
    yield { open: newest.open, digest };
  }
}

const claimedOf = (list: { readonly sought: readonly Sought[]; readonly next: number } | undefined): number =>
  list?.sought[list.next]?.claimed ?? -1;
