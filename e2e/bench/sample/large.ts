/** A vault as large as many busy years would make it: the records of a generated household again, under other ids and later places. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ChangeHash, LogId, RecordId } from "@countersign/shared/base/ids";
import { FileStore } from "@countersign/shared/node/file-store";
import { nodePorts } from "@countersign/shared/node/ports";
import { openReplica, type Replica } from "@countersign/shared/replica/replica";
import { openSampleReplica, SAMPLE_COST, SAMPLE_PASSPHRASE } from "@countersign/shared/replica/sample-mode";
import { snapshotSource } from "@countersign/shared/replica/snapshot-source";
import type { Sample } from "@countersign/shared/sample/sample";
import type { Job, SnapshotSource } from "@countersign/shared/snapshot/source";
import { HEADER_KEY } from "@countersign/shared/replica/vault-holder";
import { decodeHeader, encodeHeader, unlock as unlockHeader, withPassphrase } from "@countersign/shared/vault/slots";
import { recordRowCodec, type ActRow, type RecordRow } from "@countersign/shared/sync/record-row";
import { keys } from "@countersign/shared/sync/rows";
import { prefix, TABLES, type RowStore, type Write } from "@countersign/shared/vault/row-store";

const RUN = 1_000;

/** Another id with the same look: its last four digits count the rounds. */
const idOf = <T extends string>(id: T, round: number): T => `${id.slice(0, -4)}${round.toString(16).padStart(4, "0")}` as T;

/** Fields that name records or changes name those of the same round; but what is said in some threads is said in one long one. */
function fieldOf([name, value]: ActRow["f"][number], round: number, span: Span, long: Long | undefined): ActRow["f"][number] {
  if (name === "at" && typeof value === "number") return [name, value + daysOf(round, span) * DAY];
  if (name === "thread" && long?.from.has(value as RecordId)) return [name, long.into];
  const names = (name === "thread" || name === "reply" || name === "message") && typeof value === "string" && value !== "";
  return [name, names ? idOf(value, round) : value];
}

/** The thread that a message answers in; undefined for one that begins a thread. */
function threadOf(acts: RecordRow["acts"]): RecordId | undefined {
  const thread = acts[0]?.f.find(([name]) => name === "thread")?.[1];
  return typeof thread === "string" && thread !== "" ? (thread as RecordId) : undefined;
}

/** When its author says that it was written, ms. */
function claimedIn(acts: RecordRow["acts"]): number {
  const at = acts[0]?.f.find(([name]) => name === "at")?.[1];
  return typeof at === "number" ? at : 0;
}

/** Threads whose later messages all go into one. */
interface Long {
  readonly from: ReadonlySet<RecordId>;
  readonly into: RecordId;
}

/** So many threads, the latest first, that their repeated messages make one of at least `messages`: it stands near the head of the list then. */
function longThread(rows: readonly RecordRow[], rounds: number, messages: number): Long | undefined {
  const threads = new Map<RecordId, { count: number; last: number }>();
  for (const { kind, acts } of rows) {
    const thread = kind === "message" ? threadOf(acts) : undefined;
    if (thread === undefined) continue;
    const { count, last } = threads.get(thread) ?? { count: 0, last: 0 };
    threads.set(thread, { count: count + 1, last: Math.max(last, claimedIn(acts)) });
  }
  const from = new Set<RecordId>();
  let found = 0;
  for (const [thread, { count }] of [...threads].sort((a, b) => b[1].last - a[1].last)) {
    if (found >= messages) break;
    from.add(thread);
    found += count * (rounds - 1);
  }
  const [into] = from;
  return into === undefined ? undefined : { from, into };
}

/** By how many days the authors' clocks of a round are behind the last one's: it is the latest, and none lies in the future. */
const daysOf = (round: number, span: Span): number => round - span.last;

const DAY = 86_400_000;

interface Span {
  /** The last round. */
  readonly last: number;
  readonly seq: number;
  readonly time: number;
}

function actOf(act: ActRow, round: number, span: Span, long: Long | undefined): ActRow {
  const [seq, time] = [round * span.seq, round * span.time];
  return {
    ...act,
    h: idOf<ChangeHash>(act.h, round),
    c: act.c + (daysOf(round, span) * DAY) / 1_000,
    f: act.f.map((f) => fieldOf(f, round, span, long)),
    nb: act.nb + time,
    l: act.l && [act.l[0] + seq, act.l[1] + seq, act.l[2] + time],
    ...(act.n === undefined ? {} : { n: act.n + seq }),
    ...(act.a ? { a: [act.a[0] + seq, act.a[1] + time] as [number, number] } : {}),
    ...(act.w ? { w: act.w.map((h) => idOf(h, round)) } : {}),
  };
}

/**
 * Repeats the record rows of a log until there are `count`. The table of pages is taken away with the first of them, so what opens next reads the
 * rows, as it does where pages are damaged.
 */
async function growRecords(log: LogId, rows: RowStore, count: number, inOneThread: number): Promise<void> {
  const found = (await rows.scan("record", prefix(keys.records(log)))).map((row): readonly [RecordId, RecordRow] => {
    const parsed = recordRowCodec.decode(row.value);
    if (!parsed.ok) throw new Error("a record row does not parse");
    return [row.key.slice(keys.records(log).length) as RecordId, parsed.value];
  });
  const places = found.flatMap(([, row]) => row.acts.flatMap((a) => (a.l ? [a.l] : [])));
  const [first, last] = [Math.min(...places.map((l) => l[2])), Math.max(...places.map((l) => l[2]))];
  const span: Span = {
    last: Math.floor((count - 1) / found.length),
    seq: Math.max(...places.map((l) => l[0])) + 1,
    time: last - first + 1,
  };
  const rounds = Math.floor(count / found.length);
  const long =
    inOneThread === 0
      ? undefined
      : longThread(
          found.map(([, row]) => row),
          rounds,
          inOneThread,
        );
  // The last round may be cut short, and the long thread's latest messages shall be in it.
  const isLong = ([, { acts }]: (typeof found)[number]): boolean => long?.from.has(threadOf(acts) as RecordId) === true;
  const real = [...found.filter(isLong), ...found.filter((row) => !isLong(row))];
  const writes: Write[] = [{ table: "record", key: keys.recordPages(log), value: null }];
  for (let n = real.length; n < count; n++) {
    const next = real[n % real.length];
    if (!next) break;
    const [id, row] = next;
    const round = Math.floor(n / real.length);
    const grown: RecordRow = { ...row, acts: row.acts.map((act) => actOf(act, round, span, long)) };
    writes.push({ table: "record", key: keys.record(log, idOf(id, round)), value: recordRowCodec.encode(grown) });
    if (writes.length >= RUN || n === count - 1) await commit(rows, writes.splice(0));
  }
}

async function commit(rows: RowStore, writes: readonly Write[]): Promise<void> {
  const kept = await rows.commit(writes);
  if (!kept.ok) throw new Error(kept.error.code);
}

export interface Grown {
  /** 0: as many as the sample has. */
  readonly records: number;
  /** 0 leaves threads as they are; else one thread has at least so many messages. */
  readonly inOneThread?: number;
  /** Opens the vault at the app's own cost. Without one it opens with the sample's, which is cheap to try. */
  readonly passphrase?: string;
}

/** The vault's header under another passphrase, at the app's cost. */
function headerUnder(passphrase: string, header: Uint8Array): Uint8Array {
  const parsed = decodeHeader(header);
  const opened = parsed.ok ? unlockHeader(parsed.value, SAMPLE_PASSPHRASE, 0, SAMPLE_COST).result : undefined;
  if (!parsed.ok || !opened?.ok) throw new Error("the sample's vault does not open");
  return encodeHeader(withPassphrase(parsed.value, opened.value, passphrase, nodePorts.random));
}

/** A generated household's vault as a file, and no pages of its records. */
export async function growVault(sample: Sample, { records, inOneThread = 0, passphrase }: Grown, file: string): Promise<void> {
  const opened = await openSampleReplica(sample, nodePorts);
  if (!opened.ok || !opened.value.core.rows) throw new Error("the sample does not open");
  const { core } = opened.value;
  // A sample is never opened again, so who it is was not kept.
  const identity = core.logs.get(sample.log)?.session.identity;
  if (!identity || !(await core.saveIdentity(identity)).ok) throw new Error("the sample has no identity");
  await growRecords(sample.log, opened.value.core.rows, records, inOneThread);
  const store = FileStore.open(file);
  if (!store.ok) throw new Error(store.error.code);
  for (const table of TABLES)
    await commit(
      store.value,
      (await core.deps.rows.scan(table, {})).map(({ key, value }) => ({
        ...{ table, key },
        value: passphrase !== undefined && table === "meta" && key === HEADER_KEY ? headerUnder(passphrase, value) : value,
      })),
    );
  await store.value.close();
  await opened.value.close();
}

export interface OpenedVault {
  readonly records: number;
  /** Waits until pages are written. */
  close(): Promise<void>;
}

interface Unlocked {
  readonly store: FileStore;
  readonly replica: Replica;
  readonly log: LogId;
}

async function unlock(file: string): Promise<Unlocked> {
  const store = FileStore.open(file);
  if (!store.ok) throw new Error(store.error.code);
  const opened = await openReplica({ rows: store.value, ports: nodePorts, webOrigin: (relay) => relay, argonCost: SAMPLE_COST });
  if (!opened.ok) throw new Error(opened.error.code);
  const replica = opened.value;
  const unlocked = await replica.unlock(SAMPLE_PASSPHRASE);
  const [log] = replica.core.logs.keys();
  if (!unlocked.ok || log === undefined) throw new Error("the vault does not open");
  return { store: store.value, replica, log };
}

/** Unlocks a vault in a file, until the first screen has what it shows. The passphrase's own price is left out: the sample's is cheap to try. */
export async function unlockVault(file: string): Promise<OpenedVault> {
  const { store, replica, log } = await unlock(file);
  await firstScreen(replica, log);
  const { index } = replica.core.logs.get(log)?.session ?? {};
  return {
    records: index?.size ?? 0,
    close: async () => {
      while (!(await store.get("record", keys.recordPages(log)))) await sleep(50);
      await replica.close();
    },
  };
}

/** What the app exports from: a vault in a file, read row by row. */
export async function vaultSource(
  file: string,
  job: Pick<Job, "scratch"> = {},
): Promise<{ readonly source: SnapshotSource; readonly close: () => Promise<void> }> {
  const { replica, log } = await unlock(file);
  const open = replica.core.log(log);
  const source = open.ok ? await snapshotSource(replica.core, open.value, "countersign bench", job) : undefined;
  if (!source?.ok) throw new Error("the vault has nothing to export");
  return { source: source.value, close: () => replica.close() };
}

/** What waits, what is unread, who owes. */
async function firstScreen(replica: Replica, log: LogId): Promise<void> {
  const [waiting, threads, owed] = await Promise.all([
    replica.expenses(log, { states: ["submitted", "approved", "payment-made", "changes-requested"] }, 0, 200),
    replica.threads(log, 0, 200),
    replica.balances(log),
  ]);
  if (waiting.total === 0 || threads.total === 0 || owed.length === 0) throw new Error("the first screen is empty");
}
