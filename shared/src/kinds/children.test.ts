import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { Desk, devices, Entries, EXPENSES, judgeAll, MESSAGES, newExpense, newThread } from "../../test/book.ts";
import { toBase64url } from "../base/bytes.ts";
import { changeHash } from "../books/chunk.ts";
import { foldRecord } from "../books/fold.ts";
import { encode } from "../cbor/cbor.ts";
import { initCrypto } from "../crypto/init.ts";
import { formatChildren, labelOf, MAX_CHILD, MAX_CHILDREN, MAX_CHILDREN_TEXT, parseChildren } from "./children.ts";
import type { FieldValue } from "./fields.ts";

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

const SEED = { seed: 4219 };
const field = (list: readonly string[]): string => toBase64url(encode(list));

/** The verdict on a thread, or on an expense, with this field. */
function verdict(kind: "message" | "expense", children: FieldValue): string | undefined {
  const book = kind === "message" ? MESSAGES : EXPENSES;
  const desk = new Desk(devices().alicePhone, book);
  const entries = new Entries();
  const first = desk.first({ ...(kind === "message" ? newThread("x") : newExpense()), children });
  entries.push(desk.device, [first]);
  return judgeAll(book, entries.all).get(changeHash(first.bytes));
}

describe("the children that a record names", () => {
  it("[R13] are a list that comes back as it was written, in one form alone", () => {
    const label = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((s) => labelOf(s) === s);
    fc.assert(
      fc.property(fc.uniqueArray(label, { minLength: 1, maxLength: MAX_CHILDREN }), (labels) => {
        const text = formatChildren(labels);
        expect(parseChildren(text)).toEqual(labels);
        // No second text is read as the same list.
        for (const other of [`${text}=`, ` ${text}`, `${text}A`]) expect(parseChildren(other)).toBeUndefined();
      }),
      SEED,
    );
  });

  it("[R13] any bytes are either a list whose only form they are, or none", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = toBase64url(bytes);
        const read = parseChildren(text);
        expect(read === undefined || formatChildren(read) === text).toBe(true);
      }),
      SEED,
    );
  });

  it("[R13] the longest list has room in a field and in a tag", () => {
    const labels = Array.from({ length: MAX_CHILDREN }, (_, i) => "😀".repeat(MAX_CHILD - 1) + String.fromCharCode(65 + i));
    const text = formatChildren(labels);
    expect(parseChildren(text)).toEqual(labels);
    expect(text.length).toBeLessThanOrEqual(MAX_CHILDREN_TEXT);
  });

  it.each<[string, readonly string[]]>([
    ["none", []],
    ["an empty one", [""]],
    ["one twice", ["Mia", "Leo", "Mia"]],
    ["one of 61 characters", ["x".repeat(61)]],
    ["13 of them", Array.from({ length: 13 }, (_, i) => `Child ${String(i)}`)],
    ["a space before", [" Mia"]],
    ["a space behind", ["Mia\u00a0"]],
    ["a joiner behind", ["Mia\u200d"]],
    ["an end of a line", ["Mia\nLeo"]],
    ["a control", ["Mi\u0007a"]],
    ["a mark of direction", ["\u202eaiM"]],
    ["a letter that nobody sees", ["Mi\u200ba"]],
    ["a tag character", ["Mia\u{e0061}"]],
  ])("[R13] with %s is set aside, in a thread and in an expense", (_, list) => {
    expect(parseChildren(field(list))).toBeUndefined();
    expect([verdict("message", field(list)), verdict("expense", field(list))]).toEqual(["set-aside kind-fields", "set-aside kind-fields"]);
  });

  it("[R13] stand where a lawful record names them", () => {
    const desk = new Desk(devices().alicePhone, EXPENSES);
    const entries = new Entries();
    const first = desk.first({ ...newExpense(), children: field(["Zoë", "علی‌رضا", "👩‍👧"]) });
    entries.push(desk.device, [first]);
    expect(judgeAll(EXPENSES, entries.all).get(changeHash(first.bytes))).toBe("admitted");
    desk.take(entries.all);
    const { state } = desk.book;
    expect(foldRecord("expense", state.actsOf(first.record), state.precedes)).toMatchObject({ children: ["Zoë", "علی‌رضا", "👩‍👧"] });
  });

  it("[R13] as typed are brought into the form in which the app writes them", () => {
    expect([labelOf("  Zoe\u0308 "), labelOf("   "), labelOf("a\nb"), labelOf("x".repeat(61))]).toEqual([
      "Zoë",
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("the tag of a record that names children", () => {
  it.each<[string, string | undefined, string]>([
    ["what the field says", "same", "admitted"],
    ["nobody", undefined, "set-aside change-tag"],
    ["others", field(["Leo"]), "set-aside change-tag"],
    ["the same in another text", "Mia", "set-aside change-tag"],
  ])("[X11][L1c] names %s", (_, says, wanted) => {
    const desk = new Desk(devices().alicePhone, MESSAGES);
    const entries = new Entries();
    const children = field(["Mia"]);
    const first = desk.first({ ...newThread("x"), children });
    entries.push(desk.device, [{ ...first, tag: { kind: "message", root: first.record, children: says === "same" ? children : says } }]);
    expect(judgeAll(MESSAGES, entries.all).get(changeHash(first.bytes))).toBe(wanted);
  });

  it("[X11][L1c] of one that names nobody says nothing of children", () => {
    const desk = new Desk(devices().alicePhone, MESSAGES);
    const entries = new Entries();
    const first = desk.first(newThread("x"));
    entries.push(desk.device, [{ ...first, tag: { kind: "message", root: first.record, children: field(["Mia"]) } }]);
    expect(judgeAll(MESSAGES, entries.all).get(changeHash(first.bytes))).toBe("set-aside change-tag");
  });
});
