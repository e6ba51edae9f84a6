import type { Redacted } from "../redaction.ts";
import type { MemberId, Millis } from "../../base/ids.ts";
import type { FileRecord } from "../../kinds/files.ts";
import type { FileView, ProofView } from "../../views/record.ts";
import type { Derived, NamedFile } from "../derive.ts";
import { aboutWords, boundWords, clockWords, HAD_LIMIT, hadWords, RELAY_ALONE, redactedWords } from "../words.ts";
import { plainIn } from "../zone.ts";
import type { Edge, Piece, Setter } from "./blocks.ts";
import type { Colour } from "./canvas.ts";
import type { Span } from "./span.ts";

/** The two colours that the screens use, dark enough for paper; further people get grey. */
const COLOURS: readonly Colour[] = [
  [0.122, 0.373, 0.651],
  [0.612, 0.29, 0.063],
];
const OTHER: Colour = [0.5, 0.5, 0.5];

/** What all reports are written with. */
export class Context {
  readonly d: Derived;
  readonly set: Setter;
  readonly #files: ReadonlyMap<string, NamedFile>;
  readonly #edges: ReadonlyMap<MemberId, Edge>;

  constructor(d: Derived, set: Setter) {
    this.d = d;
    this.set = set;
    this.#files = new Map(d.files.map((f) => [f.hash, f]));
    this.#edges = new Map(d.people.map((p, i) => [p.member, { colour: COLOURS[i] ?? OTHER, dashed: i % 2 === 1 }]));
  }

  edge(member: MemberId | undefined): Edge {
    return (member === undefined ? undefined : this.#edges.get(member)) ?? { colour: OTHER, dashed: false };
  }

  /** Date and time on a line each. */
  clock(at: Millis | undefined): string {
    if (at === undefined) return "–";
    const [weekday = "", day = "", time = "", offset = ""] = plainIn(at, this.d.statement.zone).split(" ");
    return `${weekday} ${day}\n${time} ${offset}`;
  }

  /** A column of facts: its name, and below what is known. */
  fact(name: string, value: string): readonly Span[] {
    const { set } = this;
    return [set.span(`${name}\n`, { size: "small", grey: "soft" }), set.span(value, { size: "small" })];
  }

  /** The columns that every act has: the author's clock, and the two ends of the relay's interval (rule S4). Large letters need wider ones. */
  times(p: Pick<ProofView, "notBefore" | "notAfter"> & { readonly claimed?: Millis }): readonly (readonly Span[])[] {
    const claimed = this.fact("Author’s clock", this.clock(p.claimed));
    if (this.set.sizes.small > 10) return [claimed, this.fact("Logged between", `${this.clock(p.notBefore)}\n${this.clock(p.notAfter)}`)];
    return [claimed, this.fact("Logged not before", this.clock(p.notBefore)), this.fact("Logged not after", this.clock(p.notAfter))];
  }

  /** Columns of equal width. */
  columns(cells: readonly (readonly Span[])[], width: number): Piece {
    return this.set.row(
      cells.map((spans) => ({ width: width / cells.length, spans })),
      { after: 4 },
    );
  }

  /** A clock that is off, in words; nothing where it isn't. */
  clockNote(p: Parameters<typeof clockWords>[0], width: number): readonly Piece[] {
    const words = clockWords(p);
    return words === undefined ? [] : this.note(words, width);
  }

  /** Which device signed what, in which entry, who but the relay says when, and what shows that another's device had it. */
  keys(p: ProofView, indent = 0): readonly Piece[] {
    const { set } = this;
    const small = { size: "small", grey: "soft" } as const;
    const text = `Entry ${String(p.seq ?? "–")} · change ${p.hash.slice(0, 16)}… · device ${p.device.slice(0, 16)}… · `;
    const { zone } = this.d.statement;
    const others = boundWords(p, zone);
    const had = hadWords(p, (m) => this.d.nameOf(m), zone);
    const style = { width: set.width - indent };
    return [
      ...set.text([set.span(text, small), set.written(others.length === 0 ? RELAY_ALONE : others.join(" · "), small)], style),
      ...(had === undefined ? [] : set.text([set.written(had, small)], style)),
    ];
  }

  /** The attachments of an act, with their hashes. */
  files(hash: string, views: readonly FileView[], width: number): readonly Piece[] {
    const { set, d } = this;
    return views.flatMap((_, i): readonly Piece[] => {
      const record: FileRecord | undefined = d.filesOf.get(hash)?.[i];
      const named = record && this.#files.get(record.hash);
      if (!record || !named) return [];
      const where = named.state === "here" ? named.path : named.state === "redacted" ? "left out by the exporter" : "not in this bundle";
      return [
        ...set.text(
          [
            set.span("Attached: ", { size: "small", grey: "soft" }),
            set.written(record.name, { size: "small" }),
            set.span(`, ${String(record.size)} bytes, ${where}`, { size: "small", grey: "soft" }),
          ],
          { width },
        ),
        ...set.text([set.span(`SHA-256 ${record.hash}`, { size: "small", grey: "soft" })], { width, after: 2 }),
      ];
    });
  }

  /** Which children a thread or an expense names; nothing where it names none. */
  about({ children }: { readonly children?: readonly string[] }): readonly Piece[] {
    const { set } = this;
    return children ? set.text([set.span("About: ", { grey: "soft" }), set.written(aboutWords(children))], { after: 2 }) : [];
  }

  /** What the exporter left out of a thread, or of the expenses, one by one; nothing where that is nothing. */
  redactions(list: readonly Redacted[]): readonly Piece[] {
    if (list.length === 0) return [];
    const { set, d } = this;
    const small = { size: "small", grey: "soft" } as const;
    return [
      ...this.note("Left out here one by one by the exporter, whose reason stands in START-HERE.pdf:", set.width),
      ...list.flatMap((r) =>
        set.text(
          [
            set.span("of ", small),
            set.written(d.nameOf(r.member), { size: "small" }),
            set.span(`: ${redactedWords(r, d.statement.zone)}`, small),
          ],
          {
            after: 1,
          },
        ),
      ),
      set.gap(6),
    ];
  }

  note(text: string, width: number): readonly Piece[] {
    return this.set.text([this.set.span(text, { size: "small", weight: 700 })], { width, after: 2 });
  }
}

/** What two clocks and three facts mean: on the first page of each report. */
export const CLOCKS = `‘Author’s clock’ is what the author’s device said: a claim. The record was logged between two times of the relay’s clock, which are that relay’s word. ${HAD_LIMIT}`;
export const RECEIPTS = "‘No receipt’ means that no device of the other parent sent one. It does not mean that a message was not seen.";
