import { setImmediate as nextTurn } from "node:timers/promises";
import type { OpenerFiles } from "./opener.ts";
import { plainOf } from "./plain.ts";
import { hashOf } from "../../src/snapshot/bag.ts";
import { readViewer } from "../viewer.ts";
import { initCrypto } from "../../src/crypto/init.ts";
import type { CheckView, VerdictView } from "../../src/views/snapshot.ts";
import { SNAPSHOT_SENTENCES, type SnapshotError } from "../../src/snapshot/codes.ts";
import { limitOf, sentenceOf } from "../../src/snapshot/checks.ts";
import { inspectSnapshot, type SnapshotSummary } from "../../src/snapshot/verify.ts";
import { plainIn } from "../../src/snapshot/zone.ts";
import { initAutomergeNode } from "../automerge.ts";
import { nodePages } from "../pdf-ports.ts";
import { fileSentence } from "./file-words.ts";
import { openFileSource } from "../file-io.ts";
import { withScratch } from "../scratch.ts";
import { endProgress, EXIT, progressOn, type Io } from "./io.ts";
import { onOneLine } from "../../src/base/unseen.ts";

/** `countersign verify FILE`: exit 0 nothing failed, 1 something failed, 2 cannot be read. */
export async function verifyCommand(path: string, asJson: boolean, io: Io, files: OpenerFiles = {}): Promise<number> {
  const file = await openFileSource(path);
  if (!file.ok) return unreadable(fileSentence(file.error), undefined, asJson, io);
  await initCrypto();
  await initAutomergeNode();
  const progress = progressOn(io, "Checking");
  const plain = await plainOf(file.value, files);
  if (!plain.ok) {
    await file.value.close();
    return unreadable(plain.error.text, plain.error.error, asJson, io);
  }
  const viewer = await readViewer();
  const { source } = plain.value;
  const known = new Set(viewer ? [hashOf(viewer)] : []);
  const looked = await withScratch((job) => inspectSnapshot(source, { ...job, progress, pause: () => nextTurn(), pdf: nodePages }, known));
  await plain.value.close();
  await file.value.close();
  endProgress(io);
  if (!looked.ok) return unreadable(sentence(looked.error), looked.error, asJson, io);
  const { summary } = looked.value;
  const { verdict } = summary;
  io.out(asJson ? `${JSON.stringify(asData(summary), null, 2)}\n` : printed(summary));
  return partsOf(verdict).some(([, part]) => part.state === "failed") ? EXIT.failed : EXIT.good;
}

const sentence = (error: SnapshotError): string =>
  SNAPSHOT_SENTENCES[error.code] + (error.detail === undefined ? "" : ` (${error.detail})`);

function unreadable(text: string, error: SnapshotError | undefined, asJson: boolean, io: Io): number {
  if (asJson) io.out(`${JSON.stringify({ readable: false, code: error?.code ?? "file", sentence: text }, null, 2)}\n`);
  else io.err(`${text}\n`);
  return EXIT.unreadable;
}

type Part = VerdictView["unchanged"];

const partsOf = (v: VerdictView): readonly (readonly [string, Part])[] => [
  ["Unchanged", v.unchanged],
  ["Complete in its scope", v.complete],
  ["Who holds the keys", v.keys],
];

const STATE: Readonly<Record<CheckView["state"], string>> = { good: "good", remarks: "good, with remarks", failed: "FAILED" };
const MARK: Readonly<Record<CheckView["state"], string>> = { good: "+", remarks: "!", failed: "x" };

function printed(report: SnapshotSummary): string {
  const { verdict, zone } = report;
  const { facts } = verdict;
  const lines: string[] = [];
  if (typeof facts["exported"] === "number") {
    lines.push(
      `Exported by ${String(facts["exporter"])} on ${plainIn(facts["exported"], zone)} (exporter's clock), from the record of ${report.people.map((p) => p.name).join(" and ")}.`,
    );
    lines.push(
      `Messages ${String(facts["messages"])}, expenses ${String(facts["expenses"])}, attachments ${String(facts["files"])}, set aside ${String(facts["setAside"])}, left out ${String(facts["leftOut"])}. Times in ${zone}.`,
    );
  }
  for (const [name, part] of partsOf(verdict)) {
    lines.push("", `${name}: ${STATE[part.state]}`);
    if (part.checks.length === 0) lines.push("  x Nothing could be checked.");
    for (const check of part.checks) lines.push(`  ${MARK[check.state]} ${sentenceOf(check)}`, ...limitLines(check));
  }
  lines.push(
    "",
    "This shows which device keys wrote what, and when by the relay's word. It does not show who held a device, or that what was written is true.",
  );
  return lines.map((l) => `${onOneLine(l)}\n`).join("");
}

function limitLines(check: CheckView): readonly string[] {
  const limit = limitOf(check);
  return limit === undefined ? [] : [`      ${limit}`];
}

function asData(report: SnapshotSummary): unknown {
  const { verdict, people, zone, setAside } = report;
  const part = ({ state, checks }: Part): unknown => ({
    state,
    checks: checks.map((c) => ({ ...c, sentence: sentenceOf(c), cant: limitOf(c) ?? null })),
  });
  return {
    readable: true,
    unchanged: part(verdict.unchanged),
    complete: part(verdict.complete),
    keys: part(verdict.keys),
    facts: verdict.facts,
    people,
    zone,
    setAside,
  };
}
