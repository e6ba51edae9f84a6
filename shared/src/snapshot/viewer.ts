import { concat, fromBase64, toBase64, utf8 } from "../base/bytes.ts";
import { sourceOfBytes } from "./bytes-io.ts";
import type { Checks } from "./checks.ts";
import { hashFile } from "./hash-file.ts";
import { PATH } from "./paths.ts";
import { slices, type Pieces } from "./pieces.ts";
import type { Steps } from "./source.ts";
import { find, GapReader, OPEN } from "./viewer-gap.ts";
import { openZip, type ZipFiles } from "./zip-read.ts";
import { ZipPieces } from "./zip-write.ts";

/**
 * data/verify.html: one page with the verifier and the proof in it. It is a template, the same for every snapshot, with the files below data/proof/ put
 * into its one gap; so whoever knows the template can say whether the page is the one it should be (S19).
 */

/** What is put in, as a small archive in base64. The manifest cannot be: it lists this very page. */
const ALWAYS = [PATH.statement, PATH.charter, PATH.headers, PATH.changes, PATH.notes, PATH.checkpoint] as const;

/** Those and the anchors, where the snapshot has some. */
const insideOf = (files: { has(path: string): boolean }): readonly string[] =>
  files.has(PATH.anchors) ? [...ALWAYS, PATH.anchors] : ALWAYS;

/** SHA-256 of the templates of released versions, by which any verifier knows them. None is released yet. */
const RELEASED: readonly string[] = [];

/** Whether this can be filled. */
export function isViewerTemplate(page: Uint8Array): boolean {
  const gap = new GapReader(page.length);
  gap.take(page);
  return gap.finish()?.filling.length === 0;
}

/** The page of one snapshot. `files` are those of the proof; the template must be one. */
export async function* fillViewer(
  template: Uint8Array,
  files: ReadonlyMap<string, () => Pieces>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const start = find(template, OPEN, 0) + OPEN.length;
  yield* slices(template.subarray(0, start));
  yield* inBase64(packed(files));
  yield* slices(template.subarray(start));
}

async function* packed(files: ReadonlyMap<string, () => Pieces>): AsyncGenerator<Uint8Array, void, undefined> {
  const zip = new ZipPieces();
  for (const path of insideOf(files)) yield* zip.file(path, files.get(path)?.() ?? []);
  yield* zip.end();
}

/** Three bytes are four letters, so what is over waits for the next piece. */
async function* inBase64(pieces: Pieces): AsyncGenerator<Uint8Array, void, undefined> {
  let over = new Uint8Array();
  for await (const piece of pieces) {
    const bytes = concat(over, piece);
    const whole = bytes.length - (bytes.length % 3);
    yield utf8(toBase64(bytes.subarray(0, whole)));
    over = bytes.slice(whole);
  }
  yield utf8(toBase64(over));
}

/** The files that a page's gap holds, read from its text; undefined where it holds none. */
export async function openFilling(base64: string): Promise<ZipFiles | undefined> {
  const bytes = fromBase64(base64);
  return bytes && openBytes(bytes);
}

async function openBytes(bytes: Uint8Array): Promise<ZipFiles | undefined> {
  const zip = await openZip(sourceOfBytes(bytes));
  return zip.ok ? zip.value : undefined;
}

/**
 * The page inside a snapshot: that it holds this proof and nothing else, and that its program is one that is known.
 * @param hashes SHA-256 of the snapshot's own files, computed before
 */
export async function checkViewer(
  zip: ZipFiles,
  hashes: ReadonlyMap<string, string>,
  checks: Checks,
  known: ReadonlySet<string>,
  steps: Steps,
): Promise<"cancelled" | undefined> {
  if (!zip.has(PATH.viewer)) return undefined;
  const gap = new GapReader(zip.size(PATH.viewer));
  const state = { isStopped: false };
  const isWhole = await zip.each(PATH.viewer, async (piece) => {
    gap.take(piece);
    state.isStopped = await steps.step(piece.length);
    return !state.isStopped;
  });
  if (state.isStopped) return "cancelled";
  const page = isWhole ? gap.finish() : undefined;
  const inside = page && (await openBytes(page.filling));
  const same = page && inside?.paths.join() === insideOf(zip).join() && (await areSame(inside, hashes, steps));
  if (same === "cancelled") return same;
  if (same !== true) {
    checks.failed("viewer-false", PATH.viewer);
    return undefined;
  }
  const hash = page.template;
  if (known.has(hash) || RELEASED.includes(hash)) checks.add("viewer", "good", { hash });
  else checks.add("viewer-unknown", "remarks", { hash }, PATH.viewer);
  return undefined;
}

/** Whether these are the snapshot's own files. */
async function areSame(inside: ZipFiles, hashes: ReadonlyMap<string, string>, steps: Steps): Promise<boolean | "cancelled"> {
  for (const path of inside.paths) {
    const hash = await hashFile(inside, path, steps);
    if (hash === "cancelled") return hash;
    if (hash === "" || hash !== hashes.get(path)) return false;
  }
  return true;
}
