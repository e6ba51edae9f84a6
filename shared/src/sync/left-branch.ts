import { z } from "zod";
import type { Hex32, LogId, StatementId } from "../base/ids.ts";
import { structCodec, zBytes, zExact, zText, zUint, type Codec } from "../cbor/struct.ts";
import { parseSigned } from "../charter/codec.ts";
import type { Statement } from "../charter/types.ts";
import { authorPartId, parseHeader, type Header } from "../entry/header.ts";
import { LIMITS } from "../base/limits.ts";
import { numberKey, prefix, type RowStore, type Write } from "../vault/row-store.ts";

/** How far this device is with leaving a branch: rows of it are being taken away, or it is left and what only it had is being pushed again. */
const leftMetaSchema = z.strictObject({
  v: z.literal(1),
  state: z.enum(["leaving", "left"]),
  shared: zUint(),
  /** This device's last checkpoint there: what old headers are proven by. */
  note: zText(LIMITS.note),
  relay: zText(255),
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
  }),
  2 * LIMITS.frame,
);

/** An entry of changes of a branch that this device left. */
export interface LeftEntry {
  readonly header: Header;
  readonly body: Uint8Array | null;
  readonly plain: Uint8Array | null;
  readonly path: readonly Uint8Array[] | null;
}

const metaKey = (log: LogId): string => `${log}/left-branch`;
const entryKey = (log: LogId, seq: number): string => `${log}/left/${numberKey(seq)}`;

export function leftEntryWrite(log: LogId, { header, body, plain, path }: LeftEntry): Write {
  const { authorBytes, relayBytes, relay } = header;
  const value = entryCodec.encode({ a: authorBytes, r: relayBytes, b: body, plain, path: path && [...path] });
  return { table: "log", key: entryKey(log, relay.seq), value };
}

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
 * What this device had of a branch that was given up, and the log that goes on does not have yet (rule C8k). Kept until each entry is in the log again, whoever pushed
 * it, so that a crash at any moment loses nothing.
 */
export class LeftBranch {
  readonly log: LogId;
  readonly meta: LeftMeta;
  readonly #entries: Map<Hex32, LeftEntry>;
  readonly #bodies: ReadonlyMap<Hex32, Uint8Array>;

  private constructor(log: LogId, meta: LeftMeta, entries: Map<Hex32, LeftEntry>) {
    this.log = log;
    this.meta = meta;
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
      const { b, plain, path } = stored.value;
      entries.set(header.value.author.commitment, { header: header.value, body: b, plain, path });
    }
    return new LeftBranch(log, meta, entries);
  }

  /** What is not in the log again yet, in the order in which the branch had it. */
  get waiting(): readonly LeftEntry[] {
    return [...this.#entries.values()];
  }

  /** Statements of the branch that stand no more, for people to look at. */
  get lapsed(): readonly LapsedStatement[] {
    return this.meta.statements.flatMap(({ bytes, time }) => {
      const signed = parseSigned(bytes);
      return signed.ok ? [{ id: signed.value.id, statement: signed.value.statement, time }] : [];
    });
  }

  /** The body of an own entry that the log has in common with the branch: the relay does not send it (rule W3). */
  bodyOf(author: Uint8Array): Uint8Array | undefined {
    return this.#bodies.get(authorPartId(author));
  }

  /** Entries with these commitments are in the log. */
  logged(commitments: readonly Hex32[]): { readonly writes: readonly Write[]; readonly kept: () => void } {
    const gone = commitments.flatMap((c) => this.#entries.get(c) ?? []);
    return {
      writes: gone.map(({ header }) => ({ table: "log", key: entryKey(this.log, header.relay.seq), value: null })),
      kept: () => {
        for (const { header } of gone) this.#entries.delete(header.author.commitment);
      },
    };
  }
}
