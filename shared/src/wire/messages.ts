import { z } from "zod";
import type { Brand, Hex32, LogId } from "../base/ids.ts";
import type { CborValue } from "../cbor/cbor.ts";
import { isBytesOf, isBytesUpTo, isUint, mapOf } from "../cbor/quick.ts";
import { structCodec, zBytes, zExact, zId, zSignature, zText, zUint, type Codec } from "../cbor/struct.ts";
import { LIMITS } from "../base/limits.ts";

/** docs/protocol.md section 7. Everything here is untrusted on both sides (W7). */
export const SUBPROTOCOL = "countersign.v1";
export const WS_PATH = "/v1/ws";

/** Closed set of what a relay may answer; each is a row of docs/protocol.md section 7. */
export const WIRE_CODES = [
  "malformed",
  "unsupported",
  "too-large",
  "sign-in-refused",
  "not-member",
  "no-such-log",
  "log-exists",
  "log-closed",
  "not-writer",
  "epoch-stale",
  "epoch-gap",
  "charter-head",
  "charter-rule",
  "signature",
  "body-hash",
  "wrong-log",
  "restore",
  "rate",
  "quota-member",
  "mailbox-full",
  "reserve-first",
  "busy",
  "internal",
] as const;
export type WireCode = (typeof WIRE_CODES)[number];

/** WebSocket close codes (W1). */
export const CLOSE = {
  goingAway: 1001,
  tryLater: 1013,
  violation: 4400,
  signIn: 4401,
  notMember: 4403,
  tooSlow: 4408,
  version: 4426,
  rate: 4429,
} as const;

export const SIGN_IN_ROLES = ["device", "invite", "recovery", "found", "mail", "move"] as const;
export type SignInRole = (typeof SIGN_IN_ROLES)[number];

const code = z.enum(WIRE_CODES);
const relayName = zText(255).min(1);
/** A random number that names a mailbox (protocol section 8). */
export type MailboxId = Hex32 & Brand<string, "MailboxId">;

const MOST_ITEMS = 4_096;
/** Nodes of a consistency proof between any two sizes that a number holds. */
const MOST_PROOF = 64;

/** Statements of one offer to move: the `move-log` and what it builds on. */
export const MOST_OFFERED = 4;
const pushed = z.strictObject({ a: zBytes(LIMITS.author), b: zBytes(LIMITS.body) });

const fullItem = z.strictObject({ a: zBytes(LIMITS.author), r: zBytes(LIMITS.relay), b: zBytes(LIMITS.body).nullable() });
const item = z.union([fullItem, zExact<Uint8Array>(32)]);

export const relayMessage = z.discriminatedUnion("t", [
  z.strictObject({ t: z.literal("challenge"), v: zUint(), c: zExact<Uint8Array>(32), name: relayName, time: zUint() }),
  z.strictObject({
    t: z.literal("welcome"),
    size: zUint(),
    note: zText(LIMITS.note).nullable(),
    time: zUint(),
    token: zText(200),
    limits: z.strictObject({ frame: zUint(), body: zUint(), file: zUint(), window: zUint() }),
    logs: z.array(zId<LogId>()).max(64).optional(),
    /** Verifier keys of the witnesses that this relay asks (docs/relay.md). */
    witnesses: z.array(zText(400)).max(8).optional(),
    /** As `move`: the log is not founded here yet. `offer` are statements that would move it here and wait for a consent (rule C8e). */
    stage: z.strictObject({ offer: z.array(pushed).max(MOST_OFFERED) }).optional(),
  }),
  z.strictObject({ t: z.literal("reserved"), logKey: zExact<Uint8Array>(32) }),
  z.strictObject({
    t: z.literal("entries"),
    from: zUint(),
    items: z.array(item).max(MOST_ITEMS),
    note: zText(LIMITS.note).nullable(),
    /** The bundle that stands for bodies which were dropped, ahead of its place (rule L8f). */
    bundle: z.strictObject({ a: zBytes(LIMITS.author), r: zBytes(LIMITS.relay), b: zBytes(LIMITS.body) }).optional(),
    /** A checkpoint that a time-stamp authority stamped for this relay (docs/relay.md). */
    stamp: z.strictObject({ note: zText(LIMITS.note), tsr: zBytes(LIMITS.token) }).optional(),
  }),
  z.strictObject({
    t: z.literal("receipt"),
    id: zUint(),
    n: z.array(zUint()).max(LIMITS.entriesInPush),
    error: z.strictObject({ code, retry: z.boolean(), at: zUint() }).optional(),
  }),
  z.strictObject({
    t: z.literal("mail"),
    box: zId<MailboxId>(),
    items: z.array(z.strictObject({ n: zUint(), m: zBytes(LIMITS.mail) })).max(64),
  }),
  z.strictObject({ t: z.literal("pong"), x: zUint() }),
  z.strictObject({ t: z.literal("error"), code, say: zText(500), retry: z.boolean(), ref: zUint().nullable() }),
]);
export type RelayMessage = z.output<typeof relayMessage>;

export const clientMessage = z.discriminatedUnion("t", [
  z.strictObject({
    t: z.literal("hello"),
    v: zUint(),
    log: zId<LogId>().nullable(),
    key: zExact<Uint8Array>(32),
    as: z.enum(SIGN_IN_ROLES),
    s: zSignature(),
  }),
  z.strictObject({ t: z.literal("reserve") }),
  z.strictObject({ t: z.literal("subscribe"), from: zUint(), window: zUint().min(1).max(1_024) }),
  z.strictObject({ t: z.literal("window"), add: zUint().min(1).max(1_024) }),
  z.strictObject({
    t: z.literal("push"),
    id: zUint(),
    entries: z.array(pushed).min(1).max(LIMITS.entriesInPush),
  }),
  z.strictObject({
    t: z.literal("restore"),
    id: zUint(),
    from: zUint(),
    entries: z.array(fullItem).min(1).max(LIMITS.entriesInPush),
    note: zText(LIMITS.note),
    proof: z.array(zExact<Uint8Array>(32)).max(MOST_PROOF),
  }),
  z.strictObject({ t: z.literal("mail-put"), box: zId<MailboxId>(), m: zBytes(LIMITS.mail) }),
  z.strictObject({ t: z.literal("mail-take"), box: zId<MailboxId>(), after: zUint() }),
  z.strictObject({ t: z.literal("ping"), x: zUint() }),
]);
export type ClientMessage = z.output<typeof clientMessage>;
export type EntriesItem = z.output<typeof item>;
/** What a relay lost or never had, as it was given out before (rules C8a, C8d). A body is null where the old relay had dropped it (rule L8e). */
export type RestoreMessage = Extract<ClientMessage, { t: "restore" }>;
export type PushEntry = { readonly a: Uint8Array; readonly b: Uint8Array };

export const relayMessageCodec: Codec<RelayMessage> = structCodec<RelayMessage>(relayMessage, LIMITS.frame, quickEntries);
export const clientMessageCodec: Codec<ClientMessage> = structCodec<ClientMessage>(clientMessage, LIMITS.frame, quickPush);

/** A `push`, which is nearly all that a relay reads. */
function quickPush(value: CborValue): ClientMessage | undefined {
  const push = mapOf(value, 3);
  if (push?.["t"] !== "push" || !isUint(push["id"])) return undefined;
  const list = push["entries"];
  if (!Array.isArray(list) || list.length < 1 || list.length > LIMITS.entriesInPush) return undefined;
  const entries: { a: Uint8Array; b: Uint8Array }[] = [];
  for (const item of list as readonly CborValue[]) {
    const entry = mapOf(item, 2);
    const a = entry?.["a"];
    const b = entry?.["b"];
    if (!isBytesUpTo(a, LIMITS.author) || !isBytesUpTo(b, LIMITS.body)) return undefined;
    entries.push({ a, b });
  }
  return { t: "push", id: push["id"], entries };
}

/** `entries`, which is nearly all that a client reads. */
function quickEntries(value: CborValue): RelayMessage | undefined {
  const message = mapOf(value, 4);
  if (message?.["t"] !== "entries" || !isUint(message["from"])) return undefined;
  const note = message["note"];
  if (note !== null && (typeof note !== "string" || note.length > LIMITS.note)) return undefined;
  const list = message["items"];
  if (!Array.isArray(list) || list.length > MOST_ITEMS) return undefined;
  const items: EntriesItem[] = [];
  for (const item of list as readonly CborValue[]) {
    const read = isBytesOf(item, 32) ? item : quickItem(item);
    if (!read) return undefined;
    items.push(read);
  }
  return { t: "entries", from: message["from"], items, note };
}

function quickItem(value: CborValue): EntriesItem | undefined {
  const item = mapOf(value, 3);
  const a = item?.["a"];
  const r = item?.["r"];
  const b = item?.["b"];
  const isWhole = isBytesUpTo(a, LIMITS.author) && isBytesUpTo(r, LIMITS.relay) && (b === null || isBytesUpTo(b, LIMITS.body));
  return isWhole ? { a, r, b } : undefined;
}

/** What a client signs to sign in: the challenge, the log (zeros if it has none yet) and the relay's name. */
export function signInBytes(challenge: Uint8Array, log: Uint8Array | null, name: Uint8Array): Uint8Array {
  const out = new Uint8Array(64 + name.length);
  out.set(challenge, 0);
  if (log) out.set(log, 32);
  out.set(name, 64);
  return out;
}
