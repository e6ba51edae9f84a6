import type { ChannelKey, DeviceId, LogId, MemberId, SignSecretKey } from "../base/ids.ts";
import { memberOf, relaysForked } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { makeAgain, MAX_AGAIN } from "../entry/again.ts";
import { readBody, sealChanges } from "../entry/body.ts";
import type { Channel } from "../base/channels.ts";
import { ENTRY_KIND, makeAuthorPart, parseAuthorPart } from "../entry/header.ts";
import type { PushEntry } from "../wire/messages.ts";
import type { LeftBranch, LeftEntry } from "./left-branch.ts";
import type { OldHeaderBook } from "./old-headers.ts";
import type { Sealed } from "./outbox.ts";

interface PushAgain {
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
export function pushAgain(left: LeftBranch, context: PushAgain): readonly PushEntry[] {
  const { log, charter, device, secret, keyOf, random, old } = context;
  const forked = new Set(relaysForked(charter).map((r) => r.relay));
  const onWay = context.sealed.flatMap(({ row }) => {
    const author = parseAuthorPart(row.a);
    return author.ok ? [author.value] : [];
  });
  const ready = left.waiting.filter((entry) => forked.has(entry.relay) && isReady(entry, context));
  const unproven = ready.flatMap(({ header, path, note }) =>
    path && !old.has(header.author.commitment, header.author.device) ? [{ a: header.authorBytes, r: header.relayBytes, path, note }] : [],
  );
  const [first] = unproven;
  if (first) {
    // Those of one branch have one checkpoint.
    const headers = unproven.filter((u) => u.note === first.note).slice(0, MAX_AGAIN);
    const epoch = keyOf("household")?.epoch;
    if (epoch === undefined || onWay.some((a) => a.kind === ENTRY_KIND.again)) return [];
    return [makeAgain({ log, device, epoch, old: { note: first.note, headers }, secret })];
  }
  const made: PushEntry[] = [];
  for (const { header, plain } of ready) {
    const { author } = header;
    const current = author.channel === "charter" ? undefined : keyOf(author.channel);
    const body = plain && readBody(author, plain);
    if (!current || body?.ok !== true || onWay.some((a) => a.commitment === author.commitment)) continue;
    const entry = sealChanges({ log, device, epoch: current.epoch, key: current.key, body: body.value, random });
    made.push({ a: makeAuthorPart(entry.placement, entry.body, secret), b: entry.body });
    if (made.length === MOST) break;
  }
  return made;
}

/** Whether others could judge it: its device is known to the charter that goes on; and without an old header only this member's own. */
function isReady({ header, plain, path }: LeftEntry, { charter, member }: PushAgain): boolean {
  const pusher = memberOf(charter, header.author.device);
  return plain !== null && pusher !== undefined && (path !== null || pusher === member);
}
