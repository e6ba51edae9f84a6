/** Clients of the two home-made baselines: raw WebSockets, a room is a path. */
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { WebSocket } from "ws";
import { MESSAGE_BYTES, Ready, inGroups, type LoadClients, type LoadEvents } from "./client.ts";

export function plainClients(events: LoadEvents): LoadClients {
  const ready = new Ready<Buffer>();
  const writers: WebSocket[] = [];

  async function connect(port: number, room: number, device: number): Promise<void> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/${room}`, { perMessageDeflate: false });
    socket.on("message", (data) => {
      const k = (data as Buffer).readUInt32BE(0);
      // A writer hears nothing but acknowledgements.
      if (device === 0) events.acknowledged(room, k);
      else events.delivered(room, k);
    });
    await once(socket, "open");
    if (device === 0) writers[room] = socket;
  }

  return {
    prepare: (rooms, _devices, messages) => {
      for (let room = 0; room < rooms; room++) {
        ready.fill(
          room,
          Array.from({ length: messages }, (_, k) => {
            const message = randomFillSync(Buffer.allocUnsafeSlow(MESSAGE_BYTES));
            message.writeUInt32BE(k, 0);
            return message;
          }),
        );
      }
      return Promise.resolve();
    },
    connect: (port, from, to, devices) =>
      inGroups(from, to, 16, async (room) => {
        for (let device = 0; device < devices; device++) await connect(port, room, device);
      }),
    send: (room, k) => {
      const message = ready.get(room, k);
      const writer = writers[room];
      if (!message || !writer) return false;
      writer.send(message);
      return true;
    },
  };
}
