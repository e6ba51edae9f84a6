import { equalBytes } from "../base/bytes.ts";
import { decode } from "../cbor/cbor.ts";
import { currentEpoch } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import { bodyMatches, ENTRY_KIND, parseHeader, parseRelayPart, type Header } from "../entry/header.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { leafHash } from "../log/merkle.ts";
import { verifyInclusion } from "../log/proof.ts";
import { statementStands } from "../entry/statement.ts";
import type { Pinned } from "./check.ts";
import type { ProvenPlace, ProvenStatement } from "./file.ts";
import type { NotProven, Proven } from "./report.ts";

/** What a claim comes to. */
export type Judged =
  | { readonly holds: true; readonly proven: Proven; readonly seq?: number }
  | { readonly holds: false; readonly reason: NotProven; readonly seq?: number };

const HEADER_BYTES = 8_192;
const no = (reason: NotProven, seq?: number): Judged => ({ holds: false, reason, ...(seq === undefined ? {} : { seq }) });
const yes = (proven: Proven, seq: number): Judged => ({ holds: true, proven, seq });

const isIn = (place: ProvenPlace, note: Checkpoint): boolean => verifyInclusion(leafHash(place.d), place.n, note.size, place.p, note.root);

/** The two parts of a header's bytes; undefined where they are none. */
export function headerParts(data: Uint8Array): { readonly a: Uint8Array; readonly r: Uint8Array } | undefined {
  const pair = decode(data, HEADER_BYTES);
  if (!pair.ok || !Array.isArray(pair.value) || pair.value.length !== 2) return undefined;
  const [a, r] = pair.value as readonly unknown[];
  return a instanceof Uint8Array && r instanceof Uint8Array ? { a, r } : undefined;
}

function lawfulHeader(place: ProvenPlace, pinned: Pinned): Header | undefined {
  const parts = headerParts(place.d);
  const header = parts && parseHeader(parts.a, parts.r);
  return header?.ok === true && header.value.author.log === pinned.log && header.value.relay.seq === place.n ? header.value : undefined;
}

/** An entry in the note's tree that no relay may take (rules L0, L0a, K1). */
export function proveEntry(place: ProvenPlace, note: Checkpoint, pinned: Pinned): Judged {
  if (!isIn(place, note)) return no("path", place.n);
  const parts = headerParts(place.d);
  if (!parts) return yes("entry-header", place.n);
  const header = parseHeader(parts.a, parts.r);
  if (!header.ok)
    return yes(header.error.code === "header-signature" && parseRelayPart(parts.r).ok ? "entry-signature" : "entry-header", place.n);
  const { author, relay } = header.value;
  if (author.log !== pinned.log) return yes("entry-log", place.n);
  if (relay.seq !== place.n) return yes("entry-sequence", place.n);
  if (relay.channelSeq === 0 && relay.previous.some((b) => b !== 0)) return yes("entry-chain", place.n);
  if ((author.channel === "charter") !== (author.kind === ENTRY_KIND.charter)) return yes("entry-charter", place.n);
  return no("lawful", place.n);
}

/** Two entries in the note's tree: relay time fell, or the channel's chain is broken between them (rule L0a). */
export function provePair(first: ProvenPlace, second: ProvenPlace, note: Checkpoint, pinned: Pinned): Judged {
  if (first.n >= second.n || !isIn(first, note) || !isIn(second, note)) return no("path", second.n);
  const a = lawfulHeader(first, pinned);
  const b = lawfulHeader(second, pinned);
  if (!a || !b) return no("lawful", second.n);
  if (a.relay.time > b.relay.time) return yes("pair-time", second.n);
  if (a.author.channel !== b.author.channel) return no("lawful", second.n);
  const isNext = b.relay.channelSeq === a.relay.channelSeq + 1;
  if (b.relay.channelSeq <= a.relay.channelSeq || (isNext && !equalBytes(b.relay.previous, a.leaf))) return yes("pair-chain", second.n);
  return no("lawful", second.n);
}

/** All statements from the founding on stand but the last, which the relay must not have taken (rule C10). */
export function proveCharter(places: readonly ProvenStatement[], note: Checkpoint, pinned: Pinned): Judged {
  const last = places.at(-1);
  const before = chain(places.slice(0, -1), note, pinned);
  if (!last || !before.ok) return no(before.ok ? "path" : before.reason, last?.n);
  const header = lawfulHeader(last, pinned);
  if (!isIn(last, note)) return no("path", last.n);
  if (!header || !last.b || !bodyMatches(header.author, last.b) || !follows(header, places.length - 1, before.leaf))
    return no("path", last.n);
  const stands = statementStands(before.charter, header, last.n, last.b);
  return stands ? no("lawful", last.n) : yes("charter", last.n);
}

/**
 * Statements that replace an epoch, then an entry under the one that they replaced (rule L7). Epochs only grow, so later statements don't matter. Bundles and
 * acknowledgements are of the epoch of what they cover, and lawful under any (rule L8b).
 */
export function proveEpoch(places: readonly ProvenStatement[], note: Checkpoint, pinned: Pinned): Judged {
  const last = places.at(-1);
  const before = chain(places.slice(0, -1), note, pinned);
  if (!last || !before.ok || !before.charter) return no(before.ok ? "path" : before.reason, last?.n);
  if (!isIn(last, note)) return no("path", last.n);
  const header = lawfulHeader(last, pinned);
  if (header?.author.kind !== ENTRY_KIND.changes || header.author.channel === "charter") return no("lawful", last.n);
  if (last.n <= before.charter.at.seq) return no("lawful", last.n);
  const current = currentEpoch(before.charter, header.author.channel, header.relay)?.epoch;
  return current !== undefined && header.author.epoch < current ? yes("epoch", last.n) : no("lawful", last.n);
}

/** The charter that proven statements make, none left out: their channel sequence counts on from 0. */
function chain(
  places: readonly ProvenStatement[],
  note: Checkpoint,
  pinned: Pinned,
):
  | { readonly ok: true; readonly charter: Charter | undefined; readonly leaf: Uint8Array }
  | { readonly ok: false; readonly reason: NotProven } {
  let charter: Charter | undefined;
  let leaf: Uint8Array = new Uint8Array(32);
  for (const [i, place] of places.entries()) {
    const header = lawfulHeader(place, pinned);
    if (!isIn(place, note) || !header || !place.b || !bodyMatches(header.author, place.b) || !follows(header, i, leaf))
      return { ok: false, reason: "path" };
    charter = statementStands(charter, header, place.n, place.b)?.charter;
    if (!charter) return { ok: false, reason: "pin" };
    leaf = header.leaf;
  }
  return { ok: true, charter, leaf };
}

const follows = (header: Header, channelSeq: number, leaf: Uint8Array): boolean =>
  header.author.channel === "charter" &&
  header.author.kind === ENTRY_KIND.charter &&
  header.relay.channelSeq === channelSeq &&
  equalBytes(header.relay.previous, leaf);
