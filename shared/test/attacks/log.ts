import { headerLeaf, makeRelayPart, parseAuthorPart, parseRelayPart } from "../../src/entry/header.ts";
import { signCheckpoint } from "../../src/log/checkpoint.ts";
import { MerkleTree } from "../../src/log/tree.ts";
import type { HeldProof } from "../held.ts";
import type { SourceHeader } from "../../src/snapshot/source.ts";
import type { Dice } from "../../src/sample/seeded.ts";
import { lying, pick, type Attack } from "./forge.ts";
import type { Exported, World } from "./world.ts";

type Header = Exclude<SourceHeader, Uint8Array>;
const full = (proof: HeldProof): readonly Header[] => proof.headers.filter((h): h is Header => !(h instanceof Uint8Array));
const some = (dice: Dice, proof: HeldProof): number => dice.between(3, proof.headers.length - 3);
const without = (proof: HeldProof, at: number): HeldProof => ({
  ...proof,
  headers: proof.headers.filter((_, i) => i !== at),
  rows: proof.rows.filter((r) => r.seq !== at).map((r) => (r.seq > at ? { ...r, seq: r.seq - 1 } : r)),
  anchors: proof.anchors.map((a) => ({ ...a, seq: a.seq - 1 })),
  statement: { ...proof.statement, size: proof.statement.size - 1 },
});

/** A log as the relay would have made it without an entry: places, chains and checkpoint anew, with the relay's own key. */
function relayed(world: World, headers: readonly Header[]): { readonly headers: readonly Header[]; readonly note: string } {
  const channels = new Map<string, { next: number; previous: Uint8Array }>();
  const out: Header[] = [];
  const leaves: Uint8Array[] = [];
  let time = 0;
  for (const [seq, h] of headers.entries()) {
    const [author, relay] = [parseAuthorPart(h.authorBytes), parseRelayPart(h.relayBytes)];
    if (!author.ok || !relay.ok) throw new Error("an honest header");
    const tail = channels.get(author.value.channel) ?? { next: 0, previous: new Uint8Array(32) };
    time = relay.value.time;
    const relayBytes = makeRelayPart({ seq, channelSeq: tail.next, previous: tail.previous, time });
    const leaf = headerLeaf(h.authorBytes, relayBytes);
    channels.set(author.value.channel, { next: tail.next + 1, previous: leaf });
    out.push({ authorBytes: h.authorBytes, relayBytes });
    leaves.push(leaf);
  }
  const tree = MerkleTree.of(leaves);
  const { builder } = world.sample;
  const over = { origin: builder.origin, size: tree.size, root: tree.root(), time };
  return { headers: out, note: signCheckpoint(over, builder.logKey.secretKey) };
}

const anew = (world: World, p: HeldProof, dropped: number): HeldProof => {
  const cut = without({ ...p, anchors: [] }, dropped);
  return { ...cut, ...relayed(world, full(cut)) };
};
const sizeOf = (note: string): number => Number(note.split("\n")[1]);
const lastStatement = (world: World): number => world.sample.builder.statements.at(-1)?.seq ?? 0;
const rowsOfOther = (of: Exported, world: World): HeldProof["rows"] => {
  const { b } = world.family;
  return of.proof.rows.filter((r) => of.derived.messages.some((m) => m.proof.seq === r.seq && m.author === b.member));
};

/** Without a note the ones behind it stand at other places: either is found, by what the entries are bound to. */
const NOTES = ["note-missing", "contents-false"] as const;

/** The log and its checkpoint. */
export const logAttacks: readonly Attack[] = [
  lying("drops an entry from the middle", { failed: "log-false" }, "whole", (of, _, dice) => ({
    proof: (p) => without(p, some(dice, of.proof)),
  })),
  lying("drops an entry and signs with another key", { failed: "signature-false" }, "whole", (of, world, dice) => ({
    proof: (p) => without(p, some(dice, of.proof)),
    key: world.stranger,
  })),
  lying("swaps two entries", { failed: "log-false" }, "whole", (of, _, dice) => {
    const at = some(dice, of.proof);
    return { proof: (p) => ({ ...p, headers: p.headers.map((h, i) => p.headers[i === at ? at + 1 : i === at + 1 ? at : i] ?? h) }) };
  }),
  lying("shows an entry of the log twice", { failed: "log-false" }, "whole", (of, _, dice) => {
    const at = some(dice, of.proof);
    return { proof: (p) => ({ ...p, headers: p.headers.flatMap((h, i) => (i === at ? [h, h] : [h])) }) };
  }),
  lying("hides an entry behind its bare hash", { failed: "unread" }, "whole", (of, world) => {
    const last = world.sample.builder.entries.findLast((e) => e.channel === "expenses" || e.channel === "messages");
    if (!last) return undefined;
    return {
      proof: (p) => ({
        ...p,
        headers: p.headers.map((h, i) => (i === last.seq ? last.leaf : h)),
        rows: p.rows.filter((r) => r.seq !== last.seq),
      }),
    };
  }),
  // Of the last entry of a channel only the checkpoint tells; a statement may not be lawful at another time.
  lying(
    "alters the relay's time of an entry",
    { anyFailed: ["log-false", "checkpoint-false", "charter-false"] },
    "whole",
    (of, _, dice) => {
      const at = some(dice, of.proof);
      const earlier = (h: SourceHeader, i: number): SourceHeader => {
        const relay = i === at && !(h instanceof Uint8Array) ? parseRelayPart(h.relayBytes) : undefined;
        return relay?.ok && !(h instanceof Uint8Array)
          ? { ...h, relayBytes: makeRelayPart({ ...relay.value, time: relay.value.time - 1 }) }
          : h;
      };
      return { proof: (p) => ({ ...p, headers: p.headers.map(earlier) }) };
    },
  ),
  lying("ends the log early under the later checkpoint", { failed: "checkpoint-false" }, "whole", (of) => {
    const size = of.proof.headers.length - 2;
    return {
      proof: (p) => ({
        ...p,
        headers: p.headers.slice(0, size),
        rows: p.rows.filter((r) => r.seq < size),
        anchors: [],
        statement: { ...p.statement, size },
      }),
    };
  }),
  lying("shows another checkpoint of the same log", { failed: "checkpoint-false" }, "whole", (of, _, dice) => {
    const note = pick(
      dice,
      of.proof.notes.filter((n) => n !== of.proof.note),
    );
    return note === undefined ? undefined : { proof: (p) => ({ ...p, note }) };
  }),
  lying("signs the checkpoint with a key of their own", { failed: "checkpoint-false" }, "whole", (of, world) => {
    const { builder, end } = world.sample;
    const tree = MerkleTree.of(full(of.proof).map((h) => headerLeaf(h.authorBytes, h.relayBytes)));
    const over = { origin: builder.origin, size: tree.size, root: tree.root(), time: end + 60_000 };
    return { proof: (p) => ({ ...p, note: signCheckpoint(over, world.stranger.secretKey) }) };
  }),
  lying("claims another number of entries", { failed: "checkpoint-false" }, "whole", (_, __, dice) => ({
    proof: (p) => ({ ...p, statement: { ...p.statement, size: p.statement.size + dice.pick([-1, 1, 7]) } }),
  })),
  lying("drops the other's entry, and the relay makes the log anew", { anyFailed: NOTES }, "whole", (of, world, dice) => {
    const row = pick(
      dice,
      // A later change names a checkpoint over it.
      rowsOfOther(of, world).filter((r) => r.seq > lastStatement(world) && of.proof.rows.some((later) => later.seq > r.seq)),
    );
    // The notes over more than that would show the other history.
    return row && { proof: (p) => ({ ...anew(world, p, row.seq), notes: p.notes.filter((n) => sizeOf(n) <= row.seq) }) };
  }),
  lying("drops an entry before a statement, and the relay makes the log anew", { failed: "charter-false" }, "whole", (of, world, dice) => {
    const row = pick(
      dice,
      of.proof.rows.filter((r) => r.seq < lastStatement(world)),
    );
    return row && { proof: (p) => ({ ...anew(world, p, row.seq), notes: p.notes.filter((n) => sizeOf(n) <= row.seq) }) };
  }),
  lying("keeps the notes of the log that the relay made anew", { failed: "named-false" }, "whole", (of, world, dice) => {
    const row = pick(dice, of.proof.rows.filter((r) => r.seq > lastStatement(world)).slice(0, -1));
    return row && { proof: (p) => anew(world, p, row.seq) };
  }),
  lying("strips the notes, so that the other's changes count as set aside", { failed: "note-missing" }, "whole", () => ({
    proof: (p) => ({ ...p, notes: [] }),
  })),
  lying("strips one note", { anyFailed: NOTES }, "whole", (of, _, dice) => {
    const note = pick(dice, of.proof.notes);
    return note === undefined ? undefined : { proof: (p) => ({ ...p, notes: p.notes.filter((n) => n !== note) }) };
  }),
  lying("strips the anchors", { remarked: "anchors-absent" }, "whole", () => ({ proof: (p) => ({ ...p, anchors: [] }) })),
  lying("shows an anchor at another place", { failed: "anchor-false" }, "whole", (_, __, dice) => ({
    proof: (p) => ({ ...p, anchors: p.anchors.map((a) => ({ ...a, seq: a.seq - dice.between(1, 5) })) }),
  })),
  lying("shows an anchor twice, so that its witness counts twice", { failed: "anchor-false" }, "whole", () => ({
    proof: (p) => ({ ...p, anchors: [...p.anchors, ...p.anchors.slice(-1)] }),
  })),
  lying("alters an anchor", { failed: "anchor-false" }, "whole", (_, __, dice) => {
    const at = dice.between(20, 200);
    return { proof: (p) => ({ ...p, anchors: p.anchors.map((a) => ({ ...a, body: a.body.map((b, i) => (i === at ? b ^ 1 : b)) })) }) };
  }),
];
