/** What stands in an example bundle, step by step, so that whoever writes a second reader sees where theirs goes another way. */
import { fromUtf8, toHex } from "../src/base/bytes.ts";
import { parseChange } from "../src/books/chunk.ts";
import { bookId } from "../src/books/names.ts";
import { sha256 } from "../src/crypto/hash.ts";
import { noteHash } from "../src/entry/body-notes.ts";
import { commitLeaf, commitmentOf, contentHash } from "../src/entry/commitment.ts";
import { headerLeaf, parseHeader, type Header } from "../src/entry/header.ts";
import { treeRoot } from "../src/log/merkle.ts";
import { PATH } from "../src/snapshot/paths.ts";
import { tagHashOf, type ChangeItem } from "../src/snapshot/change-rows.ts";
import type { SourceHeader } from "../src/snapshot/source.ts";
import { filesOf, type Bundle } from "./bundle.ts";
import { heldProof } from "./held.ts";

/** Where the example stands that is checked in. */
export const EXAMPLE = new URL("../../docs/example/", import.meta.url);

const text = (bundle: Bundle, path: string): string => fromUtf8(bundle.get(path) ?? new Uint8Array()) ?? "";

/** Byte strings as hex, so that JSON can hold them. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [String(k), plain(v)]));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).flatMap(([k, v]) => (v === undefined ? [] : [[k, plain(v)]])));
  return value;
};

function header(seq: number, row: SourceHeader): { readonly of: Header; readonly leaf: Uint8Array; readonly shown: unknown } {
  if (row instanceof Uint8Array) throw new Error("a whole header");
  const parsed = parseHeader(row.authorBytes, row.relayBytes);
  if (!parsed.ok) throw new Error(parsed.error.code);
  const leaf = headerLeaf(row.authorBytes, row.relayBytes);
  const { author, relay } = parsed.value;
  return {
    of: parsed.value,
    leaf,
    shown: { seq, a: toHex(row.authorBytes), r: toHex(row.relayBytes), leaf: toHex(leaf), author: plain(author), relay: plain(relay) },
  };
}

function item(of: ChangeItem, notes: readonly string[]): { readonly leaf: Uint8Array; readonly shown: object } {
  if (of.form === "blind") return { leaf: of.leaf, shown: { form: of.form, leaf: toHex(of.leaf) } };
  const tag = tagHashOf(of);
  const about = of.about ? { about: plain(of.about) } : {};
  if (of.form === "tagged") {
    const leaf = commitLeaf(of.content, tag);
    return {
      leaf,
      shown: { form: of.form, why: of.why, tag: of.tag, ...about, content: toHex(of.content), tagHash: toHex(tag), leaf: toHex(leaf) },
    };
  }
  const change = parseChange(of.change);
  if (!change.ok) throw new Error(change.error.code);
  const content = contentHash(of.salt, {
    hash: change.value.hash,
    signature: of.signature,
    note: noteHash(of.note === undefined ? undefined : notes[of.note]),
  });
  const leaf = commitLeaf(content, tag);
  const { hash, actor, author, seq, startOp, time, deps, ops } = change.value;
  const decoded = { hash, actor, author, seq, startOp, time, deps, ops };
  const hashes = { content: toHex(content), tagHash: toHex(tag), leaf: toHex(leaf) };
  return {
    leaf,
    shown: {
      form: of.form,
      bytes: toHex(of.change),
      signature: toHex(of.signature),
      tag: of.tag,
      ...about,
      note: of.note ?? null,
      unaware: of.unaware,
      ...hashes,
      decoded: plain(decoded),
    },
  };
}

/** Everything between the bytes of a bundle and its records, as JSON. */
export async function walk(bundle: Bundle): Promise<unknown> {
  const proof = await heldProof(filesOf(bundle));
  const headers = proof.headers.map((row, seq) => header(seq, row));
  const entries = proof.rows.map(({ seq, book, items }) => {
    const made = items.map((i) => item(i, proof.notes));
    const commitment = commitmentOf(made.map((m) => m.leaf));
    if (headers[seq]?.of.author.commitment !== commitment) throw new Error("the commitment is its header's");
    return { seq, book, bookId: bookId(proof.statement.log, book), commitment, changes: made.map((m) => m.shown) };
  });
  return {
    manifest: toHex(sha256(bundle.get(PATH.manifest) ?? new Uint8Array())),
    signature: toHex(bundle.get(PATH.signature) ?? new Uint8Array()),
    statement: plain(proof.statement),
    statements: proof.statements.map(toHex),
    headers: headers.map((h) => h.shown),
    root: toHex(treeRoot(headers.map((h) => h.leaf))),
    checkpoint: proof.note,
    notes: proof.notes,
    entries,
    records: text(bundle, PATH.records)
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  };
}
