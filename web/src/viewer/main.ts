/** The program inside data/verify.html: the same verifier as everywhere, over the proof that the page holds, or over the whole file once it is chosen. */
import * as A from "@automerge/automerge/slim";
import wasm from "@automerge/automerge/automerge.wasm?url";
import { fromBase64 } from "@countersign/shared/base/bytes";
import { initCrypto } from "@countersign/shared/crypto/init";
import type { SnapshotReport } from "@countersign/shared/replica/api";
import { sourceOfBlob } from "@countersign/shared/snapshot/blob-io";
import type { Job } from "@countersign/shared/snapshot/source";
import { inspectProof, verifySnapshot } from "@countersign/shared/snapshot/verify";
import { openFilling } from "@countersign/shared/snapshot/viewer";
import { t } from "../words/words.ts";
import { button, h } from "./dom.ts";
import { recordOf } from "./record.ts";
import { verdictOf } from "./verdict.ts";

const main = h("main", {}, h("h1", {}, t("viewer.title")), h("p", { class: "self" }, t("viewer.self")));
const place = h("div", {});

/** Runs with progress and a stop button in the place of the result. The check yields every few hundredths of a second, so the page stays alive. */
async function working<T>(title: string, run: (job: Job) => Promise<T>): Promise<T> {
  const bar = h("progress", { max: "1", value: "0", "aria-label": title });
  const state = { cancelled: false };
  const stop = button(t("viewer.stop"), () => {
    state.cancelled = true;
  });
  place.replaceChildren(h("p", { role: "status" }, title), bar, stop);
  return run({
    progress: (done, of) => {
      bar.value = of === 0 ? 1 : done / of;
    },
    cancelled: () => state.cancelled,
    pause: () => new Promise((done) => setTimeout(done, 0)),
  });
}

function show(report: SnapshotReport, title: string): void {
  place.replaceChildren(verdictOf(report, title), recordOf(report));
}

const say = (text: string): void => {
  place.replaceChildren(h("p", { role: "alert", class: "part", "data-state": "failed" }, text));
};

async function checkInside(): Promise<void> {
  const filling = document.getElementById("bundle")?.textContent ?? "";
  const zip = await openFilling(filling.trim());
  const report = zip && (await working(t("viewer.working"), (job) => inspectProof(zip, job)));
  if (report?.ok) show(report.value, t("viewer.of.inside"));
  else say(report?.error.code === "cancelled" ? t("error.cancelled") : t("viewer.broken"));
}

async function checkWhole(file: File): Promise<void> {
  const report = await working(t("viewer.checkingWhole"), (job) => verifySnapshot(sourceOfBlob(file), job));
  if (report.ok) show(report.value, t("viewer.of.whole", { name: file.name }));
  else say(t(`error.${report.error.code}`));
}

function wholeForm(): HTMLElement {
  const input = h("input", { type: "file", id: "whole", accept: ".zip,application/zip" });
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    if (file) void checkWhole(file);
  });
  return h(
    "div",
    { class: "no-print" },
    h("label", { for: "whole" }, t("viewer.whole"), input),
    h("p", { class: "small" }, t("viewer.whole.text")),
  );
}

async function start(): Promise<void> {
  document.body.prepend(main);
  main.append(wholeForm(), place);
  place.replaceChildren(h("p", { role: "status" }, t("viewer.working")));
  await initCrypto();
  const bytes = fromBase64(wasm.slice(wasm.indexOf(",") + 1));
  if (!bytes) throw new Error("the page was built without Automerge");
  await A.initializeWasm(bytes);
  await checkInside();
}

void start().catch(() => {
  say(t("viewer.broken"));
});
