import type { ChannelKey, DeviceId, LogId, Millis, SignSecretKey } from "../base/ids.ts";
import { deviceAt, devicesOf, parentsOf } from "../charter/query.ts";
import { stands, type Charter } from "../charter/state.ts";
import type { Position } from "../charter/types.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { sealBundle, type Covered } from "../entry/bundle.ts";
import { makeAuthorPart, parseHeader } from "../entry/header.ts";
import type { RowStore } from "../vault/row-store.ts";
import type { PushEntry } from "../wire/messages.ts";
import type { BundleLedger, Loose } from "./bundle-ledger.ts";
import { openRow } from "./open-row.ts";
import { entryRowCodec, keys } from "./rows.ts";

/** When a device bundles (rule L8g). */
export interface BundleRule {
  /** Fewer entries than this of one book and epoch stay loose. */
  readonly entries: number;
  /** Only entries that were logged so long ago are bundled, ms. */
  readonly age: Millis;
  /** How long nothing was written and nothing came, ms. Each further device of the household waits as long again, so that one does it. */
  readonly idle: Millis;
}

export const BUNDLE_RULE: BundleRule = { entries: 64, age: 30 * 86_400_000, idle: 60_000 };

/** What is read into one bundle before it is packed: whole bodies, bytes, and changes. Messages pack to a third or less. */
const MOST_BYTES = 1_200_000;
const MOST_CHANGES = 4_096;
const RUN = 64;

/** After which of its parents' devices this one comes; undefined where a bundle could not be settled, since nobody else could answer for it. */
export function turnOf(charter: Charter, device: DeviceId, at: Position): number | undefined {
  if (!deviceAt(charter, device, at)) return undefined;
  const devices = parentsOf(charter, at)
    .flatMap((m) => devicesOf(charter, m.id))
    .filter((d) => stands(d.linked, at) && !stands(d.revoked, at));
  const turn = devices.findIndex((d) => d.id === device);
  return devices.length < 2 || turn < 0 ? undefined : turn;
}

export interface BundleMaker {
  readonly log: LogId;
  readonly rows: RowStore;
  readonly device: DeviceId;
  readonly secret: SignSecretKey;
  readonly keyOf: (channel: Loose["book"]["channel"], epoch: number) => ChannelKey | undefined;
  readonly random: RandomBytes;
  readonly pause: () => Promise<void>;
  /** The relay's time as far as this device can tell. */
  readonly now: Millis;
}

/** The next bundle that rule L8g asks for, signed; undefined where there is none. Only reads, and rests between reads. */
export async function makeBundle(ledger: BundleLedger, rule: BundleRule, maker: BundleMaker): Promise<PushEntry | undefined> {
  for (const loose of ledger.loose) {
    const key = maker.keyOf(loose.book.channel, loose.epoch);
    if (!key || loose.seqs.length < rule.entries) continue;
    const entries = await oldEntries(loose, key, rule, maker);
    for (let take = entries.length; take >= rule.entries; take = Math.floor(take / 2)) {
      const { log, device, random } = maker;
      const sealed = sealBundle({ log, device, book: loose.book, epoch: loose.epoch, key, entries: entries.slice(0, take), random });
      if (sealed) return { a: makeAuthorPart(sealed.placement, sealed.body, maker.secret), b: sealed.body };
      await maker.pause();
    }
  }
  return undefined;
}

/** Entries that are old enough, from the oldest on, as many as one bundle may hold. */
async function oldEntries(loose: Loose, key: ChannelKey, rule: BundleRule, maker: BundleMaker): Promise<readonly Covered[]> {
  const entries: Covered[] = [];
  let [bytes, changes] = [0, 0];
  for (const [i, seq] of loose.seqs.entries()) {
    const row = await maker.rows.get("entry", keys.entry(maker.log, seq));
    const stored = row && entryRowCodec.decode(row);
    const header = stored?.ok && stored.value.a && stored.value.r ? parseHeader(stored.value.a, stored.value.r) : undefined;
    if (!stored?.ok || !header?.ok) throw new Error("a loose entry's row does not parse");
    if (header.value.relay.time > maker.now - rule.age) break;
    const { b, p } = stored.value;
    const body = openRow(header.value, stored.value, key);
    if (!body?.ok) throw new Error("a loose entry does not open");
    bytes += (b ?? p ?? new Uint8Array()).length;
    changes += body.value.changes.length;
    if (bytes > MOST_BYTES || changes > MOST_CHANGES) break;
    entries.push({ seq, leaf: header.value.leaf, body: body.value });
    if (i % RUN === RUN - 1) await maker.pause();
  }
  return entries;
}
