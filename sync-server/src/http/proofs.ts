import { toBase64 } from "@countersign/shared/base/bytes";
import type { LogId } from "@countersign/shared/base/ids";
import { makeConsistency, makeInclusion, planConsistency, planInclusion } from "@countersign/shared/log/proof";
import { nodesFor } from "../log/nodes.ts";
import type { Relay } from "../relay/relay.ts";
import type { RelayStore } from "../store/store.ts";
import { bearer, json, numberOf, plain, type Exchange } from "./reply.ts";

/** `/v1/checkpoint/<log>`: the signed note over what is durable. Checkpoints and proofs need a sign-in (rule L4). */
export async function serveCheckpoint(ex: Exchange, relay: Relay, log: LogId): Promise<void> {
  const found = await signedIn(ex, relay, log);
  if (!found) return;
  const note = found.actor.served.freshNote();
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
  const durable = found.actor.served.durable();
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
