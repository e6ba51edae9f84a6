import { concat, fromUtf8, utf8 } from "../base/bytes.ts";
import { coded, err, ok, type Result } from "../base/result.ts";
import { encode, decode } from "../cbor/cbor.ts";
import { LIMITS } from "../base/limits.ts";
import { decodeAnchorRow, encodeAnchorRow, MAX_ANCHOR_ROW, type AnchorRow } from "./anchors.ts";
import { decodeChangeRow, encodeChangeRow, MAX_CHANGE_ROW, type ChangeRow } from "./change-rows.ts";
import type { SnapshotError } from "./codes.ts";
import { PATH } from "./paths.ts";
import { mapped } from "./pieces.ts";
import { readRows, rowPieces } from "./rows.ts";
import type { SourceHeader } from "./source.ts";
import { decodeStatement, encodeStatement, type SnapshotStatement } from "./statement.ts";

/** What proves a snapshot: everything else in it is derived from this. */
export interface Proof {
  readonly statement: SnapshotStatement;
  /** Charter statements, as bytes, in the order of the log. */
  readonly statements: readonly Uint8Array[];
  readonly headers: readonly SourceHeader[];
  readonly rows: readonly ChangeRow[];
  /** Signed notes of checkpoints that disclosed changes name. */
  readonly notes: readonly string[];
  /** Bodies of the anchor entries that the exporter's device holds, in the order of the log. */
  readonly anchors: readonly AnchorRow[];
  /** The signed note of checkpoint X. */
  readonly note: string;
}

const MAX_ROWS = 1_000_000;
const LEAF = 32;
const MAX_HEADER = LIMITS.author + LIMITS.relay + 16;

const headerRow = (h: SourceHeader): Uint8Array => (h instanceof Uint8Array ? h : encode([h.authorBytes, h.relayBytes]));

/** The files below data/proof/, without the README. Each can be made any number of times. */
export function proofFiles(proof: Proof): readonly (readonly [path: string, make: () => Iterable<Uint8Array>])[] {
  return [
    [PATH.statement, () => [encodeStatement(proof.statement)]],
    [PATH.charter, () => rowPieces(proof.statements)],
    [PATH.headers, () => rowPieces(mapped(proof.headers, headerRow))],
    [PATH.changes, () => rowPieces(mapped(proof.rows, encodeChangeRow))],
    [PATH.notes, () => rowPieces(mapped(proof.notes, utf8))],
    [PATH.checkpoint, () => [utf8(proof.note)]],
    ...(proof.anchors.length > 0 ? [[PATH.anchors, () => rowPieces(mapped(proof.anchors, encodeAnchorRow))] as const] : []),
  ];
}

/** The same files, each as one. */
export const encodeProof = (proof: Proof): readonly (readonly [path: string, bytes: Uint8Array])[] =>
  proofFiles(proof).map(([path, make]) => [path, concat(...make())]);

type Read = (path: string) => Promise<Uint8Array | undefined>;

/** Reads them back. `snapshot-part` names the file that is missing or is not in its form. */
export async function decodeProof(read: Read): Promise<Result<Proof, SnapshotError>> {
  const statementBytes = await read(PATH.statement);
  if (!statementBytes) return part(PATH.statement);
  const statement = decodeStatement(statementBytes);
  if (!statement.ok) return statement;
  const statements = await rowsOf(read, PATH.charter, LIMITS.statement);
  if (!statements) return part(PATH.charter);
  const headers = all(await rowsOf(read, PATH.headers, MAX_HEADER), headerOf);
  if (!headers) return part(PATH.headers);
  const rows = all(await rowsOf(read, PATH.changes, MAX_CHANGE_ROW), decodeChangeRow);
  if (!rows) return part(PATH.changes);
  const notes = all(await rowsOf(read, PATH.notes, LIMITS.note), fromUtf8);
  if (!notes) return part(PATH.notes);
  const note = fromUtf8((await read(PATH.checkpoint)) ?? new Uint8Array(0));
  if (note === undefined || note === "") return part(PATH.checkpoint);
  const anchorBytes = await read(PATH.anchors);
  const anchors = anchorBytes === undefined ? [] : all(readRows(anchorBytes, MAX_ANCHOR_ROW, MAX_ROWS), decodeAnchorRow);
  if (!anchors) return part(PATH.anchors);
  return ok({ statement: statement.value, statements, headers, rows, notes, anchors, note });
}

const part = (path: string): Result<never, SnapshotError> => err(coded("snapshot-part", path));

async function rowsOf(read: Read, path: string, max: number): Promise<readonly Uint8Array[] | undefined> {
  const bytes = await read(path);
  return bytes && readRows(bytes, max, MAX_ROWS);
}

function all<T>(rows: readonly Uint8Array[] | undefined, parse: (row: Uint8Array) => T | undefined): T[] | undefined {
  const out: T[] = [];
  for (const row of rows ?? []) {
    const value = parse(row);
    if (value === undefined) return undefined;
    out.push(value);
  }
  return rows && out;
}

function headerOf(row: Uint8Array): SourceHeader | undefined {
  if (row.length === LEAF) return row.slice();
  const pair = decode(row, MAX_HEADER);
  if (!pair.ok || !Array.isArray(pair.value) || pair.value.length !== 2) return undefined;
  const [authorBytes, relayBytes] = pair.value as readonly unknown[];
  return authorBytes instanceof Uint8Array && relayBytes instanceof Uint8Array ? { authorBytes, relayBytes } : undefined;
}
