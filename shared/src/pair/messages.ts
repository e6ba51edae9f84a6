/** What the two devices say to each other through the mailboxes (docs/protocol.md section 8, P5). Everything here is untrusted. */
import { z } from "zod";
import type { LogId, DeviceId } from "../base/ids.ts";
import { structCodec, zBytes, zExact, zId, zSignature, zText, zUint, type Codec } from "../cbor/struct.ts";
import type { BoxKeyId } from "../charter/types.ts";

export const PAIR_VERSION = 1;
/** Logs that one exchange may bring across: a personal one and households. */
export const LOGS_MAX = 32;
/** Contents travel in parts of this size at most, so that an item stays below its limit. */
export const PART_BYTES = 180_000;
export const PARTS_MAX = 128;
/** Characters of a device's name. */
export const NAME_MAX = 60;
/** Bytes of a `link` statement's body. */
const BODY_MAX = 4_096;
/** Bytes of a message, before it is padded and sealed. */
const MESSAGE_MAX = 220_000;

/** Why one side ends the exchange. */
export const END_REASONS = [
  /** The person stopped it, or the app was locked. */
  "cancelled",
  "expired",
  /** Three times the wrong digits. */
  "digits",
  /** A message did not open, did not parse, came out of order, or is not what was committed to. */
  "broken",
  /** Somebody else has answered the code. */
  "used",
  /** This side speaks another version. */
  "version",
  /** The new device's code is older than a log's format level (rule C7). */
  "level",
  /** The statements could not be written. */
  "refused",
] as const;
export type EndReason = (typeof END_REASONS)[number];

const message = z.discriminatedUnion("t", [
  z.strictObject({ t: z.literal("ready"), v: zUint() }),
  z.strictObject({ t: z.literal("commit"), v: zUint(), c: zExact<Uint8Array>(32) }),
  z.strictObject({ t: z.literal("key"), k: zExact<Uint8Array>(32) }),
  z.strictObject({ t: z.literal("open"), k: zExact<Uint8Array>(32), n: zExact<Uint8Array>(32) }),
  z.strictObject({ t: z.literal("part"), i: zUint(), of: zUint().min(1).max(PARTS_MAX), b: zBytes(PART_BYTES) }),
  z.strictObject({
    t: z.literal("keys"),
    name: zText(NAME_MAX),
    level: zUint(),
    d: z
      .array(z.strictObject({ l: zId<LogId>(), s: zId<DeviceId>(), x: zId<BoxKeyId>() }))
      .min(1)
      .max(LOGS_MAX),
    /** Logs that it has already, and which of the member's devices it is there. */
    h: z.array(z.strictObject({ l: zId<LogId>(), d: zId<DeviceId>() })).max(LOGS_MAX),
  }),
  z.strictObject({
    t: z.literal("ask"),
    b: z.array(zBytes(BODY_MAX)).min(1).max(LOGS_MAX),
  }),
  z.strictObject({ t: z.literal("signed"), s: z.array(zSignature()).min(1).max(LOGS_MAX) }),
  z.strictObject({ t: z.literal("done") }),
  z.strictObject({ t: z.literal("end"), why: z.enum(END_REASONS) }),
]);
export type PairMessage = z.output<typeof message>;

export const pairMessageCodec: Codec<PairMessage> = structCodec<PairMessage>(message, MESSAGE_MAX);

/** Whole contents cut into messages. */
export function partsOf(contents: Uint8Array): readonly PairMessage[] {
  const of = Math.max(1, Math.ceil(contents.length / PART_BYTES));
  if (of > PARTS_MAX) throw new Error("contents over their limit");
  return Array.from({ length: of }, (_, i) => ({ t: "part", i, of, b: contents.slice(i * PART_BYTES, (i + 1) * PART_BYTES) }));
}
