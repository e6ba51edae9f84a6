import { formatChildren } from "../../src/kinds/children.ts";
import { aboutHash } from "../../src/entry/commitment.ts";
import type { ChangeItem } from "../../src/snapshot/change-rows.ts";
import { PATH } from "../../src/snapshot/paths.ts";
import type { HeldProof } from "../held.ts";
import { tagged, withRow } from "./contents.ts";
import { lying, pick, type Attack, type Lie } from "./forge.ts";
import { CHILDREN, type Exported, type World } from "./world.ts";

type Dice = Parameters<typeof pick>[0];

const limited = (children: readonly string[]): Lie => ({
  proof: (p) => ({ ...p, statement: { ...p.statement, scope: { ...p.statement.scope, children } } }),
});

/** Changes one item of an entry that has one of this kind. */
function altering(of: Exported, dice: Dice, isIt: (i: ChangeItem) => boolean, change: (i: ChangeItem) => ChangeItem): Lie | undefined {
  const row = pick(
    dice,
    of.proof.rows.filter((r) => r.items.some(isIt)),
  );
  const at = row?.items.findIndex(isIt);
  return row && { proof: (p) => withRow(p, row.seq, (r) => ({ ...r, items: r.items.map((i, n) => (n === at ? change(i) : i)) })) };
}

const hidden =
  ({ proof: { notes } }: Exported) =>
  (i: ChangeItem): ChangeItem =>
    i.form === "disclosed" ? tagged(i, "scope", notes) : i;

/** Calls all of a shown record out of scope. */
const hidingAll =
  (of: Exported, kind: string, root: string) =>
  (p: HeldProof): HeldProof => ({
    ...p,
    rows: p.rows.map((r) => ({
      ...r,
      items: r.items.map((i) => (i.form !== "blind" && i.tag.kind === kind && i.tag.root === root ? hidden(of)(i) : i)),
    })),
  });

const isOpenAndLeftOut = (i: ChangeItem): boolean => i.form === "tagged" && i.about !== undefined;

/** Gives a change another text of which children it names. */
function renamed(i: ChangeItem, names: readonly string[]): ChangeItem {
  if (i.form === "blind" || !i.about || "hash" in i.about) return i;
  return { ...i, about: { ...i.about, children: formatChildren(names) } };
}

/** Shows an entry as the snapshot of everything does, with its notes, which items name by their place in the list. */
function showing({ whole }: World, seq: number): Lie | undefined {
  const honest = whole.proof.rows.find((r) => r.seq === seq);
  const { notes } = whole.proof;
  const moved = (i: ChangeItem, before: number): ChangeItem =>
    i.form === "disclosed" && i.note !== undefined ? { ...i, note: before + i.note } : i;
  return (
    honest && {
      proof: (p) => ({
        ...withRow(p, seq, () => ({ ...honest, items: honest.items.map((i) => moved(i, p.notes.length)) })),
        notes: [...p.notes, ...notes],
      }),
    }
  );
}

/** What is limited to a child (rules L1c, S22, S45). */
export const childAttacks: readonly Attack[] = [
  lying("hides a message of the child's thread", { failed: "left-out-unfounded" }, "child", (of, _, dice) =>
    altering(of, dice, (i) => i.form === "disclosed" && i.tag.kind === "message", hidden(of)),
  ),
  lying(
    "hides the child's thread",
    { failed: "left-out-unfounded" },
    "child",
    (of, { threads: [first] }) => first && { proof: hidingAll(of, "message", first.thread) },
  ),
  lying(
    "hides an expense of the child",
    { failed: "left-out-unfounded" },
    "child",
    (of, { expenses: [first] }) => first && { proof: hidingAll(of, "expense", first.record) },
  ),
  lying("claims one more child", { failed: "left-out-unfounded" }, "child", () => limited(CHILDREN)),
  lying("claims another child than is shown", { failed: "shown-unfounded" }, "child", () => limited(CHILDREN.slice(1))),
  lying("claims a child whom nothing names", { failed: "shown-unfounded" }, "child", () => limited(["Nobody"])),
  lying("claims no limit to a child", { failed: "left-out-unfounded" }, "child", () => ({
    proof: (p) => {
      const { children: _, ...scope } = p.statement.scope;
      return { ...p, statement: { ...p.statement, scope } };
    },
  })),
  lying("claims a limit to a child, and shows everything", { failed: "shown-unfounded" }, "whole", () => limited(CHILDREN.slice(0, 1))),
  lying("shows something of another child", { failed: "shown-unfounded" }, "child", (of, world, dice) => {
    const row = pick(
      dice,
      of.proof.rows.filter((r) => r.items.some((i) => i.form === "tagged" && i.tag.kind !== "view-receipt")),
    );
    return row && showing(world, row.seq);
  }),
  lying("hides whom a left-out record names", { failed: "blind-unfounded" }, "child", (of, _, dice) =>
    altering(of, dice, isOpenAndLeftOut, (i) =>
      i.form === "tagged" && i.about && "salt" in i.about ? { ...i, about: { hash: aboutHash(i.about.salt, i.about.children) } } : i,
    ),
  ),
  lying("says that a left-out record names nobody", { failed: "contents-false" }, "child", (of, _, dice) =>
    altering(of, dice, isOpenAndLeftOut, (i) => {
      if (i.form !== "tagged") return i;
      const { about: _about, ...bare } = i;
      return bare;
    }),
  ),
  lying("says that a left-out record names somebody else", { failed: "contents-false" }, "child", (of, _, dice) =>
    altering(of, dice, isOpenAndLeftOut, (i) => renamed(i, ["Nobody"])),
  ),
  lying("gives what is shown another child's name", { failed: "contents-false" }, "child", (of, _, dice) =>
    altering(
      of,
      dice,
      (i) => i.form === "disclosed" && i.about !== undefined,
      (i) => renamed(i, CHILDREN.slice(1)),
    ),
  ),
  lying("calls the child otherwise in the tables of messages", { failed: "records-differ", where: PATH.csvMessages }, "child", () => ({
    derived: (d) => ({ ...d, threads: d.threads.map((t) => ({ ...t, children: ["Nobody"] })) }),
  })),
  lying("calls the child otherwise in the tables of expenses", { failed: "records-differ", where: PATH.csvExpenses }, "child", () => ({
    derived: (d) => ({ ...d, expenses: d.expenses.map((e) => ({ ...e, children: ["Nobody"] })) }),
  })),
  lying("claims on the pages that everything names a child", { failed: "records-differ", where: PATH.start }, "child", () => ({
    derived: (d) => ({ ...d, unnamed: 0 }),
  })),
];
