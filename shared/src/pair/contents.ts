/** What the old device's vault gives the new one (docs/protocol.md section 8, P6). No key with which a device signs or receives is among it (K2). */
import { z } from "zod";
import type { ChannelKey, DeviceId, LogId, MemberId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { structCodec, zBytes, zExact, zId, zText, zUint, type Codec } from "../cbor/struct.ts";
import type { SheetSeed } from "../charter/recovery-sheet.ts";
import { isRelayAddress } from "../charter/relay-address.ts";
import { ALL_CHANNELS, channelsOf, type Channel } from "../base/channels.ts";
import { LOGS_MAX, PARTS_MAX, PART_BYTES } from "./messages.ts";

/** Bytes of a record id, as `seen` holds them one after another. */
export const SEEN_BYTES = 16;
export const SEEN_MAX = 100_000;

const channelKey = z.strictObject({
  c: z.enum(ALL_CHANNELS as [Channel, ...Channel[]]),
  e: zUint(),
  k: zExact<ChannelKey>(32),
});

const logSchema = z.strictObject({
  log: zId<LogId>(),
  kind: z.enum(["personal", "household"]),
  address: zText(255),
  relayName: zText(255).min(1),
  purpose: zText(40),
  member: zId<MemberId>(),
  zone: zText(60),
  viewReceipts: z.boolean(),
  label: zText(200),
  people: z.array(z.tuple([zId<MemberId>(), zText(200)])).max(100),
  devices: z.array(z.tuple([zId<DeviceId>(), zText(200)])).max(400),
  link: zText(2_048).nullable(),
  keys: z.array(channelKey).max(20_000),
  /** Ids of the messages that the person has seen. */
  seen: zBytes(SEEN_MAX * SEEN_BYTES),
});
export type LogContents = z.output<typeof logSchema>;

const contentsSchema = z.strictObject({
  v: z.literal(1),
  sheet: z.strictObject({ seed: zExact<SheetSeed>(16), relay: zText(255), confirmed: z.boolean(), made: zUint() }),
  autoLock: zUint().max(24 * 60),
  logs: z.array(logSchema).min(1).max(LOGS_MAX),
  /** Which ids of the person's devices, log by log, are one and the same device. */
  devices: z.array(z.array(z.strictObject({ l: zId<LogId>(), d: zId<DeviceId>() })).max(LOGS_MAX)).max(200),
});
export type Contents = z.output<typeof contentsSchema>;

const codec: Codec<Contents> = structCodec<Contents>(contentsSchema, PARTS_MAX * PART_BYTES);

export const encodeContents = (contents: Contents): Uint8Array => codec.encode(contents);

/** Reads contents: shape, sizes, and that the parts of it fit each other. What the logs hold is verified when they are synced. */
export function parseContents(bytes: Uint8Array): Result<Contents, Coded<"contents-malformed">> {
  const parsed = codec.decode(bytes);
  const refuse = (detail: string): ReturnType<typeof parseContents> => err(coded("contents-malformed", detail));
  if (!parsed.ok) return refuse(parsed.error.code);
  const { logs, sheet } = parsed.value;
  if (new Set(logs.map((l) => l.log)).size !== logs.length) return refuse("a log twice");
  if (logs.filter((l) => l.kind === "personal").length !== 1) return refuse("no personal log");
  if (!isRelayAddress(sheet.relay)) return refuse("sheet");
  for (const log of logs) {
    if (!isRelayAddress(log.address)) return refuse("address");
    if (!(log.kind === "personal" ? log.purpose === "personal" : /^household\/(0|[1-9][0-9]{0,5})$/.test(log.purpose)))
      return refuse("purpose");
    if (log.seen.length % SEEN_BYTES !== 0) return refuse("seen");
    const own = new Set(channelsOf(log.kind));
    const places = new Set(log.keys.map((k) => `${k.c}/${k.e}`));
    if (places.size !== log.keys.length || !log.keys.every((k) => own.has(k.c))) return refuse("keys");
  }
  return ok(parsed.value);
}
