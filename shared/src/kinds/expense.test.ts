import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { ALICE, BOB, Desk, devices, Entries, EXPENSES, judgeAll, newExpense } from "../../test/book.ts";
import type { ChangeHash, RecordId } from "../base/ids.ts";
import { changeHash } from "../books/chunk.ts";
import { foldRecord, type ExpenseRecord } from "../books/fold.ts";
import type { SignedChange } from "../books/judge.ts";
import type { FieldValue } from "./fields.ts";
import { initCrypto } from "../crypto/init.ts";
import { balancesOf } from "../books/balance.ts";
import { allowedActs } from "./expense-state.ts";
import { hashText } from "./fields.ts";

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

/** Alice has submitted an expense of 45.01, of which bob is asked for half; both have it. */
class Case {
  readonly entries = new Entries();
  readonly alice = new Desk(devices().alicePhone, EXPENSES);
  readonly bob = new Desk(devices().bobPhone, EXPENSES);
  readonly bob2 = new Desk(devices().bobLaptop, EXPENSES);
  readonly record: RecordId;
  readonly first: ChangeHash;
  #read = 0;

  constructor() {
    const first = this.alice.first(newExpense(4_501));
    this.record = first.record;
    this.first = changeHash(first.bytes);
    this.log(this.alice, first);
    this.sync();
  }

  /** An act that its author makes on what they have; it is not in the log yet. */
  act(desk: Desk, act: string, fields: Record<string, FieldValue | undefined> = {}): SignedChange & { hash: ChangeHash } {
    const change = desk.draft({
      record: this.record,
      actKey: `a:${desk.recordId().slice(16)}`,
      fields: { act, v: 1, ...fields },
    });
    return { ...change, hash: changeHash(change.bytes) };
  }

  log(desk: Desk, change: SignedChange): string {
    this.entries.push(desk.device, [change]);
    return judgeAll(EXPENSES, this.entries.all).get(changeHash(change.bytes)) ?? "";
  }

  /** Everybody reads what is in the log. */
  sync(): void {
    for (const desk of [this.alice, this.bob, this.bob2]) desk.take(this.entries.all.slice(this.#read));
    this.#read = this.entries.all.length;
  }

  /** Makes an act, logs it, and lets everybody read. */
  say(desk: Desk, act: string, fields: Record<string, FieldValue | undefined> = {}): { verdict: string; hash: ChangeHash } {
    const change = this.act(desk, act, fields);
    const verdict = this.log(desk, change);
    this.sync();
    return { verdict, hash: change.hash };
  }

  /** The same under a key that its author chose. */
  under(desk: Desk, actKey: string, act: string, fields: Record<string, FieldValue | undefined>): string {
    const verdict = this.log(desk, desk.draft({ record: this.record, actKey, fields: { act, v: 1, ...fields } }));
    this.sync();
    return verdict;
  }

  get of(): string {
    return hashText(this.first);
  }

  expense(desk: Desk = this.alice): ExpenseRecord {
    const { state } = desk.book;
    const folded = foldRecord("expense", state.actsOf(this.record), state.precedes);
    if (folded?.kind !== "expense") throw new Error("no expense");
    return folded;
  }
}

describe("an expense's life", () => {
  it("[X12] no act takes the key of another act of its record, whoever made that", () => {
    const c = new Case();
    const key = "a:0123456789abcdef";
    expect(c.under(c.bob, key, "approve", { of: c.of })).toBe("admitted");
    expect(c.under(c.bob, key, "pay", { of: c.of, amount: 500 })).toBe("set-aside act-taken");
    expect(c.under(c.alice, key, "withdraw", {})).toBe("set-aside act-taken");
    expect(c.under(c.bob2, "a:0123456789abcdee", "pay", { of: c.of, amount: 500 })).toBe("admitted");
  });

  it("[R10] goes from submitted over approved and paid to settled", () => {
    const c = new Case();
    expect([c.expense().stage, c.expense().asked, c.expense().author]).toEqual(["submitted", 2_251, ALICE]);
    const approval = c.say(c.bob, "approve", { of: c.of });
    expect([approval.verdict, c.expense().stage]).toEqual(["admitted", "approved"]);
    expect(balancesOf([c.expense()], ALICE)).toEqual([{ currency: "EUR", owedToMe: 2_251, waitingForMe: 0, waitingForThem: 0 }]);
    const part = c.say(c.bob2, "pay", { of: hashText(approval.hash), amount: 1_000, method: "cash" });
    expect([part.verdict, c.expense().stage, c.expense().paid]).toEqual(["admitted", "payment-made", 1_000]);
    expect(c.say(c.alice, "confirm-payment", { of: hashText(part.hash) }).verdict).toBe("admitted");
    expect([c.expense().stage, c.expense().confirmed]).toEqual(["payment-made", 1_000]);
    expect(balancesOf([c.expense()], BOB)).toEqual([{ currency: "EUR", owedToMe: -1_251, waitingForMe: 0, waitingForThem: 0 }]);
    const rest = c.say(c.bob, "pay", { of: c.of, amount: 1_251 });
    c.say(c.alice, "confirm-payment", { of: hashText(rest.hash) });
    expect([c.expense().stage, c.expense(c.bob).stage, c.expense().crossed]).toEqual(["settled", "settled", false]);
    expect(c.expense().steps.map((s) => s.fields.act)).toEqual(["approve", "pay", "confirm-payment", "pay", "confirm-payment"]);
  });

  it("[R10][R11] changes can be asked for, and the expense then withdrawn or answered", () => {
    const c = new Case();
    c.say(c.bob, "request-changes", { of: c.of, reason: "The receipt is missing." });
    expect(c.expense().stage).toBe("changes-requested");
    expect(c.say(c.alice, "withdraw").verdict).toBe("admitted");
    expect(c.expense().stage).toBe("withdrawn");
    const other = new Case();
    other.say(other.bob, "request-changes", { of: other.of, reason: "The receipt is missing." });
    other.say(other.bob, "approve", { of: other.of });
    expect(other.expense().stage).toBe("approved");
  });
});

describe("who may do what", () => {
  it("[R11] nobody answers or pays their own expense", () => {
    const c = new Case();
    for (const act of ["approve", "refuse", "request-changes"]) {
      const reason = act === "approve" ? undefined : "x";
      expect(c.log(c.alice, c.act(c.alice, act, { of: c.of, reason }))).toBe("set-aside not-other-parent");
    }
    c.say(c.bob, "approve", { of: c.of });
    expect(c.log(c.alice, c.act(c.alice, "pay", { of: c.of, amount: 5 }))).toBe("set-aside not-other-parent");
  });

  it("[R11] only the author's side withdraws and confirms a payment", () => {
    const c = new Case();
    expect(c.log(c.bob, c.act(c.bob, "withdraw"))).toBe("set-aside not-author");
    const pay = [c.say(c.bob2, "approve", { of: c.of }), c.say(c.bob2, "pay", { of: c.of, amount: 5 })].at(-1);
    expect(c.log(c.bob2, c.act(c.bob2, "confirm-payment", { of: hashText(pay?.hash ?? c.first) }))).toBe("set-aside not-author");
  });

  it("[R3][R11] an answer names the change that it answers, and that one is in its past", () => {
    const c = new Case();
    const other = c.alice.first(newExpense(9));
    const seen = c.act(c.bob, "approve", { of: hashText(changeHash(other.bytes)) });
    expect(c.log(c.bob, seen)).toBe("set-aside answer-unknown");
    expect(c.log(c.bob2, c.act(c.bob2, "approve"))).toBe("set-aside kind-fields");
  });

  it("[R11] a final answer is fixed: it is not answered again, and no withdrawal follows it", () => {
    const c = new Case();
    c.say(c.bob, "refuse", { of: c.of, reason: "Not agreed." });
    expect(c.log(c.bob, c.act(c.bob, "approve", { of: c.of }))).toBe("set-aside expense-answered");
    expect(c.log(c.alice, c.act(c.alice, "withdraw"))).toBe("set-aside expense-answered");
    expect(c.log(c.bob2, c.act(c.bob2, "pay", { of: c.of, amount: 5 }))).toBe("set-aside expense-not-approved");
  });

  it("[R11] what was withdrawn cannot be answered, and what was not approved cannot be paid", () => {
    const c = new Case();
    expect(c.log(c.bob2, c.act(c.bob2, "pay", { of: c.of, amount: 5 }))).toBe("set-aside expense-not-approved");
    c.say(c.alice, "withdraw");
    expect(c.log(c.bob, c.act(c.bob, "approve", { of: c.of }))).toBe("set-aside expense-withdrawn");
  });

  it("[R11] a payment is confirmed once, and only a payment", () => {
    const c = new Case();
    const approval = c.say(c.bob, "approve", { of: c.of });
    const pay = c.say(c.bob, "pay", { of: c.of, amount: 5_000 });
    c.say(c.alice, "confirm-payment", { of: hashText(pay.hash) });
    expect(c.log(c.alice, c.act(c.alice, "confirm-payment", { of: hashText(pay.hash) }))).toBe("set-aside payment-confirmed");
    const d = new Case();
    d.say(d.bob, "approve", { of: d.of });
    expect(d.log(d.alice, d.act(d.alice, "confirm-payment", { of: hashText(approval.hash) }))).toBe("set-aside answer-unknown");
    expect(c.log(c.bob, c.act(c.bob, "pay", { of: c.of, amount: 1 }))).toBe("set-aside payment-confirmed");
  });

  it("[R4] the acts offered to a person are the lawful ones", () => {
    expect(allowedActs("submitted", ALICE, ALICE, false)).toEqual(["withdraw"]);
    expect(allowedActs("changes-requested", ALICE, BOB, false)).toEqual(["approve", "refuse", "request-changes"]);
    expect(allowedActs("payment-made", ALICE, ALICE, true)).toEqual(["confirm-payment"]);
    expect(allowedActs("payment-made", ALICE, BOB, true)).toEqual(["pay"]);
    for (const stage of ["withdrawn", "refused", "settled"] as const) {
      expect([...allowedActs(stage, ALICE, ALICE, false), ...allowedActs(stage, ALICE, BOB, false)]).toEqual([]);
    }
  });
});

describe("acts that cross", () => {
  it("[R4][R10] withdrawing and approving at once are both kept; the later in the log decides, and it shows", () => {
    for (const approvalFirst of [true, false]) {
      const c = new Case();
      const withdraw = c.act(c.alice, "withdraw");
      const approve = c.act(c.bob, "approve", { of: c.of });
      const verdicts = approvalFirst
        ? [c.log(c.bob, approve), c.log(c.alice, withdraw)]
        : [c.log(c.alice, withdraw), c.log(c.bob, approve)];
      expect(verdicts).toEqual(["admitted", "admitted"]);
      c.sync();
      for (const desk of [c.alice, c.bob]) {
        const e = c.expense(desk);
        expect([e.stage, e.crossed, e.steps.length]).toEqual([approvalFirst ? "withdrawn" : "approved", true, 2]);
      }
    }
  });

  it("[R4][R10] two devices of one person answer differently while apart", () => {
    const c = new Case();
    const yes = c.act(c.bob, "approve", { of: c.of });
    const no = c.act(c.bob2, "refuse", { of: c.of, reason: "No." });
    expect([c.log(c.bob, yes), c.log(c.bob2, no)]).toEqual(["admitted", "admitted"]);
    c.sync();
    expect([c.expense().stage, c.expense().crossed]).toEqual(["refused", true]);
  });

  it("[R4][R10] the same answer given twice while apart is no contradiction", () => {
    const c = new Case();
    const answers = [c.bob, c.bob2].map((desk) => c.log(desk, c.act(desk, "approve", { of: c.of })));
    c.sync();
    expect([answers, c.expense().stage, c.expense().crossed]).toEqual([["admitted", "admitted"], "approved", false]);
  });

  it("[R3][R11] an approval does not reach an act outside its past: what crossed it is judged by the next act's past", () => {
    const c = new Case();
    const withdraw = c.act(c.alice, "withdraw");
    c.log(c.bob, c.act(c.bob, "approve", { of: c.of }));
    c.log(c.alice, withdraw);
    c.sync();
    expect(c.log(c.bob, c.act(c.bob, "pay", { of: c.of, amount: 5 }))).toBe("set-aside expense-withdrawn");
  });
});

describe("an expense's fields", () => {
  it.each([
    ["amount", 0],
    ["amount", 1_000_000_000_001],
    ["amount", "45"],
    ["currency", "XXX"],
    ["currency", "eur"],
    ["spent", "2026-02-30"],
    ["spent", "2.3.2026"],
    ["share", 10_001],
    ["share", -1],
    ["category", ""],
    ["title", "x".repeat(201)],
    ["note", "x".repeat(5_001)],
    ["files", "AAAA"],
    ["colour", "red"],
  ])("[R1] %s cannot be %j", (field, value) => {
    const c = new Case();
    const change = c.bob.draft({ record: c.bob.recordId(), fields: { ...newExpense(), [field]: value } });
    expect(c.log(c.bob, change)).toBe("set-aside kind-fields");
  });

  it("[R1] an expense stands in the book of the expenses and nowhere else, an act that it does not know nowhere at all", () => {
    const c = new Case();
    expect(c.log(c.bob, c.act(c.bob, "forgive"))).toBe("set-aside kind-act");
    const message = { kind: "message", v: 1, at: newExpense()["at"], thread: "", subject: "S", text: "T" };
    expect(c.log(c.bob, c.bob.draft({ record: c.bob.recordId(), fields: message }))).toBe("set-aside kind-channel");
    expect(c.log(c.bob2, c.bob2.draft({ record: c.bob2.recordId(), fields: { kind: "loan", v: 1 } }))).toBe("set-aside kind-unknown");
  });
});
