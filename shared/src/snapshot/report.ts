import type { ExpenseView, FileView, MessageView, ProofView } from "../views/record.ts";
import { fileAt, type Derived } from "./derive.ts";
import { markup, pagePieces, table, tableParts, written, type Html } from "./html.ts";
import { PATH } from "./paths.ts";
import { mappedRows, type Pieces } from "./pieces.ts";
import { redactedInThreads, threadsLeftOut, type Redacted } from "./redaction.ts";
import { itemsAt, ThreadPlaces } from "./thread-places.ts";
import {
  aboutWords,
  ACT_WORDS,
  boundWords,
  clockWords,
  deliveryWords,
  HAD_LIMIT,
  hadWords,
  money,
  NONE_SHOWN,
  percent,
  redactedWords,
  STATE_WORDS,
} from "./words.ts";
import { plainIn } from "./zone.ts";

/** The pages for people. No script, no picture, nothing from outside; the time zone stands on each (rule S4). */
export function reports(d: Derived): readonly (readonly [string, Pieces])[] {
  return [
    [PATH.messages, pagePieces("Messages", messagesPage(d))],
    [PATH.expenses, pagePieces("Expenses", expensesPage(d))],
  ];
}

/** A line may end between day and time, and nowhere else. */
export function clock(d: Derived, t: number | undefined): Html {
  if (t === undefined) return markup`–`;
  const [weekday = "", day = "", ...time] = plainIn(t, d.statement.zone).split(" ");
  return markup`<time datetime="${new Date(t).toISOString()}"><span class="n">${weekday} ${day}</span> <span class="n">${time.join(" ")}</span></time>`;
}

const zoneLine = (d: Derived): Html =>
  markup`<p class="zone">
    Times are shown in ${d.statement.zone}. ‘Author’s clock’ is what the author’s device said. ‘Logged’ lies between the two times of relay
    ${d.relay}, which are that relay’s word. What is below them is what others say: witnesses that signed the log, and authorities that stamped it,
    each by its own clock. Where nothing is below them, nobody but the relay vouches for these times.
  </p>`;

const between = (d: Derived, p: ProofView): Html =>
  markup`${clock(d, p.notBefore)}<br />to ${clock(d, p.notAfter)}${boundWords(p, d.statement.zone).map((words) => markup`<div class="zone">${written(words)}</div>`)}`;

/** A clock that is off; nothing where it isn't. */
function clockMark(p: ProofView): Html {
  const words = clockWords(p);
  return words === undefined ? markup`` : markup`<div class="mark">${words}</div>`;
}

/** What shows that another's device had it; nothing where nothing does. */
function had(d: Derived, p: ProofView): Html {
  const words = hadWords(p, (m) => d.nameOf(m), d.statement.zone);
  return words === undefined ? markup`` : markup`<div class="zone">${written(words)}</div>`;
}

function files(d: Derived, hash: string, views: readonly FileView[]): Html {
  const items = views.map((_, i): Html => {
    const file = d.filesOf.get(hash)?.[i];
    const named = file && fileAt(d, file);
    if (!file || !named) return markup``;
    const label =
      named.state === "here"
        ? markup`<a href="../${named.path.slice("data/".length)}">${written(file.name)}</a>`
        : markup`${written(file.name)} (${named.state === "redacted" ? "left out by the exporter" : "not in this bundle"})`;
    return markup`<li>${label}, ${file.size} bytes<br /><span class="id">SHA-256 ${file.hash}</span></li>`;
  });
  return items.length === 0
    ? markup``
    : markup`<ul>
        ${items}
      </ul>`;
}

/** What the exporter left out of a thread, or of the expenses, one by one; nothing where that is nothing. */
function redactions(d: Derived, list: readonly Redacted[]): Html {
  if (list.length === 0) return markup``;
  const items = list.map((r) => markup`<li>of ${written(d.nameOf(r.member))}: ${redactedWords(r, d.statement.zone)}</li>`);
  return markup`<p class="mark">Left out here one by one by the exporter, whose reason stands in START-HERE.html:</p>
    <ul>
      ${items}
    </ul>`;
}

function messageRow(d: Derived, m: MessageView, n: number, places: ThreadPlaces): readonly (string | number | Html)[] {
  const words = deliveryWords(m.proof, d.statement.zone);
  const marks = [
    m.reply === undefined ? markup`` : markup`<div class="zone">answers no. ${places.numberOf(m.reply) ?? "– (not included)"}</div>`,
    m.settlement ? markup`<div class="mark">The author called this settlement talk: a claim of the author.</div>` : markup``,
    clockMark(m.proof),
  ];
  return [
    n,
    markup`${written(d.nameOf(m.author))}<br /><span class="id">device ${m.proof.device.slice(0, 16)}…</span>`,
    markup`<div class="t">${marks}${written(m.text)}${files(d, m.proof.hash, m.files)}
      <div class="id">entry ${m.proof.seq ?? 0} · change ${m.proof.hash}</div></div>`,
    clock(d, m.proof.claimed),
    between(d, m.proof),
    markup`${words.delivered}${had(d, m.proof)}`,
    words.viewed,
  ];
}

const HEAD = ["No.", "Author", "Message", "Author’s clock", "Logged, by the relay", "Delivered to the other’s device", "Viewed"];

/** Which children it is about; nothing where it names none. */
const aboutLine = ({ children }: Pick<ExpenseView, "children">): Html =>
  children ? markup`<p>About: ${written(aboutWords(children))}</p>` : markup``;

async function* messagesPage(d: Derived): AsyncGenerator<Html, void, undefined> {
  const places = await ThreadPlaces.of(d.messages);
  const redacted = redactedInThreads(d.redacted);
  yield markup`<h1>Messages</h1>
    ${zoneLine(d)}
    <p>‘No receipt’ means that no device of the other parent sent one. It does not mean that a message was not seen. ${HAD_LIMIT}</p>
    ${d.threads.length === 0 ? markup`<p>No messages are in this snapshot.</p>` : markup``} `;
  for await (const t of d.threads) {
    yield markup`<h2>${t.subject === "" ? markup`A thread whose first message is not included` : written(t.subject)}</h2>
      ${aboutLine(t)}
      <p class="id">thread ${t.id} · messages shown: ${t.count}</p>
      ${redactions(d, redacted.get(t.id) ?? [])} `;
    yield* tableParts(
      HEAD,
      mappedRows(itemsAt(d.messages, places.placesIn(t.id)), (m) => messageRow(d, m, places.numberOf(m.id) ?? 0, places)),
    );
    yield markup` `;
  }
  for (const [thread, list] of await threadsLeftOut(redacted, d.threads))
    yield markup`<h2>${NONE_SHOWN}</h2>
      <p class="id">thread ${thread} · messages shown: 0</p>
      ${redactions(d, list)} `;
}

function expenseSection(d: Derived, e: ExpenseView, n: number): Html {
  const steps = e.steps.map((s): readonly (string | number | Html)[] => [
    markup`${written(d.nameOf(s.member))}
    ${ACT_WORDS[s.act]}${s.amount === undefined ? markup`` : markup`: <span class="n">${money(s.amount, e.currency)}</span>`}`,
    markup`<div class="t">${clockMark(s.proof)}${s.reason === undefined ? markup`` : written(s.reason)}${s.method === undefined ? markup`` : markup` by ${written(s.method)}`}${files(d, s.hash, s.act === "submit" ? e.files : s.files)}
      <div class="id">entry ${s.proof.seq ?? 0} · change ${s.hash} · device ${s.proof.device.slice(0, 16)}…</div></div>`,
    clock(d, s.proof.claimed),
    between(d, s.proof),
    s.proof.had ? had(d, s.proof) : "not shown",
  ]);
  return markup`<h2>${n}. ${written(e.title)}</h2>
    <p>
      ${written(d.nameOf(e.author))} spent <span class="n">${money(e.amount, e.currency)}</span> on ${e.spent} (${written(e.category)}) and
      asks the other parent for ${percent(e.share)}: <span class="n">${money(e.asked, e.currency)}</span>. State: ${STATE_WORDS[e.state]}.
    </p>
    ${aboutLine(e)}${e.note === undefined ? markup`` : markup`<p>${written(e.note)}</p>`}
    ${e.crossed ? markup`<p class="mark">Two acts crossed: neither knew of the other. Both are shown; the later one in the log decides.</p>` : markup``}
    ${table(["Step", "Details", "Author’s clock", "Logged, by the relay", "The other’s device had it"], steps)} `;
}

async function* expensesPage(d: Derived): AsyncGenerator<Html, void, undefined> {
  yield markup`<h1>Expenses</h1>
    ${zoneLine(d)}
    <p>${HAD_LIMIT}</p>
    ${d.expenses.length === 0 ? markup`<p>No expenses are in this snapshot.</p>` : markup``}
    ${redactions(
      d,
      d.redacted.filter((r) => r.kind === "expense"),
    )} `;
  yield* mappedRows(d.expenses, (e, i) => expenseSection(d, e, i + 1));
}
