import { writeFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { compareSnapshots, type CompareError } from "../../src/compare/compare.ts";
import { CLASSES, type CompareReport, type CompareSide, type CompareWord } from "../../src/compare/report.ts";
import {
  AGREE_SENTENCE,
  CLASS_SENTENCES,
  COMPARE_LIMITS,
  DIFFER_SENTENCE,
  FORK_SENTENCE,
  OTHER_LOG_SENTENCE,
  WORD_SENTENCES,
  WORDS_HEAD,
} from "../../src/compare/words.ts";
import { initCrypto } from "../../src/crypto/init.ts";
import { sentenceOf } from "../../src/snapshot/checks.ts";
import type { ByteSource } from "../../src/snapshot/bytes-io.ts";
import { SNAPSHOT_SENTENCES } from "../../src/snapshot/codes.ts";
import { plainIn } from "../../src/snapshot/zone.ts";
import { openFileSource } from "../file-io.ts";
import { fileSentence } from "./file-words.ts";
import { endProgress, EXIT, progressOn, type Io } from "./io.ts";
import { onOneLine } from "../../src/base/unseen.ts";
import type { OpenerFiles } from "./opener.ts";
import { plainOf } from "./plain.ts";

export interface CompareOptions {
  readonly json: boolean;
  /** Where to write a proof against the relay, if the two hold two histories. */
  readonly proof: string | undefined;
  /** What opens a file that is sealed; the same for both. */
  readonly opener?: OpenerFiles;
}

/** `countersign compare A B`: exit 0 they agree, 1 they differ, 2 one cannot be read or they are of two records. */
export async function compareCommand(paths: readonly [string, string], options: CompareOptions, io: Io): Promise<number> {
  const opened: (() => Promise<void>)[] = [];
  const plain: ByteSource[] = [];
  await initCrypto();
  try {
    for (const path of paths) {
      const file = await openFileSource(path);
      if (!file.ok) return unreadable(`${path}: ${fileSentence(file.error)}`, "file", options, io);
      opened.push(() => file.value.close());
      const inside = await plainOf(file.value, options.opener ?? {});
      if (!inside.ok) return unreadable(`${path}: ${inside.error.text}`, inside.error.error?.code ?? "file", options, io);
      opened.push(inside.value.close);
      plain.push(inside.value.source);
    }
    return await compareFiles(plain, paths, options, io);
  } finally {
    for (const close of opened) await close();
  }
}

async function compareFiles(
  [a, b]: readonly ByteSource[],
  paths: readonly [string, string],
  options: CompareOptions,
  io: Io,
): Promise<number> {
  if (!a || !b) throw new Error("two files");
  const report = await compareSnapshots(a, b, { progress: progressOn(io, "Comparing"), pause: () => nextTurn() });
  endProgress(io);
  if (!report.ok) return unreadable(errorSentence(report.error, paths), report.error.code, options, io);
  const { proof, ...rest } = report.value;
  if (options.proof !== undefined && proof) await writeFile(options.proof, proof);
  io.out(options.json ? `${JSON.stringify({ readable: true, ...rest, hasProof: proof !== undefined }, null, 2)}\n` : printed(report.value));
  return report.value.agrees ? EXIT.good : EXIT.failed;
}

function errorSentence(error: CompareError, [a, b]: readonly [string, string]): string {
  if (error.code === "compare-other-log") return OTHER_LOG_SENTENCE;
  const where = error.which === "b" ? b : a;
  if (error.code === "compare-broken")
    return `${where} does not hold, so it can't be compared: ${(error.checks ?? []).map(sentenceOf).join(" ")}`;
  return `${where}: ${error.code === "cancelled" ? "Stopped." : SNAPSHOT_SENTENCES[error.code]}`;
}

function unreadable(sentence: string, code: string, options: CompareOptions, io: Io): number {
  if (options.json) io.out(`${JSON.stringify({ readable: false, code, sentence }, null, 2)}\n`);
  else io.err(`${onOneLine(sentence)}\n`);
  return EXIT.unreadable;
}

function wordSentence({ is, of, seq, count, said }: CompareWord): string {
  const [mine, other] = of === "a" ? ["A", "B"] : ["B", "A"];
  const values: Readonly<Record<string, string>> = {
    ...{ of: mine, other, seq: String(seq ?? ""), count: String(count ?? ""), a: said?.[0] ?? "", b: said?.[1] ?? "" },
  };
  return WORD_SENTENCES[is].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}

function printed(report: CompareReport): string {
  const side = (name: string, s: CompareSide): string =>
    `${name}: exported by ${s.exporter || "an unnamed person"} on ${plainIn(s.exported, report.zone)} (exporter's clock), ${String(s.size)} entries up to ${plainIn(s.time, report.zone)} (clock of relay ${report.relay}), ${String(s.shown)} changes shown.`;
  const lines = [side("A", report.a), side("B", report.b), ""];
  lines.push(report.fork ? FORK_SENTENCE : report.agrees ? AGREE_SENTENCE : DIFFER_SENTENCE);
  if (report.fork) lines.push(`They part at entry ${String(report.fork.seq)}.`);
  if (report.proof) lines.push("Both checkpoints are signed by the relay's key: --proof FILE writes a file that proves it to anyone.");
  lines.push("");
  for (const is of CLASSES) {
    const { a, b } = report.counts[is];
    if (a + b === 0) continue;
    const count = is === "same" ? String(a) : is === "withheld-both" ? String(a + b) : `only in A ${String(a)}, only in B ${String(b)}`;
    lines.push(`${is}: ${count}`, `  ${CLASS_SENTENCES[is]}`);
  }
  if (report.words.length > 0) lines.push(WORDS_HEAD);
  for (const word of report.words) lines.push(`- ${wordSentence(word)}`);
  for (const [name, s] of [["A", report.a] as const, ["B", report.b] as const])
    for (const check of s.failed) lines.push(`x ${name}: ${sentenceOf(check)}`);
  lines.push("", COMPARE_LIMITS);
  return lines.map((l) => `${onOneLine(l)}\n`).join("");
}
