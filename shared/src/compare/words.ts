import type { CompareClass, WordClass } from "./report.ts";

/** Sentences of the command line; the app has its own in its catalogue. A is the file that shows the change, B the other. */
export const CLASS_SENTENCES: Readonly<Record<CompareClass, string>> = {
  same: "Shown in both, and the very same.",
  "withheld-scope": "Shown in one; the other leaves it out by the scope that it states. The log shows that it is there.",
  "withheld-redacted": "Shown in one; the exporter of the other left it out by itself, with the reason that stands there.",
  "withheld-settlement": "Shown in one; the other leaves it out as settlement talk, which its author had marked.",
  unexplained: "Shown in one; the other has the entry and neither shows what is in it nor says why.",
  "withheld-both": "Left out in both.",
  later: "Logged after the other snapshot ends. It was made earlier, so it can't have this.",
  fork: "Logged after the place where the two histories part. The relay told the two parents different things.",
};

/** Of what rests on an exporter's word. Braces are filled from the report: `of` and `other` are letters, `a` and `b` what each says. */
export const WORD_SENTENCES: Readonly<Record<WordClass, string>> = {
  "settlement-false": "Entry {seq}: {of} leaves a message out as settlement talk. {other} shows it, and its author had not marked it so.",
  "order-false": "Entry {seq}: {of} says that an act did not know of an earlier one. {other} shows that it did.",
  "order-other": "Entry {seq}: {of} says that an act did not know of an earlier one. {other} neither says nor shows that.",
  "ended-early":
    "{of} ends before {count} entries of {other} that had been logged before {of} was exported, by the exporter's clock. Either that device had not got them yet, or the end was left out.",
  "files-lacking": "{of} says that the exporter's device lacked {count} attachments, and {other} has them.",
  "name-other": "A calls a person {a}, whom B calls {b}.",
  "zone-other": "A gives days and times in {a}, B in {b}.",
};
export const WORDS_HEAD = "What rests on an exporter's word, where the two do not say the same:";

export const FORK_SENTENCE =
  "The two snapshots hold two different histories of one record, both signed by the relay. At least one parent was shown something else than the other.";
export const AGREE_SENTENCE =
  "The two snapshots agree: what one shows and the other does not is explained by their scopes and by when they were made.";
export const DIFFER_SENTENCE = "The two snapshots differ in a way that their scopes and dates do not explain.";
export const OTHER_LOG_SENTENCE = "The two files are snapshots of two different records, so there is nothing to compare.";
export const COMPARE_LIMITS =
  "This compares signed changes and the log. It does not look at pages, tables or attachments: run 'verify' on each file for that. What both parents left out it cannot show.";
