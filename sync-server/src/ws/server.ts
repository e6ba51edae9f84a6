import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { LIMITS } from "@countersign/shared/base/limits";
import { CLOSE, SUBPROTOCOL, WS_PATH } from "@countersign/shared/wire/messages";
import type { Addresses } from "../http/address.ts";
import type { Relay, RelayConnection } from "../relay/relay.ts";

/** Below the protocol: finds sockets whose other end is gone without a word. */
const PING_EVERY = 30_000;
/** How long a peer has to answer a close before the socket is cut. */
const CLOSE_WAIT = 2_000;

/**
 * Sockets for a relay. A thin layer: bytes in, bytes out, and what the sockets know of fullness. No compression, since what passes is sealed
 * and would only cost memory.
 */
export function serveSockets(server: Server, relay: Relay, addresses: Addresses): { stop(): void } {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    maxPayload: LIMITS.frame,
    perMessageDeflate: false,
    // A socket that offers other protocols only is another client of another service.
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Errors of a socket that is not a WebSocket yet belong to nobody else.
    socket.on("error", destroy);
    const path = (request.url ?? "").split("?")[0];
    const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((p) => p.trim());
    if (path !== WS_PATH || !offered.includes(SUBPROTOCOL)) {
      const status = path === WS_PATH ? "426 Upgrade Required" : "404 Not Found";
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => connect(ws, socket, relay, addresses.of(request)));
  });

  const beat = setInterval(() => {
    for (const ws of sockets.clients) if (ws.readyState === ws.OPEN) ws.ping();
  }, PING_EVERY);
  beat.unref();
  return {
    stop: () => {
      clearInterval(beat);
      for (const ws of sockets.clients) ws.terminate();
      sockets.close();
    },
  };
}

/** Not a closure of the upgrade, which would keep the request and its headers for as long as the connection lives. */
function destroy(this: Duplex): void {
  this.destroy();
}

function connect(ws: WebSocket, socket: Duplex, relay: Relay, address: string): void {
  const hold = together(socket);
  const connection: RelayConnection = relay.connect({
    address,
    onMessage: (bytes) => {
      hold();
      ws.send(bytes, () => {
        if (ws.bufferedAmount <= relay.limits.buffered / 2) connection.drained();
      });
    },
    onClose: (code) => closeSocket(ws, code),
    buffered: () => ws.bufferedAmount,
    pause: (paused) => {
      if (ws.readyState !== ws.OPEN) return;
      if (paused) ws.pause();
      else ws.resume();
    },
  });
  ws.on("message", (data, isBinary) => {
    if (isBinary && data instanceof Buffer) connection.send(new Uint8Array(data.buffer, data.byteOffset, data.length));
    // Text is no frame of this protocol: it is handed on as one that cannot be read.
    else connection.send(new Uint8Array(0));
  });
  ws.on("pong", () => connection.alive());
  ws.on("error", () => closeSocket(ws, CLOSE.violation));
  ws.on("close", () => connection.close());
}

function closeSocket(ws: WebSocket, code: number): void {
  if (ws.readyState === ws.OPEN) {
    // A paused socket would not see the other end's answer.
    ws.resume();
    ws.close(code);
  }
  setTimeout(() => ws.terminate(), CLOSE_WAIT).unref();
}

/** What is said to one socket in one go, a receipt and the entries after it, leaves in one write: a system call costs more than a frame. */
function together(socket: Duplex): () => void {
  let isHeld = false;
  return () => {
    if (isHeld) return;
    isHeld = true;
    socket.cork();
    process.nextTick(() => {
      isHeld = false;
      socket.uncork();
    });
  };
}
