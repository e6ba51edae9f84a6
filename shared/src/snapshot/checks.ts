import type { CheckState, CheckView, SnapshotFacts, VerdictView } from "../views/snapshot.ts";

/** The three questions of a verdict (rule S7). */
export type Part = "unchanged" | "complete" | "keys";

/**
 * Every check there is, with the part to which it belongs, one sentence of what it says, and where it can be good one more of what it doesn't show (rule
 * S7). `{name}` is one of the check's values.
 */
export const CHECKS = {
  // unchanged
  files: [
    "unchanged",
    "All {count} files under data/ have the SHA-256 that the manifest lists, and no file was added or is missing.",
    "That this list is the exporter's own, it doesn't show: the signature does.",
  ],
  "file-changed": ["unchanged", "This file is not the one that the manifest lists."],
  "file-missing": ["unchanged", "The manifest lists this file, and it is not there."],
  "file-added": ["unchanged", "This file is not listed in the manifest."],
  "manifest-form": ["unchanged", "This list is not written as it must be."],
  "tag-file-changed": ["unchanged", "This accompanying file was changed."],
  "tag-unknown": ["unchanged", "This file is not one that this version knows; it was not looked at."],
  "archive-other": [
    "unchanged",
    "The archive round the files is not as it was written: another program packed them again, or something was changed that is no part of any file, such as a time.",
  ],
  "part-unreadable": ["unchanged", "This part cannot be read, so nothing could be derived from it."],
  attachment: [
    "unchanged",
    "All {count} attachments have the SHA-256 and length that the signed records name.",
    "Whether what a file shows is true, or when it was made, it doesn't show.",
  ],
  "attachment-false": ["unchanged", "This attachment is not the one that the signed record names."],
  "file-unnamed": ["unchanged", "No signed record names this file."],
  signature: [
    "unchanged",
    "The manifest is signed by the exporter's device key {key}.",
    "Whose key it is, and whose hand held that device, it doesn't show.",
  ],
  "signature-false": ["unchanged", "The manifest is not signed by the exporter's device key."],
  log: [
    "unchanged",
    "All {count} entries of the log are signed by the devices that sent them and form one unbroken chain.",
    "That the relay showed the other parent the same log, it doesn't show: their own snapshot does.",
  ],
  "log-false": ["unchanged", "The log does not hold here ({code})."],
  charter: [
    "unchanged",
    "All {count} statements about people, devices and keys follow the rules and are signed by whom they must be.",
    "That the people are who they are called, it doesn't show.",
  ],
  "charter-false": ["unchanged", "A statement about people, devices and keys breaks a rule ({code})."],
  checkpoint: [
    "unchanged",
    "The root over the first {size} entries, computed anew, is the one that relay {relay} signed at {time}.",
    "That the relay's clock was right, and that nothing came later, it doesn't show.",
  ],
  "checkpoint-false": ["unchanged", "The checkpoint does not fit the log ({code})."],
  anchors: [
    "unchanged",
    "Anchors by {witness}: {count}, with key {key}: it signed that the log had its first {size} entries on {time}, by its own clock.",
    "Whose key it is must be known from elsewhere.",
  ],
  "anchor-stamps": [
    "unchanged",
    "Time stamps by {authority} in the log: {count}, with certificate {key}: it states that the log had its first {size} entries on {time}.",
    "Whose certificate that is must be known from elsewhere; openssl ts -verify does it, data/proof/README.txt says how.",
  ],
  "anchor-aside": ["unchanged", "This anchor, or the time stamp in it, does not hold ({code}): it was set aside and bounds nothing."],
  again: [
    "unchanged",
    "{count} entries were first logged in a history that the people here gave up, since a relay had shown two. Each stands here again, with the header that it had there, which that relay had signed for.",
    "Which of the two histories the relay had shown to whom, it doesn't show.",
  ],
  "again-aside": ["unchanged", "These headers of a history that was given up do not hold: they were set aside and show nothing."],
  "fork-unfounded": [
    "unchanged",
    "This statement says that a relay had shown two histories and which of them was kept, and that one is not this log: nothing shows that there were two.",
  ],
  "again-false": ["unchanged", "The headers of a history that was given up, to which this entry is bound, are missing or were changed."],
  "anchor-false": ["unchanged", "This anchor is not what its entry is bound to, or not over this log."],
  contents: [
    "unchanged",
    "All {count} disclosed changes are the ones to which the log's entries are bound, each with its author's signature.",
    "That what people wrote is true, or that anybody read it, it doesn't show.",
  ],
  "contents-false": ["unchanged", "What is shown for this entry is not what the entry is bound to."],
  records: [
    "unchanged",
    "Pages, tables and records say what the signed changes say; they were derived anew and compared byte for byte.",
    "Copies that were printed, or taken out of this file, are not looked at.",
  ],
  "records-differ": ["unchanged", "This file does not say what the signed changes say (first difference in line {line})."],
  pages: [
    "unchanged",
    "The PDF pages say what the signed changes say; they were laid out anew and compared byte for byte.",
    "Copies that were printed, or taken out of this file, are not looked at.",
  ],
  "anchors-more": [
    "unchanged",
    "More keys signed anchors in the log than stand beside the records: {count}. Pages and tables name the eight that signed the most; whoever pushes anchors can bring keys of their own, so the others may be the ones that matter.",
  ],
  "anchors-absent": [
    "unchanged",
    "Anchors in the log whose contents are not here: {count}. The exporter's device did not have them, by the exporter's word; they could have bounded the times.",
  ],
  "pages-absent": ["unchanged", "The snapshot says that it has this file with pages, and it is not there."],
  "pages-differ": ["unchanged", "These pages do not say what the signed changes say, or were laid out in another way."],
  "pages-unmade": [
    "unchanged",
    "The PDF pages were not laid out anew here, since the letters for it are not at hand. Compare them with the record shown here, or check with the command line.",
  ],
  "render-other": [
    "unchanged",
    "Pages and tables were laid out by another version and were not compared: they can say something else. Rely on what is shown here, which was derived from the signed changes.",
  ],
  stamp: [
    "unchanged",
    "{authority}, a time-stamp authority by its own certificate, states that this list of files existed on {time}.",
    "Whether that authority is to be trusted is not judged here: openssl ts -verify does.",
  ],
  "stamp-none": [
    "unchanged",
    "A time stamp was to be asked of {authority}, and none is here: it did not answer, or its answer was taken out.",
  ],
  "stamp-false": ["unchanged", "The time stamp is not one of this list of files, or its signature does not hold ({code})."],
  viewer: [
    "unchanged",
    "The page verify.html in this snapshot holds the same signed changes, and its program is one that this version knows ({hash}).",
    "A copy of that page that came in another way can be another page.",
  ],
  "viewer-unknown": [
    "unchanged",
    "The page verify.html in this snapshot holds the same signed changes, but its program is not one that this version knows ({hash}). Do not rely on what that page says.",
  ],
  "viewer-false": ["unchanged", "The page verify.html in this snapshot does not hold the signed changes of this snapshot. Do not open it."],
  "not-whole": [
    "unchanged",
    "Only the signed changes inside this page were looked at. Pages, tables, attachments and the signature of whoever exported them were not: for these, check the whole snapshot file.",
  ],
  "note-missing": ["unchanged", "The relay's signed note that came with a change here was taken out."],
  // complete
  channel: [
    "complete",
    "Channel {channel}: entries 1 to {entries} of {entries}, up to checkpoint {size}.",
    "What was never sent, or came after the checkpoint, it doesn't show.",
  ],
  charterWhole: [
    "complete",
    "People, devices and keys: all {count} statements up to checkpoint {size}.",
    "What was stated after the checkpoint, it doesn't show.",
  ],
  named: [
    "complete",
    "All {count} checkpoints that the disclosed changes name lie before this one, and have the roots that were computed anew.",
    "What devices saw that signed none of these changes, it doesn't show.",
  ],
  times: [
    "complete",
    "The relay's times here are the word of {relay}. What others signed or stamped stands beside them.",
    "Who runs that relay, it doesn't show: where one of the people here does, the times are that person's word.",
  ],
  "clocks-apart": [
    "complete",
    "The relay's clock and the one of {name} (key {key}) cannot both be right: at entry {entry} they contradict each other by {minutes} minutes.",
  ],
  "named-later": ["complete", "A disclosed change names a checkpoint of {named} entries, but the snapshot ends at {size}."],
  "named-far": [
    "complete",
    "{count} changes name a checkpoint of a history that the people here gave up, since a relay had shown two. That relay had signed it; how much of this log their devices had is not known from it.",
  ],
  "named-false": ["complete", "A disclosed change names a checkpoint over {named} entries that does not fit the log."],
  "left-out": [
    "complete",
    "Left out by the chosen scope: {count} changes ({kind}). The log shows that they exist, and which thread or record each belongs to.",
  ],
  "by-child": [
    "complete",
    "Limited to what names one of these children: {children}. Messages and expenses that name no child, and so are not in it: {count}.",
  ],
  settlement: ["complete", "Left out as settlement talk, which is the exporter's word: {count} messages of {author}."],
  "redacted-messages": ["complete", "Left out one by one: {count} messages of {author}. The exporter's reason: {reason}"],
  "redacted-expenses": ["complete", "Left out one by one: {count} expenses of {author}. The exporter's reason: {reason}"],
  "redacted-files": [
    "complete",
    "Attachments that were left out one by one: {count}. Their SHA-256 stands in the records. The exporter's reason: {reason}",
  ],
  "redacted-other": ["complete", "The list of what was left out one by one does not fit what was left out."],
  "left-out-unfounded": ["complete", "A change was left out although the stated scope covers it."],
  blind: ["complete", "{count} changes were left out without showing to which thread or record they belong."],
  unopened: [
    "complete",
    "{count} entries that {name} sent did not open on the exporter's device, by the exporter's word. What they hold is not here.",
  ],
  unread: ["complete", "{count} entries are shown only by their hash, so that nobody can tell to which channel they belong."],
  "shown-unfounded": ["complete", "Something is shown here that the stated scope does not cover, so what is shown of it was picked out."],
  "blind-unfounded": [
    "complete",
    "A change was left out without showing what it belongs to, so that nobody can tell whether the stated scope covers it.",
  ],
  "unopened-own": ["complete", "This entry was sent by the exporter's own device, and what it holds was left out."],
  "unopened-known": ["complete", "The exporter's own device built on an entry that was left out as one that did not open."],
  "order-false": [
    "complete",
    "It is said that an act here did not know of an earlier one, where the log itself shows whether it did, or of something that is no earlier act of its record.",
  ],
  "notes-absent": [
    "complete",
    "{count} changes that {name} sent count as set aside because they came without the relay's signed note of the checkpoint that they name. The log shows that it was not with them.",
  ],
  "named-unknown": [
    "complete",
    "{count} changes name a checkpoint that is not one of this log, without the relay's signature on it, and count as set aside. Either their sender made it up, or this is not the log that they saw.",
  ],
  "dated-before": ["complete", "By the exporter's clock it was exported {minutes} minutes before the last entry that is in it."],
  "order-open": [
    "complete",
    "For {count} acts what was left out would show whether they knew of an earlier act that forbids them. They are shown as crossed with it.",
  ],
  waits: ["complete", "{count} changes wait for something that is not here. They are listed with what was set aside."],
  "order-word": [
    "complete",
    "For {count} records the order of acts rests in part on the exporter's word, since changes between them were left out.",
  ],
  old: ["complete", "The checkpoint is {hours} hours older than the export. Later entries would not be in it."],
  "files-left-out": ["complete", "Attachments were left out: {count}. Their SHA-256 stands in the records."],
  "files-lacking": ["complete", "Attachments that the exporter's device did not have: {count}. Their SHA-256 stands in the records."],
  // keys
  exporter: [
    "keys",
    "The exporter's key is a device of {name} in this record.",
    "That it was this person who used the device, it doesn't show.",
  ],
  "exporter-unknown": ["keys", "The exporter's key was no device of this record at the checkpoint."],
  "names-alike": ["keys", "Two people here have the same name, {name}. Tell them apart by their keys."],
  compared: [
    "keys",
    "{by} noted that they compared {method} with {name} on {time}.",
    "That they did compare them is the word of whoever noted it.",
  ],
  "not-compared": ["keys", "Nobody noted that the key of {name} was compared."],
  countersigned: [
    "keys",
    "{name} ({role}) signed on {time} (their clock) that their device holds the same entries of this scope up to checkpoint {size}.",
    "It is no agreement with what the entries say.",
  ],
  "countersigned-self": [
    "keys",
    "A countersignature of {time} over checkpoint {size} is by {name} ({role}), who exported this themselves: it adds nothing.",
  ],
  "countersigned-false": [
    "keys",
    "This countersignature is not by a device of this record, not over this list of files, or not over this log.",
  ],
  provisional: ["keys", "{name} joined and was not confirmed by the other parent."],
  "only-word": [
    "keys",
    "Who holds the keys is only the exporter's word: one person could make a whole household alone. What can bear it out: a key card, the other parent's own snapshot, or an order that names the keys.",
  ],
} as const satisfies Readonly<Record<string, readonly [part: Part, says: string, cant?: string]>>;

export type CheckKey = keyof typeof CHECKS;

type Values = Readonly<Record<string, string | number>>;

/** Places of one failure that are told: enough to see what it is, and no list that nobody could open where a file is made to fail a million times. */
export const MAX_TOLD = 1_000;

/** Gathers what was checked. A part's state is its worst. */
export class Checks {
  readonly #found: { readonly part: Part; readonly check: CheckView }[] = [];
  readonly #failures = new Map<CheckKey, number>();
  facts: SnapshotFacts = {};

  add(key: CheckKey, state: CheckState, values?: Values, where?: string): void {
    const check: CheckView = { key, state, ...(values ? { values } : {}), ...(where === undefined ? {} : { where }) };
    this.#found.push({ part: CHECKS[key][0], check });
  }

  failed(key: CheckKey, where: string, values?: Values): void {
    const before = this.#failures.get(key) ?? 0;
    this.#failures.set(key, before + 1);
    if (before < MAX_TOLD) this.add(key, "failed", values, where);
  }

  /** How many there are, for `forget`. */
  get count(): number {
    return this.#found.length;
  }

  /** Takes back all but the first `count`: what they were made from turned out to be unreadable. */
  forget(count: number): void {
    this.#found.splice(count);
    this.#failures.clear();
  }

  has(key: CheckKey): boolean {
    return this.#found.some((f) => f.check.key === key);
  }

  /** Those with one of these keys, in the order of the keys. */
  of(keys: readonly CheckKey[]): readonly CheckView[] {
    return keys.flatMap((key) => this.#found.filter((f) => f.check.key === key).map((f) => f.check));
  }

  verdict(): VerdictView {
    const part = (name: Part): { state: CheckState; checks: readonly CheckView[] } => {
      const checks = this.#found.filter((f) => f.part === name).map((f) => f.check);
      const state = checks.some((c) => c.state === "failed") ? "failed" : checks.some((c) => c.state === "remarks") ? "remarks" : "good";
      // Nothing checked is nothing shown.
      return { state: checks.length === 0 ? "failed" : state, checks };
    };
    return { unchanged: part("unchanged"), complete: part("complete"), keys: part("keys"), facts: this.facts };
  }
}

/** A check's sentence with its values filled in, for the command line; the web app has its own catalogue under `check.<key>`. */
export function sentenceOf(check: CheckView): string {
  const [, text] = CHECKS[check.key as CheckKey];
  const filled = text.replace(/\{(\w+)\}/g, (_, name: string) => String(check.values?.[name] ?? "?"));
  return check.where === undefined ? filled : `${check.where}: ${filled}`;
}

/** What a good check doesn't show; undefined of others, which show what is amiss. */
export const limitOf = (check: CheckView): string | undefined => CHECKS[check.key as CheckKey][2];
