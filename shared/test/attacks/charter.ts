import { frameOn, makeStatement } from "../../src/charter/sign.ts";
import { lying, type Attack } from "./forge.ts";

/** People, devices and keys. */
export const charterAttacks: readonly Attack[] = [
  lying("replays an old charter: leaves its end out", { failed: "charter-false" }, "whole", (of, _, dice) => {
    const keep = dice.between(1, of.proof.statements.length - 1);
    return { proof: (p) => ({ ...p, statements: p.statements.slice(0, keep) }) };
  }),
  lying("leaves the statement out that revoked their device", { failed: "charter-false" }, "whole", (of) => {
    // It stands before the last one, which opens new epochs.
    const at = of.proof.statements.length - 2;
    return { proof: (p) => ({ ...p, statements: p.statements.filter((_, i) => i !== at) }) };
  }),
  lying("swaps two statements", { failed: "charter-false" }, "whole", (of, _, dice) => {
    const at = dice.between(0, of.proof.statements.length - 2);
    return {
      proof: (p) => ({ ...p, statements: p.statements.map((s, i) => p.statements[i === at ? at + 1 : i === at + 1 ? at : i] ?? s) }),
    };
  }),
  lying("alters a statement", { failed: "charter-false" }, "whole", (of, _, dice) => {
    const which = dice.between(0, of.proof.statements.length - 1);
    const at = dice.between(10, 100);
    return {
      proof: (p) => ({ ...p, statements: p.statements.map((s, i) => (i === which ? s.map((b, j) => (j === at ? b ^ 2 : b)) : s)) }),
    };
  }),
  lying("adds a lawful statement of their own that is not in the log", { failed: "charter-false" }, "whole", (_, world) => {
    const { builder } = world.sample;
    const frame = frameOn(builder.charter, world.sample.me.device.id, builder.checkpointRef());
    const made = makeStatement({ ...frame, type: "leave" }, [world.own]);
    return { proof: (p) => ({ ...p, statements: [...p.statements, made.bytes] }) };
  }),
  lying("calls the household's log a personal one", { failed: "charter-false" }, "whole", () => ({
    proof: (p) => ({ ...p, statement: { ...p.statement, kind: "personal" } }),
  })),
];
