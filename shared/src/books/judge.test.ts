import * as A from "@automerge/automerge/slim";
import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import {
  ALICE,
  CHECKPOINT,
  Desk,
  devices,
  Entries,
  judgeAll,
  last,
  LOG,
  MESSAGES,
  newThread,
  raw,
  signed,
  started,
  told,
} from "../../test/book.ts";
import { idBytes } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import { formatCheckpointField } from "./checkpoint-field.ts";
import { authorField, changeHash } from "./chunk.ts";
import { GENESIS_HASH, genesisBytes } from "./genesis.ts";
import { judgeEntry, type SignedChange } from "./judge.ts";
import { bookId } from "./names.ts";
import { newRecordId } from "./record-id.ts";
import { signChange } from "./signature.ts";
import { BookState } from "./state.ts";
import { seededRandom } from "../../test/random.ts";

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

describe("a lawful change", () => {
  it("[X9] is admitted, and stands alike on both replicas", () => {
    const { alice, bob, first } = started();
    expect(bob.book.state.get(changeHash(first.bytes))?.act.member).toBe(ALICE);
    expect(bob.heads()).toEqual(alice.heads());
    expect(bob.heads()).toEqual(bob.book.state.heads);
  });

  it("[X8] is byte for byte what Automerge's own change function writes", () => {
    const { alicePhone } = devices();
    const record = "0123456789abcdef".repeat(2);
    let doc = A.applyChanges(A.init<{ records: Record<string, Record<string, unknown>> }>({ author: alicePhone.id }), [genesisBytes()])[0];
    const actor = A.getActorId(doc);
    doc = A.change(doc, { time: 7, message: formatCheckpointField(CHECKPOINT) }, (x) => {
      x.records[record] = {};
      const map = x.records[record];
      map["flag"] = true;
      map["sum"] = new A.Int(-55);
      map["text"] = new A.ImmutableString("é😀");
    });
    const obj = `2@${actor}`;
    const ops = [
      { action: "makeMap", obj: "1@00000000000000000000000000000000", key: record, pred: [] },
      { action: "set", obj, key: "flag", value: true, pred: [] },
      { action: "set", obj, key: "sum", value: -55, datatype: "int", pred: [] },
      { action: "set", obj, key: "text", value: "é😀", pred: [] },
    ];
    expect(A.getLastLocalChange(doc)).toEqual(raw(alicePhone, { actor, time: 7, ops }));
  });
});

describe("who signed", () => {
  it("[X1] a signature for another book or over other bytes is none", () => {
    const { d, entries, alice } = started();
    const change = alice.draft({ record: alice.recordId(), fields: newThread("x") });
    const elsewhere = bookId(LOG, { ...MESSAGES, period: "2026-04" });
    const carried = signChange(LOG, elsewhere, changeHash(change.bytes), d.alicePhone.sign.secretKey);
    entries.push(d.alicePhone, [{ ...change, signature: carried }]);
    expect(last(entries)).toBe("set-aside change-signature");
  });

  it("[X7] a change that names another author than its signer is set aside", () => {
    const { d, entries } = started();
    const bytes = raw(d.alicePhone, {});
    entries.push(d.bobPhone, [signed(d.bobPhone, MESSAGES, bytes)]);
    expect(last(entries)).toBe("set-aside change-other-signer");
  });

  it("[X7] another device cannot go on under an actor that is not its own", () => {
    const { d, entries, alice, bob } = started();
    bob.actor = alice.actor;
    const hijack = bob.draft({ record: bob.recordId(), fields: newThread("as alice") });
    entries.push(d.bobPhone, [hijack]);
    expect(last(entries)).toBe("set-aside change-other-signer");
  });

  it("[X7] another device cannot start an actor that is taken", () => {
    const { d, entries, alice } = started();
    entries.push(d.bobPhone, [signed(d.bobPhone, MESSAGES, raw(d.bobPhone, { actor: alice.actor }))]);
    expect(last(entries)).toBe("set-aside change-actor");
  });

  it("[X7] nobody is the actor of the fixed first change", () => {
    const { d, entries } = started();
    entries.push(d.bobPhone, [signed(d.bobPhone, MESSAGES, raw(d.bobPhone, { actor: "00".repeat(16) }))]);
    expect(last(entries)).toBe("set-aside change-actor");
  });

  it("[X7][X12] the author stands on an actor's first change and nowhere else", () => {
    const { d, entries, alice } = started();
    entries.push(d.bobPhone, [signed(d.bobPhone, MESSAGES, raw(d.bobPhone, { extra_bytes: [] } as object))]);
    expect(last(entries)).toBe("set-aside change-author");
    const { seq, last: previous } = alice.book.state.actor(alice.actor) ?? { seq: 0, last: GENESIS_HASH };
    const again = raw(d.alicePhone, {
      actor: alice.actor,
      seq: seq + 1,
      deps: [previous],
      startOp: alice.book.state.endOpOf(previous) + 1,
      extra_bytes: authorField(idBytes(d.bobPhone.id)),
    } as object);
    entries.push(d.alicePhone, [signed(d.alicePhone, MESSAGES, again)]);
    expect(last(entries)).toBe("set-aside change-author");
  });

  it("[L7] nobody carries a change for the other parent, nor one of a stranger", () => {
    const { d, entries, alice, bob } = started();
    const change = alice.draft({ record: alice.recordId(), fields: newThread("x") });
    entries.push(d.bobPhone, [change]);
    expect(last(entries)).toBe("set-aside change-not-authorised");
    const stranger = new Desk(d.stranger, MESSAGES);
    stranger.book = bob.book;
    entries.push(d.bobPhone, [stranger.draft({ record: stranger.recordId(), fields: newThread("x") })]);
    expect(last(entries)).toBe("set-aside change-not-authorised");
  });

  it("[L7] a device may carry what another device of its member wrote", () => {
    const { d, entries, alice } = started();
    entries.push(d.aliceLaptop, [alice.draft({ record: alice.recordId(), fields: newThread("x") })]);
    expect(last(entries)).toBe("admitted");
  });

  it("[L2] bad carrying sticks to the carrier: a proper copy of the same change is admitted later, and what waited for it too", () => {
    const { d, entries, alice } = started();
    const one = alice.first(newThread("one"));
    const two = alice.first(newThread("two"));
    const fake = { ...one, signature: new Uint8Array(64) };
    entries.push(d.bobPhone, [fake]);
    expect(last(entries)).toBe("set-aside change-signature");
    entries.push(d.alicePhone, [two]);
    expect(last(entries)).toBe("waiting");
    entries.push(d.alicePhone, [one]);
    const verdicts = judgeAll(MESSAGES, entries.all);
    expect([verdicts.get(changeHash(one.bytes)), verdicts.get(changeHash(two.bytes))]).toEqual(["admitted", "admitted"]);
  });
});

describe("the checkpoint", () => {
  it("[L6] a change without a checkpoint field is set aside", () => {
    const { d, entries } = started();
    entries.push(d.bobPhone, [signed(d.bobPhone, MESSAGES, raw(d.bobPhone, { message: "cs1.AAAA" }))]);
    expect(last(entries)).toBe("set-aside change-checkpoint");
  });

  it("[L6] a checkpoint without the relay's note beside it sets the change aside", () => {
    const { d, entries, bob } = started();
    entries.push(d.bobPhone, [bob.draft({ record: bob.recordId(), fields: newThread("x") })], {
      hasNote: (c) => c.size !== CHECKPOINT.size,
    });
    expect(last(entries)).toBe("set-aside change-checkpoint-missing");
  });
});

describe("the book", () => {
  it("[L9] an entry for a book that starts more than two days ahead is set aside, and can come again", () => {
    const { d, entries, bob } = started();
    const change = bob.draft({ record: bob.recordId(), fields: newThread("x") });
    entries.push(d.bobPhone, [change], { time: Date.UTC(2026, 1, 26) - 1 });
    expect(last(entries)).toBe("set-aside book-future");
    entries.push(d.bobPhone, [change], { time: Date.UTC(2026, 1, 27) });
    expect(last(entries)).toBe("admitted");
  });

  it("[L9] a period that no calendar has is no book", () => {
    const { bob } = started();
    const name = { ...MESSAGES, period: "2026-13" };
    const carrier = { ...new Entries().push(bob.device, []).carrier };
    const change = bob.draft({ record: bob.recordId(), fields: newThread("x") });
    const verdicts = judgeEntry(new BookState(LOG, name), carrier, [change], { ...bob.facts, book: name });
    expect(verdicts.map(told)).toEqual(["set-aside book-name"]);
  });

  it("[R1] a record stands in the book of its author's clock", () => {
    const { d, entries, bob } = started();
    entries.push(d.bobPhone, [bob.draft({ record: bob.recordId(), fields: { ...newThread("x"), at: Date.UTC(2026, 3, 1) } })]);
    expect(last(entries)).toBe("set-aside record-other-book");
  });
});

describe("the place among the others", () => {
  it("[X3] of two changes with one actor and number the first in the log stands, the other is evidence", () => {
    const { d, entries, alice } = started();
    const [one, two] = ["one", "two"].map((text) => alice.draft({ record: alice.recordId(), fields: newThread(text) })) as [
      SignedChange,
      SignedChange,
    ];
    entries.push(d.alicePhone, [two]);
    entries.push(d.alicePhone, [one]);
    expect([...judgeAll(MESSAGES, entries.all).values()]).toEqual(["admitted", "admitted", "set-aside change-forked"]);
  });

  it("[X4] a change that comes before what it is built on waits, and is judged right after it", () => {
    const { d, entries, alice } = started();
    const [one, two, three] = ["1", "2", "3"].map((t) => alice.first(newThread(t)));
    if (!one || !two || !three) throw new Error("three were written");
    entries.push(d.alicePhone, [three]);
    entries.push(d.alicePhone, [two]);
    const state = new BookState(LOG, MESSAGES);
    expect([...judgeAll(MESSAGES, entries.all, state).values()]).toEqual(["admitted", "waiting", "waiting"]);
    const { carrier, changes } = entries.push(d.alicePhone, [one]);
    const verdicts = judgeEntry(state, carrier, changes, alice.facts);
    expect(verdicts.map((v) => v.hash)).toEqual([one, two, three].map((c) => changeHash(c.bytes)));
    expect(verdicts.map((v) => v.seq)).toEqual([13, 12, 11]);
    expect(state.waiting).toEqual([]);
  });

  it("[X4] what waits for a change that never comes spoils nothing for the others", () => {
    const { d, entries, alice, bob } = started();
    const lost = bob.draft({ record: bob.recordId(), fields: newThread("lost") });
    const poison = raw(d.bobPhone, { actor: "bb".repeat(16), deps: [changeHash(lost.bytes)], startOp: 2 ** 31 });
    entries.push(d.bobPhone, [signed(d.bobPhone, MESSAGES, poison)]);
    entries.push(d.alicePhone, [alice.first(newThread("still here"))]);
    expect(alice.take(entries.all.slice(1)).map(told)).toEqual(["waiting", "admitted"]);
    expect(A.getMissingDeps(alice.book.doc, [])).toEqual([]);
    entries.push(d.bobPhone, [lost]);
    expect(alice.take(entries.all.slice(-1)).map(told)).toEqual(["admitted", "set-aside change-start"]);
  });

  it("[X5] what is built on a change that was set aside goes with it, and nobody else's work is touched", () => {
    const { d, entries, alice, bob } = started();
    const bad = raw(d.bobPhone, { record: newRecordId(d.alicePhone.id, seededRandom("forged")) });
    const built = raw(d.bobPhone, { seq: 2, deps: [changeHash(bad)], startOp: 9 });
    entries.push(d.bobPhone, [signed(d.bobPhone, MESSAGES, bad), signed(d.bobPhone, MESSAGES, built)]);
    entries.push(d.alicePhone, [alice.first(newThread("untouched"))]);
    expect([...judgeAll(MESSAGES, entries.all).values()]).toEqual([
      "admitted",
      "set-aside record-id",
      "set-aside change-on-set-aside",
      "admitted",
    ]);
    bob.take(entries.all.slice(1));
    expect(bob.book.state.setAside.get(changeHash(bad))).toBe("record-id");
  });

  it("[X6] a device leaves at most 16 ends open; the 17th is set aside, and the others can still write", () => {
    const { d, entries, alice } = started();
    const ends = Array.from({ length: 18 }, (_, i) =>
      signed(d.bobPhone, MESSAGES, raw(d.bobPhone, { actor: (i + 16).toString(16).repeat(16) })),
    );
    entries.push(d.bobPhone, ends);
    expect([...judgeAll(MESSAGES, entries.all).values()].map((v) => v.split(" ")[1])).toEqual([
      ...Array.from({ length: 17 }, () => undefined),
      ...Array.from({ length: 2 }, () => "change-too-many-heads"),
    ]);
    alice.take(entries.all.slice(1));
    entries.push(d.alicePhone, [alice.first(newThread("still here"))]);
    expect(last(entries)).toBe("admitted");
  });

  it("[X9] a sequence number is one after the actor's last in its own past, and that one is among the dependencies", () => {
    const { d, entries, bob } = started();
    const push = (bytes: Uint8Array) => {
      entries.push(d.bobPhone, [signed(d.bobPhone, MESSAGES, bytes)]);
      return last(entries);
    };
    const one = bob.first(newThread("1"));
    const two = bob.first(newThread("2"));
    entries.push(d.bobPhone, [one, two]);
    const [h1, h2] = [changeHash(one.bytes), changeHash(two.bytes)];
    const state = bob.book.state;
    expect(push(raw(d.bobPhone, { actor: bob.actor, seq: 4, deps: [h2], startOp: state.endOpOf(h2) + 1 }))).toBe(
      "set-aside change-sequence",
    );
    expect(push(raw(d.bobPhone, { actor: bob.actor, seq: 3, deps: [h1], startOp: state.endOpOf(h1) + 1 }))).toBe(
      "set-aside change-sequence",
    );
    expect(push(raw(d.bobPhone, { actor: bob.actor, seq: 2, deps: [h2], startOp: state.endOpOf(h2) + 1 }))).toBe(
      "set-aside change-dependencies",
    );
    expect(push(raw(d.bobPhone, { actor: "77".repeat(16), seq: 2, deps: [h2], startOp: state.endOpOf(h2) + 1 }))).toBe(
      "set-aside change-sequence",
    );
  });

  it("[X9] dependencies are there, distinct and not too many; startOp follows them exactly", () => {
    const { d, entries } = started();
    const push = (more: Parameters<typeof raw>[1]) => {
      entries.push(d.bobPhone, [signed(d.bobPhone, MESSAGES, raw(d.bobPhone, more))]);
      return last(entries);
    };
    expect(push({ deps: [] })).toBe("set-aside change-dependencies");
    expect(push({ startOp: 3 })).toBe("set-aside change-start");
    expect(push({ startOp: 1 })).toBe("set-aside change-start");
    expect(push({ startOp: 2 ** 31 })).toBe("set-aside change-start");
    const many = Array.from({ length: 65 }, (_, i) => i.toString(16).padStart(64, "0"));
    expect(push({ deps: many })).toBe("set-aside change-dependencies");
    expect(push({})).toBe("admitted");
  });
});
