import type { DeviceId, MemberId, Millis, RecordId } from "../base/ids.ts";
import { pushTo } from "../base/push-to.ts";
import { memberOf, relayNameAt } from "../charter/query.ts";
import { hadView } from "../snapshot/shown-had.ts";
import type { PlacedAct } from "../sync/record-act.ts";
import { wasThere } from "../sync/record-digest.ts";
import type { RecordIndex } from "../sync/record-index.ts";
import { clockFacts } from "../views/clock.ts";
import type { BoundView, ProofView } from "../views/record.ts";
import type { OpenLog } from "./core.ts";
import { gathered } from "./gathered.ts";

/** What the other side's devices have acknowledged, gathered once for a screen. */
export interface Receipts {
  /** For each member, the entry time by channel sequence of the messages channel that they acknowledged: highest `upto` and when. */
  readonly delivered: ReadonlyMap<MemberId, readonly { readonly upto: number; readonly at: Millis }[]>;
  readonly viewed: ReadonlyMap<RecordId, { readonly member: MemberId; readonly at: Millis }>;
}

const receiptsIn = gathered(gather);

/** @param until only what had been admitted by this relay time */
export const receiptsOf = (log: OpenLog, until?: Millis): Receipts => receiptsIn(log.session.index, until);

function gather(index: RecordIndex, until: Millis | undefined): Receipts {
  const delivered = new Map<MemberId, { upto: number; at: Millis }[]>();
  const viewed = new Map<RecordId, { member: MemberId; at: Millis }>();
  for (const digest of index.digests()) {
    const { member, logged } = digest;
    if (!logged || !wasThere(digest, until)) continue;
    const at = logged.time;
    if (digest.kind === "delivery-receipt") {
      if (!digest.isFar) pushTo(delivered, member, { upto: digest.upto, at });
    } else if (digest.kind === "view-receipt") {
      const old = viewed.get(digest.message);
      if (!old || at < old.at) viewed.set(digest.message, { member, at });
    }
  }
  for (const list of delivered.values()) list.sort((a, b) => a.at - b.at);
  return { delivered, viewed };
}

/** When a device of somebody else's first acknowledged this place of the channel. */
function deliveredAt(receipts: Receipts | undefined, author: MemberId, channelSeq: number): Millis | undefined {
  for (const [member, list] of receipts?.delivered ?? []) {
    const first = member === author ? undefined : list.find((r) => r.upto >= channelSeq);
    if (first) return first.at;
  }
  return undefined;
}

/**
 * The three columns of one act: its author's clock, the interval by the relay's clock, and what the other side's devices acknowledged or are
 * shown to have had.
 * @param receipts left out where the channel has none
 */
export function proofOf(log: OpenLog, placed: PlacedAct, record: RecordId, receipts: Receipts | undefined, until?: Millis): ProofView {
  const { session } = log;
  const { act, place } = placed;
  const at = act.fields.get("at");
  const claimed = typeof at === "number" ? at : act.clock * 1000;
  const logged = place.logged;
  const device: DeviceId = act.author;
  const member = session.charter ? (memberOf(session.charter, device) ?? act.member) : act.member;
  const base = {
    claimed,
    stampedBy: session.charter ? relayNameAt(session.charter, logged?.seq ?? session.state.tail.size) : "",
    log: session.log,
    hash: act.hash,
    device,
    member,
    ...(place.notBefore > 0 ? { notBefore: place.notBefore } : {}),
    ...(place.size === undefined ? {} : { checkpoint: place.size }),
  };
  if (!logged) return { ...base, state: "saved" };
  const deliveredBy = deliveredAt(receipts, member, logged.channelSeq);
  const viewed = receipts?.viewed.get(record);
  const viewedAt = viewed && viewed.member !== member ? viewed.at : undefined;
  const had = session.index.knowledge.first(member, act.hash, logged.seq, until);
  return {
    ...base,
    notAfter: logged.time,
    seq: logged.seq,
    state: viewedAt !== undefined ? "viewed" : deliveredBy !== undefined ? "delivered" : "sent",
    ...(deliveredBy === undefined ? {} : { deliveredBy }),
    ...(viewedAt === undefined ? {} : { viewedAt }),
    ...clockFacts(claimed, place.notBefore, logged.time),
    ...(had ? { had: hadView(had) } : {}),
    ...boundsOf(log, logged.seq, place.size, until),
  };
}

/** What bounds the relay's times independently of it: witnesses and authorities that this device pinned, in anchors of the log (rule L11). */
function boundsOf({ session }: OpenLog, seq: number, size: number | undefined, until: Millis | undefined): Pick<ProofView, "bounds"> {
  const again = session.desk.old.at(seq)?.old;
  const bounds: readonly BoundView[] = [
    // The relay that had logged it in a history that was given up (rule C8k).
    ...(again ? [{ side: "not-after", kind: "old-header", by: again.relay, at: again.time } as const] : []),
    ...session.outside.anchors.bounds(session.outside.believed, until).of(seq, size),
  ];
  return bounds.length > 0 ? { bounds } : {};
}
