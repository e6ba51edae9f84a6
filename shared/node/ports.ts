import { setImmediate as nextTurn } from "node:timers/promises";
import WebSocket from "ws";
import { systemRandom } from "../src/crypto/random.ts";
import type { Clock, Connection, ConnectionEvents, FetchResult, Ports, Transport } from "../src/sync/ports.ts";
import { SUBPROTOCOL, WS_PATH } from "../src/wire/messages.ts";
import { LIMITS } from "../src/base/limits.ts";

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

function connect(address: string, events: ConnectionEvents): Connection {
  const url = new URL(WS_PATH, address);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false, maxPayload: LIMITS.frame, handshakeTimeout: 15_000 });
  socket.on("open", () => {
    events.onOpen();
  });
  socket.on("message", (data: Buffer) => {
    events.onMessage(new Uint8Array(data));
  });
  // The close event follows and says all that the engine acts on.
  socket.on("error", () => undefined);
  socket.on("close", (code) => {
    events.onClose(code);
  });
  return {
    send: (bytes) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes);
    },
    close: (code) => {
      socket.close(code ?? 1000);
    },
  };
}

async function http(request: Parameters<Transport["http"]>[0]): Promise<FetchResult> {
  const headers: Record<string, string> = { authorization: `Bearer ${request.token}` };
  if (request.range)
    headers["range"] = `bytes=${String(request.range.from)}-${request.range.to === undefined ? "" : String(request.range.to)}`;
  try {
    const reply = await fetch(request.url, {
      method: request.method,
      headers,
      ...(request.body ? { body: request.body as Uint8Array<ArrayBuffer> } : {}),
      redirect: "error",
    });
    const length = reply.headers.get("countersign-length") ?? reply.headers.get("content-length");
    return {
      status: reply.status,
      body: new Uint8Array(await reply.arrayBuffer()),
      ...(length === null ? {} : { length: Number(length) }),
    };
  } catch {
    return { status: 0, body: new Uint8Array() };
  }
}

/** Node's clock, sockets and randomness for the engine. */
export const nodePorts: Ports = { clock: systemClock, transport: { connect, http }, random: systemRandom, pause: () => nextTurn() };
