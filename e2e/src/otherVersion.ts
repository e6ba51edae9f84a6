/** A relay of another protocol version: it listens where a relay would, and greets as no relay of ours does. */
import { once } from "node:events";
import { createServer } from "node:http";
import { SUBPROTOCOL, relayMessageCodec } from "@countersign/shared/wire/messages";
import { WebSocketServer } from "ws";

/** Listens on the port until it is stopped. */
export async function startOtherVersion(port: number): Promise<() => Promise<void>> {
  const server = createServer((_request, response) => response.writeHead(503).end());
  const sockets = new WebSocketServer({ server, handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false) });
  sockets.on("connection", (socket) => {
    socket.send(relayMessageCodec.encode({ t: "challenge", v: 2, c: new Uint8Array(32), name: "a newer relay", time: Date.now() }));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return async () => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
    await once(server, "close");
  };
}
