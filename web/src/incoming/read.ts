import { concat } from "@countersign/shared/base/bytes";
import {
  getMultipartBoundary,
  MaxFileSizeExceededError,
  MaxPartsExceededError,
  MaxTotalSizeExceededError,
  MultipartParser,
  type MultipartPart,
} from "@remix-run/multipart-parser";
import { MOST_BYTES, MOST_FILES, type Arrival, type GivenFile } from "./arrival.ts";

/** Fields of the manifest's share target that are text, in the order in which they are read. */
const TEXTS = ["title", "text", "url"] as const;

const isTooMuch = (error: unknown): boolean =>
  error instanceof MaxFileSizeExceededError || error instanceof MaxTotalSizeExceededError || error instanceof MaxPartsExceededError;

/**
 * Whether a page of another site is known to have sent a request: where it says who it is. A sharing of the system names no page. One that hides
 * its name can't be told from it, which is why nothing that arrives goes anywhere until the person says where.
 * @param own this app's origin
 */
export function isForeign(request: Pick<Request, "referrer" | "destination">, own: string): boolean {
  if (request.destination !== "document") return true;
  if (request.referrer === "" || request.referrer === "about:client") return false;
  return !URL.canParse(request.referrer) || new URL(request.referrer).origin !== own;
}

/**
 * Reads what was shared, as it comes in, and no more of it than may be held. As bytes and never as blobs, which a browser may put on the disk.
 */
export async function readGiven(request: Request): Promise<Arrival> {
  const boundary = getMultipartBoundary(request.headers.get("content-type") ?? "");
  if (boundary === null) return { state: "unreadable" };
  try {
    const parser = new MultipartParser(boundary, {
      maxFileSize: MOST_BYTES,
      maxTotalSize: MOST_BYTES,
      maxParts: MOST_FILES + TEXTS.length,
    });
    const parts: MultipartPart[] = [];
    for await (const piece of withWholeEnd(chunksOf(request))) parts.push(...parser.write(piece));
    parser.finish();
    return arrivalOf(parts);
  } catch (error) {
    // Either too much, or not what the system sends: then there is nothing in it that could be saved.
    return { state: isTooMuch(error) ? "too-much" : "unreadable" };
  }
}

async function* chunksOf(request: Request): AsyncGenerator<Uint8Array> {
  // Firefox and older Safaris give the whole alone.
  const body = request.body as ReadableStream<Uint8Array> | null | undefined;
  if (!body) {
    yield new Uint8Array(await request.arrayBuffer());
    return;
  }
  const reader = body.getReader();
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
  } finally {
    // Stopped in between, the rest is not wanted.
    await reader.cancel().catch(() => undefined);
  }
}

/** The mark of the end and its line break. */
const END = 4;

/** The same bytes, the last ones together: the parser refuses a line break that comes after the end as a piece of its own. */
async function* withWholeEnd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    const joined = concat(held, chunk);
    const cut = Math.max(0, joined.length - END);
    if (cut > 0) yield joined.subarray(0, cut);
    held = joined.slice(cut);
  }
  yield held;
}

function arrivalOf(parts: readonly MultipartPart[]): Arrival {
  const files: GivenFile[] = parts
    .filter((part) => part.name === "files" && part.isFile)
    // An app that shares text alone sends a file without a name and content.
    .filter((part) => part.size > 0 || (part.filename ?? "") !== "")
    .map((part) => ({ name: part.filename ?? "", type: part.mediaType ?? "", bytes: part.bytes as Uint8Array<ArrayBuffer> }));
  if (files.length > MOST_FILES) return { state: "too-much" };
  const said = TEXTS.map((name) => parts.find((part) => part.name === name && part.isText)?.text.trim() ?? "");
  // Many apps write the address into the text as well.
  const isTold = (one: string, i: number): boolean =>
    said.some((other, at) => at !== i && other.includes(one) && (other.length > one.length || at < i));
  const text = said.filter((one, i) => one !== "" && !isTold(one, i)).join("\n");
  return files.length === 0 && text === "" ? { state: "unreadable" } : { state: "here", given: { text, files } };
}
