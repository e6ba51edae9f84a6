import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { PAGE_HEADERS } from "@countersign/shared/base/csp";
import { INCOMING_SCREEN, SHARE_ADDRESS } from "@countersign/shared/base/incoming";
import { hsts, plain, type Exchange } from "./reply.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
  ".pdf": "application/pdf",
};
const PACKED: ReadonlySet<string> = new Set([".html", ".js", ".mjs", ".css", ".json", ".webmanifest", ".wasm", ".svg", ".txt"]);
const squeeze = promisify(gzip);

interface Page {
  readonly stamp: string;
  readonly bytes: Buffer;
  readonly packed: Buffer | undefined;
  readonly tag: string;
}

/** Serves the built web app: files below one folder and nothing else. */
export class WebFolder {
  readonly #root: string;
  readonly #pages = new Map<string, Page>();

  constructor(folder: string) {
    this.#root = realpathSync(folder);
  }

  async serve(ex: Exchange): Promise<void> {
    const { request, response } = ex;
    if (request.method === "POST" && ex.url.pathname === SHARE_ADDRESS) {
      // Meant for the app's service worker on the device, which is not there. Nothing of it is read here; the app says that it was lost.
      response.writeHead(303, {
        ...PAGE_HEADERS,
        ...hsts(ex),
        Location: INCOMING_SCREEN,
        "Cache-Control": "no-store",
        Connection: "close",
      });
      response.end();
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      plain(ex, 405, "Only GET and HEAD are answered here.", { Allow: "GET, HEAD" });
      return;
    }
    const wanted = safePath(ex.url.pathname);
    // An address without an extension is a place inside the app.
    const name = wanted !== undefined && extname(wanted) === "" ? "index.html" : wanted;
    const page = name === undefined ? undefined : await this.#page(name);
    if (name === undefined || !page) {
      plain(ex, 404, "There is nothing of that name here.");
      return;
    }
    const packed = page.packed && /\bgzip\b/.test(request.headers["accept-encoding"] ?? "") ? page.packed : undefined;
    const headers = {
      ...PAGE_HEADERS,
      ...hsts(ex),
      "Content-Type": TYPES[extname(name)] ?? "application/octet-stream",
      "Cache-Control": isHashed(name) ? "public, max-age=31536000, immutable" : "no-cache",
      ETag: page.tag,
      ...(page.packed ? { Vary: "Accept-Encoding" } : {}),
      ...(packed ? { "Content-Encoding": "gzip" } : {}),
    };
    if (request.headers["if-none-match"] === page.tag) {
      response.writeHead(304, headers).end();
      return;
    }
    const bytes = packed ?? page.bytes;
    response.writeHead(200, { ...headers, "Content-Length": String(bytes.length) });
    response.end(request.method === "HEAD" ? undefined : bytes);
  }

  async #page(name: string): Promise<Page | undefined> {
    let path: string;
    let stamp: string;
    try {
      path = await realpath(join(this.#root, name));
      const facts = await stat(path);
      if (!path.startsWith(this.#root + sep) || !facts.isFile()) return undefined;
      stamp = `${facts.size}/${facts.mtimeMs}`;
    } catch {
      return undefined;
    }
    const known = this.#pages.get(name);
    if (known?.stamp === stamp) return known;
    const bytes = await readFile(path);
    const packed = PACKED.has(extname(name)) ? await squeeze(bytes) : undefined;
    const page = { stamp, bytes, packed, tag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 27)}"` };
    this.#pages.set(name, page);
    return page;
  }
}

/** A path below the folder, or undefined for one that tries to leave it or means something else to a file system. */
export function safePath(pathname: string): string | undefined {
  let text: string;
  try {
    text = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (/[\\:\u0000-\u001f]/.test(text)) return undefined;
  const parts = text.split("/").filter((p) => p !== "");
  return parts.some((p) => p.startsWith(".")) ? undefined : parts.join("/");
}

/** A name with a hash of its content never changes what it holds. */
const isHashed = (name: string): boolean => /^assets\/.*[-.][\w-]{8,}\.\w+$/.test(name);
