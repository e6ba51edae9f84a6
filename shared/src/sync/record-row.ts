import { z } from "zod";
import { toId } from "../base/bytes.ts";
import type { ChangeHash, DeviceId, MemberId } from "../base/ids.ts";
import type { CborValue } from "../cbor/cbor.ts";
import { isBytesOf, isUint, mapOf } from "../cbor/quick.ts";
import { structCodec, zId, zText, zUint, type Codec } from "../cbor/struct.ts";
import { ALL_CHANNELS, type Channel } from "../base/channels.ts";

export const zChannel = z.enum(ALL_CHANNELS as [Channel, ...Channel[]]);
export const zBook = z.strictObject({ channel: zChannel, period: zText(7), shard: zUint() });

const MOST_ACTS = 4_096;
const MOST_FIELDS = 64;
const FIELD_NAME = 32;
const FIELD_TEXT = 65_536;
/** A row is never longer than this, bytes. */
export const MAX_RECORD_ROW = 4_194_304;

/** One lawful act of a record with its place in time: what screens are drawn from without loading a book. */
const actRow = z.strictObject({
  h: zId<ChangeHash>(),
  d: zId<DeviceId>(),
  m: zId<MemberId>(),
  /** The author's clock, seconds. */
  c: zUint(),
  f: z.array(z.tuple([zText(FIELD_NAME), z.union([z.string().max(FIELD_TEXT), z.number().int(), z.boolean()])])).max(MOST_FIELDS),
  /** Not before: the time of the checkpoint that the change names, ms of the relay's clock. */
  nb: zUint(),
  /** Sequence, channel sequence and relay time of the carrying entry. */
  l: z.tuple([zUint(), zUint(), zUint()]).nullable(),
  /** Places in this list of the acts that it knew of. */
  k: z.array(zUint()).max(MOST_ACTS),
  /** Size of the log at the checkpoint that the change names. */
  n: zUint().optional(),
  /** Sequence and relay time of the entry with which it was admitted, where it had waited for what it is built on (rule X4). */
  a: z.tuple([zUint(), zUint()]).optional(),
  /** Changes of other members that no checkpoint of this member showed yet and that this one is built on (rule L6a). */
  w: z.array(zId<ChangeHash>()).max(4_096).optional(),
});
export type ActRow = z.output<typeof actRow>;
/** As the codec reads it. */
export const recordRow = z.strictObject({ kind: zText(40), book: zBook, acts: z.array(actRow).min(1).max(MOST_ACTS) });
export type RecordRow = z.output<typeof recordRow>;

/** What stands behind one record of a screen. They are read by the thousand, so plain comparisons come before the schema. */
export const recordRowCodec: Codec<RecordRow> = structCodec<RecordRow>(recordRow, MAX_RECORD_ROW, quickRecord);

const CHANNELS: ReadonlySet<unknown> = new Set(ALL_CHANNELS);
const isText = (value: CborValue | undefined, max: number): value is string => typeof value === "string" && value.length <= max;
const isList = (value: CborValue | undefined): value is readonly CborValue[] => Array.isArray(value);

function quickRecord(value: CborValue): RecordRow | undefined {
  const row = mapOf(value, 3);
  const book = row && mapOf(row["book"], 3);
  if (!row || !book || !isText(row["kind"], 40) || !isList(row["acts"])) return undefined;
  const { channel, period, shard } = book;
  if (!CHANNELS.has(channel) || !isText(period, 7) || !isUint(shard)) return undefined;
  if (row["acts"].length === 0 || row["acts"].length > MOST_ACTS) return undefined;
  const acts: ActRow[] = [];
  for (const item of row["acts"]) {
    const act = quickAct(item);
    if (!act) return undefined;
    acts.push(act);
  }
  return { kind: row["kind"], book: { channel: channel as Channel, period, shard }, acts };
}

/** What was admitted late or is the first to show others' changes is rare, and left to the schema. */
function quickAct(value: CborValue): ActRow | undefined {
  const withSize = mapOf(value, 9);
  const act = withSize ?? mapOf(value, 8);
  if (!act) return undefined;
  const { h, d, m, c, f, nb, l, k, n } = act;
  if (!isBytesOf(h, 32) || !isBytesOf(d, 32) || !isBytesOf(m, 32) || !isUint(c) || !isUint(nb)) return undefined;
  if (l === undefined || !isList(k) || k.length > MOST_ACTS || !k.every(isUint) || (withSize && !isUint(n))) return undefined;
  const fields = quickFields(f);
  const place = l === null ? null : quickPlace(l);
  if (!fields || place === undefined) return undefined;
  const plain = { h: toId<ChangeHash>(h), d: toId<DeviceId>(d), m: toId<MemberId>(m), c, f: fields, nb, l: place, k: [...k] };
  return isUint(n) ? { ...plain, n } : plain;
}

function quickPlace(value: CborValue): [number, number, number] | undefined {
  if (!isList(value) || value.length !== 3) return undefined;
  const [seq, channelSeq, time] = value;
  return isUint(seq) && isUint(channelSeq) && isUint(time) ? [seq, channelSeq, time] : undefined;
}

function quickFields(value: CborValue | undefined): ActRow["f"] | undefined {
  if (!isList(value) || value.length > MOST_FIELDS) return undefined;
  const fields: ActRow["f"] = [];
  for (const item of value) {
    if (!isList(item) || item.length !== 2) return undefined;
    const [name, field] = item;
    if (!isText(name, FIELD_NAME)) return undefined;
    if (typeof field !== "number" && typeof field !== "boolean" && !isText(field, FIELD_TEXT)) return undefined;
    fields.push([name, field]);
  }
  return fields;
}
