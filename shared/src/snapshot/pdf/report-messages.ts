import { pushTo } from "../../base/push-to.ts";
import { redactedInThreads, threadsLeftOut } from "../redaction.ts";
import type { MessageView } from "../../views/record.ts";
import { itemsAt, ThreadPlaces } from "../thread-places.ts";
import type { ThreadHead } from "../threads.ts";
import { count, deliveryWords, NONE_SHOWN } from "../words.ts";
import { dayIn } from "../zone.ts";
import { contentsBlock, titleBlock, type Block, type Piece } from "./blocks.ts";
import type { PdfDocument } from "./document.ts";
import type { Front } from "./flow.ts";
import { CLOCKS, RECEIPTS, type Context } from "./context.ts";
import { plainTitle } from "./plain-title.ts";

const INDENT = 12;
const NO_SUBJECT = "A thread whose first message is not included";
/** A thread of more messages than this has its months in the index and among the bookmarks. */
const LONG = 40;

interface Month {
  readonly name: string;
  /** Their places in the list of all. */
  readonly places: readonly number[];
}
interface Thread {
  readonly view: ThreadHead;
  readonly months: readonly Month[];
  readonly isLong: boolean;
}

const threadPlace = (t: Thread): string => `thread ${t.view.id}`;
const monthPlace = (t: Thread, m: Month): string => `month ${t.view.id} ${m.name}`;
const messagePlace = (id: string): string => `message ${id}`;

/** data/report/messages.pdf: each thread by itself, each message with the facts of rule S4 in columns of their own. */
export class MessagesReport {
  readonly title = "Messages";
  readonly #c: Context;
  readonly #threads: readonly Thread[];
  readonly #places: ThreadPlaces;

  private constructor(c: Context, threads: readonly Thread[], places: ThreadPlaces) {
    this.#c = c;
    this.#threads = threads;
    this.#places = places;
  }

  static async of(c: Context): Promise<MessagesReport> {
    const places = await ThreadPlaces.of(c.d.messages);
    const threads: Thread[] = [];
    for await (const view of c.d.threads) threads.push(await MessagesReport.#threadOf(c, view, [...places.placesIn(view.id)]));
    return new MessagesReport(c, threads, places);
  }

  static async #threadOf({ d }: Context, view: ThreadHead, places: readonly number[]): Promise<Thread> {
    const months = new Map<string, number[]>();
    for (const place of places) {
      const m = await d.messages.at(place);
      if (!m) continue;
      const name = dayIn(m.proof.notAfter ?? m.proof.claimed, d.statement.zone).slice(0, 7);
      pushTo(months, name, place);
    }
    return { view, months: [...months].map(([name, list]) => ({ name, places: list })), isLong: places.length > LONG };
  }

  get front(): Front {
    return (labelOf) => this.#blocks(labelOf);
  }

  *#blocks(labelOf: (place: string) => string): Generator<Block, void, undefined> {
    const { set, d } = this.#c;
    const all = d.messages.length;
    const counted = all === 0 ? "" : `${String(all)} in ${count(d.threads.length, "thread", "threads")}. `;
    yield titleBlock(set, this.title);
    yield {
      pieces: set.text([set.span(`${counted}Times are in ${d.statement.zone}. ${CLOCKS} ${RECEIPTS} The relay is ${d.relay}.`)], {
        after: 12,
      }),
    };
    if (all === 0) {
      yield { pieces: set.text([set.span("No messages are in this snapshot.")]) };
      return;
    }
    yield contentsBlock(set);
    for (const t of this.#threads) {
      const subject = t.view.subject === "" ? set.span(NO_SUBJECT) : set.written(t.view.subject);
      const place = threadPlace(t);
      yield { pieces: [set.entry([subject], labelOf(place), { place })] };
      if (!t.isLong) continue;
      for (const m of t.months) {
        const at = monthPlace(t, m);
        const text = set.span(`${m.name}: ${String(m.places.length)}`, { grey: "soft" });
        yield { pieces: [set.entry([text], labelOf(at), { place: at }, 18)] };
      }
    }
  }

  /** Adds the threads; rests after each message. */
  async *write(doc: PdfDocument): AsyncGenerator<void, void, undefined> {
    const { set } = this.#c;
    const redacted = redactedInThreads(this.#c.d.redacted);
    for (const t of this.#threads) {
      const subject =
        t.view.subject === ""
          ? set.span(NO_SUBJECT, { size: "heading", weight: 700 })
          : set.written(t.view.subject, { size: "heading", weight: 700 });
      doc.add({
        pieces: [
          set.gap(10),
          ...set.text([subject], { after: 2 }),
          ...this.#c.about(t.view),
          ...set.text([set.span(`${String(t.view.count)} shown · thread ${t.view.id}`, { size: "small", grey: "soft" })], { after: 8 }),
          ...this.#c.redactions(redacted.get(t.view.id) ?? []),
        ],
        leads: true,
        place: threadPlace(t),
        bookmark: { title: t.view.subject === "" ? NO_SUBJECT : plainTitle(t.view.subject), level: 0 },
      });
      for (const month of t.months) {
        if (t.isLong)
          doc.add({
            pieces: set.text([set.span(month.name, { weight: 700, grey: "soft" })], { after: 4 }),
            leads: true,
            place: monthPlace(t, month),
            bookmark: { title: month.name, level: 1 },
          });
        for await (const m of itemsAt(this.#c.d.messages, month.places)) {
          doc.add(this.#message(m, this.#places.numberOf(m.id) ?? 0));
          yield;
        }
      }
    }
    for (const [thread, list] of await threadsLeftOut(redacted, this.#c.d.threads)) {
      doc.add({
        pieces: [
          set.gap(10),
          ...set.text([set.span(NONE_SHOWN, { size: "heading", weight: 700 })], { after: 2 }),
          ...set.text([set.span(`0 shown · thread ${thread}`, { size: "small", grey: "soft" })], { after: 8 }),
          ...this.#c.redactions(list),
        ],
        bookmark: { title: NONE_SHOWN, level: 0 },
      });
      yield;
    }
  }

  #message(m: MessageView, n: number): Block {
    const c = this.#c;
    const { set, d } = c;
    const width = set.width - INDENT;
    const words = deliveryWords(m.proof, d.statement.zone);
    const two = (text: string): string => (text === "no receipt" ? text : text.replace(/^(\S+ \S+) /, "$1\n"));
    const pieces: Piece[] = [
      ...set.text([set.span(`No. ${String(n)} · `, { weight: 700 }), set.written(d.nameOf(m.author), { weight: 700 })], {
        width,
        after: 1,
      }),
    ];
    if (m.reply !== undefined) {
      const answered = this.#places.numberOf(m.reply);
      const text = answered === undefined ? "answers a message that is not included" : `answers no. ${String(answered)}`;
      const link = answered === undefined ? {} : { link: { place: messagePlace(m.reply) } };
      pieces.push(...set.text([set.span(text, { size: "small", grey: "soft" })], { width, after: 1, ...link }));
    }
    if (m.settlement) pieces.push(...c.note("The author called this settlement talk: a claim of the author.", width));
    pieces.push(
      ...c.clockNote(m.proof, width),
      ...set.text([set.written(m.text)], { width, after: 5 }),
      ...c.files(m.proof.hash, m.files, width),
      c.columns([...c.times(m.proof), c.fact("Delivered", two(words.delivered)), c.fact("Viewed", two(words.viewed))], width),
      ...c.keys(m.proof, INDENT),
    );
    return {
      pieces: [...set.edged(pieces, c.edge(m.author), INDENT), set.gap(12)],
      place: messagePlace(m.id),
      continued: [set.span(`No. ${String(n)}, continued`, { size: "small", grey: "soft" })],
    };
  }
}
