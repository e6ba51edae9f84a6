import type { ChannelKey, DeviceId, Hex32, LogId, MemberId, SignSecretKey } from "../base/ids.ts";
import { memberOf, relaysForked } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { makeAgain, MAX_AGAIN } from "../entry/again.ts";
import { readBody, sealChanges } from "../entry/body.ts";
import type { Channel } from "../base/channels.ts";
import { ENTRY_KIND, makeAuthorPart, parseAuthorPart } from "../entry/header.ts";
import type { PushEntry } from "../wire/messages.ts";
import type { LeftBranch, Waiting } from "./left-branch.ts";
import type { HeaderProof } from "./left-rows.ts";
import type { OldHeaderBook } from "./old-headers.ts";
import type { Sealed } from "./outbox.ts";

export interface PushAgain {
  readonly log: LogId;
  readonly charter: Charter;
  readonly device: DeviceId;
  readonly member: MemberId;
  readonly secret: SignSecretKey;
  readonly keyOf: (channel: Channel) => { readonly epoch: number; readonly key: ChannelKey } | undefined;
  readonly random: RandomBytes;
  readonly old: OldHeaderBook;
  /** What is on its way. */
  readonly sealed: readonly Sealed[];
}

/** Entries that are made at a time. */
const MOST = 16;

/**
 * The next entries with which this device pushes again what only the branch had that it left (rules C8j, C8k): first their old headers, and once these are in the log the
 * changes, each entry with the secret that it had, so that its content commitment is the old one. Empty while something of it is on its way, or nothing can be.
 */
export async function pushAgain(left: LeftBranch, context: PushAgain): Promise<readonly PushEntry[]> {
  const forked = new Set(relaysForked(context.charter).map((r) => r.relay));
  const onWay = context.sealed.flatMap(({ row }) => {
    const author = parseAuthorPart(row.a);
    return author.ok ? [author.value] : [];
  });
  const isReady = (waiting: Waiting): boolean => forked.has(waiting.relay) && isJudgeable(waiting, context);
  const proofs = await nextProofs(left, context.old, isReady);
  if (proofs.length === 0) return changesAgain(left, context, isReady, new Set(onWay.map((a) => a.commitment)));
  const { log, device, secret } = context;
  const epoch = context.keyOf("household")?.epoch;
  if (epoch === undefined || onWay.some((a) => a.kind === ENTRY_KIND.again)) return [];
  return [makeAgain({ log, device, epoch, old: { note: proofs[0]?.note ?? "", headers: proofs }, secret })];
}

/** Headers that are not in the log, as many as an entry holds, all of one checkpoint. */
async function nextProofs(left: LeftBranch, old: OldHeaderBook, isReady: (waiting: Waiting) => boolean): Promise<readonly HeaderProof[]> {
  const found: Waiting[] = [];
  for (const waiting of left.unproven()) {
    if (old.has(waiting.commitment, waiting.device)) left.proven(waiting);
    else if (isReady(waiting) && (found[0]?.note ?? waiting.note) === waiting.note) found.push(waiting);
    if (found.length === MAX_AGAIN) break;
  }
  const proofs: HeaderProof[] = [];
  for (const waiting of found) {
    const proof = (await left.entry(waiting))?.proof;
    if (proof) proofs.push(proof);
  }
  return proofs;
}

async function changesAgain(
  left: LeftBranch,
  { log, device, secret, keyOf, random }: PushAgain,
  isReady: (waiting: Waiting) => boolean,
  onWay: ReadonlySet<Hex32>,
): Promise<readonly PushEntry[]> {
  const made: PushEntry[] = [];
  for (const waiting of left.waiting()) {
    if (!isReady(waiting) || onWay.has(waiting.commitment)) continue;
    const [entry, plain] = [await left.entry(waiting), await left.plain(waiting)];
    if (!entry || !plain) continue;
    const { author } = entry.header;
    const current = author.channel === "charter" ? undefined : keyOf(author.channel);
    const body = readBody(author, plain);
    if (!current || !body.ok) continue;
    const sealed = sealChanges({ log, device, epoch: current.epoch, key: current.key, body: body.value, random });
    made.push({ a: makeAuthorPart(sealed.placement, sealed.body, secret), b: sealed.body });
    if (made.length === MOST) break;
  }
  return made;
}

/** Whether others could judge it: its device is known to the charter that goes on; and without an old header only this member's own. */
function isJudgeable({ isOpen, device, note, commitment }: Waiting, { charter, member, old }: PushAgain): boolean {
  const pusher = memberOf(charter, device);
  return isOpen && pusher !== undefined && (note !== undefined || pusher === member || old.has(commitment, device));
}
