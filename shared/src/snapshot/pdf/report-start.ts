import { redactionsOf } from "../redaction.ts";
import { idBytes, toHex } from "../../base/bytes.ts";
import { plainIn } from "../zone.ts";
import {
  APP_CHECK,
  childLines,
  count,
  daysLine,
  KIND_WORDS,
  REDACTED_WORDS,
  REMARKS_HEAD,
  shownToExist,
  WHOLE_LIMIT,
  wholeLines,
} from "../words.ts";
import { titleBlock, type Block } from "./blocks.ts";
import type { Context } from "./context.ts";
import type { Front } from "./flow.ts";
import type { Span } from "./span.ts";

/** One of the other reports, as page one lists it. */
export interface Listed {
  readonly title: string;
  /** From the folder in which page one lies. */
  readonly file: string;
  readonly labels: string;
}

/** data/START-HERE.pdf: page one in plain words (rule S7). */
export class StartReport {
  readonly title = "A snapshot of a shared record";
  readonly #c: Context;
  readonly #listed: readonly Listed[];

  constructor(c: Context, listed: readonly Listed[]) {
    this.#c = c;
    this.#listed = listed;
  }

  get front(): Front {
    return () => [
      titleBlock(this.#c.set, this.title),
      ...this.#what(),
      ...this.#scope(),
      ...this.#remarks(),
      ...this.#keys(),
      ...this.#check(),
      ...this.#limits(),
    ];
  }

  #heading(text: string): Block {
    const { set } = this.#c;
    return {
      pieces: [set.gap(8), ...set.text([set.span(text, { size: "heading", weight: 700 })], { after: 4 })],
      leads: true,
      bookmark: { title: text, level: 0 },
    };
  }

  #line(spans: readonly Span[]): Block {
    const { set } = this.#c;
    const [first, ...others] = set.text(spans, { indent: 12, after: 3 });
    if (!first) return { pieces: [] };
    const dot = {
      height: first.height,
      draw: (...[canvas, left, top]: Parameters<typeof first.draw>): void => {
        canvas.rect(left + 2, top + set.sizes.body * 0.68, 3, 3, [0.36, 0.34, 0.32]);
        first.draw(canvas, left, top);
      },
    };
    return { pieces: [dot, ...others] };
  }

  #what(): readonly Block[] {
    const { set, d } = this.#c;
    const { statement } = d;
    const exporter = d.devices.find((v) => v.device === statement.exporter);
    const people = d.people.flatMap((p, i) => [...(i === 0 ? [] : [set.span(" and ")]), set.written(p.name)]);
    const entry = (title: string, how: string, labels: string, file: string): Block => ({
      pieces: [set.entry([set.span(title), set.span(how === "" ? "" : `  ${how}`, { grey: "soft" })], labels, { file })],
    });
    const how = new Map([
      ["report/messages.pdf", `${String(d.messages.length)} in ${count(d.threads.length, "thread", "threads")}`],
      ["report/expenses.pdf", String(d.expenses.length)],
      ["report/history.pdf", `${String(d.setAside.length)} set aside, ${count(d.devices.length, "device", "devices")}`],
    ]);
    const here = d.files.filter((f) => f.state === "here").length;
    return [
      {
        pieces: set.text(
          [
            set.span("Exported by "),
            exporter ? set.written(exporter.name) : set.span("a device that is not in this record"),
            set.span(` on ${plainIn(statement.exported, statement.zone)} (the exporter’s clock), from the record of `),
            ...people,
            set.span(`. Times are shown in ${statement.zone}.`),
          ],
          { after: 4 },
        ),
      },
      this.#heading("What is in it"),
      ...this.#listed.map((l) => entry(l.title, how.get(l.file) ?? "", l.labels, l.file)),
      this.#line([
        set.span(here === 0 ? "Attachments: none." : `Attachments: ${String(here)}, in the folder files/, with their original bytes.`),
      ]),
      this.#line([set.span("The same as tables in csv/, and for programs in records.jsonl.")]),
    ];
  }

  #scope(): readonly Block[] {
    const { set, d } = this.#c;
    const { scope } = d.statement;
    const lines: (readonly Span[])[] = [
      [
        set.span(
          scope.threads === "all"
            ? "Messages: all threads."
            : `Messages: ${count(scope.threads.length, "chosen thread", "chosen threads")}.`,
        ),
      ],
      [
        set.span(
          scope.expenses === "all"
            ? "Expenses: all."
            : scope.expenses === "none"
              ? "Expenses: none."
              : `Expenses: ${String(scope.expenses.length)} chosen.`,
        ),
      ],
      ...childLines(scope, d.unnamed).map((line) => [set.written(line)]),
      [set.span(daysLine(d))],
      [
        set.span(
          scope.settlement === "include" ? "Settlement talk: included." : "Settlement talk: left out, where its author called it that.",
        ),
      ],
      [set.span(scope.files ? "Attachments: included." : "Attachments: left out; their SHA-256 stands in the reports.")],
    ];
    for (const [kind, n] of d.leftOut) {
      const [one, many] = KIND_WORDS[kind] ?? ["other change", "other changes"];
      lines.push([set.span(`Left out by this choice: ${count(n, one, many)}. ${shownToExist(n)}`)]);
    }
    for (const [author, n] of d.settlement)
      lines.push([set.span("Left out as settlement talk of "), set.written(author), set.span(`: ${count(n, "message", "messages")}.`)]);
    for (const r of redactionsOf(d.redacted, (m) => d.nameOf(m))) {
      const [one, many] = REDACTED_WORDS[r.kind];
      const start = set.span(`Left out one by one by the exporter: ${count(r.count, one, many)} of `);
      lines.push([start, set.written(r.author), set.span(`. ${shownToExist(r.count)}`)]);
    }
    const redacted = d.files.filter((f) => f.state === "redacted").length;
    if (redacted > 0) lines.push([set.span(`Left out one by one by the exporter: ${count(redacted, "attachment", "attachments")}.`)]);
    if (scope.redact) lines.push([set.span("The exporter’s reason for what is left out one by one: "), set.written(scope.redact.reason)]);
    const missing = d.files.filter((f) => f.state === "missing").length;
    if (missing > 0) lines.push([set.span(`The exporter’s device did not have ${count(missing, "attachment", "attachments")}.`)]);
    return [
      this.#heading("What was chosen, and what is left out"),
      ...lines.map((l) => this.#line(l)),
      {
        pieces: set.text(
          [
            set.span(
              `The log of the record has ${String(d.size)} entries up to the checkpoint of ${plainIn(d.checkpointTime, d.statement.zone)}. Every one of them is listed in proof/headers.rows, so that a gap would show. Entries that reached the relay later are not in this snapshot.`,
            ),
          ],
          { after: 4 },
        ),
      },
      ...wholeLines(d).map((line) => this.#line([set.span(line)])),
      { pieces: set.text([set.span(WHOLE_LIMIT)], { after: 4 }) },
    ];
  }

  #remarks(): readonly Block[] {
    const { set, d } = this.#c;
    return d.remarks.length === 0 ? [] : [this.#heading(REMARKS_HEAD), ...d.remarks.map((r) => this.#line([set.written(r)]))];
  }

  #keys(): readonly Block[] {
    const { set, d } = this.#c;
    return [
      this.#heading("What ties the keys to people"),
      ...d.people.map((p) => {
        const keys = d.devices.filter((v) => v.member === p.member).length;
        const compared: readonly Span[] =
          p.comparedBy.length === 0
            ? [set.span("nobody noted that these keys were compared.")]
            : [set.span("compared, as noted by "), set.written(p.comparedBy.join("; ")), set.span(".")];
        return this.#line([set.written(p.name), set.span(`: ${count(keys, "device", "devices")}; `), ...compared]);
      }),
      this.#line([set.span("The names are those that the exporter uses.")]),
      {
        pieces: set.text(
          [
            set.span(
              "A signature shows which device key wrote a change, not whose hand held the device. One person could make both sides of a household alone. What can bear it out: a key card, the other parent’s own snapshot, or an order that names the keys.",
            ),
          ],
          { after: 4 },
        ),
      },
    ];
  }

  #check(): readonly Block[] {
    const { set, d } = this.#c;
    const text = (t: string): Block => ({ pieces: set.text([set.span(t)], { after: 4 }) });
    const command = (t: string): Block => ({ pieces: set.text([set.span(t, { size: "small" })], { indent: 12, after: 4 }) });
    return [
      this.#heading("How to check it without us"),
      text("Unpack the archive, open a terminal in the folder that holds manifest-sha256.txt, and run:"),
      command("sha256sum -c manifest-sha256.txt"),
      command(
        "openssl pkeyutl -verify -pubin -inkey signatures/signer.pem -rawin -in manifest-sha256.txt -sigfile signatures/manifest.sig",
      ),
      text(
        "On a Mac the first line is: shasum -a 256 -c manifest-sha256.txt. The first shows that no file was changed since the export; the second that the list was signed by the exporter’s device. The key in signer.pem is",
      ),
      command(toHex(idBytes(d.statement.exporter))),
      text(
        `Ask the exporter for it in another way, and compare. With the program: countersign verify FILE. It derives the record from the signed changes in proof/ and compares it with these pages and tables. ${APP_CHECK}`,
      ),
      text("The same signature for ssh-keygen:"),
      command(
        "ssh-keygen -Y verify -f signatures/allowed_signers -I exporter -n countersign/v1/manifest -s signatures/manifest.sshsig < manifest-sha256.txt",
      ),
      text(
        "verify.html beside this file, where it is there, shows the record and checks its signatures when it is opened, without a network. It cannot vouch for itself: whoever could alter this snapshot could alter that page.",
      ),
      text("And with a Python that has PyNaCl, a second program, which checks the signed changes too:"),
      command("python3 data/proof/verify.py"),
      ...this.#stamp().map((spans): Block => ({ pieces: set.text(spans, { after: 4 }) })),
    ];
  }

  #stamp(): readonly (readonly Span[])[] {
    const { set, d } = this.#c;
    const { authority } = d.statement;
    if (authority === undefined)
      return [
        [set.span("No time-stamp authority was asked: this snapshot has no time stamp, and when it was made is the exporter’s word.")],
      ];
    return [
      [
        set.span("The time-stamp authority "),
        set.written(authority),
        set.span(
          " was asked to stamp the list. If it answered, its stamp is signatures/manifest.tsr; if that file is not there, there is no stamp. With the authority’s certificates: openssl ts -verify -data manifest-sha256.txt -in signatures/manifest.tsr -CAfile AUTHORITY.pem",
        ),
      ],
    ];
  }

  #limits(): readonly Block[] {
    const { set, d } = this.#c;
    return [
      this.#heading("What this can’t show"),
      ...[
        "Whether what people wrote is true, or that anything was read.",
        "Who held a device when it signed.",
        `The right time: the author’s clock is the author’s word, and the other times are the word of relay ${d.relay}.`,
        "What was never sent, and what came after the checkpoint.",
      ].map((t) => this.#line([set.span(t)])),
    ];
  }
}
