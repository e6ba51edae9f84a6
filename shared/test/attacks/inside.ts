import { deliveryDraft, expenseActDraft, expenseDraft, messageDraft, viewDraft } from "../../src/sample/acts.ts";
import type { DeviceSecrets } from "../../src/sample/keys.ts";
import type { DraftWithFiles } from "../../src/sample/log-builder.ts";
import { sampleOf } from "../../src/sample/sample.ts";
import type { Dice } from "../../src/sample/seeded.ts";
import { sourceOf } from "../../src/sample/source.ts";
import type { HeldProof } from "../held.ts";
import { writeSnapshot } from "../../src/snapshot/write.ts";
import { unpack } from "../bundle.ts";
import { withRow } from "./contents.ts";
import { forge, type Attack, type Expected } from "./forge.ts";
import { exported, makeHouse, type House } from "./world.ts";

/**
 * What a modified app writes into the log itself. The snapshot is then an honest one of it: it has to show that the act is no part of the record.
 * Each makes the household anew, since a log cannot be taken back.
 */
const writing = (
  name: string,
  expected: Expected,
  write: (house: House, at: number, dice: Dice) => { readonly device?: DeviceSecrets; readonly draft: DraftWithFiles } | undefined,
): Attack => ({
  name,
  forge: async ({ seed }, dice) => {
    const house = makeHouse(seed);
    const { family, sample, zone } = house;
    const at = (family.now += dice.between(5, 500) * 60_000) - 2_000;
    const act = write(house, at, dice);
    if (!act) return undefined;
    family.builder.write(act.device ?? sample.me.device, [{ ...act.draft, rogue: true }]);
    const made = await writeSnapshot(sourceOf(sampleOf(family, zone)), {
      threads: "all",
      expenses: "all",
      settlement: "include",
      files: true,
    });
    if (!made.ok) throw new Error(made.error.code);
    return { bundle: await unpack(made.value.bytes), expected };
  },
});

const [PAID, REFUSED, OPEN] = [0, 1, 2];
const EXPENSE = { currency: "EUR", category: "School", title: "Extra", spent: "2026-03-02", share: 5_000, amount: 100 };

/** The other parent's modified app sends a change without the relay's note; the exporter shows it as if it had come with it. */
const lendingNote: Attack = {
  name: "lends a change the relay's note, which it came without",
  forge: async (world) => {
    const house = makeHouse(world.seed);
    const { family, sample, expenses, zone } = house;
    const [answered] = expenses.slice(OPEN);
    if (!answered) return undefined;
    const before = family.builder.known();
    const draft = expenseActDraft((family.now += 60_000), answered.record, { act: "withdraw" });
    const [sent] = family.builder.write(family.first(family.b), [draft], before, { ...before, note: "none" });
    if (!sent) return undefined;
    const of = await exported(sourceOf(sampleOf(family, zone)), world.whole.scope);
    const note = of.proof.notes.length;
    const lie = (p: HeldProof): HeldProof => ({
      ...withRow(p, sent.seq, (r) => ({ ...r, items: r.items.map((i) => (i.form === "disclosed" ? { ...i, note } : i)) })),
      notes: [...p.notes, before.note],
    });
    return { bundle: await forge({ ...world, own: sample.me.device.sign }, of, { proof: lie }), expected: { failed: "contents-false" } };
  },
};

export const insideAttacks: readonly Attack[] = [
  lendingNote,
  writing("approves their own expense", { setAside: "not-other-parent" }, ({ expenses }, at) => {
    const e = expenses[REFUSED];
    return e && { draft: expenseActDraft(at, e.record, { act: "approve", of: e.hash }) };
  }),
  writing("refuses their own expense in the other's place", { setAside: "not-other-parent" }, ({ expenses }, at) => {
    const e = expenses[PAID];
    return e && { draft: expenseActDraft(at, e.record, { act: "refuse", of: e.hash, reason: "Not agreed." }) };
  }),
  writing("withdraws the other's expense", { setAside: "not-author" }, ({ expenses }, at) => {
    const e = expenses[OPEN];
    return e && { draft: expenseActDraft(at, e.record, { act: "withdraw" }) };
  }),
  writing("forges a receipt: that they viewed what they sent", { setAside: "receipt-own" }, ({ threads }, at) => {
    const [own] = threads;
    return own && { draft: viewDraft(at, own.record, own.hash) };
  }),
  writing("forges a receipt: for messages that are not there yet", { setAside: "receipt-ahead" }, (_, at) => ({
    draft: deliveryDraft(at, 100_000),
  })),
  writing("writes with a device that was revoked", { setAside: "change-not-authorised" }, ({ revoked, threads }, at) => {
    const [own] = threads;
    return own && { device: revoked, draft: messageDraft({ at, text: "I never got it.", thread: own.thread }) };
  }),
  writing("claims an amount beyond what an expense may have", { setAside: "kind-fields" }, (_, at) => ({
    draft: expenseDraft({ at, ...EXPENSE, amount: -100 }),
  })),
  writing("dates a message back", { clockOff: "It was agreed." }, ({ threads }, at, dice) => {
    const [own] = threads;
    return own && { draft: messageDraft({ at: at - dice.between(2, 60) * 86_400_000, text: "It was agreed.", thread: own.thread }) };
  }),
  writing("dates a message ahead", { clockOff: "It was agreed." }, ({ threads }, at, dice) => {
    const [own] = threads;
    return own && { draft: messageDraft({ at: at + dice.between(2, 30) * 3_600_000, text: "It was agreed.", thread: own.thread }) };
  }),
];
