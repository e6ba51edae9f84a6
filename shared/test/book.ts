/**
 * Books for tests: two members with two devices each, a log that only counts, and replicas that write to it and read it.
 * `initCrypto()` and `initAutomergeNode()` must have resolved.
 */
import * as A from "@automerge/automerge/slim";
import type { ChangeHash, DeviceId, Hex32, LogId, MemberId, RecordId, StatementId } from "../src/base/ids.ts";
import { emptyDoc, freeDoc } from "../src/books/admit.ts";
import { addOwn, provisionalCarrier, takeEntries, type Carried, type LoadedBook, type Taken } from "../src/books/book.ts";
import type { CheckpointField } from "../src/books/checkpoint-field.ts";
import { formatCheckpointField } from "../src/books/checkpoint-field.ts";
import { authorField, changeHash, type Encodable } from "../src/books/chunk.ts";
import { GENESIS_HASH, RECORDS } from "../src/books/genesis.ts";
import type { Carrier, Facts, SignedChange, Verdict } from "../src/books/judge.ts";
import { judgeEntry } from "../src/books/judge.ts";
import { bookId, type BookName } from "../src/books/names.ts";
import { newActKey, newActor, newRecordId } from "../src/books/record-id.ts";
import { signChange, verifyChange } from "../src/books/signature.ts";
import { BookState } from "../src/books/state.ts";
import type { FieldValue } from "../src/kinds/fields.ts";
import { makeChange, type Draft } from "../src/books/write.ts";
import { idBytes } from "../src/base/bytes.ts";
import type { RandomBytes } from "../src/crypto/random.ts";
import { makeDevice, type TestDevice } from "./people.ts";
import { seededRandom } from "./random.ts";

export const LOG = "1f".repeat(32) as LogId;
export const AT = Date.UTC(2026, 2, 5, 12);
export const MESSAGES: BookName = { channel: "messages", period: "2026-03", shard: 0 };
export const EXPENSES: BookName = { channel: "expenses", period: "2026", shard: 0 };
export const CHECKPOINT: CheckpointField = {
  size: 3,
  root: "ab".repeat(32) as Hex32,
  time: AT - 60_000,
  charterHead: "cd".repeat(32) as StatementId,
};

export const ALICE = "a1".repeat(32) as MemberId;
export const BOB = "b0".repeat(32) as MemberId;

const random = seededRandom("book devices");
/** Two devices of alice, two of bob, one of nobody in the household. Keys are made on first use, once libsodium is there. */
let made: Record<"aliceLaptop" | "alicePhone" | "bobLaptop" | "bobPhone" | "stranger", TestDevice> | undefined;
export function devices(): NonNullable<typeof made> {
  made ??= {
    alicePhone: makeDevice(random),
    aliceLaptop: makeDevice(random),
    bobPhone: makeDevice(random),
    bobLaptop: makeDevice(random),
    stranger: makeDevice(random),
  };
  return made;
}

export function memberOf(device: DeviceId): MemberId | undefined {
  const d = devices();
  if (device === d.alicePhone.id || device === d.aliceLaptop.id) return ALICE;
  return device === d.bobPhone.id || device === d.bobLaptop.id ? BOB : undefined;
}

export function factsOf(book: BookName): Facts {
  const id = bookId(LOG, book);
  return {
    log: LOG,
    book,
    memberOf,
    mayCarry: (signer, pusher) => memberOf(pusher) !== undefined && memberOf(signer) === memberOf(pusher),
    verify: (hash, signature, signer) => verifyChange(LOG, id, hash, signature, signer),
  };
}

export const carrierOf = (pusher: DeviceId, seq: number, more: Partial<Carrier> = {}): Carrier => ({
  seq,
  channelSeq: seq,
  time: AT + seq * 1000,
  pusher,
  level: 1,
  hasNote: () => true,
  ...more,
});

/** Signs bytes as a change of this book. */
export function signed(device: TestDevice, book: BookName, bytes: Uint8Array): SignedChange {
  return { bytes, signature: signChange(LOG, bookId(LOG, book), changeHash(bytes), device.sign.secretKey) };
}

/** One device's copy of one book. */
export class Desk {
  readonly device: TestDevice;
  readonly name: BookName;
  readonly facts: Facts;
  readonly random: RandomBytes;
  actor: string;
  book: LoadedBook;

  constructor(device: TestDevice, name: BookName, seed = "desk") {
    this.device = device;
    this.name = name;
    this.facts = factsOf(name);
    this.random = seededRandom(`${seed} ${device.id}`);
    this.actor = newActor(this.random);
    const state = new BookState(LOG, name);
    this.book = { logged: state, own: [], state, doc: emptyDoc() };
  }

  /** Bytes of an act on everything that this desk has; nothing is kept. */
  draft(draft: Draft, clock = AT): SignedChange {
    const written = makeChange(this.book.state, draft, { actor: this.actor, author: this.device.id, clock, checkpoint: CHECKPOINT });
    if (!written.ok) throw new Error(written.error.code);
    return signed(this.device, this.name, written.value.bytes);
  }

  /** Writes an act and keeps it as the device's own. */
  write(draft: Draft): SignedChange {
    const change = this.draft(draft);
    this.#swap(addOwn(this.book, change, this.facts, this.#own()));
    return change;
  }

  first(fields: Readonly<Record<string, FieldValue | undefined>>, record = this.recordId()): SignedChange & { record: RecordId } {
    return { ...this.write({ record, fields }), record };
  }

  later(record: RecordId, fields: Readonly<Record<string, FieldValue | undefined>>): SignedChange {
    return this.write({ record, actKey: newActKey(this.random), fields });
  }

  recordId(): RecordId {
    return newRecordId(this.device.id, this.random);
  }

  take(entries: readonly Carried[]): readonly Verdict[] {
    const taken = takeEntries(this.book, entries, this.facts, this.#own());
    this.#swap(taken);
    return taken.verdicts;
  }

  #own(): Carrier {
    return provisionalCarrier({ time: AT, pusher: this.device.id, level: 1 });
  }

  #swap(taken: Taken): void {
    freeDoc(this.book.doc);
    this.book = taken.book;
  }

  heads(): string[] {
    return [...A.getHeads(this.book.doc)].sort();
  }

  free(): void {
    freeDoc(this.book.doc);
  }
}

/** A log that gives each entry the next place. */
export class Entries {
  readonly all: Carried[] = [];

  /** Appends an entry with these changes. */
  push(pusher: TestDevice, changes: readonly SignedChange[], more: Partial<Carrier> = {}): Carried {
    const carried = { carrier: carrierOf(pusher.id, this.all.length + 10, more), changes };
    this.all.push(carried);
    return carried;
  }
}

/** Verdicts on a fresh replica, as `state reason`, by hash. */
export function judgeAll(name: BookName, entries: readonly Carried[], state = new BookState(LOG, name)): Map<ChangeHash, string> {
  const facts = factsOf(name);
  const verdicts = entries.flatMap((e) => judgeEntry(state, e.carrier, e.changes, facts));
  return new Map(verdicts.map((v) => [v.hash, told(v)]));
}

export const told = (v: Verdict): string => (v.reason === undefined ? v.state : `${v.state} ${v.reason}`);

/** An operation that sets a field of an object: by default of the map that a first raw change makes. */
export const setField = (key: string, value: FieldValue, obj = `2@${"ee".repeat(16)}`) => ({
  action: "set",
  obj,
  key,
  value,
  ...(typeof value === "number" ? { datatype: "int" } : {}),
  pred: [],
});

/** A raw Automerge change, for what `makeChange` would never write. */
export function raw(device: TestDevice, fields: Partial<Encodable> & { record?: string }): Uint8Array {
  const { record, ...more } = fields;
  const actor = more.actor ?? "ee".repeat(16);
  const startOp = more.startOp ?? 2;
  const obj = `${String(startOp)}@${actor}`;
  const fieldsOf = { at: AT, kind: "message", subject: "S", text: "T", thread: "", v: 1 };
  const change = {
    author: null,
    seq: 1,
    time: Math.floor(AT / 1000),
    message: formatCheckpointField(CHECKPOINT),
    deps: [GENESIS_HASH],
    ops: [
      { action: "makeMap", obj: RECORDS, key: record ?? newRecordId(device.id, random), pred: [] },
      ...Object.entries(fieldsOf).map(([key, value]) => setField(key, value, obj)),
    ],
    ...((more.seq ?? 1) === 1 ? { extra_bytes: authorField(idBytes(device.id)) } : {}),
    ...more,
    actor,
    startOp,
  };
  return A.encodeChange(change);
}

export const newThread = (text: string, subject = "Handover on Friday"): Record<string, FieldValue> => ({
  kind: "message",
  v: 1,
  at: AT,
  thread: "",
  subject,
  text,
});

export const newExpense = (amount = 4_500): Record<string, FieldValue> => ({
  kind: "expense",
  v: 1,
  at: AT,
  amount,
  currency: "EUR",
  category: "School",
  title: "School trip",
  spent: "2026-03-02",
  share: 5_000,
});

/** The verdict on what came last. */
export const last = (entries: Entries): string => [...judgeAll(MESSAGES, entries.all).values()].at(-1) ?? "";

/** Alice has said something; bob has read it. */
export function started() {
  const d = devices();
  const entries = new Entries();
  const alice = new Desk(d.alicePhone, MESSAGES);
  const bob = new Desk(d.bobPhone, MESSAGES);
  const first = alice.first(newThread("Can you take Friday?"));
  const entry = entries.push(d.alicePhone, [first]);
  alice.take([entry]);
  bob.take([entry]);
  return { d, entries, alice, bob, first };
}
