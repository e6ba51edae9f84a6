import { redactionsOf } from "./redaction.ts";
import { idBytes, toHex } from "../base/bytes.ts";
import type { Derived } from "./derive.ts";
import { markup, page, table, written, type Html } from "./html.ts";
import { clock } from "./report.ts";
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
} from "./words.ts";

/** The same on paper, where the snapshot has it. */
const PRINTED: readonly (readonly (string | Html)[])[] = [
  [
    "The same as printed pages",
    "",
    markup`${["START-HERE.pdf", "report/messages.pdf", "report/expenses.pdf", "report/history.pdf"].map((path, i) => markup`${i === 0 ? "" : ", "}<a href="${path}">${path}</a>`)}`,
  ],
  ["Forms to fill in and sign", "", markup`<a href="certificate.pdf">certificate.pdf</a>`],
];

/** Page one in plain words (rule S7): who exported what, what is left out, how to check it, what it cannot show. */
export function startPage(d: Derived): Uint8Array {
  const { statement } = d;
  const exporter = d.devices.find((v) => v.device === statement.exporter);
  const body = markup`<h1>A snapshot of a shared record</h1>
    <p>
      Exported by ${written(exporter ? exporter.name : "a device that is not in this record")} on ${clock(d, statement.exported)} (the
      exporter’s clock), from the record of ${people(d)}. Times are shown in <span class="zone">${statement.zone}</span>.
    </p>

    <h2>What is in it</h2>
    ${table(
      ["Part", "How much", "Where"],
      [
        [
          "Messages",
          markup`${d.messages.length} in ${count(d.threads.length, "thread", "threads")}`,
          markup`<a href="report/messages.html">report/messages.html</a>, csv/messages.csv`,
        ],
        [
          "Expenses",
          d.expenses.length,
          markup`<a href="report/expenses.html">report/expenses.html</a>, csv/expenses.csv, csv/expense-steps.csv`,
        ],
        ["Attachments", d.files.filter((f) => f.state === "here").length, "files/"],
        ["Changes that broke a rule and were set aside", d.setAside.length, "csv/set-aside.csv"],
        ["People and devices", d.devices.length, "csv/people-and-devices.csv"],
        ...(statement.scope.pages ? PRINTED : []),
        ["Everything, for programs", d.messages.length + d.expenses.length + d.setAside.length, "records.jsonl"],
      ],
    )}

    <h2>What was chosen, and what is left out</h2>
    <ul>
      ${scopeLines(d)}
    </ul>
    <p>
      The log of the record has ${d.size} entries up to the checkpoint of ${clock(d, d.checkpointTime)}. Every one of them is listed in
      proof/headers.rows, so that a gap would show. Entries that reached the relay later are not in this snapshot.
    </p>
    <ul>
      ${wholeLines(d).map((line) => markup`<li>${line}</li> `)}
    </ul>
    <p>${WHOLE_LIMIT}</p>

    ${d.remarks.length === 0 ? "" : markup`<h2>${REMARKS_HEAD}</h2><ul>${d.remarks.map((r) => markup`<li>${written(r)}</li> `)}</ul>`}

    <h2>What ties the keys to people</h2>
    <ul>
      ${keyLines(d)}
    </ul>
    <p>
      A signature shows which device key wrote a change, not whose hand held the device. One person could make both sides of a household
      alone. What can bear it out: a key card, the other parent’s own snapshot, or an order that names the keys.
    </p>

    <h2>How to check it without us</h2>
    <p>Unpack the archive, open a terminal in the folder that holds <code>manifest-sha256.txt</code>, and run:</p>
    <pre>
sha256sum -c manifest-sha256.txt
openssl pkeyutl -verify -pubin -inkey signatures/signer.pem -rawin -in manifest-sha256.txt -sigfile signatures/manifest.sig</pre>
    <p>
      On a Mac the first line is <code>shasum -a 256 -c manifest-sha256.txt</code>. The first shows that no file was changed since the
      export; the second that the list was signed by the exporter’s device. The key in signer.pem is
    </p>
    <p class="id">${toHex(idBytes(statement.exporter))}</p>
    <p>
      Ask the exporter for it in another way, and compare. With the program: <code>countersign verify FILE</code>. It derives the record
      from the signed changes in proof/ and compares it with these pages and tables. ${APP_CHECK}
    </p>

    <p>The same signature for <code>ssh-keygen</code>:</p>
    <pre>
ssh-keygen -Y verify -f signatures/allowed_signers -I exporter -n countersign/v1/manifest -s signatures/manifest.sshsig &lt; manifest-sha256.txt</pre>
    <p>
      verify.html beside this page, where it is there, shows the record and checks its signatures when it is opened, without a network. It cannot vouch
      for itself: whoever could alter this snapshot could alter that page.
    </p>
    <p>And with a Python that has PyNaCl, a second program, which checks the signed changes too:</p>
    <pre>
python3 data/proof/verify.py</pre>
    ${stampLine(d)}

    <h2>What this can’t show</h2>
    <ul>
      <li>Whether what people wrote is true, or that anything was read.</li>
      <li>Who held a device when it signed.</li>
      <li>The right time: the author’s clock is the author’s word, and the other times are the word of relay ${d.relay}.</li>
      <li>What was never sent, and what came after the checkpoint.</li>
    </ul>`;
  return page("A snapshot of a shared record", body);
}

const stampLine = ({ statement }: Derived): Html =>
  statement.authority === undefined
    ? markup`<p>No time-stamp authority was asked: this snapshot has no time stamp, and when it was made is the exporter’s word.</p>`
    : markup`<p>
          The time-stamp authority ${written(statement.authority)} was asked to stamp the list. If it answered, its stamp is
          signatures/manifest.tsr; if that file is not there, there is no stamp. With the authority’s certificates:
        </p>
        <pre>openssl ts -verify -data manifest-sha256.txt -in signatures/manifest.tsr -CAfile AUTHORITY.pem</pre>`;

const people = (d: Derived): Html => markup`${d.people.map((p, i) => markup`${i === 0 ? "" : " and "}${written(p.name)}`)}`;

function scopeLines(d: Derived): readonly Html[] {
  const { scope } = d.statement;
  const lines: Html[] = [
    scope.threads === "all"
      ? markup`Messages: all threads.`
      : markup`Messages: ${count(scope.threads.length, "chosen thread", "chosen threads")}.`,
    scope.expenses === "all"
      ? markup`Expenses: all.`
      : scope.expenses === "none"
        ? markup`Expenses: none.`
        : markup`Expenses: ${scope.expenses.length} chosen.`,
    ...childLines(scope, d.unnamed).map((line) => markup`${written(line)}`),
    markup`${daysLine(d)}`,
    scope.settlement === "include"
      ? markup`Settlement talk: included.`
      : markup`Settlement talk: left out, where its author called it that.`,
    scope.files ? markup`Attachments: included.` : markup`Attachments: left out; their SHA-256 stands in the reports.`,
  ];
  for (const [kind, n] of d.leftOut) {
    const [one, many] = KIND_WORDS[kind] ?? ["other change", "other changes"];
    lines.push(markup`Left out by this choice: ${count(n, one, many)}. ${shownToExist(n)}`);
  }
  for (const [author, n] of d.settlement)
    lines.push(markup`Left out as settlement talk of ${written(author)}: ${count(n, "message", "messages")}.`);
  for (const r of redactionsOf(d.redacted, (m) => d.nameOf(m))) {
    const [one, many] = REDACTED_WORDS[r.kind];
    lines.push(markup`Left out one by one by the exporter: ${count(r.count, one, many)} of ${written(r.author)}. ${shownToExist(r.count)}`);
  }
  const redacted = d.files.filter((f) => f.state === "redacted").length;
  if (redacted > 0) lines.push(markup`Left out one by one by the exporter: ${count(redacted, "attachment", "attachments")}.`);
  if (scope.redact) lines.push(markup`The exporter’s reason for what is left out one by one: ${written(scope.redact.reason)}`);
  const missing = d.files.filter((f) => f.state === "missing").length;
  if (missing > 0) lines.push(markup`The exporter’s device did not have ${count(missing, "attachment", "attachments")}.`);
  return lines.map((l) => markup`<li>${l}</li> `);
}

function keyLines(d: Derived): readonly Html[] {
  const lines = d.people.map((p): Html => {
    const keys = d.devices.filter((v) => v.member === p.member).length;
    const compared =
      p.comparedBy.length === 0
        ? markup`nobody noted that these keys were compared`
        : markup`compared, as noted by ${written(p.comparedBy.join("; "))}`;
    return markup`${written(p.name)}: ${count(keys, "device", "devices")}; ${compared}.`;
  });
  return [...lines, markup`The names are those that the exporter uses.`].map((l) => markup`<li>${l}</li> `);
}
