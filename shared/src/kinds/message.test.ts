import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { ALICE, AT, Desk, devices, Entries, factsOf, judgeAll, MESSAGES, newExpense, newThread } from "../../test/book.ts";
import { toBase64url } from "../base/bytes.ts";
import type { RecordId } from "../base/ids.ts";
import { changeHash } from "../books/chunk.ts";
import { foldRecord } from "../books/fold.ts";
import { judgeEntry, type SignedChange } from "../books/judge.ts";
import { BookState } from "../books/state.ts";
import type { FieldValue } from "./fields.ts";
import { initCrypto } from "../crypto/init.ts";
import { hashText } from "./fields.ts";
import { formatChildren } from "./children.ts";
import { formatFiles, type FileRecord } from "./files.ts";
import { kindOf } from "./registry.ts";

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

type Fields = Record<string, FieldValue | undefined>;
const FILE = { name: "receipt.pdf", type: "application/pdf", size: 5, sealedSize: 60 };
const HASHES = { id: "01", hash: "02", sealedHash: "03", keyCommitment: "04" };
const file = (): FileRecord =>
  ({ ...FILE, ...Object.fromEntries(Object.entries(HASHES).map(([k, v]) => [k, v.repeat(32)])) }) as unknown as FileRecord;

/** Alice has started a thread, and bob has read it. */
function thread() {
  const entries = new Entries();
  const [alice, bob] = [new Desk(devices().alicePhone, MESSAGES), new Desk(devices().bobPhone, MESSAGES)];
  const first = alice.first(newThread("Can you take Friday?"));
  entries.push(alice.device, [first]);
  const sync = () => {
    for (const desk of [alice, bob])
      desk.take(entries.all.filter((e) => !desk.book.logged.knows(changeHash(e.changes[0]?.bytes ?? first.bytes))));
  };
  sync();
  const verdict = (desk: Desk, fields: Fields, record?: RecordId) => {
    const change = desk.draft({ record: record ?? desk.recordId(), fields });
    entries.push(desk.device, [change]);
    return judgeAll(MESSAGES, entries.all).get(changeHash(change.bytes));
  };
  return { entries, alice, bob, first, sync, verdict };
}

const answer = (thread: string, more: Fields = {}): Fields => ({ kind: "message", v: 1, at: AT, thread, text: "Yes.", ...more });

describe("messages", () => {
  it("[R1] are folded into what was written, with files and the thread that they belong to", () => {
    const { alice, bob, first, sync, entries } = thread();
    const reply = bob.first(answer(first.record, { reply: first.record, files: formatFiles([file()]), settlement: true }));
    entries.push(bob.device, [reply]);
    sync();
    const { state } = alice.book;
    const folded = foldRecord("message", state.actsOf(reply.record), state.precedes);
    expect(folded).toMatchObject({
      thread: first.record,
      reply: first.record,
      text: "Yes.",
      files: [file()],
      settlement: true,
      startsThread: false,
    });
    const begun = foldRecord("message", state.actsOf(first.record), state.precedes);
    expect(begun).toMatchObject({ thread: first.record, subject: "Handover on Friday", startsThread: true, first: { member: ALICE } });
    const roots = [reply.record, first.record].map((id) => kindOf("message")?.root(id, state.actsOf(id)[0]?.fields ?? new Map()));
    expect(roots).toEqual([first.record, first.record]);
  });

  it.each<[string, Fields]>([
    ["a subject inside a thread", answer("ab".repeat(16), { subject: "S" })],
    ["a new thread without a subject", { ...newThread("x"), subject: undefined }],
    ["children inside a thread", answer("ab".repeat(16), { children: formatChildren(["Mia"]) })],
    ["children that are no list", { ...newThread("x"), children: "Mia" }],
    ["a new thread that replies", { ...newThread("x"), reply: "ab".repeat(16) }],
    ["a subject of more than 200 characters", newThread("x", "x".repeat(201))],
    ["text of more than 20,000 characters", newThread("x".repeat(20_001))],
    ["a thread that is no record id", answer("Friday")],
    ["a number where text belongs", { ...newThread("x"), text: 5 }],
    ["an unknown field", { ...newThread("x"), colour: "red" }],
    ["no time", { ...newThread("x"), at: undefined }],
    ["files that are none", { ...newThread("x"), files: toBase64url(Uint8Array.of(0x80)) }],
    ["an origin that is no base64url", { ...newThread("x"), origin: "?" }],
  ])("[R1] cannot have %s", (_name, fields) => {
    const { bob, verdict } = thread();
    expect(verdict(bob, fields)).toBe("set-aside kind-fields");
  });

  it("[R1] count characters, not bytes: 200 of them may be emoji", () => {
    const { bob, verdict } = thread();
    expect(verdict(bob, newThread("x", "😀".repeat(200)))).toBe("admitted");
  });

  it("[R1] are empty only with files", () => {
    const { alice, bob, first, verdict } = thread();
    expect(verdict(bob, answer(first.record, { text: "" }))).toBe("set-aside message-empty");
    expect(verdict(alice, answer(first.record, { text: "", files: formatFiles([file()]) }))).toBe("admitted");
  });

  it("[R9] name a thread and a message of that thread, as far as this month can tell", () => {
    const { alice, bob, first, sync, entries } = thread();
    const verdict = (fields: Fields, record?: RecordId) => {
      // Each on a desk's own actor would build on the one before, which may be set aside: drafts are judged one by one.
      const change = bob.draft({ record: record ?? bob.recordId(), fields });
      return [
        ...judgeAll(MESSAGES, [...entries.all, { carrier: { ...entries.push(bob.device, []).carrier }, changes: [change] }]).values(),
      ].at(-1);
    };
    const reply = alice.first(answer(first.record));
    const other = alice.first(newThread("Something else", "Another subject"));
    entries.push(alice.device, [reply, other]);
    sync();
    expect(verdict(answer("ab".repeat(16)))).toBe("admitted");
    expect(verdict(answer(reply.record))).toBe("set-aside message-thread");
    expect(verdict(answer(first.record, { reply: reply.record }))).toBe("admitted");
    expect(verdict(answer(first.record, { reply: other.record }))).toBe("set-aside message-reply");
    expect(verdict(answer(first.record, { reply: "ab".repeat(16) }))).toBe("admitted");
    const own = bob.recordId();
    expect(verdict(answer(own), own)).toBe("set-aside message-thread");
  });

  it("[R1] with a false origin are set aside", () => {
    const { bob, entries } = thread();
    const change = bob.draft({ record: bob.recordId(), fields: { ...newThread("x"), origin: "AAAA" } });
    const judge = (holds: boolean) => {
      const state = new BookState(factsOf(MESSAGES).log, MESSAGES);
      for (const e of entries.all) judgeEntry(state, e.carrier, e.changes, bob.facts);
      return judgeEntry(state, entries.push(bob.device, []).carrier, [change], { ...bob.facts, originHolds: () => holds })[0]?.reason;
    };
    expect([judge(true), judge(false)]).toEqual([undefined, "origin-false"]);
  });

  it("[R1] do not stand among the expenses, nor an expense among them", () => {
    const { bob, verdict } = thread();
    expect(verdict(bob, newExpense())).toBe("set-aside kind-channel");
  });
});

describe("delivery receipts", () => {
  const receipt = (upto: number): Fields => ({ kind: "delivery-receipt", v: 1, at: AT, upto });

  it("[R3][X14] speak of what was in the log before them", () => {
    const { bob, alice, entries, verdict } = thread();
    const next = entries.all.length + 10;
    expect(verdict(bob, receipt(next - 1))).toBe("admitted");
    expect(verdict(alice, receipt(next + 1))).toBe("set-aside receipt-ahead");
    const later = new Desk(devices().bobLaptop, MESSAGES);
    later.take(entries.all.slice(0, 1));
    expect(verdict(later, receipt(10 ** 9))).toBe("set-aside receipt-ahead");
    expect(later.first(receipt(10 ** 9)).record).toHaveLength(32);
  });
});

describe("view receipts", () => {
  const view = (message: RecordId, of: SignedChange): Fields => ({
    kind: "view-receipt",
    v: 1,
    at: AT,
    message,
    of: hashText(changeHash(of.bytes)),
  });

  it("[X13] stand in the book of their message, also when it was seen a month later", () => {
    const { bob, first, verdict } = thread();
    expect(verdict(bob, { ...view(first.record, first), at: AT + 40 * 86_400_000 })).toBe("admitted");
  });

  it("[R3] name a message of the other parent and the change that brought it", () => {
    const { alice, bob, first, verdict } = thread();
    expect(verdict(alice, view(first.record, first))).toBe("set-aside receipt-own");
    expect(verdict(bob, view(first.record, first))).toBe("admitted");
  });

  it("[R3] cannot be forged for a message that their author's device has not seen", () => {
    const { alice, bob, first, verdict } = thread();
    const unseen = alice.first(newThread("Only on my device"));
    expect(verdict(bob, view(unseen.record, unseen))).toBe("set-aside answer-unknown");
    const other = new Desk(devices().bobLaptop, MESSAGES);
    expect(verdict(other, view(first.record, first))).toBe("set-aside answer-unknown");
  });

  it("[R3] name the message's own change", () => {
    const { bob, alice, first, verdict } = thread();
    expect(verdict(bob, view(first.record, alice.draft({ record: alice.recordId(), fields: newThread("x") })))).toBe(
      "set-aside answer-unknown",
    );
  });

  it("[R4] come once for each person, and twice only from devices that were apart", () => {
    const { entries, alice, bob, first, sync } = thread();
    const other = new Desk(devices().bobLaptop, MESSAGES);
    other.take(entries.all);
    const receipts = [bob, other].map((desk) => desk.first(view(first.record, first)));
    entries.push(bob.device, receipts.slice(0, 1));
    entries.push(other.device, receipts.slice(1));
    sync();
    expect(alice.book.state.referring(first.record)).toHaveLength(2);
    const again = bob.draft({ record: bob.recordId(), fields: view(first.record, first) });
    entries.push(bob.device, [again]);
    expect([...judgeAll(MESSAGES, entries.all).values()]).toEqual(["admitted", "admitted", "admitted", "set-aside receipt-twice"]);
  });

  it("[L1] are tagged with their message, so that a filter by it finds them", () => {
    const { first } = thread();
    const fields = new Map<string, FieldValue>([["message", first.record]]);
    expect(kindOf("view-receipt")?.root("ab".repeat(16) as RecordId, fields)).toBe(first.record);
  });
});
