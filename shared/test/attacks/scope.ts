import type { SnapshotScope } from "../../src/views/snapshot.ts";
import type { ChangeItem } from "../../src/snapshot/change-rows.ts";
import type { Proof } from "../../src/snapshot/proof.ts";
import { dayIn } from "../../src/snapshot/zone.ts";
import { withRow } from "./contents.ts";
import { lying, pick, type Attack } from "./forge.ts";
import type { Exported } from "./world.ts";

const scoped = (p: Proof, scope: Partial<SnapshotScope>): Proof => ({
  ...p,
  statement: { ...p.statement, scope: { ...p.statement.scope, ...scope } },
});

/** Days of messages that the snapshot of some days leaves out, the earliest first. */
const withheldDays = (of: Exported): readonly string[] =>
  of.proof.rows
    .filter((r) => r.items.some((i) => i.form === "tagged" && i.tag.kind === "message"))
    .map((r) => dayIn(of.derived.replayed.headerOf(r.seq)?.relay.time ?? 0, of.proof.statement.zone));

/** What the snapshot says that it covers. */
export const scopeAttacks: readonly Attack[] = [
  lying("claims all threads", { failed: "left-out-unfounded" }, "thread", () => ({ proof: (p) => scoped(p, { threads: "all" }) })),
  lying("claims all expenses", { failed: "left-out-unfounded" }, "thread", () => ({ proof: (p) => scoped(p, { expenses: "all" }) })),
  lying("claims one more thread", { failed: "left-out-unfounded" }, "thread", (of, world, dice) => {
    const [one] = of.scope.threads === "all" ? [] : of.scope.threads;
    const more = pick(dice, world.threads.slice(0, 2))?.thread;
    return one && more && { proof: (p) => scoped(p, { threads: [one, more] }) };
  }),
  lying("claims one more expense", { failed: "left-out-unfounded" }, "thread", (_, world, dice) => {
    const more = pick(dice, world.expenses)?.record;
    return more && { proof: (p) => scoped(p, { expenses: [more] }) };
  }),
  lying("claims that settlement talk is included", { failed: "left-out-unfounded" }, "thread", () => ({
    proof: (p) => scoped(p, { settlement: "include" }),
  })),
  lying("claims everything", { failed: "left-out-unfounded" }, "days", (of) => {
    const { from: _from, to: _to, ...scope } = of.scope;
    return withheldDays(of).length === 0 ? undefined : { proof: (p) => ({ ...p, statement: { ...p.statement, scope } }) };
  }),
  lying("claims another thread than is shown", { anyFailed: ["left-out-unfounded", "shown-unfounded"] }, "thread", (_, world, dice) => {
    const other = pick(dice, world.threads.slice(0, 2))?.thread;
    return other && { proof: (p) => scoped(p, { threads: [other] }) };
  }),
  lying("claims fewer threads, and shows single messages of the others", { failed: "shown-unfounded" }, "whole", (_, world, dice) => {
    const only = pick(dice, world.threads)?.thread;
    return only && { proof: (p) => scoped(p, { threads: [only] }) };
  }),
  lying("claims earlier days", { failed: "left-out-unfounded" }, "days", (of) => {
    const [from = ""] = withheldDays(of);
    return from === "" || from >= (of.scope.from ?? "") ? undefined : { proof: (p) => scoped(p, { from }) };
  }),
  lying("claims days that end before what is shown", { failed: "shown-unfounded" }, "whole", (of, world) => ({
    proof: (p) => scoped(p, { to: dayIn((of.derived.messages[0]?.proof.notAfter ?? 0) - 86_400_000, world.zone) }),
  })),
  lying("shifts the time zone by which days are counted", { anyFailed: ["left-out-unfounded", "shown-unfounded"] }, "days", (of, world) => {
    // Only where something was logged at such an hour that its day is another one there.
    const zones = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata", "America/Los_Angeles"];
    const { from = "", to = "" } = of.scope;
    const isIn = (at: number, zone: string): boolean => dayIn(at, zone) >= from && dayIn(at, zone) <= to;
    const times = of.proof.rows.flatMap((r) =>
      r.items.some((i: ChangeItem) => i.form !== "blind" && i.tag.kind === "message")
        ? [of.derived.replayed.headerOf(r.seq)?.relay.time ?? 0]
        : [],
    );
    const zone = zones.find((z) => times.some((at) => isIn(at, z) !== isIn(at, world.zone)));
    return zone === undefined ? undefined : { proof: (p) => ({ ...p, statement: { ...p.statement, zone } }) };
  }),
  lying("moves withheld changes under another reason", { failed: "left-out-unfounded" }, "thread", (of, _, dice) => {
    const row = pick(
      dice,
      of.proof.rows.filter((r) => r.items.some((i) => i.form === "tagged" && i.why === "settlement")),
    );
    const other = (i: ChangeItem): ChangeItem => (i.form === "tagged" ? { ...i, why: "scope" } : i);
    return row && { proof: (p) => withRow(p, row.seq, (r) => ({ ...r, items: r.items.map(other) })) };
  }),
  lying(
    "claims on the pages that no settlement talk was left out",
    { failed: "records-differ", where: "data/START-HERE.html" },
    "thread",
    (of) => (of.derived.settlement.length === 0 ? undefined : { derived: (d) => ({ ...d, settlement: [] }) }),
  ),
  lying("claims on the pages that nothing was left out", { failed: "records-differ", where: "data/START-HERE.html" }, "thread", () => ({
    derived: (d) => ({ ...d, leftOut: [] }),
  })),
];
