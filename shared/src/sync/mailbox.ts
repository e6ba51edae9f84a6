import { equalBytes } from "../base/bytes.ts";
import { signKeyPair } from "../crypto/sign.ts";
import type { MailboxId, RelayMessage } from "../wire/messages.ts";
import type { Ports } from "./ports.ts";
import { backoff, RelayClient, type Ended } from "./relay-client.ts";

export type MailboxEnd = Exclude<Ended["code"], "network" | "closed"> | "full" | "expired";

export interface MailboxEvents {
  /** The next item of the box that is read, in the relay's order. */
  onItem(item: Uint8Array): void;
  /** Everything that the relay had of the box that is read was given, for the first time. */
  onCaughtUp(): void;
  /** An item in the box that is written to which this side did not put there. */
  onForeign(): void;
  /** Whether the relay is reached just now. A cut is tried again for as long as this is open. */
  onConnected(connected: boolean): void;
  /** The relay refuses, or its mailbox forgot what it had taken: nothing more comes. */
  onEnd(end: MailboxEnd): void;
}

const RETRY = 1_000;

/**
 * One side of a conversation through two mailboxes of a relay: reads one, writes to the other. Items are kept until they are seen in the box
 * that they were put into, so that after a cut or a restart of the relay they are put again, and no sooner. Who it is stays unsaid: each
 * connection signs in with a key of its own.
 */
export class Mailbox {
  readonly #ports: Ports;
  readonly #address: string;
  readonly #in: MailboxId;
  readonly #out: MailboxId;
  readonly #events: MailboxEvents;
  readonly #items: Uint8Array[] = [];
  #client: RelayClient | undefined;
  #isOver = false;
  #attempt = 0;
  #cancel: () => void = () => undefined;
  /** The last number that was taken from each box. */
  #inAt = 0;
  #outAt = 0;
  /** How many of the items stand in the box. */
  #stored = 0;
  /** How many were put on this connection. */
  #put = 0;
  /** The box that is written to was read to its end on this connection. */
  #isKnown = false;
  #caughtUp = false;

  constructor(ports: Ports, address: string, boxes: { readonly read: MailboxId; readonly write: MailboxId }, events: MailboxEvents) {
    this.#ports = ports;
    this.#address = address;
    this.#in = boxes.read;
    this.#out = boxes.write;
    this.#events = events;
  }

  open(): void {
    if (this.#isOver) return;
    const { publicKey, secretKey } = signKeyPair(this.#ports.random(32));
    this.#isKnown = false;
    const client = new RelayClient(
      this.#ports,
      { address: this.#address, log: null, as: "mail", publicKey, secretKey },
      {
        onWelcome: () => {
          this.#attempt = 0;
          this.#take(this.#out);
          this.#take(this.#in);
          this.#events.onConnected(true);
        },
        onMessage: (message) => {
          if (client === this.#client) this.#message(message);
        },
        onEnd: (ended) => {
          if (client === this.#client) this.#ended(ended);
        },
      },
    );
    this.#client = client;
    client.open();
  }

  put(item: Uint8Array): void {
    this.#items.push(item);
    this.#pump();
  }

  /** Everything that was put stands in the box. */
  get isSettled(): boolean {
    return this.#stored === this.#items.length;
  }

  /** Closes once everything that was put stands in the box, or after so many milliseconds. */
  finish(within: number): void {
    const { clock } = this.#ports;
    const end = clock.now() + within;
    const look = (): void => {
      if (this.isSettled || clock.now() >= end) this.close();
      else clock.after(100, look);
    };
    look();
  }

  close(): void {
    this.#isOver = true;
    this.#cancel();
    this.#client?.close();
    this.#client = undefined;
  }

  #message(message: Exclude<RelayMessage, { t: "challenge" | "welcome" }>): void {
    switch (message.t) {
      case "mail":
        if (message.box === this.#out) this.#echo(message.items);
        else if (message.box === this.#in) this.#arrived(message.items);
        return;
      case "error":
        if (message.code === "mailbox-full") this.#over("full");
        else if (message.retry) this.#later();
        else this.#over(message.code === "unsupported" ? "relay-version" : "relay-refused");
        return;
      case "pong":
        return;
      default:
        this.#over("violation");
    }
  }

  #arrived(items: readonly { readonly n: number; readonly m: Uint8Array }[]): void {
    if (items.length === 0) {
      if (!this.#caughtUp) {
        this.#caughtUp = true;
        this.#events.onCaughtUp();
      }
      return;
    }
    let isNew = false;
    for (const { n, m } of items) {
      if (n <= this.#inAt) continue;
      // A relay that lost items, or deleted them by age, begins to count anew; then nothing here fits together any more.
      if (n !== this.#inAt + 1) {
        this.#over("expired");
        return;
      }
      this.#inAt = n;
      isNew = true;
      this.#events.onItem(m);
      if (this.#isOver) return;
    }
    // An answer holds what fits a frame: who got all of it is told of more, who did not asks again.
    if (isNew) this.#take(this.#in);
  }

  #echo(items: readonly { readonly n: number; readonly m: Uint8Array }[]): void {
    if (items.length === 0) {
      this.#isKnown = true;
      this.#put = this.#stored;
      this.#pump();
      return;
    }
    let isNew = false;
    for (const { n, m } of items) {
      if (n <= this.#outAt) continue;
      this.#outAt = n;
      isNew = true;
      const at = this.#items.findIndex((own) => equalBytes(own, m));
      if (at < 0) {
        this.#events.onForeign();
        return;
      }
      if (at === this.#stored) this.#stored++;
    }
    if (isNew && !this.#isKnown) this.#take(this.#out);
    else this.#pump();
  }

  /** One item is on its way at a time, so that they stand in the box in their order. */
  #pump(): void {
    if (!this.#isKnown || this.#put > this.#stored) return;
    const next = this.#items[this.#stored];
    if (!next) return;
    this.#put = this.#stored + 1;
    this.#client?.send({ t: "mail-put", box: this.#out, m: next });
  }

  #take(box: MailboxId): void {
    this.#client?.send({ t: "mail-take", box, after: box === this.#in ? this.#inAt : this.#outAt });
  }

  /** Refused for now: what was put is put again. */
  #later(): void {
    this.#cancel();
    this.#cancel = this.#ports.clock.after(RETRY, () => {
      this.#put = this.#stored;
      this.#take(this.#out);
      this.#take(this.#in);
      this.#pump();
    });
  }

  #ended(ended: Ended): void {
    this.#client = undefined;
    if (this.#isOver || ended.code === "closed") return;
    this.#events.onConnected(false);
    if (!ended.retry || ended.code === "relay-name") {
      this.#over(ended.code === "network" ? "relay-refused" : ended.code);
      return;
    }
    const [byte = 0] = this.#ports.random(1);
    this.#cancel = this.#ports.clock.after(backoff(this.#attempt++, byte / 255), () => {
      this.open();
    });
  }

  #over(end: MailboxEnd): void {
    if (this.#isOver) return;
    this.close();
    this.#events.onEnd(end);
  }
}
