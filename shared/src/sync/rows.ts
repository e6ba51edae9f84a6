import { z } from "zod";
import type { BookId, ChangeHash, DeviceId, FileId, FileKey, Hex32, LogId, MemberId, RecordId } from "../base/ids.ts";
import { structCodec, zBrandedText, zBytes, zExact, zId, zSignature, zText, zUint, type Codec } from "../cbor/struct.ts";
import type { Channel } from "../base/channels.ts";
import { LIMITS } from "../base/limits.ts";
import { zTag } from "../books/tag.ts";
import { MAX_CHILDREN_TEXT } from "../kinds/children.ts";
import { MAX_PROOF_BYTES } from "../fault-proof/file.ts";
import { numberKey } from "../vault/row-store.ts";
import { zBook, zChannel } from "./record-row.ts";

/**
 * Rows of one log in the vault. Keys begin with the log id, so that one vault holds several; values are CBOR inside the vault's seal.
 * What a row of a newer version holds is refused by its codec, never guessed.
 */
export const zRecordId = zBrandedText<"RecordId">(/^[0-9a-f]{32}$/);

/** Who this device is in one log, and where the log lives. The secrets never leave the vault. */
const identity = z.strictObject({
  v: z.literal(1),
  log: zId<LogId>(),
  kind: z.enum(["personal", "household"]),
  address: zText(2_000),
  relayName: zText(255),
  /** Which keys of the recovery sheet stand for this log: `personal` or `household/<n>`. */
  purpose: zText(40),
  member: zId<MemberId>(),
  sign: zExact<Uint8Array>(32),
  box: zExact<Uint8Array>(32),
  label: zText(200),
  zone: zText(60),
  viewReceipts: z.boolean(),
});
export type Identity = z.output<typeof identity>;
export const identityCodec: Codec<Identity> = structCodec<Identity>(identity, 8_192);

/** A verified place of the log. `b` is null where the body is unknown (a bare leaf). */
const entryRow = z.strictObject({
  leaf: zExact<Uint8Array>(32),
  root: zExact<Uint8Array>(32),
  a: zBytes(LIMITS.author).nullable(),
  r: zBytes(LIMITS.relay).nullable(),
  b: zBytes(LIMITS.body).nullable(),
  /** The body as a bundle gave it, opened, where the relay had dropped the sealed one (rule L8f). */
  p: zBytes(LIMITS.body).optional(),
});
export type EntryRow = z.output<typeof entryRow>;
export const entryRowCodec: Codec<EntryRow> = structCodec<EntryRow>(entryRow, LIMITS.frame);

/** A change of this device that no entry carries yet. */
const pendingChange = z.strictObject({
  book: zBook,
  bytes: zBytes(LIMITS.change),
  signature: zSignature(),
  hash: zId<ChangeHash>(),
  tag: z.strictObject({ kind: zText(40), root: zText(80), children: zText(MAX_CHILDREN_TEXT).optional() }),
  note: zText(LIMITS.note),
  files: z.array(z.strictObject({ file: zId<FileId>(), key: zExact<FileKey>(32) })).max(10),
});
export type PendingChange = z.output<typeof pendingChange>;
export const pendingChangeCodec: Codec<PendingChange> = structCodec<PendingChange>(pendingChange, LIMITS.body);

/**
 * An entry that was sealed and maybe pushed: kept as it is until its receipt, so that a push that is tried again after a crash is the same
 * entry to the relay (rule L3).
 */
const sealedEntry = z.strictObject({
  a: zBytes(LIMITS.author),
  b: zBytes(LIMITS.body),
  changes: z.array(zUint()).max(LIMITS.changesInEntry),
});
export type SealedEntryRow = z.output<typeof sealedEntry>;
export const sealedEntryCodec: Codec<SealedEntryRow> = structCodec<SealedEntryRow>(sealedEntry, LIMITS.frame);

/** A signed change of a book, in the order of the log: what a book is rebuilt from. */
const changeRow = z.strictObject({
  hash: zId<ChangeHash>(),
  bytes: zBytes(LIMITS.change),
  signature: zSignature(),
  tag: zTag(),
  /** The body carried the relay's note for the checkpoint that it names (rule L6). */
  note: z.boolean(),
  /** That checkpoint is of a relay that had shown two histories, and was left for it (rule C8l). */
  far: z.literal(true).optional(),
  /** The entry that carries it; null while only this device has it. */
  carrier: z.strictObject({ seq: zUint(), channelSeq: zUint(), time: zUint(), pusher: zId<DeviceId>(), index: zUint() }).nullable(),
});
export type ChangeRow = z.output<typeof changeRow>;
export const changeRowCodec: Codec<ChangeRow> = structCodec<ChangeRow>(changeRow, LIMITS.body);

/** One line of the history. */
const historyRow = z.strictObject({
  type: z.enum(["act", "set-aside", "charter", "fault"]),
  what: zText(60),
  member: zId<MemberId>().optional(),
  device: zId<DeviceId>().optional(),
  record: zRecordId.optional(),
  title: zText(800).optional(),
  reason: zText(60).optional(),
  claimed: zUint().optional(),
  notBefore: zUint().optional(),
  notAfter: zUint().optional(),
  seq: zUint().optional(),
  /** The change of an act or of what was set aside. */
  hash: zId<ChangeHash>().optional(),
  /** It waited for what it is built on (rule X4): whose entry brought it, and sequence and time of the entry with which it was judged. */
  waited: z.strictObject({ device: zId<DeviceId>(), member: zId<MemberId>().optional(), until: z.tuple([zUint(), zUint()]) }).optional(),
});
export type HistoryRowStored = z.output<typeof historyRow>;
export const historyRowCodec: Codec<HistoryRowStored> = structCodec<HistoryRowStored>(historyRow, 16_384);

/** Something that proofs contradict, with what shows it. */
const faultRow = z.strictObject({
  id: zText(40),
  at: zUint(),
  device: zId<DeviceId>().nullable(),
  code: zText(40),
  seq: zUint().nullable(),
  evidence: z.array(zBytes(LIMITS.frame)).max(64),
  /** The portable proof (docs/fault-proof.md), where what the relay signed shows its fault to others. */
  proof: zBytes(MAX_PROOF_BYTES).optional(),
});
export type FaultRow = z.output<typeof faultRow>;
export const faultRowCodec: Codec<FaultRow> = structCodec<FaultRow>(faultRow, 8_388_608 + MAX_PROOF_BYTES);

const statementRow = z.strictObject({ seq: zUint(), time: zUint(), bytes: zBytes(LIMITS.statement) });
export type StatementRow = z.output<typeof statementRow>;
export const statementRowCodec: Codec<StatementRow> = structCodec<StatementRow>(statementRow, LIMITS.body);

/** Entries of one book and epoch that this device opened and that no bundle covers. */
const looseRow = z.strictObject({ book: zBook, epoch: zUint(), runs: z.array(zUint()) });
export type LooseRow = z.output<typeof looseRow>;
export const looseRowCodec: Codec<LooseRow> = structCodec<LooseRow>(looseRow, LIMITS.frame);

/** What this device makes of a bundle (rules L8c to L8f). */
const bundleRow = z.strictObject({
  seq: zUint(),
  leaf: zExact<Uint8Array>(32),
  channel: zChannel,
  epoch: zUint(),
  book: zId<BookId>(),
  covers: z.array(zUint()).max(LIMITS.author),
  /** `ahead`: seen before its place was reached; `sealed`: no key for it; `late`: an earlier one holds some of the same entries. */
  state: z.enum(["ahead", "sealed", "sound", "late", "false"]),
  /** This device compared it with bodies of its own, every one. */
  compared: z.boolean(),
  /** Something of it stood in for a body that the relay had dropped. */
  used: z.boolean(),
  settled: z.boolean(),
  /** Who answers for it: its maker, and who acknowledged it. */
  devices: z.array(zId<DeviceId>()).max(4_096),
});
export type BundleRow = z.output<typeof bundleRow>;
export const bundleRowCodec: Codec<BundleRow> = structCodec<BundleRow>(bundleRow, LIMITS.frame);

const channelKeyRow = z.strictObject({ channel: zChannel, epoch: zUint(), key: zExact<Uint8Array>(32) });
export const channelKeyCodec = structCodec(channelKeyRow, 200);

export const bookNameCodec = structCodec(zBook, 200);

export const keys = {
  identity: (log: LogId) => `identity/${log}`,
  channelKeys: (log: LogId) => `key/${log}/`,
  channelKey: (log: LogId, channel: Channel, epoch: number) => `key/${log}/${channel}/${numberKey(epoch)}`,
  tail: (log: LogId) => `${log}/tail`,
  state: (log: LogId, name: string) => `${log}/${name}`,
  loose: (log: LogId, book: BookId, epoch: number) => `${log}/loose/${book}/${numberKey(epoch)}`,
  allLoose: (log: LogId) => `${log}/loose/`,
  bundle: (log: LogId, seq: number) => `${log}/bundle/${numberKey(seq)}`,
  bundles: (log: LogId) => `${log}/bundle/`,
  oldHeader: (log: LogId, commitment: Hex32, n: number, device: DeviceId) => `${log}/old/${commitment}/${numberKey(n)}/${device}`,
  oldHeaders: (log: LogId) => `${log}/old/`,
  again: (log: LogId, seq: number) => `${log}/again/${numberKey(seq)}`,
  agains: (log: LogId) => `${log}/again/`,
  entry: (log: LogId, seq: number) => `${log}/${numberKey(seq)}`,
  entries: (log: LogId) => `${log}/`,
  statement: (log: LogId, n: number) => `${log}/${numberKey(n)}`,
  statements: (log: LogId) => `${log}/`,
  pending: (log: LogId, n: number) => `${log}/p/${numberKey(n)}`,
  pendings: (log: LogId) => `${log}/p/`,
  sealed: (log: LogId, n: number) => `${log}/e/${numberKey(n)}`,
  sealeds: (log: LogId) => `${log}/e/`,
  history: (log: LogId, order: string) => `${log}/${order}`,
  histories: (log: LogId) => `${log}/`,
  /** In another table than the lines themselves, which are the truth. */
  linePage: (log: LogId, n: number) => `lines/${log}/${numberKey(n)}`,
  linePages: (log: LogId) => `lines/${log}/`,
  fault: (log: LogId, id: string) => `${log}/${id}`,
  faults: (log: LogId) => `${log}/`,
  change: (log: LogId, book: BookId, order: string) => `${log}/${book}/${order}`,
  changes: (log: LogId, book: BookId) => `${log}/${book}/`,
  book: (log: LogId, book: BookId) => `${log}/${book}`,
  books: (log: LogId) => `${log}/`,
  record: (log: LogId, record: RecordId) => `${log}/${record}`,
  records: (log: LogId) => `${log}/`,
  /** Beside the records, not among them: their keys begin with a log. */
  recordPages: (log: LogId) => `pages/${log}`,
  recordPage: (log: LogId, n: number) => `pages/${log}/${numberKey(n)}`,
  allRecordPages: (log: LogId) => `pages/${log}/`,
  freshRecord: (log: LogId, record: RecordId) => `fresh/${log}/${record}`,
  freshRecords: (log: LogId) => `fresh/${log}/`,
  fileKey: (log: LogId, file: FileId) => `file/${log}/${file}`,
} as const;

/** Orders the changes of a book by their place in the log; a device's own that are not in it come last, in the order of making. */
export const logged = (seq: number, index: number): string => `l${numberKey(seq)}/${numberKey(index)}`;
export const provisional = (n: number): string => `p${numberKey(n)}`;
