/** The record, readably: filter, search, pages of a hundred, so that ten years stay light. */
import type { ExpenseView, ProofView, SnapshotReport } from "@countersign/shared/replica/api";
import { plainIn } from "@countersign/shared/snapshot/zone";
import { formatMoney } from "../lib/money.ts";
import { t, tOr } from "../words/words.ts";
import { button, h, written } from "./dom.ts";
import { matching, rowsOf, type Filter, type Row } from "./rows.ts";

const PAGE = 100;
/** Characters of one text that are shown at once. */
const LONG = 4_000;

export function recordOf(report: SnapshotReport): HTMLElement {
  const rows = rowsOf(report);
  const names = new Map<string, string>(report.people.map((p) => [p.member, p.name]));
  const list = h("div", { class: "rows" });
  const count = h("p", { role: "status" });
  const state: { filter: Filter; page: number } = { filter: { kind: "all", person: "", text: "" }, page: 0 };
  const pager = h("nav", { "aria-label": t("verify.record"), class: "bar no-print" });

  const draw = (): void => {
    const found = matching(rows, state.filter);
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    count.textContent = t("viewer.count", { count: found.length });
    list.replaceChildren(...found.slice(state.page * PAGE, (state.page + 1) * PAGE).map((r) => article(r, report.zone, names)));
    const previous = button(t("viewer.previous"), () => turn(-1));
    const next = button(t("viewer.next"), () => turn(1));
    previous.disabled = state.page === 0;
    next.disabled = state.page >= pages - 1;
    pager.replaceChildren(previous, h("span", {}, t("viewer.page", { page: state.page + 1, pages })), next);
  };
  const turn = (by: number): void => {
    state.page += by;
    draw();
    count.scrollIntoView();
  };
  const set = (change: Partial<Filter>): void => {
    state.filter = { ...state.filter, ...change };
    state.page = 0;
    draw();
  };
  const search = h("input", { type: "search", id: "search", autocomplete: "off" });
  search.addEventListener("input", () => set({ text: search.value }));
  const kind = choice("kind", ["all", "message", "expense", "set-aside"], (k) => t(`viewer.kind.${k}`));
  kind.addEventListener("change", () => set({ kind: kind.value as Filter["kind"] }));
  const people = ["", ...names.keys()];
  const person = choice("person", people, (m) => (m === "" ? t("viewer.person.all") : (names.get(m) ?? m)));
  person.addEventListener("change", () => set({ person: person.value }));
  draw();
  return h(
    "section",
    { "aria-labelledby": "record" },
    h("h2", { id: "record" }, t("verify.record")),
    h(
      "div",
      { class: "bar no-print" },
      h("label", { for: "search" }, t("viewer.search"), search),
      h("label", { for: "kind" }, t("viewer.kind"), kind),
      h("label", { for: "person" }, t("viewer.person"), person),
      button(t("viewer.print"), () => window.print()),
    ),
    count,
    list,
    pager,
  );
}

function choice<K extends string>(id: string, values: readonly K[], label: (value: K) => string): HTMLSelectElement {
  return h("select", { id }, ...values.map((value) => h("option", { value }, label(value))));
}

/** A long text is folded: its beginning, and a button for the rest. */
function textOf(text: string): HTMLElement {
  if (text.length <= LONG) return h("p", {}, written(text));
  const box = h("p", {}, written(text.slice(0, LONG)));
  const more = button(t("viewer.more", { count: text.length }), () => box.replaceChildren(written(text)));
  box.append(" … ", more);
  return box;
}

function article(row: Row, zone: string, names: ReadonlyMap<string, string>): HTMLElement {
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
      textOf(message.text),
      message.files.length === 0 ? null : h("ul", {}, ...message.files.map((f) => h("li", {}, written(f.name)))),
      proofOf(message.proof, zone, true),
    );
  }
  return expenseOf(row.expense, zone, names, who);
}

function expenseOf(e: ExpenseView, zone: string, names: ReadonlyMap<string, string>, who: HTMLElement): HTMLElement {
  const amount = formatMoney(e.amount, e.currency);
  const steps = e.steps.map((s) =>
    h(
      "li",
      {},
      t(`act.${s.act}`, { name: names.get(s.member) ?? "–", amount: formatMoney(s.amount ?? e.asked, e.currency) }),
      s.reason === undefined ? null : textOf(s.reason),
      proofOf(s.proof, zone, false),
    ),
  );
  return h(
    "article",
    {},
    h("h3", {}, who, ": ", written(e.title)),
    h("p", {}, t("viewer.asked", { amount, day: e.spent, asked: formatMoney(e.asked, e.currency) })),
    e.note === undefined ? null : textOf(e.note),
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
  facts.push([t("viewer.device"), p.device]);
  const list = h("dl", { class: "small" }, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
  list.append(h("dt", {}, ""), h("dd", {}, t("viewer.entry", { seq: p.seq ?? 0, hash: p.hash })));
  return list;
}
