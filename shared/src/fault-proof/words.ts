import type { ProofFileCode } from "./file.ts";
import type { NotProven, Proven, ProofReport } from "./report.ts";

/** Sentences of the command line. The app has its own in its catalogue. */
export const PROOF_FILE_SENTENCES: Readonly<Record<ProofFileCode, string>> = {
  "proof-none": "This is no proof file of Countersign.",
  "proof-too-large": "This file is larger than a proof file can be.",
  "proof-damaged": "This proof file is damaged, or was cut off.",
  "proof-newer": "This proof file was written by a newer version. Get that version and try again.",
};

export const PROVEN_SENTENCES: Readonly<Record<Proven, string>> = {
  fork: "It signed two versions of this log's history that cannot both be true.",
  rollback: "It signed that the log has fewer entries than it had signed before: entries were taken back, or an old copy was put in place.",
  "entry-header": "It took something into the log that is no entry.",
  "entry-log": "It took an entry of another log into this one.",
  "entry-signature": "It took an entry into the log that its author did not sign.",
  "entry-sequence": "It gave an entry another number than its place.",
  "entry-chain": "It broke the chain of a channel at its first entry.",
  "entry-charter": "It took something among the statements that is none.",
  "pair-time": "It gave a later entry an earlier time.",
  "pair-chain": "It broke the chain of a channel: an entry was left out, doubled or moved.",
  charter: "It took a statement about people, devices or keys that breaks the rules for them.",
  epoch: "It took an entry under a key that had been replaced before.",
};

export const NOT_PROVEN_SENTENCES: Readonly<Record<NotProven, string>> = {
  pin: "The statements in the file do not stand, so nothing says whose key the log's is.",
  unsigned: "A checkpoint in the file is not signed by the log's key.",
  "other-log": "The checkpoints are not of one log kept by one relay.",
  "no-checkpoint": "Something in the file is signed by the log's key, but is no checkpoint.",
  agree: "The two checkpoints in the file do not contradict each other.",
  path: "What the file shows is not part of what the log's key signed.",
  "no-rollback": "The later checkpoint covers no fewer entries than the earlier one.",
  lawful: "What the file shows breaks no rule.",
  kept: "A device kept this when it stopped. It shows what the device saw, but the relay signed none of it, so nobody else can check it.",
};

/** What a proof cannot show, said with every one that holds. */
export const PROOF_LIMITS =
  "The log's founding statement names this relay and this key. Who was never in that log can't tell from the file alone that the relay made the key; the relay's operator, and everyone in the log, can.";

/** One line that says what the file proves, or why nothing. */
export const proofSentence = (report: ProofReport): string =>
  report.proven ? PROVEN_SENTENCES[report.proven] : NOT_PROVEN_SENTENCES[report.reason ?? "lawful"];
