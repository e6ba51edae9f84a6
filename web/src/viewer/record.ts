/** The record: what is looked for, and the rows that fit, of which only those in sight exist; on paper all of them. */
import { showUnseen } from "@countersign/shared/base/unseen";
import { t } from "../words/words.ts";
import { article, type Manner } from "./article.ts";
import { button, h } from "./dom.ts";
import { EVERYTHING, type Filter, type Row } from "./rows.ts";
import { VirtualRows } from "./virtual.ts";
import type { Summary } from "./work.ts";

/** Characters of a thread's subject in the list of threads. */
const SUBJECT = 80;
/** Records that are laid out for paper between two rests. */
const PART = 50;

export class RecordList {
  readonly element: HTMLElement;
  readonly #report: Summary;
  readonly #manner: Manner;
  readonly #find: (n: number, filter: Filter) => void;
  readonly #rows: Row[] = [];
  readonly #list: VirtualRows;
  readonly #count = h("p", { role: "status", class: "no-print" });
  readonly #chosen = h("p", { class: "print-only" });
  readonly #paper = h("div", { class: "print-only paper" });
  #filter = EVERYTHING;
  #asked = 0;
  #places: Uint32Array = new Uint32Array();
  #onPaper = false;

  /** @param find asks for the places of the rows that a filter lets through; they come back with the number to `found` */
  constructor(report: Summary, find: (n: number, filter: Filter) => void) {
    this.#report = report;
    this.#find = find;
    const names = new Map<string, string>(report.people.map((p) => [p.member, p.name]));
    this.#manner = { zone: report.zone, names, whole: false };
    this.#list = new VirtualRows(t("verify.record"), (place) => this.#article(place, this.#manner));
    this.element = h(
      "section",
      { "aria-labelledby": "record" },
      h("h2", { id: "record" }, t("verify.record")),
      h("p", { class: "small" }, t("viewer.times", { zone: report.zone })),
      this.#bar(),
      this.#count,
      this.#chosen,
      h("div", { class: "no-print" }, this.#list.element),
      this.#paper,
    );
    this.#count.textContent = t("viewer.reading");
    addEventListener("beforeprint", this.#beforePrint);
    addEventListener("afterprint", this.#afterPrint);
  }

  /** Further rows. */
  add(rows: readonly Row[]): void {
    this.#rows.push(...rows);
  }

  /** All rows are here. */
  show(): void {
    this.#set({});
  }

  found(n: number, places: Uint32Array): void {
    if (n !== this.#asked) return;
    this.#places = places;
    this.#count.textContent = t("viewer.count", { count: places.length });
    this.#list.show(places);
  }

  close(): void {
    removeEventListener("beforeprint", this.#beforePrint);
    removeEventListener("afterprint", this.#afterPrint);
    this.#list.close();
  }

  #set(change: Partial<Filter>): void {
    this.#filter = { ...this.#filter, ...change };
    if (this.#rows.length === this.#report.records) this.#find(++this.#asked, this.#filter);
  }

  #article(place: number, manner: Manner): HTMLElement {
    const row = this.#rows[place];
    return row ? article(row, manner) : h("article", {});
  }

  #bar(): HTMLElement {
    const { names } = this.#manner;
    const search = h("input", { type: "search", id: "search", autocomplete: "off" });
    search.addEventListener("input", () => this.#set({ text: search.value }));
    const kinds = ["all", "message", "expense", "set-aside"] as const;
    const kind = choice("kind", kinds, (k) => t(`viewer.kind.${k}`));
    kind.addEventListener("change", () => this.#set({ kind: kinds.find((k) => k === kind.value) ?? "all" }));
    const person = choice("person", ["", ...names.keys()], (m) => (m === "" ? t("viewer.person.all") : this.#name(m)));
    person.addEventListener("change", () => this.#set({ person: person.value }));
    const child = choice("child", ["", ...this.#report.children], (name) => (name === "" ? t("children.all") : name));
    child.addEventListener("change", () => this.#set({ child: child.value }));
    const threads = new Map(this.#report.threads.map(({ id, subject }) => [id, subject]));
    const thread = choice("thread", ["", ...threads.keys()], (id) => (id === "" ? t("viewer.thread.all") : subjectOf(threads.get(id))));
    thread.addEventListener("change", () => this.#set({ thread: thread.value }));
    const from = h("input", { type: "date", id: "from" });
    from.addEventListener("change", () => this.#set({ from: from.value }));
    const to = h("input", { type: "date", id: "to" });
    to.addEventListener("change", () => this.#set({ to: to.value }));
    const all = button(t("viewer.clear"), () => {
      for (const field of [search, kind, person, child, thread, from, to]) field.value = field === kind ? "all" : "";
      this.#set(EVERYTHING);
    });
    return h(
      "div",
      { class: "bar no-print" },
      h("label", { for: "search" }, t("viewer.search"), search),
      h("label", { for: "kind" }, t("viewer.kind"), kind),
      h("label", { for: "person" }, t("viewer.person"), person),
      this.#report.children.length === 0 ? null : h("label", { for: "child" }, t("children.filter"), child),
      h("label", { for: "thread" }, t("viewer.thread"), thread),
      h("label", { for: "from" }, t("viewer.from"), from),
      h("label", { for: "to" }, t("viewer.to"), to),
      all,
      button(t("viewer.print"), () => void this.#print()),
    );
  }

  #name(member: string): string {
    return showUnseen(this.#manner.names.get(member) ?? member);
  }

  /** What was chosen, for whoever holds the paper. */
  #said(): string {
    const { kind, person, child, thread, from, to, text } = this.#filter;
    const parts = [
      kind === "all" ? "" : `${t("viewer.kind")}: ${t(`viewer.kind.${kind}`)}`,
      person === "" ? "" : `${t("viewer.person")}: ${this.#name(person)}`,
      child === "" ? "" : `${t("children.filter")}: ${child}`,
      thread === "" ? "" : `${t("viewer.thread")}: ${subjectOf(this.#report.threads.find(({ id }) => id === thread)?.subject)}`,
      from === "" ? "" : `${t("viewer.from")}: ${from}`,
      to === "" ? "" : `${t("viewer.to")}: ${to}`,
      text.trim() === "" ? "" : `${t("viewer.search")}: ${showUnseen(text.trim())}`,
    ].filter((part) => part !== "");
    const count = t("viewer.printed", { count: this.#places.length, all: this.#rows.length });
    return [count, ...parts].join(" · ");
  }

  /** Lays out every chosen record, resting in between, and then opens the browser's own window. */
  async #print(): Promise<void> {
    this.#count.textContent = t("viewer.preparing", { count: this.#places.length });
    const wanted = this.#asked;
    this.#paper.replaceChildren();
    for (let from = 0; from < this.#places.length; from += PART) {
      await new Promise((done) => setTimeout(done, 0));
      if (wanted !== this.#asked) return;
      this.#lay(from, from + PART);
    }
    this.#onPaper = true;
    print();
  }

  #lay(from: number, to: number): void {
    const manner = { ...this.#manner, whole: true };
    this.#paper.append(...Array.from(this.#places.subarray(from, to), (place) => this.#article(place, manner)));
  }

  /** Also when the person uses the browser's own command: then there is no time to rest. */
  readonly #beforePrint = (): void => {
    this.#chosen.textContent = this.#said();
    if (this.#onPaper) return;
    this.#paper.replaceChildren();
    this.#lay(0, this.#places.length);
    this.#onPaper = true;
  };

  readonly #afterPrint = (): void => {
    this.#paper.replaceChildren();
    this.#onPaper = false;
    this.#count.textContent = t("viewer.count", { count: this.#places.length });
  };
}

function subjectOf(subject = ""): string {
  const shown = showUnseen(subject === "" ? t("viewer.thread.none") : subject);
  return shown.length > SUBJECT ? `${shown.slice(0, SUBJECT)}…` : shown;
}

function choice<K extends string>(id: string, values: readonly K[], label: (value: K) => string): HTMLSelectElement {
  return h("select", { id }, ...values.map((value) => h("option", { value }, label(value))));
}
