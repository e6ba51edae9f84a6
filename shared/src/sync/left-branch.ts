import { z } from "zod";
import { equalBytes } from "../base/bytes.ts";
import type { DeviceId, Hex32, LogId, StatementId } from "../base/ids.ts";
import { structCodec, zBytes, zExact, zText, zUint, type Codec } from "../cbor/struct.ts";
import { parseSigned } from "../charter/codec.ts";
import { isAuthorised, isAuthorisedAgain } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import type { Statement } from "../charter/types.ts";
import { authorPartId, parseHeader, type Header } from "../entry/header.ts";
import { LIMITS } from "../base/limits.ts";
import type { OpenedEntry } from "./entry-run.ts";
import { numberKey, prefix, type RowStore, type Write } from "../vault/row-store.ts";

/** How far this device is with leaving a branch: rows of it are being taken away, or it is left and what only it had is being pushed again. */
const leftMetaSchema = z.strictObject({
  v: z.literal(1),
  state: z.enum(["leaving", "left"]),
  shared: zUint(),
  /** How many branches were left before, of which something may wait still. */
  round: zUint(),
  /** Entries of changes that the branch had beyond the common part. */
  of: zUint(),
  /** Statements that stood in the branch alone. */
  statements: z.array(z.strictObject({ seq: zUint(), time: zUint(), bytes: zBytes(LIMITS.statement) })),
});
export type LeftMeta = z.output<typeof leftMetaSchema>;
const metaCodec: Codec<LeftMeta> = structCodec<LeftMeta>(leftMetaSchema, 8 * LIMITS.frame);

const entryCodec = structCodec(
  z.strictObject({
    a: zBytes(LIMITS.author),
    r: zBytes(LIMITS.relay),
    b: zBytes(LIMITS.body).nullable(),
    /** The opened body; null where this device has no key for it. */
    plain: zBytes(LIMITS.body).nullable(),
    /** Inclusion of its leaf in the checkpoint; null where it stands above it. */
    path: z.array(zExact<Uint8Array>(32)).max(53).nullable(),
    /** This device's last checkpoint there, and who signed it: what the old header is proven by. */
    note: zText(LIMITS.note),
    relay: zText(255),
  }),
  2 * LIMITS.frame,
);

/** An entry of changes of a branch that this device left. */
export interface LeftEntry {
  readonly header: Header;
  readonly body: Uint8Array | null;
  readonly plain: Uint8Array | null;
  readonly path: readonly Uint8Array[] | null;
  /** The checkpoint of the path, as that relay signed it. */
  readonly note: string;
  readonly relay: string;
  /** In which branch that was left it stood. */
  readonly round: number;
}

const metaKey = (log: LogId): string => `${log}/left-branch`;
const entryKey = (log: LogId, { round, header }: Pick<LeftEntry, "round" | "header">): string =>
  `${log}/left/${numberKey(round)}/${numberKey(header.relay.seq)}`;

export function leftEntryWrite(log: LogId, entry: LeftEntry): Write {
  const { header, body, plain, path, note, relay } = entry;
  const { authorBytes, relayBytes } = header;
  const value = entryCodec.encode({ a: authorBytes, r: relayBytes, b: body, plain, path: path && [...path], note, relay });
  return { table: "log", key: entryKey(log, entry), value };
}

const bodyPrefix = (log: LogId): string => `${log}/left-body/`;

/**
 * The body of an own entry that is no changes: the relay does not send it (rule W3), and the old one may have put the entry into the history that goes on too.
 */
export const leftBodyWrite = (log: LogId, { authorBytes }: Header, body: Uint8Array): Write => ({
  table: "log",
  key: `${bodyPrefix(log)}${authorPartId(authorBytes)}`,
  value: body,
});

export const leftMetaWrite = (log: LogId, meta: LeftMeta | null): Write => ({
  table: "log",
  key: metaKey(log),
  value: meta && metaCodec.encode(meta),
});

export async function leftMeta(log: LogId, rows: RowStore): Promise<LeftMeta | undefined> {
  const row = await rows.get("log", metaKey(log));
  const meta = row && metaCodec.decode(row);
  return meta?.ok ? meta.value : undefined;
}

/** A statement that stood in a branch that was given up, and stands no more. */
export interface LapsedStatement {
  readonly id: StatementId;
  readonly statement: Statement;
  readonly time: number;
}

/**
 * Whether an entry that somebody else pushed brings all of one that was left, with the authority that it had. Anybody can push one of the same commitment, of which
 * nothing would be admitted; then this device still has to.
 */
function standsFor({ header, plain }: LeftEntry, entry: OpenedEntry, charter: Charter): boolean {
  const { author, relay } = entry.header;
  const { channel, device: signer } = header.author;
  if (author.channel !== channel || author.book !== header.author.book || channel === "charter") return false;
  if (plain && !equalBytes(plain, entry.plain)) return false;
  const { again } = entry;
  if (!again) return isAuthorised(charter, { signer, pusher: author.device, channel, at: relay });
  return isAuthorisedAgain(charter, { signer, pusher: again.old.device, carrier: author.device, channel, at: relay, then: again.old.time });
}

/**
 * What this device had of a branch that was given up, and the log that goes on does not have yet (rule C8k). Kept until each entry is in the log again, whoever pushed
 * it, so that a crash at any moment loses nothing.
 */
export class LeftBranch {
  readonly log: LogId;
  readonly meta: LeftMeta;
  /** Statements of the branch that stand no more, for people to look at. */
  readonly lapsed: readonly LapsedStatement[];
  readonly #entries: Map<Hex32, LeftEntry>;
  readonly #bodies: Map<Hex32, Uint8Array>;

  private constructor(log: LogId, meta: LeftMeta, entries: Map<Hex32, LeftEntry>) {
    this.log = log;
    this.meta = meta;
    this.lapsed = meta.statements.flatMap(({ bytes, time }) => {
      const signed = parseSigned(bytes);
      return signed.ok ? [{ id: signed.value.id, statement: signed.value.statement, time }] : [];
    });
    this.#entries = entries;
    this.#bodies = new Map(
      [...entries.values()].flatMap(({ header, body }) => (body ? [[authorPartId(header.authorBytes), body] as const] : [])),
    );
  }

  static async load(log: LogId, rows: RowStore): Promise<LeftBranch | undefined> {
    const meta = await leftMeta(log, rows);
    if (!meta) return undefined;
    const entries = new Map<Hex32, LeftEntry>();
    for (const row of await rows.scan("log", prefix(`${log}/left/`))) {
      const stored = entryCodec.decode(row.value);
      const header = stored.ok ? parseHeader(stored.value.a, stored.value.r) : undefined;
      if (!stored.ok || !header?.ok) continue;
      const { b, plain, path, note, relay } = stored.value;
      const round = Number(row.key.split("/")[2]);
      entries.set(header.value.author.commitment, { header: header.value, body: b, plain, path, note, relay, round });
    }
    const left = new LeftBranch(log, meta, entries);
    for (const row of await rows.scan("log", prefix(bodyPrefix(log))))
      left.#bodies.set(row.key.slice(bodyPrefix(log).length) as Hex32, row.value);
    return left;
  }

  /** What is not in the log again yet, in the order in which the branch had it. */
  get waiting(): readonly LeftEntry[] {
    return [...this.#entries.values()];
  }

  /** The body of an own entry that the log has in common with the branch: the relay does not send it (rule W3). */
  bodyOf(author: Uint8Array): Uint8Array | undefined {
    return this.#bodies.get(authorPartId(author));
  }

  /** Takes away all that is kept of it: what waits is nothing. */
  forget(): readonly Write[] {
    const bodies = [...this.#bodies.keys()].map((id): Write => ({ table: "log", key: `${bodyPrefix(this.log)}${id}`, value: null }));
    return [...bodies, leftMetaWrite(this.log, null)];
  }

  /** Entries that came in the log: those that stand for one of the branch need not be pushed again. */
  logged(
    entries: readonly OpenedEntry[],
    charter: Charter,
    device: DeviceId,
  ): { readonly writes: readonly Write[]; readonly kept: () => void } {
    const gone = entries.flatMap((entry) => {
      const left = this.#entries.get(entry.header.author.commitment);
      return left && (entry.header.author.device === device || standsFor(left, entry, charter)) ? [left] : [];
    });
    return {
      writes: gone.map((left) => ({ table: "log", key: entryKey(this.log, left), value: null })),
      kept: () => {
        for (const { header } of gone) this.#entries.delete(header.author.commitment);
      },
    };
  }
}
