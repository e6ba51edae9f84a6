import type { ServerResponse } from "node:http";
import type { FileId, LogId } from "@countersign/shared/base/ids";
import type { FileCode, FileDesk, FileRefusal, Upload } from "../files/desk.ts";
import { bearer, head, json, numberOf, type Exchange } from "./reply.ts";

const STATUS: Readonly<Record<FileCode, number>> = {
  unauthorised: 401,
  forbidden: 403,
  "not-found": 404,
  offset: 409,
  "too-large": 413,
  "quota-member": 507,
  rate: 429,
  busy: 503,
};

/** Bytes that are written and synced at once while a file comes in, and read at once while it goes out. */
const PIECE = 1_048_576;
const READ_PIECE = 262_144;

/** `/v1/files/<log>/<file>` (rule W8). */
export async function serveFile(ex: Exchange, desk: FileDesk, log: LogId, file: FileId): Promise<void> {
  const token = bearer(ex.request);
  if (token === undefined) refuse(ex, { code: "unauthorised" });
  else if (ex.request.method === "PUT") await put(ex, desk, token, log, file);
  else if (ex.request.method === "HEAD") await tell(ex, desk, token, log, file);
  else await get(ex, desk, token, log, file);
}

async function tell(ex: Exchange, desk: FileDesk, token: string, log: LogId, file: FileId): Promise<void> {
  const record = await desk.head(token, log, file);
  if (!record.ok) {
    refuse(ex, record.error);
    return;
  }
  const { length, total } = record.value;
  head(ex, 200, {
    ...lengths(length, total),
    "Content-Length": String(length),
    "Accept-Ranges": "bytes",
    "Content-Type": "application/octet-stream",
  });
  ex.response.end();
}

async function get(ex: Exchange, desk: FileDesk, token: string, log: LogId, file: FileId): Promise<void> {
  const found = await desk.get(token, log, file);
  if (!found.ok) {
    refuse(ex, found.error);
    return;
  }
  const { length, read } = found.value;
  const range = rangeOf(ex.request.headers.range, length);
  if (range === "unsatisfiable") {
    head(ex, 416, { "Content-Range": `bytes */${length}` });
    ex.response.end();
    return;
  }
  const { from, to } = range ?? { from: 0, to: length };
  head(ex, range ? 206 : 200, {
    ...lengths(length, length),
    "Content-Type": "application/octet-stream",
    "Content-Length": String(to - from),
    "Accept-Ranges": "bytes",
    ...(range ? { "Content-Range": `bytes ${from}-${to - 1}/${length}` } : {}),
  });
  for (let at = from; at < to && !ex.response.destroyed;) {
    const piece = await read(at, Math.min(to, at + READ_PIECE));
    if (piece.length === 0) {
      ex.response.destroy();
      return;
    }
    at += piece.length;
    // A reader who takes nothing is closed by the server's own timeout.
    if (!ex.response.write(piece)) await drained(ex.response);
  }
  ex.response.end();
}

/** Until a reader took what waits for them, or is gone. Nothing of it stays: a file is hundreds of pieces, each of which may wait. */
export function drained(response: Pick<ServerResponse, "destroyed" | "on" | "off">): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
    // Who left while the piece was read has said so already.
    if (response.destroyed) done();
  });
}

async function put(ex: Exchange, desk: FileDesk, token: string, log: LogId, file: FileId): Promise<void> {
  const offset = numberOf(ex.url, "offset");
  const total = numberOf(ex.url, "total");
  if (offset === undefined || total === undefined) {
    json(ex, 400, { code: "malformed" }, { Connection: "close" });
    return;
  }
  const opened = await desk.open(token, log, file, offset, total);
  if (!opened.ok) {
    refuse(ex, opened.error);
    return;
  }
  const upload = opened.value;
  try {
    const refusal = await receive(ex, upload);
    if (refusal) refuse(ex, refusal);
    else
      json(
        ex,
        upload.length === upload.total ? 201 : 200,
        { length: upload.length, total: upload.total },
        lengths(upload.length, upload.total),
      );
  } finally {
    upload.end();
  }
}

/** Takes the request's body in pieces. What has arrived when the connection breaks is kept, and the next request goes on from there. */
async function receive(ex: Exchange, upload: Upload): Promise<FileRefusal | undefined> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  const write = async (): Promise<FileRefusal | undefined> => {
    if (size === 0) return undefined;
    const piece = Buffer.concat(waiting);
    waiting = [];
    size = 0;
    const done = await upload.append(piece);
    return done.ok ? undefined : done.error;
  };
  try {
    for await (const chunk of ex.request as AsyncIterable<Uint8Array>) {
      waiting.push(chunk);
      size += chunk.length;
      if (size < PIECE) continue;
      const refusal = await write();
      if (refusal) return refusal;
    }
  } catch {
    // The client is gone; what it sent is worth keeping.
  }
  return write();
}

const lengths = (length: number, total: number): Readonly<Record<string, string>> => ({
  "Countersign-Length": String(length),
  "Countersign-Total": String(total),
});

function refuse(ex: Exchange, { code, length }: FileRefusal): void {
  const headers = length === undefined ? {} : { "Countersign-Length": String(length) };
  // A body that nobody reads would block the connection for the next request.
  json(
    ex,
    STATUS[code],
    length === undefined ? { code } : { code, length },
    ex.request.method === "PUT" ? { ...headers, Connection: "close" } : headers,
  );
}

/** One range of bytes; undefined for none, or for what RFC 9110 lets a server ignore: several, or other units. */
export function rangeOf(
  header: string | undefined,
  length: number,
): { readonly from: number; readonly to: number } | "unsatisfiable" | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "");
  const [, first, last] = match ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  if (first === "") {
    const suffix = Math.min(Number(last), length);
    return suffix === 0 ? "unsatisfiable" : { from: length - suffix, to: length };
  }
  const from = Number(first);
  const to = last === "" ? length : Math.min(Number(last) + 1, length);
  if (from >= length) return "unsatisfiable";
  return to <= from ? undefined : { from, to };
}
