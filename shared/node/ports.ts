import { setImmediate as nextTurn } from "node:timers/promises";
import WebSocket from "ws";
import { systemRandom } from "../src/crypto/random.ts";
import type { Clock, Connection, ConnectionEvents, Ports } from "../src/sync/ports.ts";
import { SUBPROTOCOL, WS_PATH } from "../src/wire/messages.ts";
import { LIMITS } from "../src/base/limits.ts";
import { relayHttp } from "../src/sync/relay-http.ts";

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

/** Node's clock, sockets and randomness for the engine. */
export const nodePorts: Ports = {
  clock: systemClock,
  transport: { connect, http: relayHttp((...args) => fetch(...args)) },
  random: systemRandom,
  pause: () => nextTurn(),
};
