import { fromUtf8, utf8 } from "../base/bytes.ts";
import { coded, err, ok, type Result } from "../base/result.ts";
import { LIMITS } from "../base/limits.ts";
import { decodeAnchorRow, encodeAnchorRow, MAX_ANCHOR_ROW, type AnchorRow } from "./anchors.ts";
import { MAX_CHANGE_ROW, type ChangeRow } from "./change-rows.ts";
import type { SnapshotError } from "./codes.ts";
import { PackedRows, type RowCodec } from "./packed-rows.ts";
import { PATH } from "./paths.ts";
import { mappedRows, type Pieces } from "./pieces.ts";
import { CHANGE_ROW, HEADER_ROW, MAX_HEADER_ROW, NOTE_ROW } from "./row-codecs.ts";
import { readRows, rowPieces, type Rows } from "./rows.ts";
import type { SourceHeader } from "./source.ts";
import { decodeStatement, encodeStatement, type SnapshotStatement } from "./statement.ts";
import { MAX_ROWS, StoredRows, type PartTrouble, type RowForm } from "./stored-rows.ts";
import type { ZipFiles } from "./zip-read.ts";

/** What proves a snapshot: everything else in it is derived from this. What grows with the record is gone through, never held. */
export interface Proof {
  readonly statement: SnapshotStatement;
  /** Charter statements, as bytes, in the order of the log. */
  readonly statements: readonly Uint8Array[];
  readonly headers: Rows<SourceHeader>;
  readonly rows: Rows<ChangeRow>;
  /** Signed notes of checkpoints that disclosed changes name. */
  readonly notes: Rows<string>;
  /** Bodies of the anchor entries that the exporter's device holds, in the order of the log. */
  readonly anchors: readonly AnchorRow[];
  /** The signed note of checkpoint X. */
  readonly note: string;
}

/** The bytes of rows; of packed ones as they are. */
const encoded = <T>(rows: Rows<T>, { encode }: RowCodec<T>): Rows<Uint8Array> =>
  rows instanceof PackedRows ? rows.encoded : mappedRows(rows, encode);

/** The files below data/proof/, without the README. Each can be made any number of times. */
export function proofFiles(proof: Proof): readonly (readonly [path: string, make: () => Pieces])[] {
  return [
    [PATH.statement, () => [encodeStatement(proof.statement)]],
    [PATH.charter, () => rowPieces(proof.statements)],
    [PATH.headers, () => rowPieces(encoded(proof.headers, HEADER_ROW))],
    [PATH.changes, () => rowPieces(encoded(proof.rows, CHANGE_ROW))],
    [PATH.notes, () => rowPieces(encoded(proof.notes, NOTE_ROW))],
    [PATH.checkpoint, () => [utf8(proof.note)]],
    ...(proof.anchors.length > 0 ? [[PATH.anchors, () => rowPieces(mappedRows(proof.anchors, encodeAnchorRow))] as const] : []),
  ];
}

/** What is opened of a proof in an archive: small parts as they are, long ones to be gone through. */
export interface OpenedProof {
  readonly proof: Proof;
  /**
   * The first file that is not in its form, as far as one can know now; asked after the proof was gone through.
   * @param isWhole whether everything was gone through: then what was found on the way is all that there is
   */
  fault(isWhole: boolean): Promise<string | undefined>;
}

type Files = Pick<ZipFiles, "has" | "read" | "pieces">;

type Hashes = ReadonlyMap<string, string>;

const HEADERS: RowForm<SourceHeader> = { path: PATH.headers, max: MAX_HEADER_ROW, parse: HEADER_ROW.decode };
const CHANGES: RowForm<ChangeRow> = { path: PATH.changes, max: MAX_CHANGE_ROW, parse: CHANGE_ROW.decode };
const NOTES: RowForm<string> = { path: PATH.notes, max: LIMITS.note, parse: NOTE_ROW.decode };

/**
 * Opens the proof of a snapshot. `snapshot-part` names the first file that is missing or is not in its form.
 * @param hashes SHA-256 of files that were gone through before: another file is not in its form
 */
export async function openProof(zip: Files, hashes: Hashes = new Map()): Promise<Result<OpenedProof, SnapshotError>> {
  const bytes = await zip.read(PATH.statement);
  if (!bytes) return part(PATH.statement);
  const statement = decodeStatement(bytes);
  if (!statement.ok) return statement;
  const statements = readRows((await zip.read(PATH.charter)) ?? BROKEN, LIMITS.statement, MAX_ROWS);
  const note = await noteIn(zip);
  const anchors = await anchorsIn(zip);
  if (!statements || note === undefined || !anchors) return part((await firstFault(zip, hashes)) ?? PATH.statement);
  const trouble: PartTrouble = {};
  const proof: Proof = {
    statement: statement.value,
    statements,
    headers: new StoredRows(zip, HEADERS, trouble, hashes.get(PATH.headers)),
    rows: new StoredRows(zip, CHANGES, trouble, hashes.get(PATH.changes)),
    notes: new StoredRows(zip, NOTES, trouble, hashes.get(PATH.notes)),
    anchors,
    note,
  };
  return ok({
    proof,
    fault: async (isWhole) => (isWhole && trouble.path === undefined ? undefined : ((await firstFault(zip, hashes)) ?? trouble.path)),
  });
}

/** Bytes that are no file of rows. */
const BROKEN = new Uint8Array(1);

const part = (path: string): Result<never, SnapshotError> => err(coded("snapshot-part", path));

async function noteIn(zip: Files): Promise<string | undefined> {
  const note = fromUtf8((await zip.read(PATH.checkpoint)) ?? new Uint8Array(0));
  return note === "" ? undefined : note;
}

async function anchorsIn(zip: Files): Promise<readonly AnchorRow[] | undefined> {
  const bytes = zip.has(PATH.anchors) ? ((await zip.read(PATH.anchors)) ?? BROKEN) : new Uint8Array();
  const rows = readRows(bytes, MAX_ANCHOR_ROW, MAX_ROWS)?.map(decodeAnchorRow);
  return rows?.every((row) => row !== undefined) === true ? rows : undefined;
}

/** Goes through all parts behind the statement, in their order, until one is not in its form. */
async function firstFault(zip: Files, hashes: Hashes): Promise<string | undefined> {
  const reads = async <T>(form: RowForm<T>): Promise<boolean> => {
    const trouble: PartTrouble = {};
    const rows = new StoredRows(zip, form, trouble, hashes.get(form.path))[Symbol.asyncIterator]();
    while ((await rows.next()).done !== true) continue;
    return trouble.path === undefined;
  };
  if (!readRows((await zip.read(PATH.charter)) ?? BROKEN, LIMITS.statement, MAX_ROWS)) return PATH.charter;
  if (!(await reads(HEADERS))) return PATH.headers;
  if (!(await reads(CHANGES))) return PATH.changes;
  if (!(await reads(NOTES))) return PATH.notes;
  if ((await noteIn(zip)) === undefined) return PATH.checkpoint;
  return (await anchorsIn(zip)) ? undefined : PATH.anchors;
}
