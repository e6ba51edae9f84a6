import { utf8, idBytes } from "../base/bytes.ts";
import type { LogId, SignSecretKey } from "../base/ids.ts";
import { sign } from "../crypto/sign.ts";
import {
  CLOSE,
  clientMessageCodec,
  relayMessageCodec,
  signInBytes,
  type ClientMessage,
  type RelayMessage,
  type SignInRole,
} from "../wire/messages.ts";
import type { Connection, Ports } from "./ports.ts";

/** Who signs in to which log. */
export interface SignIn {
  readonly address: string;
  /** The relay's name that the founding statement pinned; another name is another relay. Undefined before founding. */
  readonly relayName?: string;
  readonly log: LogId | null;
  readonly as: SignInRole;
  readonly publicKey: Uint8Array;
  readonly secretKey: SignSecretKey;
}

export type Welcome = Extract<RelayMessage, { t: "welcome" }>;

/** Why a connection ended. `retry` follows W5: refusals and violations are not tried again by themselves. */
export interface Ended {
  readonly code: "network" | "relay-version" | "relay-refused" | "not-member" | "relay-busy" | "relay-name" | "violation" | "closed";
  readonly retry: boolean;
}

export interface ClientEvents {
  onWelcome(welcome: Welcome, challenge: Extract<RelayMessage, { t: "challenge" }>): void;
  onMessage(message: Exclude<RelayMessage, { t: "challenge" | "welcome" }>): void;
  onEnd(ended: Ended): void;
}

const PING_EVERY = 25_000;
const SILENCE_LIMIT = 60_000;

function endOf(code: number): Ended {
  switch (code) {
    case CLOSE.violation:
      return { code: "violation", retry: false };
    case CLOSE.version:
      return { code: "relay-version", retry: false };
    case CLOSE.notMember:
      return { code: "not-member", retry: false };
    case CLOSE.signIn:
      return { code: "relay-refused", retry: false };
    case CLOSE.rate:
    case CLOSE.tryLater:
      return { code: "relay-busy", retry: true };
    default:
      return { code: "network", retry: true };
  }
}

/**
 * One signed-in connection: challenge, hello, welcome, then messages. Malformed bytes from the relay end it (W7); it reconnects nothing,
 * that is its owner's business. Silence for a minute counts as a cut, since a phone's network often dies without a word.
 */
export class RelayClient {
  readonly #ports: Ports;
  readonly #who: SignIn;
  readonly #events: ClientEvents;
  #connection: Connection | undefined;
  #challenge: Extract<RelayMessage, { t: "challenge" }> | undefined;
  #welcomed = false;
  #ended = false;
  #heard: number;
  #stopTimer: () => void = () => undefined;

  constructor(ports: Ports, who: SignIn, events: ClientEvents) {
    this.#ports = ports;
    this.#who = who;
    this.#events = events;
    this.#heard = ports.clock.now();
  }

  open(): void {
    this.#connection = this.#ports.transport.connect(this.#who.address, {
      onOpen: () => {
        this.#heard = this.#ports.clock.now();
      },
      onMessage: (bytes) => {
        this.#receive(bytes);
      },
      onClose: (code) => {
        this.#end(endOf(code));
      },
    });
    this.#watch();
  }

  send(message: ClientMessage): void {
    if (!this.#ended) this.#connection?.send(clientMessageCodec.encode(message));
  }

  close(): void {
    this.#end({ code: "closed", retry: false });
  }

  #watch(): void {
    this.#stopTimer = this.#ports.clock.after(PING_EVERY, () => {
      if (this.#ports.clock.now() - this.#heard > SILENCE_LIMIT) {
        this.#end({ code: "network", retry: true });
        return;
      }
      if (this.#welcomed) this.send({ t: "ping", x: 0 });
      this.#watch();
    });
  }

  #end(ended: Ended): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopTimer();
    this.#connection?.close();
    this.#events.onEnd(ended);
  }

  #receive(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#heard = this.#ports.clock.now();
    const parsed = relayMessageCodec.decode(bytes);
    if (!parsed.ok) {
      this.#end({ code: "violation", retry: false });
      return;
    }
    const message = parsed.value;
    if (message.t === "challenge") this.#answer(message);
    else if (message.t === "welcome") {
      if (!this.#challenge || this.#welcomed) {
        this.#end({ code: "violation", retry: false });
        return;
      }
      this.#welcomed = true;
      this.#events.onWelcome(message, this.#challenge);
    } else this.#events.onMessage(message);
  }

  #answer(challenge: Extract<RelayMessage, { t: "challenge" }>): void {
    if (this.#challenge) {
      this.#end({ code: "violation", retry: false });
      return;
    }
    if (challenge.v !== 1) {
      this.#end({ code: "relay-version", retry: false });
      return;
    }
    if (this.#who.relayName !== undefined && this.#who.relayName !== challenge.name) {
      this.#end({ code: "relay-name", retry: false });
      return;
    }
    this.#challenge = challenge;
    const log = this.#who.log === null ? null : idBytes(this.#who.log);
    this.send({
      t: "hello",
      v: 1,
      log: this.#who.log,
      key: this.#who.publicKey,
      as: this.#who.as,
      s: sign("sign-in", signInBytes(challenge.c, log, utf8(challenge.name)), this.#who.secretKey),
    });
  }
}

/** W5: 100 ms doubling to 30 s with jitter of a quarter; healthy for 10 s starts over. */
export function backoff(attempt: number, random01: number): number {
  const base = Math.min(100 * 2 ** Math.min(attempt, 20), 30_000);
  return Math.round(base * (0.75 + random01 * 0.5));
}
