import * as A from "@automerge/automerge/slim";
import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { ALICE, AT, BOB, Desk, judgeAll, last, MESSAGES, newThread, raw, signed, started, told } from "../../test/book.ts";
import { seededRandom } from "../../test/random.ts";
import { initCrypto } from "../crypto/init.ts";
import { changeHash } from "./chunk.ts";
import { GENESIS_HASH } from "./genesis.ts";
import { newRecordId, recordPrefix } from "./record-id.ts";

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

describe("records", () => {
  it("[R2] nobody makes a record under another device's prefix, nor uses an id again", () => {
    const { d, entries, alice, bob, first } = started();
    entries.push(d.bobPhone, [signed(d.bobPhone, MESSAGES, raw(d.bobPhone, { record: newRecordId(d.alicePhone.id, seededRandom("r")) }))]);
    expect(last(entries)).toBe("set-aside record-id");
    entries.push(d.bobPhone, [signed(d.bobPhone, MESSAGES, raw(d.bobPhone, { record: first.record }))]);
    expect(last(entries)).toBe("set-aside record-id");
    entries.push(d.alicePhone, [alice.draft({ record: first.record, fields: newThread("my own again") })]);
    expect(last(entries)).toBe("set-aside record-taken");
    expect(bob.recordId().startsWith(recordPrefix(d.bobPhone.id))).toBe(true);
  });

  it("[R2] the other parent cannot put a map at a message's key as if they had not seen it", () => {
    const { d, entries, alice, bob, first } = started();
    bob.take([]);
    entries.push(d.bobPhone, [signed(d.bobPhone, MESSAGES, raw(d.bobPhone, { record: first.record, deps: [GENESIS_HASH] }))]);
    alice.take(entries.all.slice(1));
    const { records } = A.toJS(alice.book.doc) as unknown as { records: Record<string, { text: A.ImmutableString }> };
    expect(records[first.record]?.text.val).toBe("Can you take Friday?");
    expect(Object.keys(records)).toHaveLength(1);
  });

  it("[X8] a message that was sent can be neither changed nor deleted", () => {
    const { d, entries, alice, bob, first } = started();
    const made = alice.book.state.get(changeHash(first.bytes));
    const obj = `${String(made?.startOp)}@${alice.actor}`;
    const base = { actor: "b0".repeat(16), deps: [changeHash(first.bytes)], startOp: (made?.endOp ?? 0) + 1 };
    const text = `${String((made?.startOp ?? 0) + 5)}@${alice.actor}`;
    const attempts = [
      [{ action: "set", obj, key: "text", value: "something else", pred: [text] }],
      [{ action: "set", obj, key: "text", value: "something else", pred: [] }],
      [{ action: "del", obj, key: "text", pred: [text] }],
      [{ action: "del", obj: "1@00000000000000000000000000000000", key: first.record, pred: [obj] }],
      [{ action: "makeMap", obj: "1@00000000000000000000000000000000", key: first.record, pred: [obj] }],
      [{ action: "makeMap", obj, key: "text", pred: [] }],
      [{ action: "makeText", obj: "_root", key: "records", pred: [] }],
      [],
    ];
    for (const ops of attempts) {
      entries.push(d.bobPhone, [signed(d.bobPhone, MESSAGES, raw(d.bobPhone, { ...base, ops }))]);
      expect(last(entries)).toBe("set-aside change-shape");
    }
    const edit = bob.draft({ record: first.record, actKey: "a:0123456789abcdef", fields: { act: "edit", v: 1, text: "else" } });
    entries.push(d.bobPhone, [edit]);
    expect(last(entries)).toBe("set-aside kind-act");
  });

  it("[X8] an act on a map that is not a record of the change's past is set aside", () => {
    const { d, entries, alice, first } = started();
    const made = alice.book.state.get(changeHash(first.bytes));
    const obj = `${String(made?.startOp)}@${alice.actor}`;
    const act = { action: "makeMap", key: "a:0123456789abcdef", pred: [] };
    const unseen = raw(d.bobPhone, { ops: [{ ...act, obj }] });
    entries.push(d.bobPhone, [signed(d.bobPhone, MESSAGES, unseen)]);
    expect(last(entries)).toBe("set-aside record-unknown");
    const none = raw(d.bobPhone, { actor: "b1".repeat(16), ops: [{ ...act, obj: `99@${alice.actor}` }] });
    entries.push(d.bobPhone, [signed(d.bobPhone, MESSAGES, none)]);
    expect(last(entries)).toBe("set-aside record-unknown");
  });

  it("[C7] a version above the level is set aside", () => {
    const { d, entries, bob } = started();
    entries.push(d.bobPhone, [bob.draft({ record: bob.recordId(), fields: { ...newThread("x"), v: 2 } })]);
    expect(last(entries)).toBe("set-aside change-level");
  });
});

describe("the tag", () => {
  it("[L1] that does not say what the change is sets it aside; the same change with its own tag is admitted", () => {
    const { d, entries, alice, first } = started();
    const reply = alice.draft({ record: alice.recordId(), fields: { kind: "message", v: 1, at: AT, thread: first.record, text: "x" } });
    const tagged = (kind: string, root: string): string => {
      entries.push(d.alicePhone, [{ ...reply, tag: { kind, root } }]);
      return last(entries);
    };
    expect(tagged("expense", first.record)).toBe("set-aside change-tag");
    expect(tagged("message", "ab".repeat(16))).toBe("set-aside change-tag");
    expect(tagged("message", first.record)).toBe("admitted");
  });

  it("[L1] of a change that waited is looked at when it is judged", () => {
    const { d, entries, alice } = started();
    const one = alice.first(newThread("one"));
    const two = alice.first(newThread("two"));
    entries.push(d.alicePhone, [{ ...two, tag: { kind: "message", root: one.record } }]);
    expect(last(entries)).toBe("waiting");
    entries.push(d.alicePhone, [{ ...one, tag: { kind: "message", root: one.record } }]);
    expect(judgeAll(MESSAGES, entries.all).get(changeHash(two.bytes))).toBe("set-aside change-tag");
  });
});

describe("own changes", () => {
  it("[X3] stand provisionally before the log carries them, and are judged again when it does", () => {
    const { d, entries, alice } = started();
    const own = alice.first(newThread("offline"));
    const hash = changeHash(own.bytes);
    expect(alice.book.state.get(hash)?.carriedBy).toBe(Infinity);
    expect(alice.book.logged.get(hash)).toBeUndefined();
    const entry = entries.push(d.alicePhone, [own]);
    expect(alice.take([entry]).map(told)).toEqual(["admitted"]);
    expect(alice.book.state.get(hash)?.carriedBy).toBe(entry.carrier.seq);
    expect(alice.book.own).toEqual([]);
    expect(alice.book.state).toBe(alice.book.logged);
  });

  it("[X3] one that the log sets aside leaves the document again", () => {
    const { d, entries, alice } = started();
    const own = alice.first(newThread("twice"));
    const twin = new Desk(d.alicePhone, MESSAGES, "restored backup");
    twin.actor = alice.actor;
    twin.take(entries.all);
    const other = twin.first(newThread("from a restored backup"));
    entries.push(d.alicePhone, [other]);
    const entry = entries.push(d.alicePhone, [own]);
    expect(alice.take(entries.all.slice(1)).map(told)).toEqual(["admitted", "set-aside change-forked"]);
    twin.take([entry, ...entries.all.slice(1, 2)]);
    expect(alice.heads()).toEqual(alice.book.state.heads);
    expect(Object.keys(alice.book.doc.records)).toHaveLength(2);
  });

  it("[X7] the author that Automerge shows is the signing device", () => {
    const { alice, bob, d } = started();
    expect(A.getAuthors(bob.book.doc)).toEqual([d.alicePhone.id]);
    expect(bob.facts.memberOf(alice.device.id)).toBe(ALICE);
    expect(bob.facts.memberOf(d.bobPhone.id)).toBe(BOB);
  });
});
