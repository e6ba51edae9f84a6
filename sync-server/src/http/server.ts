import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { FileId, Hex32, LogId } from "@countersign/shared/base/ids";
import type { FileDesk } from "../files/desk.ts";
import { Buckets } from "../relay/bucket.ts";
import type { RelayLog } from "../relay/ports.ts";
import type { Relay } from "../relay/relay.ts";
import type { RelayStore } from "../store/store.ts";
import { serveWitness, WITNESS_PATH } from "../witness/http.ts";
import type { Witness } from "../witness/witness.ts";
import type { Addresses } from "./address.ts";
import { serveFile } from "./files.ts";
import type { Metrics } from "./metrics.ts";
import { serveCheckpoint, serveProof } from "./proofs.ts";
import { bearer, json, plain, preflight, type Exchange } from "./reply.ts";
import type { WebFolder } from "./static.ts";

export interface HttpParts {
  readonly relay: Relay;
  readonly store: RelayStore;
  readonly desk: FileDesk;
  readonly metrics: Metrics;
  readonly addresses: Addresses;
  readonly log: RelayLog;
  readonly web?: WebFolder;
  readonly witness?: Witness;
  readonly tls: boolean;
  readonly metricsToken?: string;
}

/** Requests of one address: room for a web app's whole list of files at once. */
const REQUESTS = { burst: 1_024, perSecond: 64 };

/** The HTTP side: files, proofs, health, metrics and the web app. The WebSocket server takes its upgrades from the same server. */
export function makeHttpServer(parts: HttpParts): Server {
  const requests = new Buckets(REQUESTS.burst, REQUESTS.perSecond);
  const server = createServer(
    { maxHeaderSize: 16_384, requestTimeout: 600_000, headersTimeout: 10_000, keepAliveTimeout: 15_000 },
    (request, response) => {
      const ex = exchangeOf(request, response, parts.tls);
      if (!ex) {
        response.writeHead(400, { Connection: "close" }).end();
        return;
      }
      if (!requests.take(parts.addresses.of(request), 1, performance.now())) {
        json(ex, 429, { code: "rate" }, { "Retry-After": "5", Connection: "close" });
        return;
      }
      route(ex, parts).catch((problem: unknown) => {
        parts.log.error("request-failed", problem);
        if (response.headersSent) response.destroy();
        else json(ex, 500, { code: "internal" }, { Connection: "close" });
      });
    },
  );
  server.on("clientError", (_problem, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    else socket.destroy();
  });
  // A socket on which nothing moves is not kept for ever.
  server.setTimeout(120_000);
  return server;
}

function exchangeOf(request: IncomingMessage, response: ServerResponse, tls: boolean): Exchange | undefined {
  const target = request.url ?? "/";
  if (!target.startsWith("/") || target.length > 2_048) return undefined;
  try {
    return { request, response, url: new URL(`http://relay${target}`), tls };
  } catch {
    return undefined;
  }
}

const FILE_PATH = /^\/v1\/files\/([0-9a-f]{64})\/([0-9a-f]{64})$/;
const LOG_PATH = /^\/v1\/(checkpoint|proof)\/([0-9a-f]{64})$/;
const id = <T extends Hex32>(text: string): T => text as T;

async function route(ex: Exchange, parts: HttpParts): Promise<void> {
  const { pathname } = ex.url;
  const method = ex.request.method ?? "";
  const isReading = method === "GET" || method === "HEAD";
  const isOurs = pathname === "/v1" || pathname.startsWith("/v1/") || pathname === "/metrics";
  if (!isOurs && parts.web) {
    await parts.web.serve(ex);
    return;
  }
  if (method === "OPTIONS") {
    preflight(ex);
    return;
  }
  if (parts.witness && (pathname === WITNESS_PATH || pathname.startsWith(`${WITNESS_PATH}/`))) {
    await serveWitness(ex, parts.witness);
    return;
  }
  const file = FILE_PATH.exec(pathname);
  if (file?.[1] !== undefined && file[2] !== undefined && (isReading || method === "PUT")) {
    await serveFile(ex, parts.desk, id<LogId>(file[1]), id<FileId>(file[2]));
    return;
  }
  if (!isReading) {
    json(ex, file ? 405 : 404, { code: file ? "method" : "not-found" }, { Connection: "close" });
    return;
  }
  const ofLog = LOG_PATH.exec(pathname);
  if (ofLog?.[2] !== undefined) {
    const log = id<LogId>(ofLog[2]);
    if (ofLog[1] === "checkpoint") await serveCheckpoint(ex, parts.relay, log);
    else await serveProof(ex, parts.relay, parts.store, log);
    return;
  }
  await routeOperator(ex, parts);
}

/** What the person who runs the relay asks. */
async function routeOperator(ex: Exchange, parts: HttpParts): Promise<void> {
  switch (ex.url.pathname) {
    case "/v1/health":
      plain(ex, 200, "ok\n");
      return;
    case "/v1/ready": {
      const ready = await parts.store.healthy();
      plain(ex, ready ? 200 : 503, ready ? "ready\n" : "the store does not answer\n");
      return;
    }
    case "/metrics": {
      const hasToken = parts.metricsToken !== undefined && bearer(ex.request) === parts.metricsToken;
      if (hasToken || parts.addresses.isLocal(ex.request))
        plain(ex, 200, await parts.metrics.text(), { "Content-Type": parts.metrics.contentType });
      else json(ex, 403, { code: "forbidden" });
      return;
    }
    default:
      json(ex, 404, { code: "not-found" });
  }
}
