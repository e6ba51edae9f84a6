import type { ChannelKey, LogId, MemberId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { ENTRY_KIND, readAuthorPart, type AuthorPart } from "../entry/header.ts";
import { PackedRows } from "../snapshot/packed-rows.ts";
import { HEADER_ROW } from "../snapshot/row-codecs.ts";
import { Steps, type Job, type OpenedEntry, type SnapshotSource } from "../snapshot/source.ts";
import { FileBox } from "../sync/files.ts";
import { keyName } from "../sync/log-state.ts";
import { openRow } from "../sync/open-row.ts";
import { entryRowCodec, keys, statementRowCodec, type EntryRow } from "../sync/rows.ts";
import { prefix, type RowStore } from "../vault/row-store.ts";
import type { OpenLog, ReplicaCore } from "./core.ts";

/** Rows that are read at a time. */
const RUN = 512;

/**
 * Everything of one log that a snapshot is made from, read from this device's own rows. Errors: `relay-unreachable` before anything was verified or where a
 * row of the log is not here, `cancelled`.
 */
export async function snapshotSource(
  core: ReplicaCore,
  open: OpenLog,
  app: string,
  job: Job = {},
): Promise<Result<SnapshotSource, Coded<"relay-unreachable" | "cancelled">>> {
  const { session, names } = open;
  const rows = core.rows;
  const { charter, tail, keys: ring } = session.state;
  if (!rows || !charter || !tail.verified) return err(coded("relay-unreachable"));
  const size = tail.verified.checkpoint.size;
  const { log } = session;
  const entries = { [Symbol.asyncIterator]: () => storedEntries(core, rows, log, size) };
  const headers = new PackedRows(HEADER_ROW, job.scratch);
  const anchors: { seq: number; body: Uint8Array }[] = [];
  const steps = new Steps(job, size);
  for await (const { seq, row, author } of entries) {
    if (await steps.step()) return err(coded("cancelled"));
    if (!row) return err(coded("relay-unreachable"));
    await headers.push(row.a && row.r ? { authorBytes: row.a, relayBytes: row.r } : row.leaf);
    if ((author?.kind === ENTRY_KIND.anchor || author?.kind === ENTRY_KIND.again) && row.b) anchors.push({ seq, body: row.b });
  }
  const statements: Uint8Array[] = [];
  for (const row of await rows.scan("statement", prefix(`${log}/`))) {
    const stored = statementRowCodec.decode(row.value);
    if (stored.ok && stored.value.seq < size) statements.push(stored.value.bytes);
  }
  const files = new FileBox(log, rows, core.deps.ports.transport);
  return ok({
    log,
    kind: session.identity.kind,
    zone: session.identity.zone,
    names: [...names.people].map(([member, name]) => ({ member: member as MemberId, name })),
    statements,
    headers,
    entries: { [Symbol.asyncIterator]: () => openedIn(entries, ring) },
    anchors,
    note: tail.verified.note,
    exporter: { device: session.device, publicKey: session.signKeys.publicKey, secretKey: session.signKeys.secretKey },
    exported: core.deps.ports.clock.now(),
    app,
    readFile: async (id) => {
      const read = await files.read(id);
      return read.ok ? read.value : undefined;
    },
  });
}

interface StoredEntry {
  readonly seq: number;
  /** Left out where the vault has no such row any more. */
  readonly row?: EntryRow;
  /** As it was verified when it came; left out behind a bare hash. */
  readonly author?: AuthorPart;
}

/** The log as this device keeps it, a run of rows at a time. */
async function* storedEntries(core: ReplicaCore, rows: RowStore, log: LogId, size: number): AsyncGenerator<StoredEntry, void, undefined> {
  for (let from = 0; from < size; from += RUN) {
    let seq = from;
    for (const { value } of await rows.scan("entry", { from: keys.entry(log, from), to: keys.entry(log, Math.min(from + RUN, size)) })) {
      const row = entryRowCodec.decode(value);
      const read = row.ok && row.value.a ? readAuthorPart(row.value.a) : undefined;
      yield { seq, ...(row.ok ? { row: row.value } : {}), ...(read?.ok ? { author: read.value.author } : {}) };
      seq += 1;
    }
    await core.deps.ports.pause();
  }
}

async function* openedIn(
  entries: AsyncIterable<StoredEntry>,
  ring: ReadonlyMap<string, ChannelKey>,
): AsyncGenerator<OpenedEntry, void, undefined> {
  for await (const { seq, row, author } of entries) {
    if (!row?.r || !author || author.channel === "charter") continue;
    const body = openRow({ author }, row, ring.get(keyName(author.channel, author.epoch)));
    if (body?.ok) yield { seq, body: body.value };
  }
}
