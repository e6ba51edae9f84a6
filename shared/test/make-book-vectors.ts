/**
 * Writes shared/src/books/vectors/changes.json: changes as a modified client would sign them, with the verdict that every implementation
 * must reach. Run it with `npx tsx shared/test/make-book-vectors.ts` after a change of the protocol, and read the difference.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import { initAutomergeNode } from "../node/automerge.ts";
import { concat, fromHex, toHex, utf8 } from "../src/base/bytes.ts";
import type { DeviceId } from "../src/base/ids.ts";
import { authorField, changeHash } from "../src/books/chunk.ts";
import { formatCheckpointField } from "../src/books/checkpoint-field.ts";
import { GENESIS_HASH, RECORDS } from "../src/books/genesis.ts";
import { judgeEntry, type SignedChange } from "../src/books/judge.ts";
import { bookId } from "../src/books/names.ts";
import { newRecordId } from "../src/books/record-id.ts";
import { BookState } from "../src/books/state.ts";
import { initCrypto } from "../src/crypto/init.ts";
import { sha256 } from "../src/crypto/hash.ts";
import { ALICE, AT, BOB, carrierOf, CHECKPOINT, Desk, devices, factsOf, LOG, MESSAGES, newThread, raw, signed, told } from "./book.ts";
import type { TestDevice } from "./people.ts";
import { seededRandom } from "./random.ts";

await Promise.all([initAutomergeNode(), initCrypto()]);

type Entry = readonly [TestDevice, readonly SignedChange[]];
const d = devices();
const MALLORY = d.bobPhone;
const actor = "bb".repeat(16);
const alice = new Desk(d.alicePhone, MESSAGES, "vectors");
const first = alice.first(newThread("Can you take Friday?"));
const honest: Entry = [d.alicePhone, [first]];
const made = alice.book.state.get(changeHash(first.bytes));
if (!made) throw new Error("alice's message stands");
const base = { actor, deps: [made.hash], startOp: made.endOp + 1 };
const textOp = `${String(made.startOp + 5)}@${alice.actor}`;
const recordMap = `${String(made.startOp)}@${alice.actor}`;
const random = seededRandom("vectors");
const bad = (more: Parameters<typeof raw>[1]): Uint8Array => raw(MALLORY, { ...base, record: newRecordId(MALLORY.id, random), ...more });
const by = (bytes: Uint8Array, device = MALLORY): Entry => [device, [signed(device, MESSAGES, bytes)]];
const next = (previous: Uint8Array, endOp: number, more: Parameters<typeof raw>[1]): Uint8Array =>
  bad({ seq: 2, deps: [changeHash(previous)], startOp: endOp + 1, ...more });
/** Counter of the last operation of what `bad` writes. */
const END = base.startOp + 6;
const first7 = { action: "makeMap", obj: RECORDS, pred: [] };
const set = (value: unknown, more: object = {}) => ({
  action: "set",
  obj: `${String(base.startOp)}@${actor}`,
  key: "text",
  value,
  pred: [],
  ...more,
});
const withOps = (...ops: object[]): Uint8Array => bad({ ops: [{ ...first7, key: newRecordId(MALLORY.id, random) }, ...ops] as never });

const leb = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...leb(Math.floor(n / 128))]);
const chunk = (body: Uint8Array, type = 1, head = leb(body.length)): Uint8Array => {
  const tail = concat(Uint8Array.of(type, ...head), body);
  return concat(Uint8Array.of(0x85, 0x6f, 0x4a, 0x83), sha256(tail).subarray(0, 4), tail);
};
const bodyOf = (bytes: Uint8Array): Uint8Array => bytes.subarray(9 + leb(bytes.length - 11).length);

/** A change whose columns stand for far more than their bytes: `columns` are specification and data. */
function bomb(columns: readonly (readonly [number, readonly number[]])[]): Uint8Array {
  const message = utf8(formatCheckpointField(CHECKPOINT));
  const body = concat(
    Uint8Array.of(1, ...(fromHex(made?.hash ?? GENESIS_HASH) ?? []), 16, ...(fromHex(actor) ?? []), 1, ...leb(base.startOp), 0),
    Uint8Array.of(...leb(message.length), ...message, 1, 16, ...new Uint8Array(16), columns.length),
    Uint8Array.of(...columns.flatMap(([spec, data]) => [...leb(spec), ...leb(data.length)])),
    Uint8Array.of(...columns.flatMap(([, data]) => data), ...authorField(fromHex(MALLORY.id) ?? new Uint8Array())),
  );
  return chunk(body);
}
/** Run lengths are signed; this one is 1,000,000,000. */
const RUN = [0x80, 0x94, 0xeb, 0xdc, 0x03];

const lawful = bad({});
const lawfulBody = bodyOf(lawful);
const deflated = ((): Uint8Array => {
  const packed = deflateRawSync(lawfulBody);
  return concat(lawful.subarray(0, 8), Uint8Array.of(2, ...leb(packed.length)), packed);
})();
const flipped = Uint8Array.from(lawful, (b, i) => (i === 5 ? b ^ 1 : b));
const twin = bad({});
const hole = bad({});
const early = bad({ startOp: base.startOp + 1 });
const onHole = next(hole, END, { startOp: 2 ** 31 });

const CASES: readonly (readonly [name: string, rule: string, entries: readonly Entry[]])[] = [
  ["a lawful change", "X9", [by(lawful)]],
  ["the same change twice", "X3", [by(lawful), by(lawful)]],
  ["a first sequence number other than 1", "X9", [by(bad({ seq: 5 }))]],
  ["a sequence number left out", "X9", [by(lawful), by(next(lawful, END, { seq: 3 }))]],
  ["an operation on an object that never was", "X8", [by(withOps(set(1, { obj: `55@${alice.actor}`, datatype: "int" })))]],
  [
    "an insertion after a list element that never was",
    "X8",
    [
      by(
        withOps(
          { action: "makeList", obj: "_root", key: "q", pred: [] },
          { action: "set", obj: `${String(base.startOp + 1)}@${actor}`, elemId: `77@${alice.actor}`, insert: true, value: 1, pred: [] },
        ),
      ),
    ],
  ],
  ["a predecessor that never was", "X8", [by(withOps(set("x", { pred: [`99@${alice.actor}`] })))]],
  ["deleting what never was", "X8", [by(withOps({ action: "del", obj: RECORDS, key: first.record, pred: [`99@${alice.actor}`] }))]],
  ["a sent message edited", "X8", [by(bad({ ops: [{ action: "set", obj: recordMap, key: "text", value: "No", pred: [textOp] }] }))]],
  ["a sent message deleted", "X8", [by(bad({ ops: [{ action: "del", obj: RECORDS, key: first.record, pred: [recordMap] }] as never }))]],
  ["operation ids used again by the actor's next change", "X9", [by(lawful), by(next(lawful, END, { startOp: base.startOp }))]],
  ["an actor's second change that is not built on its first", "X9", [by(lawful), by(bad({ seq: 2, startOp: END + 1 }))]],
  ["startOp below the dependencies' highest operation", "X9", [by(bad({ startOp: 1 }))]],
  ["startOp beyond the dependencies' highest operation", "X9", [by(bad({ startOp: base.startOp + 1 }))]],
  ["startOp 2^31", "X9", [by(bad({ startOp: 2 ** 31 }))]],
  ["no dependencies", "X9", [by(bad({ deps: [], startOp: 1 }))]],
  ["a dependency named twice", "X9", [by(bad({ deps: [made.hash, made.hash] }))]],
  ["65 dependencies", "X9", [by(bad({ deps: Array.from({ length: 65 }, (_, i) => i.toString(16).padStart(64, "0")) }))]],
  ["65 operations", "X9", [by(withOps(...Array.from({ length: 64 }, (_, i) => set("x", { key: `k${String(i + 10)}` }))))]],
  ["poison that waits for a change, which then comes", "X4", [by(onHole), by(hole)]],
  ["one actor and sequence number twice", "X3", [by(lawful), by(twin)]],
  ["a deflated chunk with the hash of a lawful change", "X2", [by(deflated)]],
  ["a wrong checksum over a lawful change", "X2", [by(flipped)]],
  ["bytes after the chunk", "X2", [by(concat(lawful, Uint8Array.of(0)))]],
  ["two chunks in one", "X2", [by(concat(lawful, bad({})))]],
  [
    "a length with a second spelling",
    "X2",
    [by(chunk(lawfulBody, 1, [...leb(lawfulBody.length).slice(0, -1), (leb(lawfulBody.length).at(-1) ?? 0) | 128, 0]))],
  ],
  ["a chunk of a document", "X2", [by(chunk(lawfulBody, 0))]],
  ["no chunk at all", "X2", [by(utf8("not a change"))]],
  ["a thousand million operations in a few bytes", "X9", [by(bomb([[0x42, [...RUN, 1]]]))]],
  [
    "a thousand million booleans in a few bytes",
    "X9",
    [
      by(
        bomb([
          [0x34, [0, ...RUN]],
          [0x42, [1, 1]],
        ]),
      ),
    ],
  ],
  [
    "a thousand million predecessors of one operation",
    "X9",
    [
      by(
        bomb([
          [0x42, [1, 1]],
          [0x70, [1, ...RUN]],
        ]),
      ),
    ],
  ],
  ["a deflated column", "X2", [by(bomb([[0x42 | 8, [1, 1]]]))]],
  ["a float", "X8", [by(withOps(set(1.5, { datatype: "float64" })))]],
  ["an unsigned integer", "X8", [by(withOps(set(1, { datatype: "uint" })))]],
  ["a counter", "X8", [by(withOps(set(1, { datatype: "counter" })))]],
  ["a timestamp", "X8", [by(withOps(set(1, { datatype: "timestamp" })))]],
  ["null", "X8", [by(withOps(set(null)))]],
  ["collaborative text", "X8", [by(withOps({ action: "makeText", obj: `${String(base.startOp)}@${actor}`, key: "text", pred: [] }))]],
  ["keys out of order", "X8", [by(withOps(set("x", { key: "b" }), set("x", { key: "a" })))]],
  ["a key twice", "X8", [by(withOps(set("x"), set("y")))]],
  ["a second record in one change", "R1", [by(withOps({ ...first7, key: newRecordId(MALLORY.id, random) }))]],
  ["a record under the other parent's prefix", "R2", [by(bad({ record: newRecordId(d.alicePhone.id, random) }))]],
  ["a map at the other parent's message key", "R2", [by(bad({ record: first.record, deps: [GENESIS_HASH], startOp: 2 }))]],
  ["another author than the signer", "X7", [by(raw(d.alicePhone, { ...base, record: newRecordId(d.alicePhone.id, random) }))]],
  ["the other parent's actor from its start", "X7", [by(bad({ actor: alice.actor }))]],
  ["the other parent's actor gone on with", "X7", [by(bad({ actor: alice.actor, seq: 2 }))]],
  ["the other parent's change carried for them", "L7", [[MALLORY, [alice.draft({ record: alice.recordId(), fields: newThread("x") })]]]],
  ["a change of a stranger", "L7", [[MALLORY, [signed(d.stranger, MESSAGES, raw(d.stranger, base))]]]],
  ["no checkpoint", "L6", [by(bad({ message: null }))]],
  ["what is built on a change that was set aside", "X5", [by(early), by(next(early, END + 1, {}))]],
  [
    "17 ends left open",
    "X6",
    [[MALLORY, Array.from({ length: 17 }, (_, i) => signed(MALLORY, MESSAGES, bad({ actor: (i + 16).toString(16).repeat(16) })))]],
  ],
];

const facts = factsOf(MESSAGES);
const cases = CASES.map(([name, rule, more]) => {
  const state = new BookState(LOG, MESSAGES);
  const entries = [honest, ...more];
  const verdicts = entries.flatMap(([pusher, changes], i) => judgeEntry(state, carrierOf(pusher.id, i), changes, facts));
  return {
    name,
    rule,
    entries: entries.map(([pusher, changes]) => ({
      pusher: pusher.id,
      changes: changes.map((c) => ({ c: toHex(c.bytes), s: toHex(c.signature) })),
    })),
    verdicts: verdicts.map((v) => ({ hash: v.hash, verdict: told(v) })),
  };
});
const keys = (list: readonly TestDevice[]): DeviceId[] => list.map((x) => x.id);
const file = {
  about:
    "Entries in log order with the verdicts that docs/protocol.md section 6 asks for, in the order in which they are reached. Every entry carries the signed notes that its changes name, at level 1; relay time is `time` plus 1,000 ms for each entry. Bytes are hex.",
  log: LOG,
  book: [MESSAGES.channel, MESSAGES.period, MESSAGES.shard],
  bookId: bookId(LOG, MESSAGES),
  time: AT,
  members: { [ALICE]: keys([d.alicePhone, d.aliceLaptop]), [BOB]: keys([d.bobPhone, d.bobLaptop]) },
  cases,
};
await writeFile(fileURLToPath(new URL("../src/books/vectors/changes.json", import.meta.url).href), `${JSON.stringify(file, null, 1)}\n`);
for (const c of cases)
  process.stdout.write(
    `${c.rule.padEnd(3)} ${c.name}: ${c.verdicts
      .slice(1)
      .map((v) => v.verdict)
      .join(", ")}\n`,
  );
