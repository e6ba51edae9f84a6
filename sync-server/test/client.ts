import { idBytes, utf8 } from "@countersign/shared/base/bytes";
import type { BookId, DeviceId, Hex32, LogId, SignSecretKey } from "@countersign/shared/base/ids";
import type { SignedStatement } from "@countersign/shared/charter/types";
import type { SignKeyPair } from "@countersign/shared/crypto/sign";
import { sign } from "@countersign/shared/crypto/sign";
import type { Channel } from "@countersign/shared/base/channels";
import { ENTRY_KIND, makeAuthorPart, NO_BOOK, type Placement } from "@countersign/shared/entry/header";
import {
  clientMessageCodec,
  relayMessageCodec,
  signInBytes,
  type ClientMessage,
  type PushEntry,
  type RelayMessage,
  type SignInRole,
} from "@countersign/shared/wire/messages";
import type { Relay } from "../src/relay/relay.ts";

export type Of<T extends RelayMessage["t"]> = Extract<RelayMessage, { t: T }>;

/** What a test client needs of a transport. */
export interface Wire {
  send(bytes: Uint8Array): void;
  close(): void;
}
export type Dial = (events: { onMessage(bytes: Uint8Array): void; onClose(code: number): void }) => Wire;

export const dialRelay =
  (relay: Relay, extra: { address?: string; buffered?: () => number; pause?: (p: boolean) => void } = {}): Dial =>
  (events) =>
    relay.connect({ ...events, ...extra });

/** A client that does what a test says, also wrong things: messages are read in order with `next`. */
export class TestClient {
  readonly #wire: Wire;
  readonly #arrived: RelayMessage[] = [];
  readonly #waiting: (() => void)[] = [];
  #closedWith: number | undefined;

  constructor(dial: Dial) {
    this.#wire = dial({
      onMessage: (bytes) => {
        const read = relayMessageCodec.decode(bytes);
        if (!read.ok) throw new Error(`the relay sent something malformed: ${read.error.code}`);
        this.#arrived.push(read.value);
        this.#wake();
      },
      onClose: (code) => {
        this.#closedWith ??= code;
        this.#wake();
      },
    });
  }

  /** Signs in, and gives the welcome. */
  static async signIn(dial: Dial, as: SignInRole, keys: SignKeyPair, log: LogId | null): Promise<TestClient> {
    const client = new TestClient(dial);
    await client.hello(as, keys, log);
    client.welcome = await client.next("welcome");
    return client;
  }
  welcome: Of<"welcome"> | undefined;

  async hello(
    as: SignInRole,
    keys: SignKeyPair,
    log: LogId | null,
    change: (h: Extract<ClientMessage, { t: "hello" }>) => ClientMessage = (h) => h,
  ): Promise<void> {
    const challenge = await this.next("challenge");
    const bytes = signInBytes(challenge.c, log === null ? null : idBytes(log), utf8(challenge.name));
    this.send(change({ t: "hello", v: 1, log, key: keys.publicKey, as, s: sign("sign-in", bytes, keys.secretKey) }));
  }

  send(message: ClientMessage): void {
    this.#wire.send(clientMessageCodec.encode(message));
  }
  sendRaw(bytes: Uint8Array): void {
    this.#wire.send(bytes);
  }
  close(): void {
    this.#wire.close();
  }

  /** The next message, which must be of this type. */
  async next<T extends RelayMessage["t"]>(t: T): Promise<Of<T>> {
    while (this.#arrived.length === 0) {
      if (this.#closedWith !== undefined) throw new Error(`closed with ${this.#closedWith} while waiting for ${t}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const message = this.#arrived.shift();
    if (message?.t !== t) throw new Error(`expected ${t}, got ${JSON.stringify(message)}`);
    return message as Of<T>;
  }

  /** Takes the first message of this type out of what arrived or arrives. */
  async find<T extends RelayMessage["t"]>(t: T): Promise<Of<T>> {
    for (;;) {
      const at = this.#arrived.findIndex((m) => m.t === t);
      if (at >= 0) return this.#arrived.splice(at, 1)[0] as Of<T>;
      if (this.#closedWith !== undefined) throw new Error(`closed with ${this.#closedWith} while waiting for ${t}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** What has arrived and was not read. */
  arrived(): readonly RelayMessage[] {
    return this.#arrived;
  }

  async closed(): Promise<number> {
    while (this.#closedWith === undefined) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.#closedWith;
  }
  get isClosed(): boolean {
    return this.#closedWith !== undefined;
  }

  #pushes = 0;
  async push(...entries: PushEntry[]): Promise<Of<"receipt">> {
    const id = ++this.#pushes;
    this.send({ t: "push", id, entries });
    const receipt = await this.find("receipt");
    if (receipt.id !== id) throw new Error("a receipt for another push");
    return receipt;
  }

  /** Resolves when everything that was sent before has been handled. */
  async settled(): Promise<void> {
    this.send({ t: "ping", x: 7 });
    await this.find("pong");
  }

  /** Reads `count` entries of a subscription, granting as it goes. */
  async entries(count: number): Promise<Of<"entries">[]> {
    const pages: Of<"entries">[] = [];
    for (let have = 0; have < count;) {
      const page = await this.find("entries");
      have += page.items.length;
      pages.push(page);
      this.send({ t: "window", add: page.items.length });
    }
    return pages;
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** The entry of a signed statement (rule L0). */
export function charterEntry(log: LogId, signed: SignedStatement, secret: SignSecretKey): PushEntry {
  const by = signed.statement.by as Hex32 as DeviceId;
  const placement: Placement = {
    log,
    kind: ENTRY_KIND.charter,
    channel: "charter",
    epoch: 0,
    book: NO_BOOK,
    device: by,
    commitment: signed.id,
  };
  return { a: makeAuthorPart(placement, signed.bytes, secret), b: signed.bytes };
}

/** An entry with a body that says nothing, as a relay sees it. */
export function sealedEntry(
  log: LogId,
  device: { readonly id: Hex32; readonly sign: SignKeyPair },
  body: Uint8Array,
  where: { channel?: Channel; epoch?: number; change?: Partial<Placement> } = {},
): PushEntry {
  const placement = {
    log,
    kind: ENTRY_KIND.changes,
    channel: where.channel ?? "messages",
    epoch: where.epoch ?? 0,
    book: "1".repeat(64) as BookId,
    device: device.id,
    commitment: "2".repeat(64) as Hex32,
    ...where.change,
  } as Placement;
  return { a: makeAuthorPart(placement, body, device.sign.secretKey), b: body };
}
