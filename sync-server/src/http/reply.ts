import type { IncomingMessage, ServerResponse } from "node:http";

/** Every answer has these; a page has more (PAGE_HEADERS). */
const ALWAYS: Readonly<Record<string, string>> = { "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer" };

/**
 * The app may come from another origin than the relay, or from the desktop's own scheme. Nothing here trusts a cookie or an origin: who asks
 * shows a token.
 */
const ANY_ORIGIN: Readonly<Record<string, string>> = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": "Countersign-Length, Countersign-Total, Content-Range, Content-Length",
  "Cross-Origin-Resource-Policy": "cross-origin",
  "Cache-Control": "no-store",
};

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** Sent over TLS, by a proxy or here. */
  readonly tls: boolean;
}

type Headers = Readonly<Record<string, string>>;

/** The head of an answer of the interface below `/v1`. */
export function head(ex: Exchange, status: number, headers: Headers = {}): void {
  ex.response.writeHead(status, { ...ALWAYS, ...hsts(ex), ...ANY_ORIGIN, ...headers });
}

export function plain(ex: Exchange, status: number, text: string, headers: Headers = {}): void {
  head(ex, status, { "Content-Type": "text/plain; charset=utf-8", ...headers });
  ex.response.end(ex.request.method === "HEAD" ? undefined : text);
}

export function json(ex: Exchange, status: number, value: unknown, headers: Headers = {}): void {
  head(ex, status, { "Content-Type": "application/json", ...headers });
  ex.response.end(ex.request.method === "HEAD" ? undefined : JSON.stringify(value));
}

/** The answer to a browser that asks beforehand. */
export function preflight(ex: Exchange): void {
  head(ex, 204, {
    "Access-Control-Allow-Methods": "GET, HEAD, PUT",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Range",
    "Access-Control-Max-Age": "7200",
  });
  ex.response.end();
}

export const hsts = (ex: Exchange): Headers => (ex.tls ? { "Strict-Transport-Security": "max-age=63072000; includeSubDomains" } : {});

/** The token that the request shows, if it shows one. */
export function bearer(request: IncomingMessage): string | undefined {
  return /^Bearer ([\w~+/.=-]{1,200})$/.exec(request.headers.authorization ?? "")?.[1];
}

/** A whole number of the query, undefined where it is missing or no such number. */
export function numberOf(url: URL, name: string): number | undefined {
  const text = url.searchParams.get(name);
  return text !== null && /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : undefined;
}
