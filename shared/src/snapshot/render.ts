import type { Derived } from "./derive.ts";
import { PATH } from "./paths.ts";
import type { Pieces } from "./pieces.ts";
import { PROOF_README } from "./readme.ts";
import { reports } from "./report.ts";
import { startPage } from "./start-page.ts";
import { tables } from "./tables.ts";
import { VERIFY_PY } from "./verify-py.ts";

/** A file of the bundle: its path and bytes. They are read to their end before the next file is asked for, or not at all. */
export type RenderedFile = readonly [path: string, pieces: Pieces];

/** What writes the files for people and programs, in the order of the archive. Pages that take their time come as they are made. */
const PARTS: readonly ((d: Derived) => Iterable<RenderedFile> | AsyncIterable<RenderedFile>)[] = [
  (d) => [[PATH.start, [startPage(d)]]],
  reports,
  tables,
  () => [
    [PATH.readme, [PROOF_README]],
    [PATH.verifyPy, [VERIFY_PY]],
  ],
];

/** Their paths, all but the shortest, by which one can tell how long it takes to make them. */
export const RENDERED: readonly string[] = [PATH.messages, PATH.expenses, PATH.csvMessages, PATH.csvExpenses, PATH.csvSteps, PATH.records];

/**
 * Every file that is derived from the proof and nothing else: the writer writes them, the verifier makes them again and compares (rule S1). Piece
 * after piece, so that no file has to be kept. A change of any byte here needs a new `RENDER_VERSION`.
 */
export async function* render(d: Derived): AsyncGenerator<RenderedFile, void, undefined> {
  for (const part of PARTS) for await (const file of part(d)) yield file;
}
