import { systemRandom } from "@countersign/shared/crypto/random";
import { SUBPROTOCOL, WS_PATH } from "@countersign/shared/wire/messages";
import type { Connection, ConnectionEvents } from "@countersign/shared/sync/ports";
import { blobBlocks } from "@countersign/shared/snapshot/blob-io";
import { SealedScratch } from "@countersign/shared/snapshot/scratch";
import type { ReplicaPorts } from "@countersign/shared/replica/deps";
import { relayHttp } from "@countersign/shared/sync/relay-http";

function connect(address: string, events: ConnectionEvents): Connection {
  const url = new URL(WS_PATH, address);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  let closed = false;
  const end = (code: number): void => {
    if (closed) return;
    closed = true;
    events.onClose(code);
  };
  let socket: WebSocket;
  try {
    socket = new WebSocket(url, SUBPROTOCOL);
  } catch {
    // An address that the page's policy or the browser refuses: told like any relay that cannot be reached.
    queueMicrotask(() => {
      end(1006);
    });
    return { send: () => undefined, close: () => undefined };
  }
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    events.onOpen();
  };
  socket.onmessage = (e: MessageEvent<unknown>) => {
    if (e.data instanceof ArrayBuffer) events.onMessage(new Uint8Array(e.data));
    else socket.close(4400);
  };
  socket.onclose = (e) => {
    end(e.code);
  };
  return {
    send: (bytes) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes as Uint8Array<ArrayBuffer>);
    },
    close: (code) => {
      socket.close(code ?? 1000);
    },
  };
}

/** The browser's clock, sockets and randomness for the engine. */
export const browserPorts: ReplicaPorts = {
  clock: {
    now: () => Date.now(),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => {
        clearTimeout(timer);
      };
    },
  },
  transport: { connect, http: relayHttp((...args) => fetch(...args)) },
  random: systemRandom,
  pause: () => new Promise((done) => setTimeout(done, 0)),
  scratch: () => new SealedScratch(blobBlocks()),
  pdf: async function* (...args) {
    // Large, and most sessions never lay out a page.
    const { webPages } = await import("./pdf-ports.ts");
    yield* webPages(...args);
  },
};
