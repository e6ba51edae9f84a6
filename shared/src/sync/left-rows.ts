import { z } from "zod";
import type { DeviceId, LogId } from "../base/ids.ts";
import { LIMITS } from "../base/limits.ts";
import { structCodec, zBytes, zExact, zId, zText, zUint, type Codec } from "../cbor/struct.ts";
import { authorPartId, parseHeader, type Header } from "../entry/header.ts";
import { numberKey, scanRuns, type RowStore, type Write } from "../vault/row-store.ts";

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

const proofSchema = z.strictObject({
  a: zBytes(LIMITS.author),
  r: zBytes(LIMITS.relay),
  path: z.array(zExact<Uint8Array>(32)).max(53),
  note: zText(LIMITS.note),
});
/** A header that an entry had in a history given up, with its inclusion in a checkpoint as the relay there signed it. */
export type HeaderProof = z.output<typeof proofSchema>;

const entrySchema = z.strictObject({
  /** The header that it had in the branch. */
  a: zBytes(LIMITS.author),
  r: zBytes(LIMITS.relay),
  /** Whose header it is judged by: its own, or where it had been pushed again in that branch the one that it had before. */
  device: zId<DeviceId>(),
  /** That header; null where it stands above the checkpoint, or is in the log already. */
  proof: proofSchema.nullable(),
  relay: zText(255),
  /** Whether this device could open it. */
  open: z.boolean(),
});
const entryCodec = structCodec(entrySchema, 65_536);

/** An entry of changes of a branch that this device left, without its bodies. */
export interface LeftEntry extends Pick<z.output<typeof entrySchema>, "device" | "proof" | "relay"> {
  /** As it stood in the branch. */
  readonly header: Header;
  /** In which branch that was left it stood. */
  readonly round: number;
}

/** Where an entry is kept. */
export type LeftPlace = Pick<LeftEntry, "round"> & { readonly seq: number };

/** Rows that are read at a time. */
const RUN = 256;

const metaKey = (log: LogId): string => `${log}/left-branch`;
const entries = (log: LogId): string => `${log}/left/`;
const place = ({ round, seq }: LeftPlace): string => `${numberKey(round)}/${numberKey(seq)}`;
const plainKey = (log: LogId, at: LeftPlace): string => `${log}/left-plain/${place(at)}`;
const bodies = (log: LogId): string => `${log}/left-body/`;

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

/** Bodies stand by themselves, so that what waits can be known without them. */
export function leftEntryWrites(log: LogId, entry: LeftEntry, plain: Uint8Array | null): readonly Write[] {
  const { header, device, proof, relay, round } = entry;
  const { authorBytes: a, relayBytes: r } = header;
  const at = { round, seq: header.relay.seq };
  const value = entryCodec.encode({ a, r, device, proof, relay, open: plain !== null });
  return [
    { table: "log", key: `${entries(log)}${place(at)}`, value },
    ...(plain ? [{ table: "log" as const, key: plainKey(log, at), value: plain }] : []),
  ];
}

/**
 * The sealed body of an own entry: the relay does not send it (rule W3), and the old one may have put the entry into the history that goes on too.
 */
export const leftBodyWrite = (log: LogId, { authorBytes }: Header, body: Uint8Array): Write => ({
  table: "log",
  key: `${bodies(log)}${authorPartId(authorBytes)}`,
  value: body,
});

export const leftBody = (log: LogId, rows: RowStore, author: Uint8Array): Promise<Uint8Array | undefined> =>
  rows.get("log", `${bodies(log)}${authorPartId(author)}`);

export const leftPlain = (log: LogId, rows: RowStore, at: LeftPlace): Promise<Uint8Array | undefined> => rows.get("log", plainKey(log, at));

/** An entry is in the log again: nothing of it is kept. */
export const leftGone = (log: LogId, at: LeftPlace, { authorBytes }: Header): readonly Write[] =>
  [`${entries(log)}${place(at)}`, plainKey(log, at), `${bodies(log)}${authorPartId(authorBytes)}`].map((key) => ({
    ...{ table: "log", key, value: null },
  }));

/** Takes away what is kept of branches that were left, when nothing of them waits. */
export async function leftForgotten(log: LogId, rows: RowStore): Promise<readonly Write[]> {
  const writes: Write[] = [];
  for await (const some of scanRuns(rows, "log", bodies(log), RUN))
    writes.push(...some.map(({ key }) => ({ table: "log" as const, key, value: null })));
  return [...writes, leftMetaWrite(log, null)];
}

export async function leftEntry(log: LogId, rows: RowStore, at: LeftPlace): Promise<LeftEntry | undefined> {
  const row = await rows.get("log", `${entries(log)}${place(at)}`);
  return row && parsed(row, at.round)?.entry;
}

/** What is kept, in the order in which the branches had it, a run at a time. */
export async function* leftEntries(log: LogId, rows: RowStore): AsyncGenerator<{ readonly entry: LeftEntry; readonly isOpen: boolean }> {
  for await (const some of scanRuns(rows, "log", entries(log), RUN))
    for (const row of some) {
      const found = parsed(row.value, Number(row.key.slice(entries(log).length).split("/")[0]));
      if (found) yield found;
    }
}

function parsed(row: Uint8Array, round: number): { readonly entry: LeftEntry; readonly isOpen: boolean } | undefined {
  const stored = entryCodec.decode(row);
  const header = stored.ok ? parseHeader(stored.value.a, stored.value.r) : undefined;
  if (!stored.ok || !header?.ok) return undefined;
  const { device, proof, relay, open } = stored.value;
  return { entry: { header: header.value, device, proof, relay, round }, isOpen: open };
}
