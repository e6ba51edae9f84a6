import type { Millis } from "@countersign/shared/base/ids";
import { encode } from "@countersign/shared/cbor/cbor";
import { CLOSE, relayMessageCodec, type RelayMessage, type WireCode } from "@countersign/shared/wire/messages";
import type { Receipt } from "../log/actor-ports.ts";
import { mayRetry } from "../log/admit.ts";
import type { RelayLimits } from "./limits.ts";
import type { RelayLog, RelayMeter, RelayPorts } from "./ports.ts";
import { SAY } from "./say.ts";

/** The other end of a connection: a socket, or the simulator's. */
export interface RelayPeer {
  onMessage(bytes: Uint8Array): void;
  /** Exactly once, with the code to close with. */
  onClose(code: number): void;
  /** Bytes that were sent and have not left yet. */
  buffered?(): number;
  /** Asks to bring nothing more for now, or to go on. */
  pause?(paused: boolean): void;
  /** Names where it comes from, for rates; a hash, never the address. */
  readonly address?: string;
}

export interface LinkHost {
  readonly ports: RelayPorts;
  readonly limits: RelayLimits;
  readonly now: () => Millis;
  readonly log: RelayLog;
  readonly meter: RelayMeter;
}

/** Who reads what a link brings. */
export interface LinkReader {
  /** The next frame; the one after it comes when this has resolved. */
  onFrame(bytes: Uint8Array): Promise<void>;
  /** Exactly once, before the peer is told. */
  onClosed(code: number): void;
}

/** Frames that wait to be handled before the peer is asked to pause, and before it is taken for a flood. */
const QUEUE_PAUSE = 32;
const QUEUE_MOST = 4_096;

/** A connection as frames: in one after another, out as long as there is room, closed once and for one reason (rules W1, W4, W7). */
export class Link {
  readonly peer: RelayPeer;
  readonly #host: LinkHost;
  readonly #reader: LinkReader;
  readonly #queue: Uint8Array[] = [];
  #running = false;
  #paused = false;
  #closed = false;
  #heard: Millis;
  #fullSince: Millis | undefined;
  #stopTimer: () => void;

  constructor(host: LinkHost, peer: RelayPeer, reader: LinkReader) {
    this.peer = peer;
    this.#host = host;
    this.#reader = reader;
    this.#heard = host.now();
    this.#stopTimer = host.ports.clock.after(host.limits.handshake, () => this.refuse("sign-in-refused", CLOSE.signIn));
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  // ---------------------------------------------------------------------------------------------------------- bytes in

  receive(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#heard = this.#host.now();
    if (this.#queue.length >= QUEUE_MOST) {
      this.refuse("rate", CLOSE.rate);
      return;
    }
    this.#queue.push(bytes);
    if (!this.#paused && this.#queue.length >= QUEUE_PAUSE) this.#pause(true);
    if (!this.#running) void this.#drain();
  }

  /** A sign of life below the protocol, a WebSocket pong. */
  alive(): void {
    this.#heard = this.#host.now();
  }

  /** The socket has room again. */
  drained(): void {
    this.#fullSince = undefined;
  }

  async #drain(): Promise<void> {
    this.#running = true;
    try {
      for (let bytes = this.#queue.shift(); bytes !== undefined; bytes = this.#queue.shift()) {
        await this.#reader.onFrame(bytes);
        if (this.#paused && this.#queue.length < QUEUE_PAUSE / 4) this.#pause(false);
      }
    } catch (problem) {
      this.#host.log.error("session-failed", problem);
      this.refuse("internal", CLOSE.tryLater);
    } finally {
      this.#running = false;
    }
  }

  #pause(paused: boolean): void {
    this.#paused = paused;
    this.peer.pause?.(paused);
  }

  // --------------------------------------------------------------------------------------------------------- bytes out

  send(message: RelayMessage): void {
    this.sendBytes(relayMessageCodec.encode(message));
  }

  sendBytes(frame: Uint8Array): void {
    if (this.#closed) return;
    this.peer.onMessage(frame);
    if (this.#buffered() > this.#host.limits.buffered) this.close(CLOSE.tooSlow);
  }

  /** Whether another page may be sent. */
  hasRoom(): boolean {
    if (this.#closed) return false;
    const room = this.#buffered() <= this.#host.limits.buffered / 2;
    if (!room) this.#fullSince ??= this.#host.now();
    return room;
  }

  #buffered(): number {
    return this.peer.buffered?.() ?? 0;
  }

  /** What became of a push. */
  answer(id: number, receipt: Receipt): void {
    const { error } = receipt;
    if (error) this.#host.meter.refused(error.code);
    // Of the relay's own making, so it needs no look through the schema, which is for what comes from others.
    this.sendBytes(encode({ t: "receipt", id, n: [...receipt.n], ...(error ? { error: { ...error } } : {}) }));
  }

  /** An error that does not end the connection. */
  say(code: WireCode, ref: number | null = null): void {
    this.#host.meter.refused(code);
    this.send({ t: "error", code, say: SAY[code], retry: mayRetry(code), ref });
  }

  /** An error, and the end. */
  refuse(code: WireCode, close: number): void {
    if (this.#closed) return;
    this.say(code);
    this.close(close);
  }

  close(code: number): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopTimer();
    this.#queue.length = 0;
    this.#host.meter.closed(code);
    this.#reader.onClosed(code);
    this.peer.onClose(code);
  }

  /** From the sign-in on: looks in from time to time whether anybody is there, and whether they take what they are sent. */
  watch(): void {
    const { limits, ports } = this.#host;
    this.#stopTimer();
    this.#stopTimer = ports.clock.after(limits.idle / 3, () => {
      const now = this.#host.now();
      if (this.#fullSince !== undefined && now - this.#fullSince > limits.stalledAfter) this.close(CLOSE.tooSlow);
      else if (!this.#paused && now - this.#heard > limits.idle) this.close(CLOSE.goingAway);
      else this.watch();
    });
  }
}
