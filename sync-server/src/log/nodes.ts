import type { LogId } from "@countersign/shared/base/ids";
import type { ProofPlan } from "@countersign/shared/log/proof";
import { derivingReader } from "@countersign/shared/log/tree";
import { MILESTONE_EVERY, MILESTONE_HEIGHT, type RelayStore } from "../store/store.ts";

/** Reads the nodes of height 8, and the leaves of only those blocks that a proof looks into. */
export async function nodesFor(
  store: RelayStore,
  log: LogId,
  plan: ProofPlan,
  durable: number,
): Promise<ReturnType<typeof derivingReader>> {
  const high = new Map((await store.milestones(log)).map((m) => [m.index, m.node] as const));
  const blocks = new Set(
    plan
      .flat()
      .filter((place) => place.level < MILESTONE_HEIGHT)
      .map((place) => Math.floor((place.index * 2 ** place.level) / MILESTONE_EVERY)),
  );
  const leaves = new Map<number, Uint8Array>();
  for (const block of blocks) {
    const first = block * MILESTONE_EVERY;
    const some = await store.leaves(log, first, Math.min(first + MILESTONE_EVERY, durable));
    for (const [i, leaf] of some.entries()) leaves.set(first + i, leaf);
  }
  return derivingReader((level, index) => (level === MILESTONE_HEIGHT ? high.get(index) : level === 0 ? leaves.get(index) : undefined));
}
