/** The verdict in its three parts, then every check with what it shows (rule S7). */
import { factsOf, type CheckState, type SnapshotReport, type VerdictView } from "@countersign/shared/views/snapshot";
import { plainIn } from "@countersign/shared/snapshot/zone";
import { hasWords, t, tOr } from "../words/words.ts";
import { h, written } from "./dom.ts";

const PARTS = ["unchanged", "complete", "keys"] as const satisfies readonly (keyof VerdictView)[];
const MARK: Readonly<Record<CheckState, string>> = { good: "✓", remarks: "!", failed: "✗" };

export function verdictOf(report: Pick<SnapshotReport, "verdict" | "zone">, title: string): HTMLElement {
  const { verdict } = report;
  const parts = PARTS.map((part) => {
    const { state } = verdict[part];
    return h(
      "div",
      { class: "part", "data-state": state },
      h("strong", {}, `${MARK[state]} ${t(`verify.part.${part}`)}: ${t(`verify.state.${state}`)}`),
      h("p", {}, t(`verify.part.${part}.${state}`)),
    );
  });
  return h(
    "div",
    {},
    h("section", { "aria-labelledby": "verdict" }, h("h2", { id: "verdict" }, title), h("div", { role: "status" }, ...parts)),
    h(
      "section",
      { "aria-labelledby": "facts" },
      h("h2", { id: "facts" }, t("verify.facts")),
      h(
        "dl",
        { class: "facts" },
        ...factsOf(verdict.facts).flatMap((shown) => [
          h("dt", {}, t(`fact.${shown.fact}`)),
          h("dd", {}, "moment" in shown ? plainIn(shown.moment, report.zone) : written(shown.text)),
        ]),
      ),
    ),
    h(
      "section",
      { "aria-labelledby": "checked" },
      h("h2", { id: "checked" }, t("verify.checked")),
      ...PARTS.map((part) => checksOf(verdict, part)),
    ),
    h("section", { "aria-labelledby": "cant" }, h("h2", { id: "cant" }, t("verify.cant")), h("p", {}, t("verify.cant.text"))),
  );
}

function checksOf(verdict: VerdictView, part: (typeof PARTS)[number]): HTMLElement {
  const items = verdict[part].checks.map((check) => {
    const cant = `cant.${check.key}`;
    return h(
      "li",
      { "data-state": check.state },
      h("span", { class: "state" }, `${MARK[check.state]} ${t(`verify.state.${check.state}`)}: `),
      written(tOr(`check.${check.key}`, "check.unknown", { key: check.key, ...check.values })),
      hasWords(cant) ? h("span", { class: "small" }, " ", t(cant)) : null,
      check.where === undefined ? null : h("span", { class: "small" }, " ", written(t("verify.where", { where: check.where }))),
    );
  });
  return h("div", {}, h("h3", {}, t(`verify.part.${part}`)), h("ul", { class: "checks" }, ...items));
}
