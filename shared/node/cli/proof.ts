import { initCrypto } from "../../src/crypto/init.ts";
import { checkProof } from "../../src/fault-proof/check.ts";
import { MAX_PROOF_BYTES } from "../../src/fault-proof/file.ts";
import type { ProofReport } from "../../src/fault-proof/report.ts";
import { PROOF_FILE_SENTENCES, PROOF_LIMITS, proofSentence } from "../../src/fault-proof/words.ts";
import { EXIT, type Io } from "./io.ts";
import { onOneLine } from "../../src/base/unseen.ts";
import { loadFile } from "./load.ts";

/** `countersign proof FILE`: exit 0 the proof holds against the relay that it names, 1 it does not, 2 the file cannot be read as one. */
export async function proofCommand(path: string, asJson: boolean, io: Io): Promise<number> {
  const bytes = await loadFile(path, MAX_PROOF_BYTES, PROOF_FILE_SENTENCES["proof-too-large"]);
  if (!bytes.ok) return unreadable("file", bytes.error, asJson, io);
  await initCrypto();
  const report = checkProof(bytes.value);
  if (!report.ok) return unreadable(report.error.code, PROOF_FILE_SENTENCES[report.error.code], asJson, io);
  io.out(asJson ? `${JSON.stringify(summary(report.value), null, 2)}\n` : printed(report.value));
  return report.value.holds ? EXIT.good : EXIT.failed;
}

function unreadable(code: string, sentence: string, asJson: boolean, io: Io): number {
  if (asJson) io.out(`${JSON.stringify({ readable: false, code, sentence }, null, 2)}\n`);
  else io.err(`${sentence}\n`);
  return EXIT.unreadable;
}

const summary = (report: ProofReport): unknown => ({
  readable: true,
  ...report,
  sentence: proofSentence(report),
  ...(report.holds ? { limits: PROOF_LIMITS } : {}),
});

function printed(report: ProofReport): string {
  const lines = report.holds
    ? [`The proof holds against relay ${report.relay ?? "?"}.`, proofSentence(report)]
    : ["The file proves nothing against a relay.", proofSentence(report)];
  if (report.seq !== undefined) lines.push(`Entry ${String(report.seq)} of the log.`);
  for (const note of report.notes)
    lines.push(
      `Signed by the log's key: ${String(note.size)} entries, root ${note.root}, on ${new Date(note.time).toISOString()} by the relay's clock.`,
    );
  if (report.log !== undefined) lines.push(`Log ${report.log}`);
  if (report.key !== undefined) lines.push(`Key ${report.key}`);
  if (report.holds) lines.push(PROOF_LIMITS);
  return lines.map((l) => `${onOneLine(l)}\n`).join("");
}
