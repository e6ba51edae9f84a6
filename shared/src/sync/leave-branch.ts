import type { DeviceId, LogId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { parseSigned } from "../charter/codec.ts";
import { encodeBody, openSealed, readBody } from "../entry/body.ts";
import { ENTRY_KIND, parseHeader, type AuthorPart, type Header } from "../entry/header.ts";
import type { MerkleTree } from "../log/tree.ts";
import { prefix, scanRuns, type Range, type RowStore, type StoreCode, type Table, type Write } from "../vault/row-store.ts";
import { leftBodyWrite, leftEntryWrites, leftMeta, leftMetaWrite, type LeftEntry, type LeftMeta } from "./left-rows.ts";
import { FirstHeaders } from "./first-headers.ts";
import { keyName, type Keyring } from "./log-state.ts";
import { ownRows, ownTree } from "./own-entries.ts";
import { keys, statementRowCodec, type EntryRow } from "./rows.ts";
import type { Verified } from "./tail.ts";

const RUN = 256;
/** Rows that go in one commit. */
const MOST = 1_024;

interface Leaving {
  readonly log: LogId;
  readonly device: DeviceId;
  readonly rows: RowStore;
  readonly pause: () => Promise<void>;
  readonly keyring: Keyring;
  readonly verified: Verified;
  readonly relay: string;
  /** How much of this device's log the one that goes on has too. */
  readonly shared: number;
  /** How much of the log is here. */
  readonly size: number;
}

/**
 * Sets aside what this device has of a branch that was given up, and goes back to where it parted from the one that goes on (rule C8i): everything beyond is taken out
 * of the log here, after its entries of changes were kept to be pushed again. The session of the log is closed. A crash in between is finished by `finishLeaving`.
 * @param more rows that belong into the commit with which the branch counts as left: where the log is now
 */
export async function leaveBranch(leaving: Leaving, more: readonly Write[]): Promise<Result<void, Coded<StoreCode | "not-held">>> {
  const { log, device, rows, keyring, shared, size, pause } = leaving;
  const tree = await ownTree(rows, log, size, pause);
  if (!tree) return err(coded("not-held"));
  // What waits of a branch that was left before waits on beside it.
  const before = await leftMeta(log, rows);
  const round = before ? before.round + 1 : 0;
  let of = before?.of ?? 0;
  const keeping: Keeping = { ...leaving, tree, round, first: await FirstHeaders.of(log, rows) };
  for (let from = shared; from < size; from += RUN) {
    const writes: Write[] = [];
    for (const row of await ownRows(rows, log, from, Math.min(from + RUN, size))) {
      const header = row.a && row.r ? parseHeader(row.a, row.r) : undefined;
      if (!header?.ok) continue;
      const { kind, channel } = header.value.author;
      if (header.value.author.device === device && channel !== "charter" && row.b) writes.push(leftBodyWrite(log, header.value, row.b));
      if (kind === ENTRY_KIND.again && row.b) keeping.first.saw(header.value, row.b);
      if (kind !== ENTRY_KIND.changes || channel === "charter") continue;
      const plain = plainOf(keyring, header.value.author, row);
      if (plain === "none") continue;
      writes.push(...leftEntryWrites(log, await leftEntry(keeping, header.value), plain));
      of += 1;
    }
    const done = await rows.commit(writes);
    if (!done.ok) return done;
    await pause();
  }
  const statements: LeftMeta["statements"] = [...(before?.statements ?? [])];
  for (const row of await rows.scan("statement", prefix(keys.statements(log)))) {
    const stored = statementRowCodec.decode(row.value);
    if (stored.ok && stored.value.seq >= shared) statements.push(stored.value);
  }
  const meta: LeftMeta = { v: 1, state: "leaving", shared, round, of, statements };
  const begun = await rows.commit([leftMetaWrite(log, meta), ...more]);
  return begun.ok ? finishLeaving(log, rows, pause) : begun;
}

interface Keeping extends Leaving {
  readonly tree: MerkleTree;
  readonly round: number;
  readonly first: FirstHeaders;
}

/** Its body in the form in which it is compared when it comes back; null without the key, `none` where it does not hold, so that nothing of it ever counted (rule L2). */
function plainOf(keyring: Keyring, author: AuthorPart, { b, p }: EntryRow): Uint8Array | null | "none" {
  const key = author.channel === "charter" ? undefined : keyring.get(keyName(author.channel, author.epoch));
  if (!p && !(b && key)) return null;
  const plain = p ?? (b && key ? openSealed(author, b, key) : undefined);
  const body = plain && readBody(author, plain);
  return body?.ok ? encodeBody(body.value) : "none";
}

/** An entry with the header that it is judged by: where it had been pushed again there, the one that it had before (rule C8k). */
async function leftEntry({ tree, verified, relay, round, first }: Keeping, header: Header): Promise<LeftEntry> {
  const again = first.at(header.relay.seq);
  if (again) {
    const { device, relay: signer } = again;
    return { header, device, relay: signer, round, proof: (await first.proofOf(again)) ?? null };
  }
  const { seq } = header.relay;
  const { size } = verified.checkpoint;
  const path = seq < size ? tree.inclusion(seq, size) : undefined;
  const { authorBytes: a, relayBytes: r } = header;
  const proof = path?.ok ? { a, r, path: path.value, note: verified.note } : null;
  return { header, device: header.author.device, relay, round, proof };
}

/** Takes away what stands beyond the common part, and all that was derived from it. Also after a crash: it can be done again. */
export async function finishLeaving(log: LogId, rows: RowStore, pause: () => Promise<void>): Promise<Result<void, Coded<StoreCode>>> {
  const meta = await leftMeta(log, rows);
  if (meta?.state !== "leaving") return ok(undefined);
  for (const [table, range] of derivedRows(log, meta.shared)) {
    for (;;) {
      const found = await rows.scan(table, { ...range, limit: MOST });
      if (found.length === 0) break;
      const done = await rows.commit(found.map((row) => ({ table, key: row.key, value: null })));
      if (!done.ok) return done;
      await pause();
    }
  }
  // Own changes that no entry carries stay; they are told by their order.
  for await (const some of scanRuns(rows, "change", `${log}/`, MOST)) {
    const logged = some.filter((row) => row.key.split("/")[2]?.startsWith("l") === true);
    const done = await rows.commit(logged.map((row) => ({ table: "change", key: row.key, value: null })));
    if (!done.ok) return done;
    await pause();
  }
  const opened = meta.statements.flatMap(({ bytes }) => {
    const signed = parseSigned(bytes);
    return signed.ok && signed.value.statement.type === "open-epoch" ? signed.value.statement.epochs : [];
  });
  return rows.commit([
    ...opened.map((e): Write => ({ table: "secret", key: keys.channelKey(log, e.channel, e.epoch), value: null })),
    { table: "log", key: keys.tail(log), value: null },
    { table: "log", key: keys.state(log, "anchors"), value: null },
    leftMetaWrite(log, { ...meta, state: "left" }),
  ]);
}

/** Rows that are made again from the entries, or were sealed under epochs that are no more. */
const derivedRows = (log: LogId, shared: number): readonly (readonly [Table, Range])[] => [
  ["entry", { from: keys.entry(log, shared), to: `${keys.entries(log)}\u007f` }],
  ["statement", prefix(keys.statements(log))],
  ["book", prefix(keys.books(log))],
  ["record", prefix(keys.records(log))],
  ["record", prefix(keys.recordPages(log))],
  ["record", prefix(keys.freshRecords(log))],
  ["history", prefix(keys.history(log, "l"))],
  ["cache", prefix(keys.linePages(log))],
  ["log", prefix(keys.allLoose(log))],
  ["log", prefix(keys.bundles(log))],
  ["log", prefix(keys.oldHeaders(log))],
  ["log", prefix(keys.agains(log))],
  ["outbox", prefix(keys.sealeds(log))],
];
