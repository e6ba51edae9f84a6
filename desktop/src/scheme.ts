/**
 * The `app://local/` scheme: serves the web build, what the person gave to the app, and nothing else. A scheme of its own, not file://, gives the page an origin, so
 * that storage, workers and WebAssembly work and no other file of the computer is in reach.
 */
import { readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { PAGE_HEADERS } from "@countersign/shared/base/csp";
import { AUTHORITY_PATH, OPENED_PATH } from "@countersign/shared/base/desktop";
import type { TimeAuthorityDesk } from "./authority.ts";
import type { OpenedFiles } from "./open-file.ts";

export const SCHEME = "app";
export const ORIGIN = `${SCHEME}://local`;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".pdf": "application/pdf",
  ".txt": "text/plain; charset=utf-8",
};

/** The content type by the file's ending; what is not known is bytes, which no browser runs (nosniff). */
export const contentType = (file: string): string => TYPES[path.extname(file).toLowerCase()] ?? "application/octet-stream";

/**
 * The file below `root` that a request's path names, or undefined when it names none: another folder, a device, a malformed escape.
 * A path without an ending is a page of the app, which all share one document.
 */
export function fileFor(root: string, pathname: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (!decoded.startsWith("/") || /[\\\0:]/.test(decoded)) return undefined;
  const segments = decoded.slice(1).split("/");
  if (segments.some((segment) => segment === ".." || segment === ".")) return undefined;
  const file = path.join(root, ...segments);
  if (file !== root && !file.startsWith(root + path.sep)) return undefined;
  return path.extname(file) === "" ? path.join(root, "index.html") : file;
}

const refuse = (status: number): Response => new Response(null, { status });

/** What answers for the paths that name no file of the web build. */
export interface Desks {
  readonly authority: Pick<TimeAuthorityDesk, "answer">;
  readonly opened: Pick<OpenedFiles, "answer">;
}

/** Answers the requests of our own pages from `root`, an absolute folder, and passes on what is for the time-stamp authority and for opened files. */
export function schemeHandler(root: string, { authority, opened }: Desks): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    if (url.host !== "local") return refuse(404);
    if (url.pathname === AUTHORITY_PATH) return authority.answer(request);
    if (url.pathname.startsWith(`${OPENED_PATH}/`)) return opened.answer(request);
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(405);
    const file = fileFor(root, url.pathname);
    if (file === undefined) return refuse(403);
    try {
      // A link inside the folder must not lead out of it either.
      const [real, realRoot] = await Promise.all([realpath(file), realpath(root)]);
      if (!real.startsWith(realRoot + path.sep)) return refuse(403);
      const body = await readFile(real);
      return new Response(request.method === "HEAD" ? null : new Uint8Array(body), {
        headers: { ...PAGE_HEADERS, "Content-Type": contentType(real), "Cache-Control": "no-cache" },
      });
    } catch {
      // Not there or not readable: to the page that is the same.
      return refuse(404);
    }
  };
}
