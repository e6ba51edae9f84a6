import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { encode, type CborValue } from "../cbor/cbor.ts";
import { coded } from "../base/result.ts";
import { toId, utf8 } from "../base/bytes.ts";
import type { ChangeHash, DeviceId, LogId, MemberId, RecordId, VaultKey } from "../base/ids.ts";
import { sha256 } from "../crypto/hash.ts";
import { MemoryStore } from "../vault/memory-store.ts";
import { prefix, type RowStore } from "../vault/row-store.ts";
import { SealedStore } from "../vault/sealed-store.ts";
import { seededRandom } from "../../test/random.ts";
import { RecordIndex } from "./record-index.ts";
import { recordRow, recordRowCodec, type ActRow, type RecordRow } from "./record-row.ts";
import { keys } from "./rows.ts";

const LOG = toId<LogId>(sha256(utf8("log")));
const PER_PAGE = 4;
const id32 = <T extends ChangeHash | DeviceId | MemberId>(name: string): T => toId<T>(sha256(utf8(name)));
const recordId = (n: number): RecordId => toId<ChangeHash>(sha256(utf8(`record ${String(n)}`))).slice(0, 32) as unknown as RecordId;
const MEMBERS = [id32<MemberId>("ana"), id32<MemberId>("ben")] as const;

/** One change of a record: which, what it is, how many acts it has by now, and where it stands. */
interface Step {
  readonly n: number;
  readonly kind: "message" | "expense" | "view-receipt" | "delivery-receipt" | "gone";
  readonly acts: number;
  readonly isLogged: boolean;
  readonly seq: number;
  readonly builtOn: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  n: fc.nat(11),
  kind: fc.constantFrom("message", "message", "expense", "view-receipt", "delivery-receipt", "gone"),
  acts: fc.integer({ min: 1, max: 3 }),
  isLogged: fc.boolean(),
  seq: fc.nat(50),
  builtOn: fc.boolean(),
});
/** Commits, each of some records. */
const commits = fc.array(fc.uniqueArray(step, { minLength: 1, maxLength: 6, selector: (s) => s.n }), { minLength: 1, maxLength: 14 });

function fieldsOf({ n, kind, seq }: Step, act: number): ActRow["f"] {
  const at = 1_700_000_000_000 + seq;
  const hash = "A".repeat(43);
  if (act > 0)
    return [
      ["act", "request-changes"],
      ["v", 1],
      ["of", hash],
      ["reason", `Reason ${String(act)}`],
    ];
  switch (kind) {
    case "expense":
      return [
        ...[
          ["kind", "expense"],
          ["v", 1],
          ["at", at],
          ["amount", 100 + seq],
          ["currency", "EUR"],
          ["category", "School"],
        ],
        ...[
          ["title", `Books ${String(seq)}`],
          ["spent", "2024-01-31"],
          ["share", 5_000],
        ],
      ] as ActRow["f"];
    case "view-receipt":
      return [
        ["kind", "view-receipt"],
        ["v", 1],
        ["at", at],
        ["message", recordId((n + 1) % 12)],
        ["of", hash],
      ];
    case "delivery-receipt":
      return [
        ["kind", "delivery-receipt"],
        ["v", 1],
        ["at", at],
        ["upto", seq],
      ];
    default:
      return n % 3 === 0
        ? [
            ["kind", "message"],
            ["v", 1],
            ["at", at],
            ["thread", ""],
            ["subject", "S"],
            ["text", `Text ${String(seq)}`],
          ]
        : [
            ["kind", "message"],
            ["v", 1],
            ["at", at],
            ["thread", recordId(n - (n % 3))],
            ["text", `Text ${String(seq)}`],
          ];
  }
}

function rowOf(s: Step): RecordRow | undefined {
  if (s.kind === "gone") return undefined;
  const acts = Array.from({ length: s.kind === "expense" ? s.acts : 1 }, (_, i): ActRow => {
    const who = (s.n + i) % 2;
    const seq = s.seq + i;
    return {
      h: id32<ChangeHash>(`change ${String(s.n)} ${s.kind} ${String(i)}`),
      d: id32<DeviceId>(`device ${String(who)}`),
      m: MEMBERS[who] ?? MEMBERS[0],
      c: 1_700_000_000 + i,
      f: fieldsOf(s, i),
      nb: 1_700_000_000_000,
      l: s.isLogged ? [seq, seq, 1_700_000_000_000 + seq * 1_000] : null,
      k: Array.from({ length: i }, (_none, k) => k),
      n: s.seq,
      ...(s.builtOn
        ? { w: [id32<ChangeHash>(`change ${String((s.n + 5) % 12)} message 0`)], a: [seq + 2, 1_700_000_000_000 + seq * 1_500] }
        : {}),
    };
  });
  return { kind: s.kind, book: { channel: s.kind === "expense" ? "expenses" : "messages", period: "2024", shard: 0 }, acts };
}

/** Everything that a screen could ask. */
function seenIn(index: RecordIndex): unknown {
  const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);
  const changes = Array.from({ length: 12 }, (_, n) => id32<ChangeHash>(`change ${String(n)} message 0`));
  return {
    size: index.size,
    records: [...index.all()].sort(byId),
    digests: [...index.digests()].sort(byId),
    knowledge: changes.flatMap((hash) => MEMBERS.flatMap((m) => [0, 7, 30].map((seq) => index.knowledge.firstOf(m, hash, seq)))),
  };
}

const sealed = (raw: MemoryStore): RowStore => new SealedStore(raw, new Uint8Array(32).fill(3) as VaultKey, seededRandom("rows"));

async function apply(index: RecordIndex, rows: RowStore, steps: readonly Step[]): Promise<boolean> {
  const change = index.change(new Map(steps.map((s) => [recordId(s.n), rowOf(s)])));
  const kept = await rows.commit(change.writes);
  if (kept.ok) change.kept();
  return kept.ok;
}

async function rebuild(index: RecordIndex, rows: RowStore, between: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  for (const { writes, kept } of index.rebuild()) {
    expect((await rows.commit(writes)).ok).toBe(true);
    kept();
    await between();
  }
}

const pageKeys = async (raw: MemoryStore): Promise<string[]> =>
  (await raw.scan("record", prefix(keys.allRecordPages(LOG)))).map((row) => row.key);

/** The store with no word of pages: what the rows alone say. */
async function fromRows(raw: MemoryStore): Promise<RecordIndex> {
  const bare = raw.reopened();
  await bare.commit([{ table: "record", key: keys.recordPages(LOG), value: null }]);
  return RecordIndex.load(LOG, sealed(bare), PER_PAGE);
}

describe("the record index over pages", () => {
  test("says after any commits and restarts what the rows say, also where a commit failed (seeded)", async () => {
    let paged = 0;
    const life = fc.array(fc.record({ steps: commits, fails: fc.boolean() }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(life, async (parts) => {
        let isFull = false;
        const faults = { beforeCommit: () => (isFull ? coded("store-full" as const) : undefined) };
        let raw = new MemoryStore(faults);
        for (const { steps, fails } of parts) {
          raw = raw.reopened(faults);
          const rows = sealed(raw);
          const index = await RecordIndex.load(LOG, rows, PER_PAGE);
          if (fails) {
            isFull = true;
            const before = seenIn(await RecordIndex.load(LOG, rows, PER_PAGE));
            const refused = await RecordIndex.load(LOG, rows, PER_PAGE);
            expect(await apply(refused, rows, steps[0] ?? [])).toBe(false);
            expect(await apply(index, rows, steps[0] ?? [])).toBe(false);
            expect(seenIn(refused)).toEqual(before);
            isFull = false;
          }
          for (const s of steps) await apply(index, rows, s);
          const now = seenIn(index);
          expect(seenIn(await RecordIndex.load(LOG, sealed(raw.reopened()), PER_PAGE))).toEqual(now);
          expect(seenIn(await fromRows(raw))).toEqual(now);
          paged += (await pageKeys(raw)).length;
        }
      }),
      { seed: 20_261_125, numRuns: 60 },
    );
    expect(paged).toBeGreaterThan(100);
  });

  test("a page that is damaged, cut, missing or another's costs a rebuild and nothing else (seeded)", async () => {
    const ways: readonly ((page: Uint8Array, other: Uint8Array) => Uint8Array | null)[] = [
      (page) => page.map((b, i) => (i === 60 ? b ^ 1 : b)),
      (page) => page.subarray(0, 30),
      (_page, other) => other,
      () => null,
      () => new Uint8Array(),
    ];
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(commits, fc.nat(20), fc.constantFrom(...ways), async (steps, which, way) => {
        const raw = new MemoryStore();
        const index = await RecordIndex.load(LOG, sealed(raw), PER_PAGE);
        for (const s of steps) await apply(index, sealed(raw), s);
        const pages = await raw.scan("record", prefix(keys.allRecordPages(LOG)));
        const page = pages[which % Math.max(pages.length, 1)];
        if (!page) return;
        const other = pages[(which + 1) % pages.length]?.value ?? page.value;
        const value = way(page.value, other === page.value ? page.value.subarray(1) : other);
        await raw.commit([{ table: "record", key: page.key, value }]);
        const again = await RecordIndex.load(LOG, sealed(raw), PER_PAGE);
        expect(seenIn(again)).toEqual(seenIn(index));
        expect(again.isUnpaged).toBe(again.size >= PER_PAGE);
        await rebuild(again, sealed(raw));
        const healed = await RecordIndex.load(LOG, sealed(raw), PER_PAGE);
        expect(healed.isUnpaged).toBe(false);
        expect(seenIn(healed)).toEqual(seenIn(index));
        tried++;
      }),
      { seed: 20_261_126, numRuns: 120 },
    );
    expect(tried).toBeGreaterThan(60);
  });

  test("writing pages anew may end at any commit, with other commits in between (seeded)", async () => {
    await fc.assert(
      fc.asyncProperty(commits, commits, fc.nat(12), async (before, meanwhile, stopAt) => {
        const raw = new MemoryStore();
        const first = await RecordIndex.load(LOG, sealed(raw), PER_PAGE);
        for (const s of before) await apply(first, sealed(raw), s);
        await raw.commit([{ table: "record", key: keys.recordPages(LOG), value: null }]);
        const index = await RecordIndex.load(LOG, sealed(raw), PER_PAGE);
        let n = 0;
        for (const { writes, kept } of index.rebuild()) {
          if (n === stopAt) break;
          expect((await sealed(raw).commit(writes)).ok).toBe(true);
          kept();
          const other = meanwhile[n++];
          if (other) await apply(index, sealed(raw), other);
        }
        for (const other of meanwhile.slice(n)) await apply(index, sealed(raw), other);
        expect(seenIn(await RecordIndex.load(LOG, sealed(raw.reopened()), PER_PAGE))).toEqual(seenIn(index));
        expect(seenIn(await fromRows(raw))).toEqual(seenIn(index));
      }),
      { seed: 20_261_127, numRuns: 60 },
    );
  });

  test("a change costs its row, a mark and its share of a page, however many records there are", async () => {
    const raw = new MemoryStore();
    const index = await RecordIndex.load(LOG, sealed(raw), PER_PAGE);
    let pageWrites = 0;
    let others = 0;
    const changes = 400;
    for (let n = 0; n < changes; n++) {
      const message: Step = { n, kind: "message", acts: 1, isLogged: true, seq: n, builtOn: false };
      const change = index.change(new Map([[recordId(n), rowOf(message)]]));
      pageWrites += change.writes.filter((w) => w.key.startsWith(keys.allRecordPages(LOG))).length;
      others += change.writes.filter((w) => !w.key.startsWith(keys.allRecordPages(LOG))).length;
      await sealed(raw).commit(change.writes);
      change.kept();
    }
    expect(pageWrites).toBe(changes / PER_PAGE);
    // A row each; a mark, which goes with the page; and the table once a page.
    expect(others).toBeLessThanOrEqual(3 * changes + pageWrites);
  });

  test("pages that mostly hold what was are written anew", async () => {
    const raw = new MemoryStore();
    const index = await RecordIndex.load(LOG, sealed(raw), PER_PAGE);
    for (let round = 0; round < 40; round++)
      for (let n = 0; n < PER_PAGE; n++)
        await apply(index, sealed(raw), [{ n, kind: "expense", acts: 1, isLogged: true, seq: round, builtOn: false }]);
    const again = await RecordIndex.load(LOG, sealed(raw), PER_PAGE);
    expect(again.isUnpaged).toBe(true);
    await rebuild(again, sealed(raw));
    const healed = await RecordIndex.load(LOG, sealed(raw), PER_PAGE);
    expect(healed.isUnpaged).toBe(false);
    expect(seenIn(healed)).toEqual(seenIn(index));
  });
});

describe("a record row that is read without its schema", () => {
  const someRow = step.filter((s) => s.kind !== "gone").map((s) => z.encode(recordRow, rowOf(s) as RecordRow) as CborValue);
  const odd = fc.oneof(fc.constant(null), fc.nat(), fc.string({ maxLength: 3 }), fc.uint8Array({ maxLength: 33 }), fc.constant([]));

  const isMap = (value: CborValue): value is { readonly [key: string]: CborValue } =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

  /** The value with one place in it exchanged, left out, or with one more key beside it. */
  function spoilt(value: CborValue, path: readonly number[], by: CborValue): CborValue {
    const [here = 0, ...rest] = path;
    if (Array.isArray(value)) {
      const list = value as readonly CborValue[];
      return list.length === 0 ? by : list.map((v, i) => (i === here % list.length ? (rest.length > 0 ? spoilt(v, rest, by) : by) : v));
    }
    if (!isMap(value)) return by;
    const names = Object.keys(value);
    if (here % (names.length + 1) === names.length) return { ...value, z: by };
    const name = names[here % names.length] ?? "";
    const inner = value[name] ?? null;
    if (rest.length > 0) return { ...value, [name]: spoilt(inner, rest, by) };
    return here % 2 === 0 ? { ...value, [name]: by } : Object.fromEntries(Object.entries(value).filter(([k]) => k !== name));
  }

  test("[E3] is taken exactly as the schema takes it (seeded)", () => {
    let refused = 0;
    fc.assert(
      fc.property(someRow, fc.array(fc.nat(20), { maxLength: 5 }), odd, (row, path, by) => {
        for (const value of [row, spoilt(row, path, by)]) {
          const read = recordRowCodec.decode(encode(value));
          const schema = z.safeDecode(recordRow, value as never);
          expect(read.ok ? read.value : undefined).toEqual(schema.data);
          if (!schema.success) refused++;
        }
      }),
      { seed: 20_261_128, numRuns: 600 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});
