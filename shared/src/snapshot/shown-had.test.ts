import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { unpack } from "../../test/bundle.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { fromUtf8 } from "../base/bytes.ts";
import type { ChangeHash, DeviceId, Hex32, MemberId, RecordId } from "../base/ids.ts";
import { initCrypto } from "../crypto/init.ts";
import { expenseDraft } from "../sample/acts.ts";
import { sampleOf } from "../sample/sample.ts";
import { sourceOf } from "../sample/source.ts";
import type { ProofView } from "../views/record.ts";
import type { SnapshotReport, SnapshotScope } from "../views/snapshot.ts";
import type { JudgedAct } from "./judge.ts";
import { PATH } from "./paths.ts";
import { ShownHad } from "./shown-had.ts";
import { verifySnapshot } from "./verify.ts";
import { writeSnapshot } from "./write.ts";

const ALL: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: true };
const hash = (n: number): ChangeHash => n.toString(16).padStart(64, "0") as ChangeHash;
const [ADA, BEN] = ["a".repeat(64), "b".repeat(64)] as [MemberId, MemberId];

/** An act in an entry of its own that names a checkpoint of `size` entries. */
const act = (n: number, member: MemberId, size: number, deps: readonly number[] = []): JudgedAct => ({
  kind: "message",
  act: {
    hash: hash(n),
    record: hash(n) as string as RecordId,
    isFirst: true,
    fields: new Map(),
    author: member as string as DeviceId,
    member,
    clock: n,
  },
  hash: hash(n),
  seq: n,
  channelSeq: n,
  checkpoint: { size, root: "0".repeat(64) as Hex32, time: size * 1000 },
  deps: deps.map(hash),
});

/** A log whose entry n has the relay time n seconds, and in which a checkpoint of more than 100 entries is of another history. */
const shown = (books: readonly (readonly JudgedAct[])[], isFar: (size: number) => boolean = () => false) => {
  const had = new ShownHad({
    headerOf: (seq: number) => ({ relay: { time: seq * 1000 } }),
    isFar: (checkpoint: { size: number }) => isFar(checkpoint.size),
  } as never);
  for (const book of books) had.add(book);
  return had.finish();
};

describe("what disclosed changes show that another's device had", () => {
  const [first, built, late] = [act(5, ADA, 5), act(7, BEN, 2, [5]), act(9, BEN, 9, [7])];

  it("[S43][L6a] is the first change of another member that names a checkpoint over it, or is built on it", () => {
    expect(shown([[first, built, late]]).first(ADA, hash(5), 5)).toMatchObject({
      how: "built-on",
      witness: { seq: 7, time: 7000, size: 2 },
    });
    expect(shown([[first], [act(8, BEN, 6)], [late]]).first(ADA, hash(5), 5)).toMatchObject({ how: "checkpoint", witness: { seq: 8 } });
    expect(shown([[first, act(6, ADA, 6)]]).first(ADA, hash(5), 5)).toBeUndefined();
  });

  it("[S43] is a later one where the first is left out, whatever order the books come in", () => {
    expect(shown([[first, late]]).first(ADA, hash(5), 5)).toMatchObject({ how: "checkpoint", witness: { seq: 9 } });
    expect(shown([[late], [act(8, BEN, 6)], [first]]).first(ADA, hash(5), 5)).toMatchObject({ witness: { seq: 8 } });
  });

  it("[S43][C8l] is not shown by the size of a history that was given up, and still by what is built on it", () => {
    expect(shown([[first, act(7, BEN, 200)]], (size) => size > 100).first(ADA, hash(5), 5)).toBeUndefined();
    expect(shown([[first, act(7, BEN, 200, [5])]], (size) => size > 100).first(ADA, hash(5), 5)).toMatchObject({ how: "built-on" });
  });
});

describe("over any books", () => {
  /** What the rule says, by looking at every change of every other member. */
  function byRule(
    books: readonly (readonly JudgedAct[])[],
    of: JudgedAct,
  ): { readonly admitted: number; readonly how: string } | undefined {
    let first: { admitted: number; how: string } | undefined;
    for (const book of books) {
      const below = new Map<ChangeHash, Set<ChangeHash>>();
      const admitted = new Map<ChangeHash, number>();
      for (const a of book) {
        below.set(a.hash, new Set(a.deps.flatMap((d) => [d, ...(below.get(d) ?? [])])));
        admitted.set(a.hash, Math.max(a.seq, ...a.deps.map((d) => admitted.get(d) ?? 0)));
        const isNamed = (a.checkpoint?.size ?? 0) > of.seq;
        if (a.act.member === of.act.member || (!isNamed && below.get(a.hash)?.has(of.hash) !== true)) continue;
        const found = { admitted: admitted.get(a.hash) ?? 0, how: isNamed ? "checkpoint" : "built-on" };
        const isFirst = !first || found.admitted < first.admitted || (found.admitted === first.admitted && isNamed);
        if (isFirst) first = found;
      }
    }
    return first;
  }

  it("[S43][L6a] it is what the rule says of each change, in whatever order books and entries came (seeded)", () => {
    const members = [ADA, BEN, "c".repeat(64) as MemberId];
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            book: fc.nat(3),
            member: fc.nat(2),
            seq: fc.nat(40),
            behind: fc.nat(12),
            deps: fc.array(fc.nat(5), { maxLength: 2 }),
          }),
          {
            maxLength: 60,
          },
        ),
        fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }),
        (drawn, order) => {
          const books: JudgedAct[][] = [[], [], [], []];
          for (const [n, { book, member, seq, behind, deps }] of drawn.entries()) {
            const acts = books[book] ?? [];
            const on = deps.flatMap((back) => acts.at(-1 - back) ?? []).map((a) => parseInt(a.hash, 16));
            acts.push({ ...act(n + 1, members[member] ?? ADA, Math.max(0, seq - behind), on), seq, channelSeq: seq });
          }
          const asCame = [...new Set([...order, 0, 1, 2, 3])].map((i) => books[i] ?? []);
          const knowledge = shown(asCame);
          for (const of of books.flat()) {
            const had = knowledge.first(of.act.member, of.hash, of.seq);
            expect(had && { admitted: had.witness.admitted.seq, how: had.how }).toEqual(byRule(books, of));
          }
        },
      ),
      { seed: 43, numRuns: 400 },
    );
  });
});

describe("in a snapshot", () => {
  let house: Household;

  beforeAll(async () => {
    await Promise.all([initCrypto(), initAutomergeNode()]);
    house = makeHousehold();
  });

  async function made(scope: SnapshotScope, from: Parameters<typeof sourceOf>[0] = house): Promise<readonly [SnapshotReport, Uint8Array]> {
    const written = await writeSnapshot(sourceOf(from), scope);
    if (!written.ok) throw new Error(written.error.code);
    const report = await verifySnapshot(written.value.bytes);
    if (!report.ok) throw new Error(report.error.code);
    return [report.value, written.value.bytes];
  }

  const proofs = ({ messages, expenses }: SnapshotReport): readonly ProofView[] => [
    ...messages.map((m) => m.proof),
    ...expenses.flatMap((e) => e.steps.map((s) => s.proof)),
  ];

  /** Among the acts themselves, by looking at each: receipts, which prove too, are not in a report. */
  const byLooking = (all: readonly ProofView[], of: ProofView): number | undefined =>
    all
      .filter((p) => p.member !== of.member && (p.checkpoint ?? 0) > (of.seq ?? 0))
      .map((p) => p.seq ?? 0)
      .sort((a, b) => a - b)[0];

  it("[S43] is said of messages and of acts on expenses, and is never later than what the record shows by looking", async () => {
    const [report] = await made(ALL);
    const all = proofs(report);
    const shownOf = all.filter((p) => p.had);
    expect(shownOf.length).toBeGreaterThan(25);
    for (const p of all) {
      const seen = byLooking(all, p);
      if (seen === undefined) continue;
      expect(p.had?.seq).toBeLessThanOrEqual(seen);
      expect(p.had?.member).not.toBe(p.member);
      expect(p.had?.by).toBeGreaterThanOrEqual(p.notAfter ?? Infinity);
    }
  });

  it("[S43] of a part is shown by what is in that part alone", async () => {
    const [, dentist] = house.threads;
    const [report, bytes] = await made({ ...ALL, threads: dentist ? [dentist.thread] : [], expenses: "none" });
    expect(report.verdict.complete.state).not.toBe("failed");
    const all = proofs(report);
    const lines = fromUtf8((await unpack(bytes)).get(PATH.records) ?? new Uint8Array()) ?? "";
    const [whole] = await made(ALL);
    for (const p of all) {
      const seen = byLooking(all, p);
      if (seen !== undefined) expect(p.had?.seq).toBeLessThanOrEqual(seen);
      if (p.had) expect(p.had.seq).toBeGreaterThanOrEqual(proofs(whole).find((w) => w.hash === p.hash)?.had?.seq ?? Infinity);
    }
    expect(all.filter((p) => p.had).length).toBeGreaterThan(4);
    expect(lines).toContain('"had":{"how":"checkpoint"');
  });

  it("[S44][R5] a clock that was turned back is marked on an expense as on a message, with its distance", async () => {
    const { family } = makeHousehold();
    const at = (family.now += 60_000) - 3 * 24 * 3_600_000;
    const draft = { at, amount: 2_000, currency: "EUR", category: "School", title: "Paints", spent: "2026-02-27", share: 5_000, files: [] };
    family.write(family.first(family.b), [expenseDraft(draft)]);
    family.send(family.b, { at: (family.now += 60_000) - 3 * 24 * 3_600_000, text: "As I said.", subject: "Earlier" });
    const [report, bytes] = await made(ALL, sampleOf(family, "Europe/Vienna"));
    const files = await unpack(bytes);
    const text = (path: string): string => fromUtf8(files.get(path) ?? new Uint8Array()) ?? "";
    expect(report.expenses.at(-1)?.proof.clockOff).toBe(true);
    const marks = (path: string): number => text(path).split("The author’s clock says 3 days earlier than the relay.").length - 1;
    expect([marks(PATH.expenses), marks(PATH.messages)]).toEqual([1, 1]);
    const step = text(PATH.csvSteps).trimEnd().split("\r\n").at(-1);
    expect(step).toMatch(/,25\d{4} s earlier,/);
  });
});
