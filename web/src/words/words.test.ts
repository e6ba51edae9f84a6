import { CLASSES, WORD_CLASSES } from "@countersign/shared/compare/report";
import { NOT_PROVEN, PROVEN } from "@countersign/shared/fault-proof/report";
import { describe, expect, it } from "vitest";
import type { ActCode } from "@countersign/shared/replica/answer";
import type { FaultCode } from "@countersign/shared/replica/sync-view";
import { REASONS } from "@countersign/shared/base/reasons";
import { CHECKS } from "@countersign/shared/snapshot/checks";
import { IntlMessageFormat } from "intl-messageformat";
import { en } from "./en.ts";
import { hasWords, t, tOr } from "./words.ts";

const readme = Object.values(import.meta.glob<string>("../../../README.md", { query: "?raw", import: "default", eager: true })).join("");

const FORBIDDEN = [
  /tamper.?proof/i,
  /court.?approved/i,
  /\badmissible\b/i,
  /legally binding/i,
  /\bcertified\b/i,
  /proof of reading/i,
  /\boops\b/i,
  /failed to fetch/i,
  /!/,
  /not read\b/i,
  /is online\b/i,
  /your fault/i,
];

/** `satisfies` makes the compiler ask for a line here when the union grows. */
const ACT_CODES = {
  locked: 1,
  "no-vault": 1,
  "vault-exists": 1,
  "passphrase-short": 1,
  "passphrase-breached": 1,
  "passphrase-wrong": 1,
  "passphrase-wait": 1,
  "storage-full": 1,
  "storage-refused": 1,
  "relay-unreachable": 1,
  "relay-version": 1,
  "relay-refused": 1,
  "relay-busy": 1,
  "relay-went-on": 1,
  "not-all-here": 1,
  "relay-address": 1,
  "relay-other": 1,
  "relay-full": 1,
  "senior-only": 1,
  "move-none": 1,
  "move-waits": 1,
  "less-here": 1,
  "more-here": 1,
  "link-broken": 1,
  "link-used": 1,
  "link-expired": 1,
  "link-other-version": 1,
  "typed-relay": 1,
  "typed-group": 1,
  "typed-short": 1,
  "typed-long": 1,
  "typed-whole": 1,
  "sheet-broken": 1,
  "sheet-unknown": 1,
  "sheet-not-this": 1,
  "sheet-behind": 1,
  "way-unknown": 1,
  "way-refused": 1,
  "recovery-waiting": 1,
  "not-joined": 1,
  "already-joined": 1,
  "invite-open": 1,
  "not-allowed": 1,
  "update-needed": 1,
  "file-too-large": 1,
  "file-unreadable": 1,
  "file-missing": 1,
  "file-damaged": 1,
  "too-many-files": 1,
  "text-too-long": 1,
  "text-empty": 1,
  "record-too-large": 1,
  "clock-ahead": 1,
  "amount-wrong": 1,
  "child-wrong": 1,
  "children-many": 1,
  "record-unknown": 1,
  "record-moved-on": 1,
  "already-left": 1,
  "compare-other-log": 1,
  "compare-broken": 1,
  "looking-back": 1,
  "proof-none": 1,
  "proof-too-large": 1,
  "proof-damaged": 1,
  "proof-newer": 1,
  "snapshot-not-zip": 1,
  "snapshot-truncated": 1,
  "snapshot-zip-unusual": 1,
  "snapshot-zip-damaged": 1,
  "snapshot-names": 1,
  "snapshot-too-many-files": 1,
  "snapshot-too-large": 1,
  "snapshot-bomb": 1,
  "snapshot-not-snapshot": 1,
  "snapshot-newer": 1,
  "snapshot-part": 1,
  "countersign-failed": 1,
  "countersign-other-record": 1,
  "countersign-own": 1,
  "countersign-not-held": 1,
  "countersign-twice": 1,
  "recipient-wrong": 1,
  "snapshot-sealed": 1,
  "seal-wrong": 1,
  "seal-damaged": 1,
  "seal-costly": 1,
  "code-broken": 1,
  "code-unknown": 1,
  "code-used": 1,
  "code-expired": 1,
  "code-dead": 1,
  "digits-wrong": 1,
  "pairing-broken": 1,
  "pairing-stopped": 1,
  "pairing-unfinished": 1,
  "pairing-nothing": 1,
  removed: 1,
  "fonts-missing": 1,
  cancelled: 1,
  internal: 1,
} satisfies Record<ActCode, 1>;

const FAULT_CODES = {
  "relay-chain": 1,
  "relay-sequence": 1,
  "relay-header": 1,
  "relay-signature": 1,
  "relay-body": 1,
  "relay-checkpoint": 1,
  "relay-fork": 1,
  "relay-rollback": 1,
  "relay-charter": 1,
  "relay-time": 1,
  "relay-stale-epoch": 1,
  "relay-dropped": 1,
  "device-body": 1,
  "device-commitment": 1,
  "device-bundle": 1,
  "device-stamp": 1,
  "device-change": 1,
} satisfies Record<FaultCode, 1>;

it("[threats] a file's name in a sentence can't turn its own end round and pass for a picture", () => {
  expect(t("file.removeNamed", { name: "holiday\u202egnp.exe" })).toContain("holiday[U+202E]gnp.exe");
});

describe("the message catalogue", () => {
  it("[words] has none of the words that claim too much or blame", () => {
    const found = Object.entries(en).filter(([, text]) => FORBIDDEN.some((word) => word.test(text)));
    expect(found).toEqual([]);
  });

  it("[words] the page that strangers read first says none of them either", () => {
    expect(readme).toContain("# Countersign");
    expect(FORBIDDEN.filter((word) => word.test(readme)).map(String)).toEqual([]);
  });

  it("[words] is valid ICU throughout, and each sentence ends or is a label", () => {
    for (const [key, text] of Object.entries(en)) {
      expect(() => new IntlMessageFormat(text, "en"), key).not.toThrow();
      expect(text, key).toBe(text.trim());
      expect(text, key).not.toMatch(/ {2}|\.\.\.|'{2}/);
    }
  });

  it("[words] has a sentence for every error and every contradiction", () => {
    const keys = [...Object.keys(ACT_CODES).map((c) => `error.${c}`), ...Object.keys(FAULT_CODES).map((c) => `fault.${c}`)];
    expect(keys.filter((key) => !hasWords(key))).toEqual([]);
  });

  it("[S5] has a sentence for every reason for which a change is set aside", () => {
    expect(REASONS.filter((reason) => !hasWords(`reason.${reason}`))).toEqual([]);
  });

  it("[S7] has a sentence for every check of a snapshot, with the check's own values", () => {
    // A value stands alone or before its plural; other braces hold what the plural says.
    const values = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)[},]/g)].map((m) => m[1] ?? ""))].sort();
    for (const [key, [, text]] of Object.entries(CHECKS)) {
      const word = `check.${key}`;
      expect(hasWords(word), key).toBe(true);
      if (hasWords(word)) expect(values(en[word]), key).toEqual(values(text));
    }
  });

  it("[S7] says of every check what the command line says of it, word for word but for plurals, and what it can't show", () => {
    // The plural's form for many, with its number as a value.
    const many = (text: string): string =>
      text.replace(/\{(\w+), plural, .*?other \{([^{}]*)\}\}/g, (_, value: string, form: string) => form.replace("#", `{${value}}`));
    const said = (text: string): string => many(text).replaceAll("’", "'");
    for (const [key, [, says, cant]] of Object.entries(CHECKS)) {
      const [word, limit] = [`check.${key}`, `cant.${key}`];
      expect(hasWords(word) ? said(en[word]) : "", key).toBe(said(says));
      expect(hasWords(limit) ? said(en[limit]) : undefined, key).toBe(cant === undefined ? undefined : said(cant));
    }
  });

  it("[L6] has a sentence for everything that a proof file shows, or does not", () => {
    const words = [
      ...PROVEN.map((p) => `proven.${p}`),
      ...NOT_PROVEN.map((r) => `notProven.${r}`),
      ...CLASSES.map((c) => `beside.is.${c}`),
      ...WORD_CLASSES.map((c) => `beside.word.${c}`),
    ];
    expect(words.filter((key) => !hasWords(key))).toEqual([]);
  });

  it("[words] chooses the plural", () => {
    expect(t("messages.count", { count: 1 })).toBe("One message");
    expect(t("messages.count", { count: 12 })).toBe("12 messages");
  });

  it("[words] says the code where a sentence is missing", () => {
    expect(hasWords("reason.made-up")).toBe(false);
    expect(tOr("reason.made-up", "reason.unknown", { reason: "made-up" })).toContain("made-up");
  });

  it("[words] a value that data left out is shown as unknown, and breaks nothing", () => {
    expect(tOr("check.old", "check.unknown", { key: "old" })).toContain("?");
  });
});
