/** Clients of the two Yjs servers: a document for each device, messages are strings pushed to one shared array. */
import { randomBytes } from "node:crypto";
import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { MESSAGE_BYTES, Ready, inGroups, type LoadClients, type LoadEvents } from "./client.ts";

/** Resolves when the provider has the server's state. */
type Connect = (port: number, room: string, doc: Y.Doc) => Promise<void>;

// Each y-websocket provider listens for the end of the process.
process.setMaxListeners(0);

// Compression off, as everywhere here: the providers make their sockets with `new Socket(url, protocols)`.
class Socket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols, { perMessageDeflate: false });
  }
}

export const connectYWebsocket: Connect = (port, room, doc) =>
  new Promise((resolve) => {
    const provider = new WebsocketProvider(`ws://127.0.0.1:${port}`, room, doc, {
      WebSocketPolyfill: Socket as unknown as typeof globalThis.WebSocket,
      disableBc: true,
    });
    provider.once("sync", () => resolve());
  });

export const connectHocuspocus: Connect = (port, room, doc) =>
  new Promise((resolve) => {
    const websocketProvider = new HocuspocusProviderWebsocket({ url: `ws://127.0.0.1:${port}`, WebSocketPolyfill: Socket });
    const provider = new HocuspocusProvider({ websocketProvider, name: room, document: doc, onSynced: () => resolve() });
    provider.attach();
  });

export function yjsClients(events: LoadEvents, connect: Connect): LoadClients {
  const ready = new Ready<string>();
  const writers: Y.Array<string>[] = [];

  async function join(port: number, room: number, device: number): Promise<void> {
    const doc = new Y.Doc();
    const list = doc.getArray<string>("messages");
    if (device === 0) writers[room] = list;
    else {
      list.observe((event) => {
        for (const change of event.changes.delta) {
          for (const text of (change.insert ?? []) as string[]) events.delivered(room, Number.parseInt(text.slice(0, 8), 16));
        }
      });
    }
    await connect(port, `room-${room}`, doc);
  }

  return {
    prepare: (rooms, _devices, messages) => {
      for (let room = 0; room < rooms; room++) {
        ready.fill(
          room,
          Array.from({ length: messages }, (_, k) => k.toString(16).padStart(8, "0") + randomBytes(MESSAGE_BYTES / 2 - 4).toString("hex")),
        );
      }
      return Promise.resolve();
    },
    connect: (port, from, to, devices) =>
      inGroups(from, to, 16, async (room) => {
        for (let device = 0; device < devices; device++) await join(port, room, device);
      }),
    send: (room, k) => {
      const text = ready.get(room, k);
      const writer = writers[room];
      if (text === undefined || !writer) return false;
      writer.push([text]);
      return true;
    },
  };
}
