import { z } from "zod";
import { idBytes, toId } from "../base/bytes.ts";
import type { DeviceId, Hex32, LogId, MemberId, StatementId } from "../base/ids.ts";
import { err, ok, unreachable, type Result } from "../base/result.ts";
import { decode, encode, type CborCode, type CborValue } from "../cbor/cbor.ts";
import { structCodec, zBytes, zExact, zId, zSignature, zText, zTime, zUint } from "../cbor/struct.ts";
import { hash } from "../crypto/hash.ts";
import { ALL_CHANNELS, type Channel } from "../base/channels.ts";
import { LIMITS } from "../base/limits.ts";
import { refused, type CharterError } from "./errors.ts";
import { CHARTER_LIMITS } from "./limits.ts";
import { isRelayAddress } from "./relay-address.ts";
import type {
  BoxKeyId,
  CheckpointRef,
  CoveredEpoch,
  DeviceKeys,
  InviteKeyId,
  KeyCommitment,
  LogKeyId,
  OpenedEpoch,
  RecipientId,
  RecoveryKeyId,
  RecoveryKeys,
  SignedStatement,
  SignerId,
  Statement,
  StatementSignature,
  StatementType,
} from "./types.ts";

/** Bytes of `Box` over a 32-byte key. */
export const WRAP_BYTES = 80;
/** Bytes of `Box` over a sheet's seed. */
const SEED_BOX_BYTES = 64;

const channel = z.enum(ALL_CHANNELS as [Channel, ...Channel[]]);
const level = zUint().max(CHARTER_LIMITS.level);
const relayName = zText(CHARTER_LIMITS.relayName);

const device = z.codec(z.strictObject({ s: zId<DeviceId>(), x: zId<BoxKeyId>() }), z.custom<DeviceKeys>(), {
  decode: (w): DeviceKeys => ({ sign: w.s, box: w.x }),
  encode: (d: DeviceKeys) => ({ s: d.sign, x: d.box }),
});
const recovery = z.codec(z.strictObject({ s: zId<RecoveryKeyId>(), x: zId<BoxKeyId>() }), z.custom<RecoveryKeys>(), {
  decode: (w): RecoveryKeys => ({ sign: w.s, box: w.x }),
  encode: (r: RecoveryKeys) => ({ s: r.sign, x: r.box }),
});
const checkpoint = z.codec(z.strictObject({ n: zUint(), r: zId<Hex32>(), t: zTime() }), z.custom<CheckpointRef>(), {
  decode: (w): CheckpointRef => ({ size: w.n, root: w.r, time: w.t }),
  encode: (c: CheckpointRef) => ({ n: c.size, r: c.root, t: c.time }),
});
const covered = z.codec(z.strictObject({ c: channel, e: zUint() }), z.custom<CoveredEpoch>(), {
  decode: (w): CoveredEpoch => ({ channel: w.c, epoch: w.e }),
  encode: (c: CoveredEpoch) => ({ c: c.channel, e: c.epoch }),
});
const opened = z.codec(
  z.strictObject({
    c: channel,
    e: zUint(),
    k: zId<KeyCommitment>(),
    w: z.array(z.strictObject({ d: zId<RecipientId>(), x: zExact(WRAP_BYTES) })).max(2 * CHARTER_LIMITS.devices + 2),
  }),
  z.custom<OpenedEpoch>(),
  {
    decode: (w): OpenedEpoch => ({ channel: w.c, epoch: w.e, commitment: w.k, wraps: w.w.map(({ d, x }) => ({ to: d, box: x })) }),
    encode: (o: OpenedEpoch) => ({ c: o.channel, e: o.epoch, k: o.commitment, w: o.wraps.map(({ to, box }) => ({ d: to, x: box })) }),
  },
);

/** The fields of each type beyond the frame. */
const FIELDS = {
  found: {
    nonce: zId<Hex32>(),
    kind: z.enum(["household", "personal"]),
    device,
    recovery,
    relay: relayName,
    logKey: zId<LogKeyId>(),
    level,
  },
  invite: {
    key: zId<InviteKeyId>(),
    role: z.literal("parent"),
    expires: zTime(),
    covers: z.array(covered).max(ALL_CHANNELS.length),
    box: zBytes(CHARTER_LIMITS.inviteBox),
  },
  void: { invite: zId<StatementId>() },
  join: { invite: zId<StatementId>(), device, recovery, level },
  confirm: { join: zId<StatementId>() },
  attest: { member: zId<MemberId>(), method: z.enum(["words", "cards"]), digest: zId<Hex32>() },
  link: { device, level },
  revoke: { device: zId<DeviceId>() },
  "set-recovery": {
    recovery,
    seeds: z
      .array(z.strictObject({ d: zId<RecipientId>(), x: zExact<Uint8Array>(SEED_BOX_BYTES) }))
      .max(CHARTER_LIMITS.devices + 1)
      .optional(),
  },
  recover: { device, level, revokes: z.array(zId<DeviceId>()).max(CHARTER_LIMITS.devices) },
  refuse: { recover: zId<StatementId>() },
  "open-epoch": { epochs: z.array(opened).min(1).max(ALL_CHANNELS.length) },
  level: { level },
  consent: { to: zId<StatementId>() },
  "move-log": {
    size: zUint(),
    root: zId<Hex32>(),
    relay: relayName,
    logKey: zId<LogKeyId>(),
    address: zText(255).refine(isRelayAddress).optional(),
    fork: z.strictObject({ note: zText(LIMITS.note), r: zId<Hex32>(), p: z.array(zExact<Uint8Array>(32)).max(64) }).optional(),
  },
  close: {},
  leave: {},
} satisfies Record<StatementType, z.ZodRawShape>;

/** One type's body: the wire's `t` and `cp` are `type` and `checkpoint` in memory, and `v` is known. */
function bodySchema(type: StatementType): z.ZodType<Statement> {
  const wire = z.strictObject({
    v: z.literal(1),
    t: z.literal(type),
    log: zId<LogId>().nullable(),
    prev: zId<StatementId>().nullable(),
    by: zId<SignerId>(),
    cp: checkpoint.nullable(),
    ...FIELDS[type],
  });
  const schema: unknown = z.codec(wire, z.custom<Statement>(), {
    decode: ({ t, cp, ...rest }) => withoutVersion({ ...rest, type: t, checkpoint: cp }) as unknown as Statement,
    encode: ({ type: t, checkpoint: cp, ...rest }: Statement) => ({ ...rest, v: 1 as const, t, cp }) as never,
  });
  return schema as z.ZodType<Statement>;
}

const withoutVersion = (body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(body).filter(([key]) => key !== "v"));

const SCHEMAS = Object.fromEntries(Object.keys(FIELDS).map((type) => [type, bodySchema(type as StatementType)])) as Readonly<
  Record<StatementType, z.ZodType<Statement>>
>;

const isType = (x: unknown): x is StatementType => typeof x === "string" && Object.hasOwn(SCHEMAS, x);

/** The bytes of a statement's body: what is hashed and signed. */
export const encodeBody = (statement: Statement): Uint8Array => encode(z.encode(SCHEMAS[statement.type], statement) as never);

function cborError(code: CborCode): Result<never, CharterError> {
  switch (code) {
    case "cbor-too-long":
      return refused("charter-too-long");
    case "cbor-too-deep":
    case "cbor-not-canonical":
      return refused("charter-malformed");
    default:
      return unreachable(code);
  }
}

/** What a body says, its signatures not yet known. An unknown version is told before an unknown type, and both before a wrong shape. */
export function parseBody(body: Uint8Array): Result<Statement, CharterError> {
  const cbor = decode(body, LIMITS.statement);
  if (!cbor.ok) return cborError(cbor.error.code);
  const value = cbor.value;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || Array.isArray(value))
    return refused("charter-malformed");
  const { v, t } = value as Readonly<Record<string, CborValue>>;
  if (typeof v !== "number" || typeof t !== "string") return refused("charter-malformed");
  if (v !== 1) return refused("charter-unknown-version");
  if (!isType(t)) return refused("charter-unknown-type");
  const parsed = z.safeDecode(SCHEMAS[t], value);
  return parsed.success ? ok(parsed.data) : refused("charter-malformed");
}

const envelope = structCodec(
  z.strictObject({
    b: zBytes(LIMITS.statement),
    s: z
      .array(z.strictObject({ k: zId<Hex32>(), s: zSignature() }))
      .min(1)
      .max(2),
  }),
  LIMITS.statement,
);

/** A statement's id: `H("statement", body)`. */
export const statementId = (body: Uint8Array): StatementId => toId<StatementId>(hash("statement", body));

/**
 * Reads a signed statement: size, encoding and shape only (rules E1 to E4). Signatures and rules are judged by `extendCharter`.
 */
export function parseSigned(bytes: Uint8Array): Result<SignedStatement, CharterError> {
  const outer = envelope.decode(bytes);
  if (!outer.ok) return outer.error.code === "struct-unknown" ? refused("charter-malformed") : cborError(outer.error.code);
  const { b: body, s } = outer.value;
  const statement = parseBody(body);
  if (!statement.ok) return err(statement.error);
  return ok({
    bytes,
    body,
    id: statementId(body),
    statement: statement.value,
    signatures: s.map(({ k, s: signature }) => ({ key: k, signature })),
  });
}

/** Puts a body and its signatures into an envelope. Throws if it is over the limit: a builder's bug. */
export function sealEnvelope(body: Uint8Array, statement: Statement, signatures: readonly StatementSignature[]): SignedStatement {
  const bytes = encode({ b: body, s: signatures.map(({ key, signature }) => ({ k: idBytes(key), s: signature })) });
  if (bytes.length > LIMITS.statement) throw new Error("statement over its size limit");
  return { bytes, body, id: statementId(body), statement, signatures };
}
