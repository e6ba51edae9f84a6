import { idBytes, toHex } from "../../base/bytes.ts";
import { count } from "../words.ts";
import { plainIn } from "../zone.ts";
import { titleBlock, type Block, type Piece } from "./blocks.ts";
import type { Context } from "./context.ts";
import type { PdfDocument } from "./document.ts";
import type { Front } from "./flow.ts";

/** A part of the form: text, or a field with its name, label and lines. */
type Part = string | readonly [name: string, label: string, lines?: number];

/** data/certificate.pdf: forms to fill in and sign, by whoever exported or copied the bundle. We say nothing in their place. */
export class CertificateReport {
  readonly title = "Forms to fill in";
  readonly #c: Context;

  constructor(c: Context) {
    this.#c = c;
  }

  get front(): Front {
    const { set } = this.#c;
    return (labelOf) => [
      titleBlock(set, this.title),
      {
        pieces: set.text(
          [
            set.span(
              "These forms are blank, and nobody has signed them. They are for the person who exported this bundle or copied it. Courts differ in what they ask for: have a lawyer say which form is needed, and strike out what is not true. The SHA-256 of manifest-sha256.txt can’t be printed here, since this form is one of the files in that list. In the United States whoever relies on a certificate gives the other side reasonable written notice beforehand, and lets them see the record and the certificate (Rule 902(11)).",
            ),
          ],
          { after: 8 },
        ),
      },
      ...FORMS.map(([name, title]) => ({ pieces: [set.entry([set.span(title)], labelOf(name), { place: name })] })),
    ];
  }

  *write(doc: PdfDocument): Generator<void, void, undefined> {
    for (const [name, title, parts] of FORMS) {
      doc.breakPage();
      const { set } = this.#c;
      doc.add({
        pieces: set.text([set.span(title, { size: "heading", weight: 700 })], { after: 8 }),
        leads: true,
        place: name,
        bookmark: { title, level: 0 },
      });
      const all = parts(this.#facts());
      // The last two stay with the signature.
      all.forEach((part, i) => {
        doc.add({ ...this.#block(name, part), leads: i >= all.length - 2 });
      });
      doc.add({ pieces: [set.gap(26), line(set.width / 2), ...set.text([set.span("Signature", { size: "small", grey: "soft" })])] });
      yield;
    }
  }

  #block(form: string, part: Part): Block {
    const { set } = this.#c;
    if (typeof part === "string") return { pieces: set.text([set.span(part)], { after: 5 }) };
    const [name, label, lines] = part;
    return { pieces: [set.field(`${form}.${name}`, label, lines)] };
  }

  #facts(): string {
    const { d } = this.#c;
    const { statement } = d;
    const messages = `${count(d.messages.length, "message", "messages")} and ${count(d.expenses.length, "expense", "expenses")}`;
    return `The bundle was exported at ${plainIn(statement.exported, statement.zone)} (the exporter’s clock, zone ${statement.zone}) with the program ${statement.app}, by the device whose signing key is ${toHex(idBytes(statement.exporter))}. It shows ${messages} of a log of ${count(d.size, "entry", "entries")}; START-HERE.pdf says what was chosen and what is left out.`;
  }
}

const line = (width: number): Piece => ({
  height: 4,
  draw: (canvas, left, top) => {
    canvas.rect(left, top, width, 0.6, [0.3, 0.29, 0.28]);
  },
});

const HASH: readonly Part[] = [
  ["hash", "SHA-256 of the file manifest-sha256.txt, 64 characters"],
  ["tool", "Program and computer with which I computed it"],
];
const PROCESS =
  "Each change of the record is signed on the device on which it is written. A relay gives it a place in a log and a time. The pages, tables and files of the bundle are made from the signed changes by the program.";

const PERJURY =
  "I declare under penalty of perjury under the laws of the United States of America that the foregoing is true and correct (28 U.S.C. § 1746).";

const FORMS: readonly (readonly [name: string, title: string, parts: (facts: string) => readonly Part[]])[] = [
  [
    "us14",
    "United States: certificate of a copy, Federal Rule of Evidence 902(14)",
    (facts) => [
      ["case", "Case, court and number"],
      ["name", "My full name, and who I am in this matter"],
      ["knowledge", "Why I am qualified to say this (training, experience, what I did myself)", 2],
      `1. ${facts}`,
      ["source", "2. From which device, medium or file I copied the bundle, when, and with what program", 2],
      "3. The copy is identified by SHA-256, a value that changes when the data changes. I computed the value of the list of all files, and compared each file with its value in that list.",
      ...HASH,
      ["compared", "Result of the comparison, and date"],
      PERJURY,
      ["place", "Executed on (date), at (place)"],
    ],
  ],
  [
    "us13",
    "United States: certificate of a process, Federal Rule of Evidence 902(13)",
    (facts) => [
      ["case", "Case, court and number"],
      ["name", "My full name, and who I am in this matter"],
      ["knowledge", "Why I am qualified to say this (training, experience, what I did myself)", 2],
      `1. ${facts}`,
      `2. ${PROCESS} Each change names those on which it is built, and the newest state of the log that its device had. The relay signs the order of all entries (a Merkle tree, RFC 6962), so that none can be altered, left out or put in later without a trace; data/proof has what it takes to compute this anew.`,
      ["process", "3. That this process gives an accurate result I know because", 3],
      ["worked", "4. That it worked as it should when this record was made I know because", 2],
      PERJURY,
      ["place", "Executed on (date), at (place)"],
    ],
  ],
  [
    "uk",
    "England and Wales: statement about an exported record",
    (facts) => [
      ["case", "Court and case number"],
      ["name", "Full name, address or occupation, and party on whose behalf the statement is made"],
      `1. ${facts}`,
      `2. ${PROCESS}`,
      ["exhibit", "3. The bundle is exhibited as it was exported, with the mark"],
      "I computed the SHA-256 of the list of its files:",
      ...HASH,
      ["own", "4. What of this I know myself, and the source of what I do not", 2],
      "5. I believe that the facts stated in this statement are true.",
      ["truth", "The rest of the statement of truth, in the words that the practice direction prescribes on the day of signing", 2],
      ["date", "Date"],
    ],
  ],
  [
    "au",
    "Australia: statement for an affidavit about an exported record",
    (facts) => [
      ["case", "Court and file number"],
      ["name", "Full name, address and occupation of the deponent"],
      `1. ${facts}`,
      `2. ${PROCESS} The pages were produced by that process (Evidence Act 1995 (Cth), sections 48, 146 and 147).`,
      ["use", "3. How the device was used, and that it worked properly at the time, as far as I know", 2],
      "4. The messages are electronic communications (section 161 of that Act). The reports show of each whose device signed it, the author’s clock, two times of the relay’s clock between which it was logged, and receipts where there are any.",
      ["sent", "What I know of it myself: which messages, by and to whom, when and where sent and received", 2],
      "5. I computed the SHA-256 of the list of the bundle’s files:",
      ...HASH,
      ["annexure", "Mark of the annexure, and pages of the reports that are annexed"],
      ["sworn", "Sworn or affirmed at (place), on (date), before me (name and capacity)"],
    ],
  ],
];
