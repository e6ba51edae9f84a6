import { toBase64 } from "@countersign/shared/base/bytes";
import type { LogId } from "@countersign/shared/base/ids";
import { makeConsistency, makeInclusion, planConsistency, planInclusion, type ProofPlan } from "@countersign/shared/log/proof";
import { derivingReader } from "@countersign/shared/log/tree";
import type { Relay } from "../relay/relay.ts";
import { MILESTONE_EVERY, MILESTONE_HEIGHT, type RelayStore } from "../store/store.ts";
import { bearer, json, numberOf, plain, type Exchange } from "./reply.ts";

/** `/v1/checkpoint/<log>`: the signed note over what is durable. Checkpoints and proofs need a sign-in (rule L4). */
export async function serveCheckpoint(ex: Exchange, relay: Relay, log: LogId): Promise<void> {
  const found = await signedIn(ex, relay, log);
  if (!found) return;
  const note = found.actor.freshNote();
  if (note === null) json(ex, 404, { code: "not-found" });
  else plain(ex, 200, note);
}

/**
 * `/v1/proof/<log>?leaf=I&size=N`: that entry I is among the first N. `?from=M&size=N`: that the first N entries begin with the first M. The
 * path's hashes are base64, as in RFC 6962.
 */
export async function serveProof(ex: Exchange, relay: Relay, store: RelayStore, log: LogId): Promise<void> {
  const found = await signedIn(ex, relay, log);
  if (!found) return;
  const durable = found.actor.durable();
  const size = ex.url.searchParams.has("size") ? numberOf(ex.url, "size") : durable;
  const leaf = numberOf(ex.url, "leaf");
  const from = numberOf(ex.url, "from");
  if (size === undefined || size > durable || (leaf === undefined) === (from === undefined)) {
    json(ex, 400, { code: "malformed" });
    return;
  }
  const plan = leaf === undefined ? planConsistency(from ?? 0, size) : planInclusion(leaf, size);
  if (!plan) {
    json(ex, 400, { code: "malformed" });
    return;
  }
  const read = await nodesFor(store, log, plan, durable);
  const proof = leaf === undefined ? makeConsistency(from ?? 0, size, read) : makeInclusion(leaf, size, read);
  if (proof.ok) json(ex, 200, { size, path: proof.value.map(toBase64) });
  else json(ex, 503, { code: "internal" });
}

async function signedIn(ex: Exchange, relay: Relay, log: LogId): ReturnType<Relay["access"]> {
  const found = await relay.access(bearer(ex.request) ?? "");
  if (found?.access.log === log) return found;
  json(ex, found ? 403 : 401, { code: found ? "forbidden" : "unauthorised" });
  return undefined;
}

/** Reads the nodes of height 8, and the leaves of only those blocks that the proof looks into. */
async function nodesFor(store: RelayStore, log: LogId, plan: ProofPlan, durable: number): Promise<ReturnType<typeof derivingReader>> {
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
