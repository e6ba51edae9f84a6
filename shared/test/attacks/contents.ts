import type { Signature } from "../../src/base/ids.ts";
import { signRaw } from "../../src/crypto/sign.ts";
import { changeHash } from "../../src/books/chunk.ts";
import { GENESIS_HASH } from "../../src/books/genesis.ts";
import { namedDeps } from "../../src/books/named.ts";
import { noteHash } from "../../src/entry/body-notes.ts";
import { commitLeaf, contentHash } from "../../src/entry/commitment.ts";
import { tagHashOf, type ChangeItem, type ChangeRow, type WithheldWhy } from "../../src/snapshot/change-rows.ts";
import type { HeldProof } from "../held.ts";
import type { Dice } from "../../src/sample/seeded.ts";
import { lying, pick, type Attack, type Lie } from "./forge.ts";
import type { Exported, World } from "./world.ts";

type Disclosed = Extract<ChangeItem, { form: "disclosed" }>;

/** Changes one disclosed item somewhere. */
function altering(
  change: (item: Disclosed, world: World, dice: Dice, notes: HeldProof["notes"]) => ChangeItem,
): (of: Exported, world: World, dice: Dice) => Lie | undefined {
  return (of, world, dice) => {
    const row = pick(
      dice,
      of.proof.rows.filter((r) => r.items.some((i) => i.form === "disclosed")),
    );
    const index = row?.items.findIndex((i) => i.form === "disclosed") ?? -1;
    const item = row?.items[index];
    if (!row || item?.form !== "disclosed") return undefined;
    const altered = change(item, world, dice, of.proof.notes);
    return { proof: (p) => withRow(p, row.seq, (r) => ({ ...r, items: r.items.map((i, at) => (at === index ? altered : i)) })) };
  };
}

export const withRow = (p: HeldProof, seq: number, change: (row: ChangeRow) => ChangeRow): HeldProof => ({
  ...p,
  rows: p.rows.map((r) => (r.seq === seq ? change(r) : r)),
});

const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((b, i) => (i === at % bytes.length ? b ^ 1 : b));

const contentOf = (item: Disclosed, notes: HeldProof["notes"]): Uint8Array =>
  contentHash(item.salt, {
    hash: changeHash(item.change),
    signature: item.signature,
    note: noteHash(item.note === undefined ? undefined : notes[item.note]),
  });

export const tagged = (item: Disclosed, why: WithheldWhy, notes: HeldProof["notes"]): ChangeItem => ({
  form: "tagged",
  content: contentOf(item, notes),
  tagSalt: item.tagSalt,
  tag: item.tag,
  ...(item.about ? { about: item.about } : {}),
  why,
});

const blind = (item: Disclosed, notes: HeldProof["notes"]): ChangeItem => ({
  form: "blind",
  leaf: commitLeaf(contentOf(item, notes), tagHashOf(item)),
});

function bare({ note: _, ...item }: Disclosed): ChangeItem {
  return item;
}

const noteless = (row: ChangeRow): ChangeRow => ({
  ...row,
  items: row.items.map((i) => (i.form === "disclosed" ? bare(i) : i)),
});

/** Takes out an entry of the other's messages on which the exporter's device built later, as what it still shows says by itself. */
function unopening(of: Exported, world: World, dice: Dice): Lie | undefined {
  const mine = (r: ChangeRow): boolean => world.sample.builder.entries[r.seq]?.device === world.sample.me.device.id;
  const disclosed = (r: ChangeRow): Disclosed[] => r.items.filter((i) => i.form === "disclosed");
  const isTold = (without: ChangeRow): boolean => {
    const rows = of.proof.rows.filter((r) => r.book.channel === "messages" && r.book.period === without.book.period && r !== without);
    const shown = new Set(rows.flatMap((r) => disclosed(r).map((i) => changeHash(i.change))));
    const named = new Set(rows.filter(mine).flatMap((r) => disclosed(r).flatMap((i) => namedDeps(i.change))));
    const withheld = rows.reduce((n, r) => n + r.items.length - disclosed(r).length, 0);
    return [...named].filter((hash) => hash !== GENESIS_HASH && !shown.has(hash)).length > withheld;
  };
  const row = pick(
    dice,
    of.proof.rows.filter((r) => r.book.channel === "messages" && !mine(r) && isTold(r)),
  );
  return row && { proof: (p) => ({ ...p, rows: p.rows.filter((r) => r.seq !== row.seq) }) };
}

const CONTENTS = { failed: "contents-false" } as const;

/** What entries hold: pages and tables are made anew from it, so that they fit. */
export const contentAttacks: readonly Attack[] = [
  lying(
    "alters a change",
    CONTENTS,
    "whole",
    altering((i, _, dice) => ({ ...i, change: flipped(i.change, dice.between(20, 400)) })),
  ),
  lying(
    "spoils what stands before the hashed bytes of a change",
    CONTENTS,
    "whole",
    altering((i, _, dice) => ({ ...i, change: flipped(i.change, dice.between(0, 7)) })),
  ),
  lying(
    "alters a change's signature",
    CONTENTS,
    "whole",
    altering((i, _, dice) => ({ ...i, signature: flipped(i.signature, dice.between(0, 63)) as Signature })),
  ),
  lying(
    "gives a change another salt",
    CONTENTS,
    "whole",
    altering((i) => ({ ...i, salt: flipped(i.salt, 3) })),
  ),
  lying(
    "says that a change belongs to another record",
    CONTENTS,
    "whole",
    altering((i) => ({ ...i, tag: { ...i.tag, root: `${i.tag.root.slice(0, -1)}x` } })),
  ),
  lying(
    "says that a change is of another kind",
    CONTENTS,
    "whole",
    altering((i) => ({ ...i, tag: { ...i.tag, kind: i.tag.kind === "message" ? "view-receipt" : "message" } })),
  ),
  lying(
    "signs somebody's change with another key",
    CONTENTS,
    "whole",
    altering((i, world) => ({ ...i, signature: signRaw(i.change, world.stranger.secretKey) })),
  ),
  lying("puts the changes of an entry into another order", CONTENTS, "whole", (of, _, dice) => {
    const row = pick(
      dice,
      of.proof.rows.filter((r) => r.items.length > 1),
    );
    return row && { proof: (p) => withRow(p, row.seq, (r) => ({ ...r, items: [...r.items].reverse() })) };
  }),
  lying("shows a record twice inside an entry", CONTENTS, "whole", (of, _, dice) => {
    const row = pick(dice, of.proof.rows);
    return row && { proof: (p) => withRow(p, row.seq, (r) => ({ ...r, items: [...r.items, ...r.items.slice(0, 1)] })) };
  }),
  lying("leaves a change out of an entry", CONTENTS, "whole", (of, _, dice) => {
    const row = pick(
      dice,
      of.proof.rows.filter((r) => r.items.length > 1),
    );
    return row && { proof: (p) => withRow(p, row.seq, (r) => ({ ...r, items: r.items.slice(1) })) };
  }),
  lying("shows an entry's changes under two entries", CONTENTS, "whole", (of, _, dice) => {
    const row = pick(dice, of.proof.rows);
    return row && { proof: (p) => ({ ...p, rows: p.rows.flatMap((r) => (r === row ? [r, r] : [r])) }) };
  }),
  lying("moves changes to another entry", CONTENTS, "whole", (of, _, dice) => {
    const row = pick(dice, of.proof.rows.slice(0, -1));
    return (
      row && {
        proof: (p) => ({
          ...p,
          rows: p.rows.filter((r) => r.seq !== row.seq + 1).map((r) => (r.seq === row.seq ? { ...r, seq: r.seq + 1 } : r)),
        }),
      }
    );
  }),
  lying("tells two entries of one book in another order", CONTENTS, "whole", (of, _, dice) => {
    const first = pick(dice, of.proof.rows);
    const isBeside = (r: ChangeRow): boolean =>
      r !== first && r.book.channel === first?.book.channel && r.book.period === first.book.period;
    const second = pick(dice, of.proof.rows.filter(isBeside));
    if (!first || !second) return undefined;
    return { proof: (p) => ({ ...p, rows: p.rows.map((r) => (r === first ? second : r === second ? first : r)) }) };
  }),
  lying("swaps the changes of two entries", CONTENTS, "whole", (of, _, dice) => {
    const [a, b] = [pick(dice, of.proof.rows.slice(0, 8)), pick(dice, of.proof.rows.slice(8))];
    if (!a || !b) return undefined;
    return {
      proof: (p) => ({
        ...p,
        rows: p.rows.map((r) => (r.seq === a.seq ? { ...r, items: b.items } : r.seq === b.seq ? { ...r, items: a.items } : r)),
      }),
    };
  }),
  lying("puts an entry into another month", CONTENTS, "whole", (of, _, dice) => {
    const row = pick(
      dice,
      of.proof.rows.filter((r) => r.book.channel === "messages"),
    );
    return row && { proof: (p) => withRow(p, row.seq, (r) => ({ ...r, book: { ...r.book, period: "2025-12" } })) };
  }),

  // What is withheld.
  lying(
    "leaves a change out while claiming everything",
    { failed: "left-out-unfounded" },
    "whole",
    altering((i, _, __, notes) => tagged(i, "scope", notes)),
  ),
  lying("calls a message settlement talk, where the scope includes that", { failed: "left-out-unfounded" }, "whole", (of, world, dice) =>
    altering((i, _, __, notes) => tagged(i, "settlement", notes))(of, world, dice),
  ),
  lying("calls an expense settlement talk", { failed: "left-out-unfounded" }, "whole", (of, _, dice) => {
    const row = pick(
      dice,
      of.proof.rows.filter((r) => r.book.channel === "expenses"),
    );
    return (
      row && {
        proof: (p) => ({
          ...withRow(p, row.seq, (r) => ({
            ...r,
            items: r.items.map((i) => (i.form === "disclosed" ? tagged(i, "settlement", p.notes) : i)),
          })),
          statement: { ...p.statement, scope: { ...p.statement.scope, settlement: "leave-out" } },
        }),
      }
    );
  }),
  lying(
    "leaves a change out without its tag",
    { failed: "blind-unfounded" },
    "whole",
    altering((i, _, __, notes) => blind(i, notes)),
  ),
  lying("leaves a change out without its tag, in a part", { failed: "blind-unfounded" }, "thread", (of, _, dice) => {
    const row = pick(
      dice,
      of.proof.rows.filter((r) => r.items.some((i) => i.form === "tagged")),
    );
    const asLeaf = (i: ChangeItem): ChangeItem => (i.form === "tagged" ? { form: "blind", leaf: commitLeaf(i.content, tagHashOf(i)) } : i);
    return row && { proof: (p) => withRow(p, row.seq, (r) => ({ ...r, items: r.items.map(asLeaf) })) };
  }),
  lying("secretly leaves a message of the shown thread out", { failed: "left-out-unfounded" }, "thread", (of, _, dice) => {
    const at = (r: ChangeRow): number => r.items.findIndex((i) => i.form === "disclosed" && i.tag.kind === "message");
    const row = pick(
      dice,
      of.proof.rows.filter((r) => at(r) >= 0),
    );
    return (
      row && {
        proof: (p) =>
          withRow(p, row.seq, (r) => ({
            ...r,
            items: r.items.map((i, n) => (n === at(r) && i.form === "disclosed" ? tagged(i, "scope", p.notes) : i)),
          })),
      }
    );
  }),
  lying("calls one's own entry one that did not open", { failed: "unopened-own" }, "whole", (of, world, dice) => {
    const own = world.sample.builder.entries.filter((e) => e.device === world.sample.me.device.id).map((e) => e.seq);
    const row = pick(
      dice,
      of.proof.rows.filter((r) => own.includes(r.seq)),
    );
    return row && { proof: (p) => ({ ...p, rows: p.rows.filter((r) => r.seq !== row.seq) }) };
  }),
  lying("calls an entry unopened on which one's own device built", { failed: "unopened-known" }, "whole", unopening),
  lying(
    "calls one unopened on which one's own device built, where something else is left out",
    { failed: "unopened-known" },
    "redacted",
    unopening,
  ),
  lying("calls the other's entries unopened", { remarked: "unopened" }, "whole", (of, world, dice) => {
    const { entries } = world.sample.builder;
    const row = pick(
      dice,
      of.proof.rows.filter((r) => entries[r.seq]?.device !== world.sample.me.device.id && r.book.channel !== "household"),
    );
    return row && { proof: (p) => ({ ...p, rows: p.rows.filter((r) => r.seq !== row.seq) }) };
  }),
  lying("says that one's own change came without the relay's note", CONTENTS, "whole", (of, world, dice) => {
    const own = world.sample.builder.entries.filter((e) => e.device === world.sample.me.device.id).map((e) => e.seq);
    const row = pick(
      dice,
      of.proof.rows.filter((r) => own.includes(r.seq)),
    );
    return row && { proof: (p) => withRow(p, row.seq, noteless) };
  }),
  lying("says that the other's last answer came without the relay's note", CONTENTS, "whole", (of, world) => {
    const row = of.proof.rows.findLast((r) => r.book.channel === "expenses");
    const isOthers = row && world.sample.builder.entries[row.seq]?.device !== world.sample.me.device.id;
    return isOthers ? { proof: (p) => withRow(p, row.seq, noteless) } : undefined;
  }),
  lying("shows another note with a change than the one that came with it", CONTENTS, "whole", (of, world, dice) => {
    const { notes } = of.proof;
    return altering((i) => ({ ...i, note: ((i.note ?? 0) + dice.between(1, notes.length - 1)) % notes.length }))(of, world, dice);
  }),
  lying("adds a line to a note that came with a change", CONTENTS, "whole", (of, _, dice) => {
    const note = pick(dice, of.proof.notes);
    const more = "\u2014 witness.example AAAAAAAA\n";
    return note === undefined ? undefined : { proof: (p) => ({ ...p, notes: p.notes.map((n) => (n === note ? n + more : n)) }) };
  }),
  lying("says that an answer did not know of what it answers, in a whole book", { failed: "order-false" }, "whole", (of, _, dice) => {
    const rows = of.proof.rows.filter((r) => r.book.channel === "expenses");
    const [first, row] = [rows[0], pick(dice, rows.slice(1))];
    const hash = first?.items[0]?.form === "disclosed" ? changeHash(first.items[0].change) : undefined;
    if (!row || hash === undefined) return undefined;
    return {
      proof: (p) =>
        withRow(p, row.seq, (r) => ({ ...r, items: r.items.map((i) => (i.form === "disclosed" ? { ...i, unaware: [hash] } : i)) })),
    };
  }),
];
