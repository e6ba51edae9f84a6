/** What the two home-made baselines share: a WebSocket server with rooms, as plain as it can be. */
import { WebSocketServer, type WebSocket } from "ws";

/** Who is in the room that a socket's path names, itself included. */
export type Room = Set<WebSocket>;

/** Calls `onMessage` for each message; the sockets tell their room by their path. Prints a line once it listens. */
export function serveRooms(onMessage: (from: WebSocket, room: Room, name: string, message: Buffer) => void): void {
  const port = Number(process.env["PORT"]);
  const rooms = new Map<string, Room>();
  const server = new WebSocketServer({ host: "127.0.0.1", port, perMessageDeflate: false });
  server.on("connection", (socket, request) => {
    const name = request.url ?? "/";
    const room = rooms.get(name) ?? new Set();
    rooms.set(name, room);
    room.add(socket);
    socket.on("message", (data) => onMessage(socket, room, name, data as Buffer));
    socket.on("close", () => room.delete(socket));
  });
  server.on("listening", () => console.log("listening"));
}

/** To everyone in the room but the sender. */
export function fanOut(from: WebSocket, room: Room, message: Buffer): void {
  for (const socket of room) if (socket !== from) socket.send(message);
}
