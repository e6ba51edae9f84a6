/** One record, readably. Every text is a text node. */
import { clockFacts } from "@countersign/shared/views/clock";
import type { HistoryRow } from "@countersign/shared/views/history";
import type { ExpenseView, ProofView } from "@countersign/shared/views/record";
import { aboutWords, boundWords, clockWords, hadWords, RELAY_ALONE } from "@countersign/shared/snapshot/words";
import { plainIn } from "@countersign/shared/snapshot/zone";
import { formatMoney } from "../lib/money.ts";
import { t, tOr } from "../words/words.ts";
import { button, h, written } from "./dom.ts";
import type { Row } from "./rows.ts";

/** Characters of one text that are shown at once. */
const LONG = 4_000;

/** What an article is made with. */
export interface Manner {
  readonly zone: string;
  readonly names: ReadonlyMap<string, string>;
  /** Nothing is folded: for paper. */
  readonly whole: boolean;
}

/** A long text is folded: its beginning, and a button for the rest. */
function textOf(text: string, { whole }: Manner): HTMLElement {
  if (whole || text.length <= LONG) return h("p", {}, written(text));
  const box = h("p", {}, written(text.slice(0, LONG)));
  const more = button(t("viewer.more", { count: text.length }), () => box.replaceChildren(written(text)));
  box.append(" … ", more);
  return box;
}

export function article(row: Row, manner: Manner): HTMLElement {
  const { zone, names } = manner;
  const who = written(names.get(row.who) ?? "–");
  if (row.kind === "set-aside") {
    const why = tOr(`reason.${row.change.reason ?? ""}`, "reason.unknown", { reason: row.change.reason ?? "?" });
    return h("article", {}, h("h3", {}, who, `: ${t("viewer.kind.set-aside")}`), h("p", {}, why), setAsideFacts(row.change, zone));
  }
  if (row.kind === "message") {
    const { message } = row;
    return h(
      "article",
      {},
      h("h3", {}, who, row.subject === "" ? null : ": ", row.subject === "" ? null : written(row.subject)),
      aboutOf(row),
      message.settlement ? h("p", { class: "mark" }, t("viewer.settlement")) : null,
      textOf(message.text, manner),
      message.files.length === 0 ? null : h("ul", {}, ...message.files.map((f) => h("li", {}, written(f.name)))),
      proofOf(message.proof, manner, true),
    );
  }
  return expenseOf(row.expense, manner, who, aboutOf(row));
}

/** Which children it is about; nothing where it names none. */
const aboutOf = ({ children }: Row): HTMLElement | null =>
  children ? h("p", { class: "small" }, t("children.about"), " ", written(aboutWords(children))) : null;

function expenseOf(e: ExpenseView, manner: Manner, who: HTMLElement, about: HTMLElement | null): HTMLElement {
  const { names } = manner;
  const amount = formatMoney(e.amount, e.currency);
  const steps = e.steps.map((s) =>
    h(
      "li",
      {},
      t(`act.${s.act}`, { name: names.get(s.member) ?? "–", amount: formatMoney(s.amount ?? e.asked, e.currency) }),
      s.reason === undefined ? null : textOf(s.reason, manner),
      proofOf(s.proof, manner, false),
    ),
  );
  return h(
    "article",
    {},
    h("h3", {}, who, ": ", written(e.title)),
    h("p", {}, t("viewer.asked", { amount, day: e.spent, asked: formatMoney(e.asked, e.currency) })),
    about,
    e.note === undefined ? null : textOf(e.note, manner),
    h("ol", {}, ...steps),
  );
}

/** A clock that is off, in words (rule H4); nothing where it isn't. */
function clockMark(p: Parameters<typeof clockWords>[0]): HTMLElement | null {
  const words = clockWords(p);
  return words === undefined ? null : h("p", { class: "mark" }, words);
}

type Fact = readonly [name: string, value: string];

/** The author's clock, and the relay's interval. */
function timesOf(p: Pick<HistoryRow, "claimed" | "notBefore" | "notAfter">, zone: string): readonly Fact[] {
  const at = (time: number | undefined): string => (time === undefined ? "–" : plainIn(time, zone));
  return [
    [t("viewer.claimed"), at(p.claimed)],
    [t("viewer.logged"), `${at(p.notBefore)} – ${at(p.notAfter)}`],
  ];
}

const listOf = (facts: readonly Fact[]): HTMLElement =>
  h("dl", { class: "small" }, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));

const deviceOf = (device: string, entry: string): readonly HTMLElement[] => [
  h("dt", {}, t("viewer.device")),
  h("dd", { class: "id" }, device),
  h("dt", {}, ""),
  h("dd", { class: "id" }, entry),
];

function setAsideFacts(change: HistoryRow, zone: string): HTMLElement {
  const { claimed, notBefore, notAfter, device, seq } = change;
  const list = listOf(timesOf(change, zone));
  list.append(...deviceOf(device ?? "–", t("viewer.entry.bare", { seq: seq ?? 0 })));
  const isTimed = claimed !== undefined && notAfter !== undefined;
  return h("div", {}, isTimed ? clockMark(clockFacts(claimed, notBefore, notAfter)) : null, list);
}

function proofOf(p: ProofView, { zone, names }: Manner, withReceipts: boolean): HTMLElement {
  const receipt = (time: number | undefined): string => (time === undefined ? t("viewer.noReceipt") : plainIn(time, zone));
  const list = listOf([
    ...timesOf(p, zone),
    ...(withReceipts ? [[t("viewer.delivered"), receipt(p.deliveredBy)] as const, [t("viewer.viewed"), receipt(p.viewedAt)] as const] : []),
  ]);
  const had = hadWords(p, (m) => names.get(m) ?? "–", zone);
  // Whoever anchors chooses the names; so does whoever exports.
  if (had !== undefined) list.append(h("dt", {}, t("viewer.had")), h("dd", {}, written(had), ". ", t("proof.had.not")));
  list.append(h("dt", {}, t("viewer.others")), h("dd", {}, written(boundWords(p, zone).join("; ") || RELAY_ALONE)));
  list.append(...deviceOf(p.device, t("viewer.entry", { seq: p.seq ?? 0, hash: p.hash })));
  return h("div", {}, clockMark(p), list);
}
