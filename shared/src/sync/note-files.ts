import type { FileId, FileKey } from "../base/ids.ts";
import { readAuthorPart } from "../entry/header.ts";
import type { FileRecord } from "../kinds/files.ts";
import type { Write } from "../vault/row-store.ts";
import type { ReceiveContext } from "./entry-run.ts";
import { isOfRecord, metaWrite, notedMeta, readMeta, type FileMeta } from "./files.ts";
import { keyName } from "./log-state.ts";
import type { ArrivedEntry } from "./open-book.ts";
import { openRow } from "./open-row.ts";
import { entryRowCodec, keys } from "./rows.ts";

/** A file that an admitted act of another device names. */
export interface NamedFile {
  readonly record: FileRecord;
  /** Where the act stands: its entry, and which change of it. */
  readonly seq: number;
  readonly index: number;
}

type NoteContext = Pick<ReceiveContext, "log" | "rows" | "keyring">;
type KeysBeside = ReadonlyMap<FileId, FileKey>;

/**
 * The rows that note files of which records told (rule R6a). The first record of an id stands, in log order, with a key that came in its own entry:
 * else one parent, who learns the ids of the other's files with them, could name them again and take them off the other's devices.
 */
export async function noteFiles(context: NoteContext, arrived: readonly ArrivedEntry[], named: readonly NamedFile[]): Promise<Write[]> {
  const { rows, log } = context;
  const entries = new Map(arrived.map((e) => [e.header.relay.seq, e]));
  const noted = new Map<FileId, FileMeta>();
  for (const { record, seq } of [...named].sort((a, b) => a.seq - b.seq || a.index - b.index)) {
    const entry = entries.get(seq);
    const beside = entry ? keysOf(entry.body) : await keptKeys(context, seq);
    const fresh = notedMeta(record, beside.get(record.id));
    const before = noted.get(record.id) ?? (await readMeta(rows, log, record.id));
    if (!before) noted.set(record.id, fresh);
    else if (before.key === null && fresh.key !== null && isOfRecord(before, record)) noted.set(record.id, { ...before, key: fresh.key });
  }
  return [...noted.values()].map((meta) => metaWrite(log, meta));
}

const keysOf = ({ fileKeys }: ArrivedEntry["body"]): KeysBeside => new Map(fileKeys.map((f) => [f.file, f.key]));

/** The keys beside a change that had waited (rule X4), out of its own entry, which came in an earlier run. */
async function keptKeys({ log, rows, keyring }: NoteContext, seq: number): Promise<KeysBeside> {
  const bytes = await rows.get("entry", keys.entry(log, seq));
  const row = bytes && entryRowCodec.decode(bytes);
  const read = row?.ok && row.value.a ? readAuthorPart(row.value.a) : undefined;
  if (!row?.ok || !read?.ok) return new Map();
  const { author } = read.value;
  const body =
    author.channel === "charter" ? undefined : openRow({ author }, row.value, keyring.get(keyName(author.channel, author.epoch)));
  return body?.ok ? keysOf(body.value) : new Map();
}
