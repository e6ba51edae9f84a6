import { toHex } from "@countersign/shared/base/bytes";
import type { ReasonCode } from "@countersign/shared/base/reasons";
import { changeHash } from "@countersign/shared/books/chunk";
import { GENESIS_HASH, RECORDS } from "@countersign/shared/books/genesis";
import { newRecordId } from "@countersign/shared/books/record-id";
import { objectOf } from "@countersign/shared/books/shape";
import type { SignKeyPair } from "@countersign/shared/crypto/sign";
import { bodyOf, chunk, concat, deflated, utf8, type Hostile, type Mallory } from "./mallory.ts";

/** Changes of one story, each in an entry of its own, with what must come of each. Stories do not lean on one another. */
export interface Poison {
  readonly name: string;
  readonly where?: "messages" | "expenses";
  readonly changes: readonly (Hostile & { readonly reason: ReasonCode | "admitted"; readonly notes?: readonly string[] })[];
}

/** Every shape that a modified client of a real member might try. `ana` is the other parent's device, `stranger` nobody's. */
export function poisons(m: Mallory, ana: { readonly device: string }, stranger: SignKeyPair): readonly Poison[] {
  const message = m.made("message", (author) => author === ana.device);
  const expense = m.made("expense", (author) => author !== ana.device);
  const theirs = m.made("expense", (author) => author === ana.device);
  const map = objectOf(message);
  const textOp = `${String(message.startOp + 5)}@${message.actor}`;
  let actors = 0;
  const actor = (): string => (++actors + 0xa000).toString(16).repeat(8);
  const heads = (): string[] => [...m.state().heads];
  const startOf = (deps: readonly string[]): number => Math.max(...deps.map((d) => m.state().endOpOf(d as never))) + 1;
  const start = startOf(heads());
  const fresh = (): string => newRecordId(m.device, (n) => crypto.getRandomValues(new Uint8Array(n)));
  const one = (
    name: string,
    reason: ReasonCode | "admitted",
    bytes: Uint8Array,
    more: Partial<Poison["changes"][number]> = {},
  ): Poison => ({
    name,
    changes: [{ bytes, reason, ...more }],
  });
  const withOps = (...ops: ((me: string) => object)[]): Uint8Array => {
    const me = actor();
    return m.raw({ actor: me, ops: [{ action: "makeMap", obj: RECORDS, key: fresh(), pred: [] }, ...ops.map((op) => op(me))] as never });
  };
  const set =
    (value: unknown, more: object = {}) =>
    (me: string) =>
      m.set("text", value, start, me, more);
  const bare = (op: object): Uint8Array => m.raw({ ops: [op] as never });
  const lawful = (): { bytes: Uint8Array; actor: string } => {
    const me = actor();
    return { bytes: m.raw({ actor: me }), actor: me };
  };
  const next = (before: { bytes: Uint8Array; actor: string }, more: object = {}): Uint8Array =>
    m.raw({ actor: before.actor, seq: 2, deps: [changeHash(before.bytes)], startOp: start + 7, ...more });
  const two = (
    name: string,
    first: Hostile["bytes"],
    a: ReasonCode | "admitted",
    second: Uint8Array,
    b: ReasonCode | "admitted",
  ): Poison => ({
    name,
    changes: [
      { bytes: first, reason: a },
      { bytes: second, reason: b },
    ],
  });
  const [x1, x2, x3, x4, x5] = [lawful(), lawful(), lawful(), lawful(), lawful()];
  const twin = m.raw({ actor: x4.actor });
  const early = actor();
  const earlyBytes = m.raw({ actor: early, startOp: start + 1 });
  const list: Poison[] = [
    one("a first sequence number other than 1", "change-sequence", m.raw({ seq: 5 })),
    two("a sequence number left out", x1.bytes, "admitted", next(x1, { seq: 3 }), "change-sequence"),
    two("operation ids used again", x2.bytes, "admitted", next(x2, { startOp: start }), "change-start"),
    two(
      "a second change not built on the first",
      x3.bytes,
      "admitted",
      m.raw({ actor: x3.actor, seq: 2, startOp: start }),
      "change-sequence",
    ),
    two("one actor and sequence number twice", x4.bytes, "admitted", twin, "change-forked"),
    two(
      "built on what was set aside",
      earlyBytes,
      "change-start",
      m.raw({ actor: early, seq: 2, deps: [changeHash(earlyBytes)], startOp: start + 8 }),
      "change-on-set-aside",
    ),
    two("poison that waits for a missing change", next(x5, { startOp: 2 ** 31 }), "change-start", x5.bytes, "admitted"),
    one("an operation on an object that never was", "change-shape", withOps(set(1, { obj: `55@${message.actor}` }))),
    one("a predecessor that never was", "change-shape", withOps(set("x", { pred: [`99@${message.actor}`] }))),
    one("the other's sent message edited", "change-shape", bare({ action: "set", obj: map, key: "text", value: "No", pred: [textOp] })),
    one("the other's sent message deleted", "change-shape", bare({ action: "del", obj: RECORDS, key: message.act.record, pred: [map] })),
    one(
      "an own sent expense deleted",
      "change-shape",
      m.raw({ where: "expenses", ops: [{ action: "del", obj: RECORDS, key: expense.act.record, pred: [objectOf(expense)] }] as never }),
    ),
    one("startOp 2^31", "change-start", m.raw({ startOp: 2 ** 31 })),
    one("no dependencies", "change-dependencies", m.raw({ deps: [], startOp: 1 })),
    one(
      "65 operations",
      "change-operations",
      withOps(...Array.from({ length: 64 }, (_, i) => (me: string) => m.set(`k${String(i + 10)}`, "x", start, me))),
    ),
    one("a deflated chunk", "change-compressed", deflated(m.raw())),
    // What stands before the type byte is written anew by whoever opens the entry (rule X1a): this is a lawful change.
    one(
      "a wrong checksum",
      "admitted",
      Uint8Array.from(m.raw(), (b, i) => (i === 5 ? b ^ 1 : b)),
    ),
    one("bytes after the chunk", "change-encoding", concat(m.raw(), Uint8Array.of(0))),
    one("a chunk of a document", "change-encoding", chunk(bodyOf(m.raw()), 0)),
    one("garbage under a good signature", "change-encoding", utf8("not a change")),
    one("a float", "change-shape", withOps(set(1.5, { datatype: "float64" }))),
    one("a counter", "change-shape", withOps(set(1, { datatype: "counter" }))),
    one(
      "collaborative text",
      "change-shape",
      withOps((me) => ({ action: "makeText", obj: `${String(start)}@${me}`, key: "text", pred: [] })),
    ),
    one("a record under the other parent's prefix", "record-id", m.raw({ record: message.act.record.slice(0, 16) + "0".repeat(16) })),
    one("a record at the other's message key", "record-id", m.raw({ record: message.act.record, deps: [GENESIS_HASH], startOp: 2 })),
    one("an author that is not the signer", "change-other-signer", m.raw({ extra_bytes: [1, 32, ...stranger.publicKey] } as never)),
    one("signed by a stranger", "change-signature", m.raw(), { signer: stranger }),
    one("the other parent's actor", "change-actor", m.raw({ actor: message.actor })),
    one("no checkpoint", "change-checkpoint", m.raw({ message: null })),
    one("a checkpoint without its note", "change-checkpoint-missing", m.raw(), { notes: [] }),
    one("a note that the relay never signed", "change-checkpoint-missing", m.raw(), {
      notes: [m.note.replace(/— (\S+) .*/, (_s, name: string) => `— ${name} ${"A".repeat(91)}=`)],
    }),
    one("a false tag", "change-tag", m.raw(), { tag: { kind: "expense", root: "x" } }),
    one(
      "a newer version",
      "change-level",
      m.raw({ fields: { kind: "message", v: 9, at: m.checkpoint.time, thread: "", subject: "S", text: "T" } }),
    ),
    one(
      "a receipt for what was never sent",
      "receipt-ahead",
      m.raw({ fields: { kind: "delivery-receipt", v: 1, at: m.checkpoint.time, upto: 1_000_000 } }),
    ),
    {
      name: "approving one's own expense",
      where: "expenses",
      changes: [
        {
          bytes: m.raw({ where: "expenses", act: expense.hash, fields: { act: "approve", v: 1, of: of(expense.hash) } }),
          reason: "not-other-parent",
        },
      ],
    },
    {
      name: "withdrawing the other's expense",
      where: "expenses",
      changes: [{ bytes: m.raw({ where: "expenses", act: theirs.hash, fields: { act: "withdraw", v: 1 } }), reason: "not-author" }],
    },
  ];
  return list.map((p) => (p.name === "an own sent expense deleted" ? { ...p, where: "expenses" } : p));
}

/** How an answer names the change that it answers. */
const of = (hash: string): string => {
  const bytes = Buffer.from(hash, "hex");
  return toHex(bytes) === hash ? bytes.toString("base64url") : hash;
};
