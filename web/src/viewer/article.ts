/** One record, readably. Every text is a text node. */
import type { ExpenseView, ProofView } from "@countersign/shared/views/record";
import { boundWords, RELAY_ALONE } from "@countersign/shared/snapshot/words";
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
    return h(
      "article",
      {},
      h("h3", {}, who, `: ${t("viewer.kind.set-aside")}`),
      h("p", {}, why),
      h("p", { class: "small" }, plainIn(row.at, zone)),
    );
  }
  if (row.kind === "message") {
    const { message } = row;
    return h(
      "article",
      {},
      h("h3", {}, who, row.subject === "" ? null : ": ", row.subject === "" ? null : written(row.subject)),
      message.settlement ? h("p", { class: "mark" }, t("viewer.settlement")) : null,
      textOf(message.text, manner),
      message.files.length === 0 ? null : h("ul", {}, ...message.files.map((f) => h("li", {}, written(f.name)))),
      proofOf(message.proof, zone, true),
    );
  }
  return expenseOf(row.expense, manner, who);
}

function expenseOf(e: ExpenseView, manner: Manner, who: HTMLElement): HTMLElement {
  const { zone, names } = manner;
  const amount = formatMoney(e.amount, e.currency);
  const steps = e.steps.map((s) =>
    h(
      "li",
      {},
      t(`act.${s.act}`, { name: names.get(s.member) ?? "–", amount: formatMoney(s.amount ?? e.asked, e.currency) }),
      s.reason === undefined ? null : textOf(s.reason, manner),
      proofOf(s.proof, zone, false),
    ),
  );
  return h(
    "article",
    {},
    h("h3", {}, who, ": ", written(e.title)),
    h("p", {}, t("viewer.asked", { amount, day: e.spent, asked: formatMoney(e.asked, e.currency) })),
    e.note === undefined ? null : textOf(e.note, manner),
    h("ol", {}, ...steps),
  );
}

function proofOf(p: ProofView, zone: string, withReceipts: boolean): HTMLElement {
  const at = (time: number | undefined): string => (time === undefined ? "–" : plainIn(time, zone));
  const facts: (readonly [string, string])[] = [
    [t("viewer.claimed"), at(p.claimed)],
    [t("viewer.logged"), `${at(p.notBefore)} – ${at(p.notAfter)}`],
  ];
  if (withReceipts) {
    facts.push([t("viewer.delivered"), p.deliveredBy === undefined ? t("viewer.noReceipt") : at(p.deliveredBy)]);
    facts.push([t("viewer.viewed"), p.viewedAt === undefined ? t("viewer.noReceipt") : at(p.viewedAt)]);
  }
  const list = h("dl", { class: "small" }, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
  // Whoever anchors chooses the names.
  list.append(h("dt", {}, t("viewer.others")), h("dd", {}, written(boundWords(p, zone).join("; ") || RELAY_ALONE)));
  const entry = t("viewer.entry", { seq: p.seq ?? 0, hash: p.hash });
  list.append(h("dt", {}, t("viewer.device")), h("dd", { class: "id" }, p.device), h("dt", {}, ""), h("dd", { class: "id" }, entry));
  return list;
}
