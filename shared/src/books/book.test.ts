import * as A from "@automerge/automerge/slim";
import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { AT, CHECKPOINT, devices, Entries, EXPENSES, factsOf, LOG, newExpense, signed, told } from "../../test/book.ts";
import type { TestDevice } from "../../test/people.ts";
import { seededRandom } from "../../test/random.ts";
import type { RecordId } from "../base/ids.ts";
import { initCrypto } from "../crypto/init.ts";
import { hashText } from "../kinds/fields.ts";
import { emptyDoc, freeDoc } from "./admit.ts";
import { provisionalCarrier, takeEntries, type Carried } from "./book.ts";
import { changeHash } from "./chunk.ts";
import { foldRecord } from "./fold.ts";
import { judgeEntry, type SignedChange, type Verdict } from "./judge.ts";
import { newActKey, newActor, newRecordId } from "./record-id.ts";
import { decodeState, encodeState } from "./state-cache.ts";
import { BookState } from "./state.ts";
import { makeChange, type Draft } from "./write.ts";

vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

const FACTS = factsOf(EXPENSES);

/** What a device does next. `pick` chooses among what there is. */
const stepArbitrary = fc.record({
  who: fc.nat(3),
  what: fc.constantFrom("submit", "act", "act", "act", "read", "read", "push", "push", "fork", "forge", "hijack", "swap", "lose"),
  act: fc.constantFrom("withdraw", "approve", "refuse", "request-changes", "pay", "confirm-payment"),
  pick: fc.nat(1_000),
});
type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** One device: what it has read and written, and what it has not pushed yet. It checks no rule before it writes. */
class Hand {
  readonly device: TestDevice;
  readonly outbox: SignedChange[] = [];
  state = new BookState(LOG, EXPENSES);
  actor: string;
  read = 0;
  readonly #random;

  constructor(device: TestDevice) {
    this.device = device;
    this.#random = seededRandom(`hand ${device.id}`);
    this.actor = newActor(this.#random);
  }

  make(draft: Omit<Draft, "record"> & { record?: RecordId }): SignedChange {
    const full = { ...draft, record: draft.record ?? newRecordId(this.device.id, this.#random) };
    const written = makeChange(this.state, full, { actor: this.actor, author: this.device.id, clock: AT, checkpoint: CHECKPOINT });
    if (!written.ok) throw new Error(written.error.code);
    return signed(this.device, EXPENSES, written.value.bytes);
  }

  /** Keeps what it wrote, where it is lawful at all; a modified client sends the rest too. */
  keep(change: SignedChange): void {
    judgeEntry(this.state, provisionalCarrier({ time: AT, pusher: this.device.id, level: 1 }), [change], FACTS);
    this.outbox.push(change);
  }

  act(step: Step): SignedChange | undefined {
    const records = [...this.state.records.keys()];
    const record = records[step.pick % Math.max(1, records.length)];
    if (record === undefined) return undefined;
    const acts = this.state.actsOf(record);
    const answered = acts[step.pick % acts.length];
    const of = answered && hashText(answered.hash);
    const reason = step.act === "refuse" || step.act === "request-changes" ? "Because." : undefined;
    const amount = step.act === "pay" ? 1 + (step.pick % 3_000) : undefined;
    const fields = { act: step.act, v: 1, of: step.act === "withdraw" ? undefined : of, reason, amount };
    return this.make({ record, actKey: newActKey(this.#random), fields });
  }

  readLog(entries: readonly Carried[]): void {
    const next = new BookState(LOG, EXPENSES);
    for (const e of entries) judgeEntry(next, e.carrier, e.changes, FACTS);
    judgeEntry(next, provisionalCarrier({ time: AT, pusher: this.device.id, level: 1 }), this.outbox, FACTS);
    this.state = next;
    // An own change that was set aside would be gone on from for ever: an honest device starts a new actor then, as at each opening.
    if (this.outbox.some((c) => !next.get(changeHash(c.bytes)))) this.actor = newActor(this.#random);
  }
}

/** Plays the steps and gives the log that came of them. */
function play(steps: readonly Step[]): Entries {
  const d = devices();
  const hands = [d.alicePhone, d.aliceLaptop, d.bobPhone, d.bobLaptop].map((x) => new Hand(x));
  const entries = new Entries();
  for (const step of steps) {
    const hand = hands[step.who];
    const victim = hands[(step.who + 2) % 4];
    if (!hand || !victim) throw new Error("four hands");
    if (step.what === "submit") hand.keep(hand.make({ fields: newExpense(1 + step.pick) }));
    else if (step.what === "act") {
      const change = hand.act(step);
      if (change) hand.keep(change);
    } else if (step.what === "read") hand.readLog(entries.all);
    else if (step.what === "push" && hand.outbox.length > 0) entries.push(hand.device, hand.outbox.splice(0, 1 + (step.pick % 4)));
    else if (step.what === "fork") {
      const [one, two] = [1, 2].map((n) => hand.make({ fields: newExpense(n) })) as [SignedChange, SignedChange];
      entries.push(hand.device, step.pick % 2 === 0 ? [one, two] : [two]);
      hand.outbox.push(one);
    } else if (step.what === "forge") {
      const change = hand.make({ fields: newExpense(7) });
      entries.push(victim.device, [{ ...change, signature: signed(victim.device, EXPENSES, change.bytes).signature }]);
    } else if (step.what === "hijack") {
      const mine = hand.actor;
      hand.actor = victim.actor;
      entries.push(hand.device, [hand.make({ fields: newExpense(8) })]);
      hand.actor = mine;
    } else if (step.what === "swap") entries.push(hand.device, hand.outbox.splice(0).reverse());
    else if (step.what === "lose") hand.outbox.splice(step.pick % Math.max(1, hand.outbox.length), 1);
  }
  for (const hand of hands) if (hand.outbox.length > 0) entries.push(hand.device, hand.outbox);
  return entries;
}

const line = (v: Verdict): string => `${String(v.seq)}/${String(v.index)} ${v.hash.slice(0, 8)} ${told(v)}${v.again ? " again" : ""}`;
const own = () => provisionalCarrier({ time: AT, pusher: devices().alicePhone.id, level: 1 });
const foldAll = (state: BookState) => [...state.records].map(([id, r]) => foldRecord(r.kind, state.actsOf(id), state.precedes));

describe("a book between two parents who may both be hostile", () => {
  it("[X3] has the same verdicts and the same document whatever the batches, and one that saves and loads", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(stepArbitrary, { minLength: 10, maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (steps, sizes) => {
          const entries = play(steps).all;
          const fresh = new BookState(LOG, EXPENSES);
          const expected = entries.flatMap((e) => judgeEntry(fresh, e.carrier, e.changes, FACTS)).map(line);
          for (const v of expected) seen.add(v.replace(/^\S+ \S+ /, ""));

          const empty = new BookState(LOG, EXPENSES);
          let book = { logged: empty, own: [] as SignedChange[], state: empty, doc: emptyDoc() } as Parameters<typeof takeEntries>[0];
          const verdicts: string[] = [];
          for (let at = 0, turn = 0; at < entries.length; turn++) {
            const batch = entries.slice(at, (at += sizes[turn % sizes.length] ?? 1));
            const taken = takeEntries(book, batch, FACTS, own());
            freeDoc(book.doc);
            // A device may stop and start again anywhere: what it kept gives the same.
            const kept = decodeState(encodeState(taken.book.logged), LOG, EXPENSES);
            if (!kept) throw new Error("a kept state is read again");
            book = { ...taken.book, logged: kept, state: kept };
            verdicts.push(...taken.verdicts.map(line));
          }
          expect(verdicts).toEqual(expected);
          expect([...A.getHeads(book.doc)].sort()).toEqual(fresh.heads);
          expect(Object.keys(book.doc.records).sort()).toEqual([...fresh.records.keys()].sort());
          const loaded = A.load(A.save(book.doc));
          expect([...A.getHeads(loaded)].sort()).toEqual(fresh.heads);
          A.free(loaded);
          freeDoc(book.doc);
          expect(foldAll(book.state)).toEqual(foldAll(fresh));
        },
      ),
      { seed: 20261122, numRuns: 40 },
    );
    // The mixes are worth something only if they reach far.
    for (const verdict of [
      "admitted",
      "waiting",
      "set-aside change-forked",
      "set-aside change-other-signer",
      "set-aside not-other-parent",
      "set-aside change-on-set-aside",
    ]) {
      expect([...seen]).toContain(verdict);
    }
  });
});

describe("a judged book that was kept", () => {
  it("[X3] is not read for another log, another book or when it is damaged", () => {
    const state = new BookState(LOG, EXPENSES);
    const bytes = encodeState(state);
    expect(decodeState(bytes, LOG, EXPENSES)?.heads).toEqual(state.heads);
    expect(decodeState(bytes, "00".repeat(32) as typeof LOG, EXPENSES)).toBeUndefined();
    expect(decodeState(bytes, LOG, { ...EXPENSES, period: "2027" })).toBeUndefined();
    expect(decodeState(bytes.subarray(0, -5), LOG, EXPENSES)).toBeUndefined();
  });
});
