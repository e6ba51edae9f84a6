import { beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { utf8 } from "../base/bytes.ts";
import type { ChangeHash } from "../base/ids.ts";
import { changeHash } from "../books/chunk.ts";
import { sha256 } from "../crypto/hash.ts";
import { BodyNotes } from "../entry/body-notes.ts";
import { initCrypto } from "../crypto/init.ts";
import type { CheckView, SnapshotScope } from "../views/snapshot.ts";
import { expenseActDraft, expenseDraft } from "../sample/acts.ts";
import { Family, type Parent } from "../sample/family.ts";
import type { Known, Logged } from "../sample/log-builder.ts";
import { sampleOf } from "../sample/sample.ts";
import { Dice, seededRandom } from "../sample/seeded.ts";
import { sourceOf } from "../sample/source.ts";
import type { ChangeItem } from "./change-rows.ts";
import { Checks } from "./checks.ts";
import { derive, type Founded } from "./derive.ts";
import { Steps } from "./source.ts";
import { filesOf, unpack } from "../../test/bundle.ts";
import { heldProof, heldViews, type Held, type HeldProof } from "../../test/held.ts";
import { writeSnapshot } from "./write.ts";

// Every case derives a whole record, on machines that may be slow.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const ALL: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: true };
const MINUTE = 60_000;

/** Ada exports; Ben is the other parent. All expenses are of one year, so of one book. */
class Story {
  readonly family: Family;
  constructor() {
    const random = seededRandom(sha256(utf8("cheated household")));
    this.family = new Family({ random, dice: new Dice(7), start: Date.UTC(2026, 2, 2, 8), relay: "r.example", names: ["Ada", "Ben"] });
    this.family.bringTogether();
  }

  tick(): number {
    return (this.family.now += 30 * MINUTE) - 2_000;
  }

  spend(who: Parent, title: string, known?: Known): Logged {
    const of = { amount: 9_000, currency: "EUR", category: "School", title, spent: "2026-03-02", share: 5_000 };
    return one(this.family.write(this.family.first(who), [expenseDraft({ at: this.tick(), ...of })], known));
  }

  act(who: Parent, on: Logged, later: Parameters<typeof expenseActDraft>[2], known?: Known, claims?: Known): Logged {
    const draft = expenseActDraft(this.tick(), on.record, later);
    return one(this.family.builder.write(this.family.first(who), [draft], known, claims));
  }

  async proof(scope: SnapshotScope = ALL): Promise<HeldProof> {
    const made = await writeSnapshot(sourceOf(sampleOf(this.family, "Europe/Vienna")), scope);
    if (!made.ok) throw new Error(`${made.error.code} ${made.error.detail ?? ""}`);
    return heldProof(filesOf(await unpack(made.value.bytes)));
  }
}

function one(logged: readonly Logged[]): Logged {
  const [first] = logged;
  if (!first) throw new Error("one act was written");
  return first;
}

interface Read {
  readonly derived: Held<Founded> | undefined;
  readonly failed: readonly string[];
  readonly remarks: readonly CheckView[];
  readonly setAside: readonly string[];
}

/** What a reader of this proof finds, as after every list and page was made anew and signed by the exporter. */
async function read(proof: HeldProof): Promise<Read> {
  const checks = new Checks();
  const derived = await derive(proof, checks, new Steps({}, 1));
  if (derived === "cancelled") throw new Error("nobody cancelled");
  const { unchanged, complete } = checks.verdict();
  const all = [...unchanged.checks, ...complete.checks];
  return {
    derived: derived && heldViews(derived),
    failed: all.filter((c) => c.state === "failed").map((c) => c.key),
    remarks: all.filter((c) => c.state === "remarks"),
    setAside: derived?.setAside.map((s) => `${String(s.seq)} ${s.reason ?? ""}`) ?? [],
  };
}

const remark = (r: Read, key: string): CheckView["values"] => r.remarks.find((c) => c.key === key)?.values;
const stateOf = (r: Read, of: Logged): unknown => {
  const e = r.derived?.expenses.find((x) => x.id === of.record);
  return e && [e.state, e.crossed, e.steps.length];
};
const sizeIn = (note: string): number => Number(note.split("\n")[1]);

type Disclosed = Extract<ChangeItem, { form: "disclosed" }>;
const withItems = (proof: HeldProof, seq: number, change: (item: Disclosed) => ChangeItem): HeldProof => ({
  ...proof,
  rows: proof.rows.map((row) =>
    row.seq === seq ? { ...row, items: row.items.map((i) => (i.form === "disclosed" ? change(i) : i)) } : row,
  ),
});
const without = (proof: HeldProof, seq: number): HeldProof => ({ ...proof, rows: proof.rows.filter((row) => row.seq !== seq) });

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
});

describe("the relay's notes, as an exporter shows them", () => {
  let story: Story;
  let shoes: Logged;
  let yes: Logged;
  let proof: HeldProof;

  beforeAll(async () => {
    story = new Story();
    shoes = story.spend(story.family.a, "Shoes");
    yes = story.act(story.family.b, shoes, { act: "approve", of: shoes.hash });
    story.spend(story.family.a, "Books");
    proof = await story.proof();
  });

  it("[S25] hold in an honest snapshot, in which nothing is said to have come without", async () => {
    const honest = await read(proof);
    expect([honest.failed, honest.setAside, honest.remarks]).toEqual([[], [], []]);
    expect(stateOf(honest, shoes)).toEqual(["approved", false, 2]);
  });

  it("[S25] one taken out fails, though everything else was made anew: the other's answer is no more set aside in silence", async () => {
    const last = Math.max(...proof.rows.flatMap((r) => r.items.map((i) => (i.form === "disclosed" ? (i.note ?? -1) : -1))));
    expect((await read({ ...proof, notes: proof.notes.slice(0, last) })).failed).toEqual(["note-missing"]);
    const cheat = await read({ ...proof, notes: proof.notes.filter((n) => sizeIn(n) !== yes.seq) });
    expect(cheat.failed).toEqual(["contents-false"]);
  });

  it("[L1b][S25] that a change came without one is bound to its entry: to say so of one that came with it fails, whoever sent it", async () => {
    for (const of of [shoes, yes])
      expect((await read(withItems(proof, of.seq, ({ note: _, ...i }) => i))).failed, String(of.seq)).toEqual(["contents-false"]);
  });

  it("[L1b][S25] and to say that a change came with one, where its body lacked it, fails as well", async () => {
    const rogue = new Story();
    const first = rogue.spend(rogue.family.a, "Shoes");
    const before = rogue.family.builder.known();
    const bare = rogue.act(rogue.family.b, first, { act: "approve", of: first.hash }, before, { ...before, note: "none" });
    const honest = await rogue.proof();
    expect([(await read(honest)).failed, remark(await read(honest), "notes-absent")]).toEqual([[], { count: 1, name: "Ben" }]);
    const claimed = withItems({ ...honest, notes: [...honest.notes, before.note] }, bare.seq, (i) => ({ ...i, note: honest.notes.length }));
    expect((await read(claimed)).failed).toEqual(["contents-false"]);
  });

  it("[L1b][S25] a note stands for the change that names it alone, and with the very bytes with which it came", async () => {
    const swapped = withItems(proof, yes.seq, (i) => ({ ...i, note: ((i.note ?? 0) + 1) % proof.notes.length }));
    expect((await read(swapped)).failed).toEqual(["contents-false"]);
    const longer = proof.notes.map((n) => (sizeIn(n) === yes.seq ? `${n}\u2014 witness.example AAAAAAAA\n` : n));
    expect((await read({ ...proof, notes: longer })).failed).toEqual(["contents-false"]);
  });

  it("[L1b][L6] of two notes in one body that say the same the first counts, whether the relay signed it or not", async () => {
    const rogue = new Story();
    const first = rogue.spend(rogue.family.a, "Shoes");
    const before = rogue.family.builder.known();
    const unsigned = before.note.replace(/ [A-Za-z0-9+/=]+\n$/, ` ${"A".repeat(92)}\n`);
    const bare = rogue.act(rogue.family.b, first, { act: "approve", of: first.hash }, before, { ...before, note: unsigned });
    const r = await read(await rogue.proof());
    expect([r.failed, r.setAside]).toEqual([[], [`${String(bare.seq)} change-checkpoint-missing`]]);
    expect(new BodyNotes([unsigned, before.note]).counting).toEqual(new Set([unsigned]));
  });

  it("[S25][L6] a change whose own body lacked it is set aside as on every device, though another body brought that note", async () => {
    const rogue = new Story();
    const first = rogue.spend(rogue.family.a, "Shoes");
    const before = rogue.family.builder.known();
    const bare = rogue.act(rogue.family.b, first, { act: "approve", of: first.hash }, before, { ...before, note: "none" });
    // Ada wrote without it, and her entry brings the same note.
    rogue.spend(rogue.family.a, "Books", before);
    const honest = await rogue.proof();
    const r = await read(honest);
    expect(r.failed).toEqual([]);
    expect(r.setAside).toContain(`${String(bare.seq)} change-checkpoint-missing`);
    expect(remark(r, "notes-absent")).toEqual({ count: 1, name: "Ben" });
    expect(stateOf(r, first)).toEqual(["submitted", false, 1]);
  });

  it("[S25][L6] a change that names another time than the note does is set aside, and never dates itself", async () => {
    const rogue = new Story();
    const first = rogue.spend(rogue.family.a, "Shoes");
    const known = rogue.family.builder.known();
    const claims = { ...known, time: known.time + 20 * MINUTE };
    const dated = rogue.act(rogue.family.b, first, { act: "approve", of: first.hash }, known, claims);
    const r = await read(await rogue.proof());
    expect(r.failed).toEqual([]);
    expect(r.setAside).toEqual([`${String(dated.seq)} change-checkpoint-missing`]);
  });

  it("[S25] a modified client that names a checkpoint far ahead, without a note, spoils nobody's snapshot", async () => {
    const rogue = new Story();
    const first = rogue.spend(rogue.family.a, "Shoes");
    const known = rogue.family.builder.known();
    rogue.act(rogue.family.b, first, { act: "approve", of: first.hash }, known, { ...known, size: 1_000_000 });
    const r = await read(await rogue.proof());
    expect(r.failed).toEqual([]);
    expect(remark(r, "named-unknown")).toEqual({ count: 1 });
    expect(r.setAside.map((s) => s.split(" ")[1])).toEqual(["change-checkpoint-missing"]);
  });
});

describe("an entry without a row", () => {
  it("[S21] is counted with its sender's name, and what depends on it is listed as waiting, not as a breach", async () => {
    const story = new Story();
    const { a, b } = story.family;
    story.spend(a, "Shoes");
    const books = story.spend(b, "Books");
    const taken = story.act(b, books, { act: "withdraw" });
    const r = await read(without(await story.proof(), books.seq));
    expect(r.failed).toEqual([]);
    expect(remark(r, "unopened")).toEqual({ count: 1, name: "Ben" });
    expect(remark(r, "waits")).toEqual({ count: 1 });
    expect(r.setAside).toEqual([`${String(taken.seq)} waiting`]);
    expect(r.derived?.expenses.map((e) => e.title)).toEqual(["Shoes"]);
  });

  it("[S21] takes nothing with it that does not need it: later records of the book are shown", async () => {
    const story = new Story();
    const { b } = story.family;
    const first = story.spend(b, "Books");
    const rest = ["One", "Two", "Three"].map((title) => story.spend(b, title));
    const r = await read(without(await story.proof(), first.seq));
    expect(r.derived?.expenses.map((e) => e.id)).toEqual(rest.map((e) => e.record));
    expect(r.setAside).toEqual([]);
  });
});

describe("the order of acts in a book of which something is withheld", () => {
  /** Ben approves; Ada, who does not know it yet, withdraws. Between them and after them stand acts of other expenses, which the scope withholds. */
  async function crossed(): Promise<{ story: Story; shoes: Logged; yes: Logged; back: Logged; part: HeldProof }> {
    const story = new Story();
    const { a, b, builder } = story.family;
    const shoes = story.spend(a, "Shoes");
    story.spend(b, "Other");
    const before = builder.known();
    const yes = story.act(b, shoes, { act: "approve", of: shoes.hash });
    const back = story.act(a, shoes, { act: "withdraw" }, before);
    story.spend(b, "Another");
    return { story, shoes, yes, back, part: await story.proof({ ...ALL, expenses: [shoes.record] }) };
  }

  it("[S23] an honest exporter says what the later act did not know, and the record is as on the devices", async () => {
    const { story, shoes, part, back } = await crossed();
    const [whole, shown] = [await read(await story.proof()), await read(part)];
    expect(part.rows.find((r) => r.seq === back.seq)?.items[0]).toMatchObject({ unaware: [expect.any(String)] });
    expect(stateOf(shown, shoes)).toEqual(stateOf(whole, shoes));
    expect(stateOf(shown, shoes)).toEqual(["withdrawn", true, 3]);
    expect(shown.setAside).toEqual([]);
  });

  it("[S26] leaving that out turns nobody's lawful answer into a breach: it is shown as crossed, and counted", async () => {
    const { shoes, back, part } = await crossed();
    const cheat = await read(withItems(part, back.seq, (i) => ({ ...i, unaware: [] })));
    expect(cheat.setAside).toEqual([]);
    expect(stateOf(cheat, shoes)).toEqual(["withdrawn", true, 3]);
    expect(remark(cheat, "order-open")).toEqual({ count: 1 });
  });

  it("[S23] saying it of an act on which it is built, which it answers, or of its own record's first act fails", async () => {
    const story = new Story();
    const { a, b } = story.family;
    const shoes = story.spend(a, "Shoes");
    const yes = story.act(b, shoes, { act: "approve", of: shoes.hash });
    story.spend(b, "Other");
    const paid = story.act(b, shoes, { act: "pay", of: yes.hash, amount: 100 });
    const done = story.act(a, shoes, { act: "confirm-payment", of: paid.hash });
    const part = await story.proof({ ...ALL, expenses: [shoes.record] });
    expect((await read(part)).failed).toEqual([]);
    const said = async (seq: number, ...unaware: ChangeHash[]): Promise<readonly string[]> =>
      (await read(withItems(part, seq, (i) => ({ ...i, unaware })))).failed;
    expect(await said(yes.seq, shoes.hash)).toEqual(["order-false"]);
    expect(await said(paid.seq, yes.hash)).toEqual(["order-false"]);
    expect(await said(done.seq, yes.hash)).toEqual(["order-false"]);
    expect(await said(paid.seq, shoes.hash)).toEqual(["order-false"]);
    expect(await said(yes.seq, paid.hash)).toContain("order-false");
    expect(await said(paid.seq, changeHash(new Uint8Array(40)))).toContain("order-false");
  });

  it("[S23] saying it of an act of another record fails", async () => {
    const story = new Story();
    const { a, b } = story.family;
    const [shoes, books] = [story.spend(a, "Shoes"), story.spend(a, "Books")];
    story.spend(b, "Other");
    const yes = story.act(b, books, { act: "approve", of: books.hash });
    const part = await story.proof({ ...ALL, expenses: [shoes.record, books.record] });
    expect((await read(withItems(part, yes.seq, (i) => ({ ...i, unaware: [shoes.hash] })))).failed).toContain("order-false");
  });

  it("[S26] a breach that the shown changes show stays one, whatever is said", async () => {
    const story = new Story();
    const { a, b, builder } = story.family;
    story.spend(b, "Other");
    const shoes = story.spend(a, "Shoes");
    const back = story.act(a, shoes, { act: "withdraw" });
    const late = one(
      builder.write(story.family.first(b), [expenseActDraft(story.tick(), shoes.record, { act: "approve", of: shoes.hash })]),
    );
    const part = await story.proof({ ...ALL, expenses: [shoes.record] });
    expect((await read(part)).setAside).toEqual([`${String(late.seq)} expense-withdrawn`]);
    const hidden = await read(withItems(part, late.seq, (i) => ({ ...i, unaware: [back.hash] })));
    expect([hidden.failed, hidden.setAside]).toEqual([["order-false"], [`${String(late.seq)} expense-withdrawn`]]);
  });

  it("[S26][X5] what is built on a change that was set aside for good is set aside too", async () => {
    const story = new Story();
    const { a, b } = story.family;
    story.spend(b, "Other");
    const shoes = story.spend(a, "Shoes");
    const no = story.act(b, shoes, { act: "withdraw" });
    const yes = story.act(b, shoes, { act: "approve", of: shoes.hash });
    const [whole, part] = [await read(await story.proof()), await read(await story.proof({ ...ALL, expenses: [shoes.record] }))];
    expect(part.setAside).toEqual(whole.setAside);
    expect(part.setAside).toEqual([`${String(no.seq)} not-author`, `${String(yes.seq)} change-on-set-aside`]);
  });
});
