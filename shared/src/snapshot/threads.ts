import { Columns } from "../base/columns.ts";
import type { RecordId } from "../base/ids.ts";
import type { MessageView, ThreadView } from "../views/record.ts";
import { IdTable } from "./id-table.ts";
import { PackedList } from "./packed-list.ts";
import type { Scratch } from "./scratch.ts";

/** What pages and tables tell of a thread: what its first disclosed message says, and how many there are. */
export type ThreadHead = Pick<ThreadView, "id" | "subject" | "children" | "count">;

/** The threads of messages that came in the order of the log, in the order of their first ones: 30 bytes of each, and the rest packed. */
export class Threads implements AsyncIterable<ThreadHead> {
  readonly #ids = new IdTable<RecordId>(16);
  /** By the number of an id. */
  readonly #counts = new Columns(Uint32Array, 1);
  readonly #firsts: PackedList<Omit<ThreadHead, "count">>;

  constructor(scratch?: Scratch) {
    this.#firsts = new PackedList(scratch);
  }

  get length(): number {
    return this.#ids.length;
  }

  async add(m: MessageView): Promise<void> {
    const number = this.#ids.number(m.thread);
    if (number < this.#counts.length) {
      this.#counts.put(number, 0, this.#counts.at(number, 0) + 1);
      return;
    }
    this.#counts.push([1]);
    await this.#firsts.push({ id: m.thread, subject: subjectOf(m), ...(m.children ? { children: m.children } : {}) });
  }

  async at(index: number): Promise<ThreadHead | undefined> {
    const first = await this.#firsts.at(index);
    return first && { ...first, count: this.#counts.at(index < 0 ? this.length + index : index, 0) };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ThreadHead, void, undefined> {
    let number = 0;
    for await (const first of this.#firsts) yield { ...first, count: this.#counts.at(number++, 0) };
  }
}

const SNIPPET = 160;

/** Threads as a screen lists them, from all their messages. */
export function threadViews(messages: readonly MessageView[]): readonly ThreadView[] {
  const threads = new Map<RecordId, ThreadView>();
  for (const m of messages) threads.set(m.thread, withNext(threads.get(m.thread), m));
  return [...threads.values()];
}

/** A thread with one message more; `soFar` is left out for its first. */
function withNext(soFar: ThreadView | undefined, m: MessageView): ThreadView {
  const children = soFar ? soFar.children : m.children;
  return {
    id: m.thread,
    log: soFar?.log ?? m.log,
    subject: soFar?.subject ?? subjectOf(m),
    ...(children ? { children } : {}),
    count: (soFar?.count ?? 0) + 1,
    unread: 0,
    last: m.proof.claimed,
    lastAuthor: m.author,
    snippet: m.text.slice(0, SNIPPET),
  };
}

/** What a thread is about, by its first disclosed message; nothing where that did not begin it. */
const subjectOf = (m: MessageView): string => (m.id === m.thread ? (m.subject ?? "") : "");
