import { utf8 } from "../src/base/bytes.ts";
import { sha256 } from "../src/crypto/hash.ts";
import { expenseActDraft, expenseDraft } from "../src/sample/acts.ts";
import { Family, type Parent } from "../src/sample/family.ts";
import type { Known, Logged } from "../src/sample/log-builder.ts";
import { sampleOf } from "../src/sample/sample.ts";
import { Dice, seededRandom } from "../src/sample/seeded.ts";
import { sourceOf } from "../src/sample/source.ts";
import type { ChangeItem } from "../src/snapshot/change-rows.ts";
import { Checks } from "../src/snapshot/checks.ts";
import { derive, type Founded } from "../src/snapshot/derive.ts";
import { Steps } from "../src/snapshot/source.ts";
import { writeSnapshot } from "../src/snapshot/write.ts";
import type { CheckView, SnapshotScope } from "../src/views/snapshot.ts";
import { filesOf, unpack } from "./bundle.ts";
import { heldProof, heldViews, type Held, type HeldProof } from "./held.ts";

/** Everything. */
export const ALL: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: true };
export const MINUTE = 60_000;

/** Ada exports; Ben is the other parent. All expenses are of one year, so of one book. */
export class Story {
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

export function one(logged: readonly Logged[]): Logged {
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
export async function read(proof: HeldProof): Promise<Read> {
  const checks = new Checks();
  const derived = await derive(proof, checks, new Steps({}, 1));
  if (derived === "cancelled") throw new Error("nobody cancelled");
  const { unchanged, complete } = checks.verdict();
  const all = [...unchanged.checks, ...complete.checks];
  return {
    derived: derived && (await heldViews(derived)),
    failed: all.filter((c) => c.state === "failed").map((c) => c.key),
    remarks: all.filter((c) => c.state === "remarks"),
    setAside: derived?.setAside.map((s) => `${String(s.seq)} ${s.reason ?? ""}`) ?? [],
  };
}

export const remark = (r: Read, key: string): CheckView["values"] => r.remarks.find((c) => c.key === key)?.values;
export const stateOf = (r: Read, of: Logged): unknown => {
  const e = r.derived?.expenses.find((x) => x.id === of.record);
  return e && [e.state, e.crossed, e.steps.length];
};

type Disclosed = Extract<ChangeItem, { form: "disclosed" }>;
export const withItems = (proof: HeldProof, seq: number, change: (item: Disclosed) => ChangeItem): HeldProof => ({
  ...proof,
  rows: proof.rows.map((row) =>
    row.seq === seq ? { ...row, items: row.items.map((i) => (i.form === "disclosed" ? change(i) : i)) } : row,
  ),
});
export const without = (proof: HeldProof, seq: number): HeldProof => ({ ...proof, rows: proof.rows.filter((row) => row.seq !== seq) });
