/** What the closed loop needs of a server's clients, whatever they speak. */

/** Bytes of a message: a sealed body of ours, a plain message or a string of the others. The first four are its number in its room. */
export const MESSAGE_BYTES = 400;

export interface LoadEvents {
  /** One of the room's other devices has message `k`. */
  delivered(room: number, k: number): void;
  /** The server says that message `k` is durable. */
  acknowledged(room: number, k: number): void;
}

/** The clients of one server. Rooms are counted from 0; device 0 of each writes. */
export interface LoadClients {
  /** Whatever must be there before devices can connect, and `messages` of each room made ready to send. The server is running. */
  prepare(rooms: number, devices: number, messages: number): Promise<void>;
  /** Connects every device of rooms `from` up to but not including `to`. */
  connect(port: number, from: number, to: number, devices: number): Promise<void>;
  /** Sends the room's message `k`; false when it was not made ready. Rooms send 0, 1, 2 … */
  send(room: number, k: number): boolean;
}

/** At most so many at a time, in order. */
export async function inGroups(from: number, to: number, size: number, run: (i: number) => Promise<void>): Promise<void> {
  for (let at = from; at < to; at += size) {
    await Promise.all(Array.from({ length: Math.min(size, to - at) }, (_, i) => run(at + i)));
  }
}

/** The messages of a writer that are ready: filled before timing, so that neither randomness nor signatures are measured. */
export class Ready<T> {
  readonly #rooms: T[][] = [];

  fill(room: number, messages: T[]): void {
    this.#rooms[room] = messages;
  }
  get(room: number, k: number): T | undefined {
    return this.#rooms[room]?.[k];
  }
}
