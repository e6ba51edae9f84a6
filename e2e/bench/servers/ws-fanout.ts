/** Baseline: what a WebSocket server costs that does nothing but pass messages on. */
import { fanOut, serveRooms } from "./listen.ts";

serveRooms((from, room, _name, message) => fanOut(from, room, message));
