/** The program inside data/verify.html: the same verifier as everywhere, over the proof that the page holds, or over the whole file once it is chosen. */
import { t } from "../words/words.ts";
import { button, h } from "./dom.ts";
import { handsOf, serveHands, type Hands } from "./hands.ts";
import { RecordList } from "./record.ts";
import { verdictOf } from "./verdict.ts";
import type { Answer, Ask } from "./work.ts";

class ViewerPage {
  readonly #main = h("main", {}, h("h1", {}, t("viewer.title")), h("p", { class: "self" }, t("viewer.self")));
  readonly #place = h("div", {});
  readonly #bar = h("progress", { max: "1", value: "0" });
  #hands: Hands | undefined;
  #job = 0;
  #title = "";
  #again: () => void = () => undefined;
  #record: RecordList | undefined;

  async start(script: string): Promise<void> {
    document.body.prepend(this.#main);
    this.#main.append(this.#wholeForm(), this.#place);
    this.#place.replaceChildren(h("p", { role: "status" }, t("viewer.working")));
    this.#hands = await handsOf(script, (answer) => this.#hear(answer));
    this.#checkInside();
  }

  #checkInside(): void {
    const filling = document.getElementById("bundle")?.textContent.trim() ?? "";
    this.#begin(t("viewer.working"), t("viewer.of.inside"), (job) => ({ t: "inside", job, filling }));
  }

  #checkWhole(file: File): void {
    this.#begin(t("viewer.checkingWhole"), t("viewer.of.whole", { name: file.name }), (job) => ({ t: "whole", job, file }));
  }

  #begin(doing: string, title: string, ask: (job: number) => Ask): void {
    this.#again = () => this.#begin(doing, title, ask);
    this.#title = title;
    this.#record?.close();
    this.#record = undefined;
    this.#bar.value = 0;
    this.#bar.setAttribute("aria-label", doing);
    const stop = button(t("viewer.stop"), () => this.#hands?.ask({ t: "stop" }));
    this.#place.replaceChildren(h("p", { role: "status" }, doing), this.#bar, h("div", {}, stop));
    this.#hands?.ask(ask(++this.#job));
  }

  #hear(answer: Answer): void {
    if ("job" in answer && answer.job !== this.#job) return;
    switch (answer.t) {
      case "progress":
        this.#bar.value = answer.of === 0 ? 1 : answer.done / answer.of;
        return;
      case "report": {
        const { report } = answer;
        const record = new RecordList(report, (n, filter) => this.#hands?.ask({ t: "find", n, filter }));
        this.#record = record;
        this.#place.replaceChildren(verdictOf(report, this.#title), record.element);
        return;
      }
      case "rows":
        this.#record?.add(answer.rows);
        return;
      case "shown":
        this.#record?.show();
        return;
      case "found":
        this.#record?.found(answer.n, answer.places);
        return;
      case "failed":
        this.#say(answer.code === "broken" ? t("viewer.broken") : t(`error.${answer.code}`), answer.code === "cancelled");
        return;
      case "ready":
    }
  }

  #say(text: string, mayStartAgain: boolean): void {
    const alert = h("p", { role: "alert", class: "part", "data-state": mayStartAgain ? "remarks" : "failed" }, text);
    this.#place.replaceChildren(alert, ...(mayStartAgain ? [button(t("viewer.again"), () => this.#again())] : []));
  }

  #wholeForm(): HTMLElement {
    const input = h("input", { type: "file", id: "whole", accept: ".zip,application/zip" });
    input.addEventListener("change", () => {
      const [file] = input.files ?? [];
      if (file) this.#checkWhole(file);
    });
    return h(
      "div",
      { class: "no-print" },
      h("label", { for: "whole" }, t("viewer.whole"), input),
      h("p", { class: "small" }, t("viewer.whole.text")),
    );
  }
}

// The same script is the page's and the worker's: a page from a folder has nothing else to make one from.
if (typeof document === "undefined") serveHands();
else {
  const script = document.currentScript?.textContent ?? "";
  void new ViewerPage().start(script);
}
