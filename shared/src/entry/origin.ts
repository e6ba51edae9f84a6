import { z } from "zod";
import { fromBase64url, idBytes } from "../base/bytes.ts";
import type { BookId, DeviceId, LogId, Millis } from "../base/ids.ts";
import { parseChange } from "../books/chunk.ts";
import { parseCheckpointField } from "../books/checkpoint-field.ts";
import { bookId, type BookName } from "../books/names.ts";
import { parseShape } from "../books/shape.ts";
import { type Fields } from "../kinds/fields.ts";
import { verifyChange } from "../books/signature.ts";
import { parseSigned, statementId } from "../charter/codec.ts";
import { structCodec, zBytes, zExact, zId, zSignature, zText, zUint, type Codec } from "../cbor/struct.ts";
import { filesIn } from "../kinds/files.ts";
import { openCheckpoint } from "../log/checkpoint.ts";
import { leafHash } from "../log/merkle.ts";
import { verifyInclusion } from "../log/proof.ts";
import { ALL_CHANNELS, type Channel } from "../base/channels.ts";
import { commitLeaf, commitmentFrom, contentHash, tagHash } from "./commitment.ts";
import { headerBytes, parseAuthorPart, parseRelayPart } from "./header.ts";
import { LIMITS } from "../base/limits.ts";

/**
 * Where a shared record comes from (docs/protocol.md section 9): proof that its author's device logged the same act earlier in a log of their own. It
 * opens one change of that log and nothing else.
 */
const originSchema = z.strictObject({
  v: z.literal(1),
  /** The founding statement of that log, signed: its hash is the log's id, and it pins the key of its checkpoints. */
  found: zBytes(LIMITS.statement),
  book: z.tuple([z.enum(ALL_CHANNELS as [Channel, ...Channel[]]), zText(7), zUint().max(255)]),
  a: zBytes(LIMITS.author),
  r: zBytes(LIMITS.relay),
  path: z.array(zExact<Uint8Array>(32)).max(53),
  note: zText(LIMITS.note),
  /** Place among the entry's changes, their number, the root of the content commitment and the path under it. */
  i: zUint(),
  n: zUint(),
  croot: zExact<Uint8Array>(32),
  cpath: z.array(zExact<Uint8Array>(32)).max(16),
  salt: zExact<Uint8Array>(32),
  tsalt: zExact<Uint8Array>(32),
  /** With the hash of which children it names, where it names some (rule L1c). */
  tag: z.union([z.tuple([zText(40), zText(80)]), z.tuple([zText(40), zText(80), zExact<Uint8Array>(32)])]),
  /** What that entry's commitment says of the note that came with the change (rule L1b). */
  nh: zExact<Uint8Array>(32),
  change: zBytes(LIMITS.change),
  sig: zSignature(),
  signer: zId<DeviceId>(),
});
export type Origin = z.output<typeof originSchema>;
export const originCodec: Codec<Origin> = structCodec<Origin>(originSchema, 45_000);

/** What a proven origin says. */
export interface ProvenOrigin {
  readonly log: LogId;
  readonly relay: string;
  readonly signer: DeviceId;
  readonly seq: number;
  readonly notBefore: Millis;
  readonly notAfter: Millis;
}

/** Fields that differ between a record and the one that it was shared from: when and where it stands, and how its files are sealed. */
const OWN: ReadonlySet<string> = new Set(["at", "origin", "thread", "subject", "reply", "files"]);

const sameFields = (a: Fields, b: Fields): boolean => {
  const names = new Set([...a.keys(), ...b.keys()].filter((n) => !OWN.has(n)));
  return [...names].every((n) => a.get(n) === b.get(n)) && fileList(a) === fileList(b);
};

/** Files are the same where their plaintexts are. */
const fileList = (fields: Fields): string =>
  filesIn(fields)
    .map((f) => `${f.hash}/${String(f.size)}/${f.name}`)
    .join("\n");

/** The origin that a record's field holds, if every step of its proof holds and the record says the same as what was logged. */
export function proveOrigin(bytes: Uint8Array, fields: Fields): ProvenOrigin | undefined {
  const wire = originCodec.decode(bytes);
  if (!wire.ok) return undefined;
  const o = wire.value;
  const found = parseSigned(o.found);
  if (!found.ok || found.value.statement.type !== "found") return undefined;
  const log = statementId(found.value.body) as string as LogId;
  const author = parseAuthorPart(o.a);
  const relay = parseRelayPart(o.r);
  if (!author.ok || !relay.ok || author.value.log !== log) return undefined;
  const name: BookName = { channel: o.book[0], period: o.book[1], shard: o.book[2] };
  const book: BookId = bookId(log, name);
  if (author.value.book !== book) return undefined;
  const { relay: relayName, logKey } = found.value.statement;
  const checkpoint = openCheckpoint(o.note, `${relayName}/${log}`, idBytes(logKey));
  if (!checkpoint.ok) return undefined;
  const { size, root } = checkpoint.value;
  if (!verifyInclusion(leafHash(headerBytes(o.a, o.r)), relay.value.seq, size, o.path, root)) return undefined;
  const change = parseChange(o.change);
  const field = change.ok ? parseCheckpointField(change.value.message) : undefined;
  const shape = change.ok ? parseShape(change.value) : undefined;
  if (!change.ok || !field?.ok || !shape?.ok || shape.value.place.type !== "record") return undefined;
  if (!verifyChange(log, book, change.value.hash, o.sig, o.signer)) return undefined;
  const leaf = commitLeaf(
    contentHash(o.salt, { hash: change.value.hash, signature: o.sig, note: o.nh }),
    tagHash(o.tsalt, { kind: o.tag[0], root: o.tag[1] }, o.tag[2]),
  );
  if (!verifyInclusion(leafHash(leaf), o.i, o.n, o.cpath, o.croot) || commitmentFrom(o.n, o.croot) !== author.value.commitment)
    return undefined;
  if (!sameFields(shape.value.fields, fields)) return undefined;
  return { log, relay: relayName, signer: o.signer, seq: relay.value.seq, notBefore: field.value.time, notAfter: relay.value.time };
}

/** The proven origin of a record's fields, or undefined where there is none. */
export function originOfFields(fields: Fields): ProvenOrigin | undefined {
  const text = fields.get("origin");
  const bytes = typeof text === "string" ? fromBase64url(text) : undefined;
  return bytes && proveOrigin(bytes, fields);
}
