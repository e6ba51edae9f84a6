import type { FileId, RecordId } from "@countersign/shared/base/ids";
import type { SealFor } from "@countersign/shared/crypto/age";
import type { PageStyle, SnapshotScope } from "@countersign/shared/views/snapshot";
import { MAX_SERIAL, PREFIX, SECTION } from "@countersign/shared/snapshot/pdf/labels";

/** What the person has chosen, as the form holds it. */
export interface Choice {
  readonly messages: "all" | "some" | "none";
  readonly threads: readonly RecordId[];
  readonly expenses: "all" | "some" | "none";
  readonly chosen: readonly RecordId[];
  /** Only what is about one of these children; none is no limit. */
  readonly children: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly settlement: boolean;
  readonly files: boolean;
  /** Single records and files are left out: which, and why. */
  readonly redacts: boolean;
  readonly reason: string;
  readonly records: readonly RecordId[];
  readonly leftFiles: readonly FileId[];
  /** Whom the file is sealed for, and with what. */
  readonly seal: "none" | "passphrase" | "recipient";
  readonly sealPassphrase: string;
  readonly sealRecipient: string;
  readonly pages: "plain" | "serial" | "sections" | "without";
  readonly prefix: string;
  readonly first: string;
  readonly letter: string;
}

export const EVERYTHING: Choice = {
  messages: "all",
  threads: [],
  expenses: "all",
  chosen: [],
  children: [],
  from: "",
  to: "",
  settlement: false,
  files: true,
  redacts: false,
  reason: "",
  records: [],
  leftFiles: [],
  seal: "none",
  sealPassphrase: "",
  sealRecipient: "",
  pages: "plain",
  prefix: "CS-",
  first: "1",
  letter: "A",
};

export const datesWrong = (choice: Choice): boolean => choice.from !== "" && choice.to !== "" && choice.to < choice.from;

export const prefixWrong = (choice: Choice): boolean => choice.pages === "serial" && !PREFIX.test(choice.prefix);
export const firstWrong = (choice: Choice): boolean =>
  choice.pages === "serial" && !(/^[1-9]\d*$/.test(choice.first) && Number(choice.first) <= MAX_SERIAL);
export const letterWrong = (choice: Choice): boolean => choice.pages === "sections" && !SECTION.test(choice.letter);

/** Most characters of a reason (rule S41). */
export const MAX_REASON = 300;
const redactsAny = ({ redacts, records, leftFiles }: Choice): boolean => redacts && records.length + leftFiles.length > 0;
/** Something is left out one by one, and no reason is there that a snapshot could state. */
export const reasonWrong = (choice: Choice): boolean =>
  redactsAny(choice) && (choice.reason.trim() === "" || Array.from(choice.reason.trim()).length > MAX_REASON);

/** Whether something of a choice has to be put right first. */
export const choiceWrong = (choice: Choice): boolean =>
  datesWrong(choice) || prefixWrong(choice) || firstWrong(choice) || letterWrong(choice) || reasonWrong(choice);

function pagesOf({ pages, prefix, first, letter }: Choice): PageStyle | undefined {
  switch (pages) {
    case "plain":
      return { style: "none" };
    case "serial":
      return { style: "serial", prefix, from: Number(first) };
    case "sections":
      return { style: "sections", from: letter };
    case "without":
      return undefined;
  }
}

/** The scope that a choice means. An empty date is no bound. */
export function scopeOf(choice: Choice): SnapshotScope {
  const pages = pagesOf(choice);
  return {
    threads: choice.messages === "all" ? "all" : choice.messages === "none" ? [] : choice.threads,
    expenses: choice.expenses === "some" ? choice.chosen : choice.expenses,
    ...(choice.children.length === 0 ? {} : { children: choice.children }),
    ...(choice.from === "" ? {} : { from: choice.from }),
    ...(choice.to === "" ? {} : { to: choice.to }),
    settlement: choice.settlement ? "include" : "leave-out",
    files: choice.files,
    // A preview wants no reason; without one nothing is made.
    ...(redactsAny(choice)
      ? { redact: { reason: choice.reason.trim().slice(0, MAX_REASON) || "–", records: choice.records, files: choice.leftFiles } }
      : {}),
    ...(pages && !choiceWrong(choice) ? { pages } : {}),
  };
}

/** Seconds left of a job at its pace so far; undefined before there is a pace. */
export function secondsLeft(begun: number, now: number, done: number, of: number): number | undefined {
  if (done <= 0 || of <= 0 || now - begun < 1000) return undefined;
  return Math.max(1, Math.round((((now - begun) / done) * (of - done)) / 1000));
}

/** Fewest characters of a passphrase that seals a snapshot; the engine holds the same line. */
const PASSPHRASE_MIN = 12;

/** Whom the snapshot is sealed for; undefined: nobody, whoever has the file can read it. */
export function sealOf({ seal, sealPassphrase, sealRecipient }: Choice): SealFor | undefined {
  if (seal === "none") return undefined;
  return seal === "passphrase" ? { passphrase: sealPassphrase } : { recipient: sealRecipient.trim() };
}

/** Whether what seals it is still to be typed. */
export function sealLacks({ seal, sealPassphrase, sealRecipient }: Choice): boolean {
  if (seal === "passphrase") return Array.from(sealPassphrase).length < PASSPHRASE_MIN;
  return seal === "recipient" && !/^age1[0-9a-z]{58}$/.test(sealRecipient.trim());
}
