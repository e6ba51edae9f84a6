import type { ExpenseStep, ExpenseView } from "../../views/record.ts";
import { ACT_WORDS, money, percent, STATE_WORDS } from "../words.ts";
import { contentsBlock, titleBlock, type Block, type Piece } from "./blocks.ts";
import { CLOCKS, type Context } from "./context.ts";
import type { PdfDocument } from "./document.ts";
import type { Front } from "./flow.ts";
import { plainTitle } from "./plain-title.ts";

const INDENT = 12;
const place = (e: ExpenseView): string => `expense ${e.id}`;

/** data/report/expenses.pdf: each expense with its whole life, step by step. */
export class ExpensesReport {
  readonly title = "Expenses";
  readonly #c: Context;

  constructor(c: Context) {
    this.#c = c;
  }

  get front(): Front {
    return (labelOf) => this.#blocks(labelOf);
  }

  async *#blocks(labelOf: (place: string) => string): AsyncGenerator<Block, void, undefined> {
    const { set, d } = this.#c;
    yield titleBlock(set, this.title);
    yield {
      pieces: set.text(
        [set.span(`${String(d.expenses.length)} in this snapshot. Times are in ${d.statement.zone}. ${CLOCKS} The relay is ${d.relay}.`)],
        { after: 12 },
      ),
    };
    const redacted = this.#c.redactions(d.redacted.filter((r) => r.kind === "expense"));
    if (redacted.length > 0) yield { pieces: redacted };
    if (d.expenses.length === 0) {
      yield { pieces: set.text([set.span("No expenses are in this snapshot.")]) };
      return;
    }
    yield contentsBlock(set);
    let n = 0;
    for await (const e of d.expenses) {
      const text = [
        set.span(`${String(++n)}. `),
        set.written(e.title),
        set.span(` · ${e.spent} · ${money(e.amount, e.currency)}`, { grey: "soft" }),
      ];
      yield { pieces: [set.entry(text, labelOf(place(e)), { place: place(e) })] };
    }
  }

  async *write(doc: PdfDocument): AsyncGenerator<void, void, undefined> {
    let n = 0;
    for await (const e of this.#c.d.expenses) {
      const [first, ...others] = e.steps;
      doc.add(this.#head(e, ++n));
      if (first) doc.add(this.#step(e, first, 1));
      for (const [j, s] of others.entries()) doc.add(this.#step(e, s, j + 2));
      yield;
    }
  }

  #head(e: ExpenseView, n: number): Block {
    const { set, d } = this.#c;
    const pieces: Piece[] = [
      set.gap(10),
      ...set.text([set.span(`${String(n)}. `, { size: "heading", weight: 700 }), set.written(e.title, { size: "heading", weight: 700 })], {
        after: 3,
      }),
      ...set.text(
        [
          set.written(d.nameOf(e.author)),
          set.span(` spent ${money(e.amount, e.currency)} on ${e.spent} (`),
          set.written(e.category),
          set.span(
            `) and asks the other parent for ${percent(e.share).replace(" ", "\u00a0")}: ${money(e.asked, e.currency)}. State: ${STATE_WORDS[e.state]}.`,
          ),
        ],
        { after: 3 },
      ),
    ];
    pieces.push(...this.#c.about(e));
    if (e.note !== undefined) pieces.push(...set.text([set.written(e.note)], { after: 3 }));
    if (e.crossed)
      pieces.push(
        ...this.#c.note("Two acts crossed: neither knew of the other. Both are shown; the later one in the log decides.", set.width),
      );
    return {
      pieces: [...pieces, set.gap(4)],
      leads: true,
      place: place(e),
      bookmark: { title: plainTitle(`${String(n)}. ${e.title}`), level: 0 },
    };
  }

  #step(e: ExpenseView, s: ExpenseStep, n: number): Block {
    const c = this.#c;
    const { set, d } = c;
    const width = set.width - INDENT;
    const had = s.proof.had ? c.clock(s.proof.had.by) : "not shown";
    const amount = s.amount === undefined ? "" : `: ${money(s.amount, e.currency)}`;
    const pieces: Piece[] = [
      ...set.text(
        [
          set.span(`${String(n)}. `, { weight: 700 }),
          set.written(d.nameOf(s.member), { weight: 700 }),
          set.span(` ${ACT_WORDS[s.act]}${amount}`),
        ],
        {
          width,
          after: 2,
        },
      ),
    ];
    pieces.push(...c.clockNote(s.proof, width));
    if (s.reason !== undefined) pieces.push(...set.text([set.written(s.reason)], { width, after: 2 }));
    if (s.method !== undefined) pieces.push(...set.text([set.span("By: ", { grey: "soft" }), set.written(s.method)], { width, after: 2 }));
    pieces.push(
      ...c.files(s.hash, s.act === "submit" ? e.files : s.files, width),
      c.columns([...c.times(s.proof), c.fact("Other had it by", had), []], width),
      ...c.keys(s.proof, INDENT),
    );
    return {
      pieces: [...set.edged(pieces, c.edge(s.member), INDENT), set.gap(10)],
      continued: [set.span(`Step ${String(n)}, continued`, { size: "small", grey: "soft" })],
    };
  }
}
