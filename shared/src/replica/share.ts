import { toBase64url } from "../base/bytes.ts";
import type { DeviceId } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import { bodyLeaves } from "../entry/body.ts";
import { BodyNotes } from "../entry/body-notes.ts";
import { aboutOf, commitRoot, contentSalt, tagSalt } from "../entry/commitment.ts";
import { parseHeader } from "../entry/header.ts";
import { originCodec } from "../entry/origin.ts";
import { changeHash } from "../books/chunk.ts";
import { leafHash } from "../log/merkle.ts";
import { MerkleTree } from "../log/tree.ts";
import { keyName } from "../sync/log-state.ts";
import { openRow } from "../sync/open-row.ts";
import type { IndexedRecord } from "../sync/indexed-record.ts";
import { changeRowCodec, entryRowCodec, keys, logged, statementRowCodec, type EntryRow } from "../sync/rows.ts";
import { bookId } from "../books/names.ts";
import { prefix, type RowStore } from "../vault/row-store.ts";
import type { ActError } from "./answer.ts";
import type { OpenLog } from "./core.ts";

const MAX_ORIGIN = 45_000;
/** The same as base64url text. */
export const MAX_ORIGIN_TEXT = (MAX_ORIGIN / 3) * 4;

/**
 * The proof of when a record of the personal log was first logged there (protocol section 9), as the text of an `origin` field. It opens this one
 * change; every other stays behind hashes.
 */
export async function makeOrigin(rows: RowStore, open: OpenLog, record: IndexedRecord): Promise<Result<string, ActError>> {
  const { session } = open;
  const { log } = session;
  const { tail, keys: ring } = session.state;
  const first = record.acts[0];
  const place = first?.place.logged;
  if (!first || !place || !tail.verified || place.seq >= tail.verified.checkpoint.size) return err({ code: "relay-unreachable" });
  const size = tail.verified.checkpoint.size;
  const leaves: Uint8Array[] = [];
  let found: Uint8Array | undefined;
  let entry: { readonly a: Uint8Array; readonly r: Uint8Array; readonly row: EntryRow } | undefined;
  for (const row of await rows.scan("entry", { from: keys.entry(log, 0), to: keys.entry(log, size) })) {
    const stored = entryRowCodec.decode(row.value);
    if (!stored.ok) return err({ code: "internal" });
    const { a, r, leaf } = stored.value;
    if (leaves.length === place.seq && a && r) entry = { a, r, row: stored.value };
    leaves.push(leaf);
  }
  const statement = (await rows.scan("statement", { ...prefix(`${log}/`), limit: 1 }))[0];
  const stored = statement && statementRowCodec.decode(statement.value);
  if (stored?.ok) found = stored.value.bytes;
  const header = entry && parseHeader(entry.a, entry.r);
  if (!entry || !found || !header?.ok || header.value.author.channel === "charter") return err({ code: "internal" });
  const key = ring.get(keyName(header.value.author.channel, header.value.author.epoch));
  const body = openRow(header.value, entry.row, key);
  if (!body?.ok) return err({ code: "internal" });
  const { secret, changes, notes } = body.value;
  const index = changes.findIndex((c) => changeHash(c.bytes) === first.act.hash);
  const change = changes[index];
  if (!change) return err({ code: "internal" });
  const data = bodyLeaves(body.value);
  const inner = MerkleTree.of(data.map((d) => leafHash(d))).inclusion(index, data.length);
  const outer = MerkleTree.of(leaves).inclusion(place.seq, size);
  const row = await rows.get("change", keys.change(log, bookId(log, record.book), logged(place.seq, index)));
  const signed = row && changeRowCodec.decode(row);
  if (!inner.ok || !outer.ok || !signed?.ok) return err({ code: "internal" });
  const signer: DeviceId = first.act.author;
  const about = aboutOf(secret, index, change.tag);
  const bytes = originCodec.encode({
    v: 1,
    found,
    book: [record.book.channel, record.book.period, record.book.shard],
    a: entry.a,
    r: entry.r,
    path: outer.value,
    note: tail.verified.note,
    i: index,
    n: changes.length,
    croot: commitRoot(data),
    cpath: inner.value,
    salt: contentSalt(secret, index),
    tsalt: tagSalt(secret, index),
    tag: about ? [change.tag.kind, change.tag.root, about] : [change.tag.kind, change.tag.root],
    nh: new BodyNotes(notes).hashOf(change.bytes),
    change: change.bytes,
    sig: change.signature,
    signer,
  });
  return bytes.length > MAX_ORIGIN ? err({ code: "text-too-long" }) : ok(toBase64url(bytes));
}
