import { connect, type Socket } from "node:net";
import { SUBPROTOCOL, WS_PATH } from "@countersign/shared/wire/messages";

/** What a relay said on one raw connection. */
export interface Said {
  /** Binary messages, in order. */
  readonly messages: readonly Uint8Array[];
  /** The close code; undefined where the connection ended without one. */
  readonly code: number | undefined;
  /** The status of an upgrade that was refused. */
  readonly status: number | undefined;
}

/** One client frame (RFC 6455): final, masked with zeros, so that what is inside can be seen on the wire. */
export function clientFrame(payload: Uint8Array, first = 0x82): Buffer {
  const { length } = payload;
  const head =
    length < 126
      ? Buffer.from([first, 0x80 | length])
      : length < 65_536
        ? Buffer.from([first, 0xfe, length >> 8, length & 255])
        : Buffer.from([first, 0xff, 0, 0, 0, 0, (length >>> 24) & 255, (length >> 16) & 255, (length >> 8) & 255, length & 255]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

/** The request that opens a WebSocket. */
export const upgrade = Buffer.from(
  `GET ${WS_PATH} HTTP/1.1\r\nHost: relay\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
    `Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n\r\n`,
);

/**
 * A WebSocket without a library: it says whatever bytes it is given, in as few writes as it is given them, and reads what comes. A client of
 * the library's would cost more than the relay that is tried.
 */
export class RawSocket {
  readonly #socket: Socket;
  readonly #messages: Uint8Array[] = [];
  #buffer: Buffer = Buffer.alloc(0);
  #isOpen = false;
  #code: number | undefined;
  #status: number | undefined;
  #wake: () => void = () => undefined;
  readonly ended: Promise<Said>;

  constructor(port: number, first: Buffer) {
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.write(first);
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        resolve({ messages: this.#messages, code: this.#code, status: this.#status });
        this.#wake();
      };
      this.#socket.once("close", end);
      this.#socket.on("error", () => undefined);
    });
    this.#socket.on("data", (chunk) => {
      this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
      this.#read();
    });
  }

  write(bytes: Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  get isEnded(): boolean {
    return this.#socket.destroyed;
  }

  /** The first `n` messages, or those that came before the end. */
  async first(n: number): Promise<readonly Uint8Array[]> {
    while (this.#messages.length < n && !this.isEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#messages;
  }

  /** Resolves when `n` messages came of which `is` is true, or at the end. */
  async until(is: (message: Uint8Array) => boolean, n: number): Promise<void> {
    for (let at = 0, found = 0; found < n;) {
      const all = await this.first(at + 1);
      if (all.length === at) return;
      for (; at < all.length; at++) if (is(all[at] ?? new Uint8Array())) found++;
    }
  }

  /** Cuts it, so that no port waits for a late packet. */
  cut(): void {
    this.#socket.resetAndDestroy();
  }

  #read(): void {
    if (!this.#isOpen) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const status = Number(this.#buffer.subarray(9, 12).toString());
      if (status !== 101) {
        this.#status = status;
        this.cut();
        return;
      }
      this.#isOpen = true;
      this.#buffer = this.#buffer.subarray(end + 4);
    }
    while (this.#frame());
  }

  /** Takes one whole frame from the buffer. A server's frames are not masked. */
  #frame(): boolean {
    const b = this.#buffer;
    if (b.length < 2) return false;
    const short = (b[1] ?? 0) & 127;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (b.length < head) return false;
    const length = short < 126 ? short : short === 126 ? b.readUInt16BE(2) : Number(b.readBigUInt64BE(2));
    if (b.length < head + length) return false;
    const payload = b.subarray(head, head + length);
    this.#buffer = b.subarray(head + length);
    const kind = (b[0] ?? 0) & 15;
    if (kind === 2) {
      this.#messages.push(Uint8Array.from(payload));
      this.#wake();
    }
    if (kind !== 8) return true;
    this.#code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
    this.cut();
    return false;
  }
}
