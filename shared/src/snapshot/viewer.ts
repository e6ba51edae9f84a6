import { concat, equalBytes, fromBase64, fromUtf8, toBase64, toHex, utf8 } from "../base/bytes.ts";
import { Sha256 } from "../crypto/hash.ts";
import { hashOf } from "./bag.ts";
import { sourceOfBytes } from "./bytes-io.ts";
import type { Checks } from "./checks.ts";
import { PATH } from "./paths.ts";
import type { Pieces } from "./pieces.ts";
import { openZip, type ZipFiles } from "./zip-read.ts";
import { ZipPieces } from "./zip-write.ts";

/**
 * data/verify.html: one page with the verifier and the proof in it. It is a template, the same for every snapshot, with the files below data/proof/ put
 * into its one gap; so whoever knows the template can say whether the page is the one it should be (S19).
 */

/** The template's gap: what stands between these two is not run, and the page reads it. */
const OPEN = utf8('<script type="application/octet-stream" id="bundle">');
const CLOSE = utf8("</script>");
/** What is put in, as a small archive in base64. The manifest cannot be: it lists this very page. */
const ALWAYS = [PATH.statement, PATH.charter, PATH.headers, PATH.changes, PATH.notes, PATH.checkpoint] as const;

/** Those and the anchors, where the snapshot has some. */
const insideOf = (files: { has(path: string): boolean }): readonly string[] =>
  files.has(PATH.anchors) ? [...ALWAYS, PATH.anchors] : ALWAYS;

/** SHA-256 of the templates of released versions, by which any verifier knows them. None is released yet. */
const RELEASED: readonly string[] = [];

interface Split {
  /** The page with an empty gap. */
  readonly template: Uint8Array;
  readonly filling: Uint8Array;
}

/** Where the gap is; undefined where there is none, or more than one. */
function split(page: Uint8Array): Split | undefined {
  const from = find(page, OPEN, 0);
  if (from < 0 || find(page, OPEN, from + 1) >= 0) return undefined;
  const start = from + OPEN.length;
  const end = find(page, CLOSE, start);
  if (end < 0) return undefined;
  return { template: concat(page.subarray(0, start), page.subarray(end)), filling: page.subarray(start, end) };
}

function find(bytes: Uint8Array, needle: Uint8Array, from: number): number {
  const [first = 0] = needle;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + needle.length > bytes.length) return -1;
    if (equalBytes(bytes.subarray(at, at + needle.length), needle)) return at;
  }
  return -1;
}

/** Whether this can be filled. */
export const isViewerTemplate = (page: Uint8Array): boolean => split(page)?.filling.length === 0;

/** The page of one snapshot. `files` are those of the proof; the template must be one. */
export async function* fillViewer(
  template: Uint8Array,
  files: ReadonlyMap<string, () => Pieces>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const start = find(template, OPEN, 0) + OPEN.length;
  yield template.subarray(0, start);
  yield* inBase64(packed(files));
  yield template.subarray(start);
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
  const zip = bytes && (await openZip(sourceOfBytes(bytes)));
  return zip?.ok ? zip.value : undefined;
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
): Promise<void> {
  if (!zip.has(PATH.viewer)) return;
  const page = await zip.read(PATH.viewer);
  const parts = page && split(page);
  const inside = parts && (await openFilling(fromUtf8(parts.filling) ?? ""));
  if (!parts || !inside || inside.paths.join() !== insideOf(zip).join() || !(await areSame(inside, hashes))) {
    checks.failed("viewer-false", PATH.viewer);
    return;
  }
  const hash = hashOf(parts.template);
  if (known.has(hash) || RELEASED.includes(hash)) checks.add("viewer", "good", { hash });
  else checks.add("viewer-unknown", "remarks", { hash }, PATH.viewer);
}

/** Whether these are the snapshot's own files. */
async function areSame(inside: ZipFiles, hashes: ReadonlyMap<string, string>): Promise<boolean> {
  for (const path of inside.paths) {
    const hash = new Sha256();
    const isWhole = await inside.each(path, (piece) => {
      hash.update(piece);
      return Promise.resolve(true);
    });
    if (!isWhole || toHex(hash.digest()) !== hashes.get(path)) return false;
  }
  return true;
}
