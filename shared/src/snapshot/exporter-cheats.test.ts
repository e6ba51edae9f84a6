import { beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { fromUtf8 } from "../base/bytes.ts";
import { MINUTE, read, remark, stateOf, Story, withItems, without } from "../../test/cheats.ts";
import type { HeldProof } from "../../test/held.ts";
import { initCrypto } from "../crypto/init.ts";
import { BodyNotes } from "../entry/body-notes.ts";
import type { Logged } from "../sample/log-builder.ts";
import { startPage } from "./start-page.ts";

// Every case derives a whole record, on machines that may be slow.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const sizeIn = (note: string): number => Number(note.split("\n")[1]);

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
    // Whoever reads page one alone is told too.
    const told = [/^1 entries that Ben sent did not open on the exporter's device/, /^1 changes wait for something that is not here/];
    expect(r.derived?.remarks.slice(0, 2)).toEqual(told.map((t) => expect.stringMatching(t) as string));
    const page = r.derived && fromUtf8(startPage(r.derived));
    for (const sentence of r.derived?.remarks ?? []) expect(page).toContain(sentence.replaceAll("'", "&#39;"));
    expect(page).toContain("What else a reader should know");
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
