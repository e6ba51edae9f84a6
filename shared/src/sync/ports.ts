import type { Millis } from "../base/ids.ts";
import type { RandomBytes } from "../crypto/random.ts";

/** A device's clock and timers. The simulator passes its own, so that schedules can be replayed. */
export interface Clock {
  now(): Millis;
  /** Runs once after `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** One connection to a relay, as bytes. `onClose` comes exactly once, also when opening fails. */
export interface Connection {
  send(bytes: Uint8Array): void;
  close(code?: number): void;
}

export interface ConnectionEvents {
  onOpen(): void;
  onMessage(bytes: Uint8Array): void;
  /** A WebSocket close code; 1006 where there was none. */
  onClose(code: number): void;
}

export type FetchResult = { readonly status: number; readonly body: Uint8Array; readonly length?: number };

/** How bytes reach a relay. `address` is the relay's origin, e.g. `https://relay.example` or `http://127.0.0.1:8420`. */
export interface Transport {
  connect(address: string, events: ConnectionEvents): Connection;
  /** Sealed files (W8). Rejects never: a network failure is status 0. */
  http(request: {
    readonly method: "GET" | "PUT" | "HEAD";
    readonly url: string;
    readonly token: string;
    readonly body?: Uint8Array;
    /** The first and the last byte. */
    readonly range?: { readonly from: number; readonly to: number };
  }): Promise<FetchResult>;
}

export interface Ports {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly random: RandomBytes;
  /** Lets other work run between long steps; a browser worker yields to its message queue. */
  pause(): Promise<void>;
  /** The time-stamp authority that is set on this device; left out where this program can reach none. */
  readonly authority?: () => Promise<TimeAuthority | undefined>;
}

/** A time-stamp authority (RFC 3161), asked for one stamp at a time. */
export interface TimeAuthority {
  readonly address: string;
  /** Never rejects: undefined where it could not be reached, or answered something that is too long. */
  ask(request: Uint8Array): Promise<Uint8Array | undefined>;
}
