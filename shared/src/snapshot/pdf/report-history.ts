import { clockFacts } from "../../views/clock.ts";
import { contentsBlock, titleBlock, type Block } from "./blocks.ts";
import { CLOCKS, type Context } from "./context.ts";
import type { PdfDocument } from "./document.ts";
import type { Front } from "./flow.ts";

const INDENT = 12;

/** data/report/history.pdf: what was set aside, with the reason (rule S5); people, and the devices that sign for them. */
export class HistoryReport {
  readonly title = "Set aside, people and devices";
  readonly #c: Context;

  constructor(c: Context) {
    this.#c = c;
  }

  get front(): Front {
    const { set, d } = this.#c;
    return (labelOf) => [
      titleBlock(set, this.title),
      { pieces: set.text([set.span(`Times are in ${d.statement.zone}. ${CLOCKS} The relay is ${d.relay}.`)], { after: 12 }) },
      contentsBlock(set),
      { pieces: [set.entry([set.span(`Set aside: ${String(d.setAside.length)}`)], labelOf("set aside"), { place: "set aside" })] },
      { pieces: [set.entry([set.span("People and devices")], labelOf("people"), { place: "people" })] },
    ];
  }

  *write(doc: PdfDocument): Generator<void, void, undefined> {
    const c = this.#c;
    const { set, d } = c;
    doc.add(this.#heading("Changes that broke a rule and were set aside", "set aside"));
    doc.add({
      pieces: set.text(
        [
          set.span(
            d.setAside.length === 0
              ? "There are none."
              : "They are no part of the record. The word after ‘reason’ is explained in the table of reasons of the program’s documentation.",
          ),
        ],
        { after: 8 },
      ),
    });
    for (const s of d.setAside) {
      const width = set.width - INDENT;
      const pieces = [
        ...set.text(
          [
            set.span(`Entry ${String(s.seq ?? "–")} · `, { weight: 700 }),
            set.written(d.nameOf(s.member), { weight: 700 }),
            set.span(` · reason: ${s.reason ?? "–"}`),
          ],
          { width, after: 2 },
        ),
        ...(s.claimed === undefined || s.notAfter === undefined ? [] : c.clockNote(clockFacts(s.claimed, s.notBefore, s.notAfter), width)),
        c.columns([...c.times(s), [], []], width),
        ...set.text([set.span(`Device ${s.device ?? "–"}`, { size: "small", grey: "soft" })], { width }),
      ];
      doc.add({ pieces: [...set.edged(pieces, c.edge(s.member), INDENT), set.gap(10)] });
      yield;
    }
    doc.add(this.#heading("People and devices", "people"));
    for (const p of d.people) {
      const compared =
        p.comparedBy.length === 0 ? "Nobody noted that these keys were compared." : `Compared, as noted by ${p.comparedBy.join("; ")}.`;
      doc.add({
        pieces: [
          ...set.text([set.written(p.name, { weight: 700 })], { after: 1 }),
          ...set.text([set.written(compared)], { after: 1 }),
          ...set.text([set.span(`Member ${p.member}`, { size: "small", grey: "soft" })], { after: 4 }),
        ],
        leads: true,
      });
      for (const v of d.devices.filter((device) => device.member === p.member)) {
        const pieces = [
          ...set.text([set.span(`Device ${v.device}`, { size: "small" })], { width: set.width - INDENT }),
          c.columns(
            [c.fact("Linked, by the relay", c.clock(v.linked)), c.fact("Revoked", v.revoked === undefined ? "no" : c.clock(v.revoked)), []],
            set.width - INDENT,
          ),
        ];
        doc.add({ pieces: [...set.edged(pieces, c.edge(p.member), INDENT), set.gap(8)] });
        yield;
      }
    }
  }

  #heading(text: string, place: string): Block {
    const { set } = this.#c;
    return {
      pieces: [set.gap(12), ...set.text([set.span(text, { size: "heading", weight: 700 })], { after: 6 })],
      leads: true,
      place,
      bookmark: { title: text, level: 0 },
    };
  }
}
