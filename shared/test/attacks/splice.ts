import { forge, type Attack, type Expected, type Lie } from "./forge.ts";
import type { HeldProof } from "../held.ts";
import type { World } from "./world.ts";

/** Two snapshots put together: of another household of the same exporter, or of the same household. */
const splicing = (
  name: string,
  expected: Expected,
  lie: (world: World, other: World) => Lie,
): ((otherOf: (world: World) => World) => Attack) => {
  return (otherOf) => ({
    name,
    forge: async (world) => ({ bundle: await forge(world, world.whole, lie(world, otherOf(world))), expected }),
  });
};

const taking = (part: (p: HeldProof, from: HeldProof) => Partial<HeldProof>): ((world: World, other: World) => Lie) => {
  return (_, other) => ({ proof: (p) => ({ ...p, ...part(p, other.whole.proof) }) });
};

/** `otherOf` gives another household than the one that is attacked. */
export const spliceAttacks = (otherOf: (world: World) => World): readonly Attack[] =>
  [
    splicing(
      "takes another household's charter",
      { failed: "charter-false" },
      taking((_, from) => ({ statements: from.statements })),
    ),
    splicing(
      "takes the end of another household's charter",
      { failed: "charter-false" },
      taking((p, from) => ({ statements: [...p.statements.slice(0, 4), ...from.statements.slice(4)] })),
    ),
    splicing(
      "takes another household's log",
      { failed: "log-false" },
      taking((_, from) => ({ headers: from.headers })),
    ),
    splicing(
      "puts another household's entries behind",
      { failed: "log-false" },
      taking((p, from) => ({ headers: [...p.headers.slice(0, 20), ...from.headers.slice(20)] })),
    ),
    splicing(
      "takes another household's changes",
      { failed: "contents-false" },
      taking((_, from) => ({ rows: from.rows })),
    ),
    splicing(
      "takes one entry's changes from another household",
      { failed: "contents-false" },
      taking((p, from) => {
        const seqs = new Set(p.rows.map((r) => r.seq));
        const row = from.rows.find((r) => seqs.has(r.seq));
        return { rows: p.rows.map((r) => (row && r.seq === row.seq ? row : r)) };
      }),
    ),
    splicing(
      "takes another household's checkpoint",
      { failed: "checkpoint-false" },
      taking((_, from) => ({ note: from.note })),
    ),
    splicing(
      "takes another household's anchor",
      { failed: "anchor-false" },
      taking((p, from) => ({ anchors: from.anchors.map((a) => ({ ...a, seq: p.headers.length - 1 })) })),
    ),
    splicing("takes another household's pages", { failed: "records-differ" }, (_, other) => ({
      files: (files) => {
        for (const path of files.keys())
          if (/^data\/(?:START|report|csv|records)/.test(path)) files.set(path, other.whole.bundle.get(path) ?? new Uint8Array());
      },
    })),
    splicing("takes the pages of a part under the proof of the whole", { failed: "records-differ" }, (world) => ({
      files: (files) => {
        for (const path of files.keys())
          if (/^data\/(?:START|report|csv|records)/.test(path)) files.set(path, world.thread.bundle.get(path) ?? new Uint8Array());
      },
    })),
    splicing("takes the changes of a part under the claims of the whole", { failed: "left-out-unfounded" }, (world) => ({
      proof: (p) => ({ ...p, rows: world.thread.proof.rows, notes: world.thread.proof.notes }),
    })),
  ].map((make) => make(otherOf));
