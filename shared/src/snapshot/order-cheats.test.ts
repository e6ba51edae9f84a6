import { beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { ALL, one, read, remark, stateOf, Story, withItems } from "../../test/cheats.ts";
import type { HeldProof } from "../../test/held.ts";
import type { ChangeHash } from "../base/ids.ts";
import { changeHash } from "../books/chunk.ts";
import { initCrypto } from "../crypto/init.ts";
import { expenseActDraft } from "../sample/acts.ts";
import type { Logged } from "../sample/log-builder.ts";

// Every case derives a whole record, on machines that may be slow.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
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
