import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import type { EntriesItem, PushEntry, RelayMessage, RestoreMessage, WireCode } from "../wire/messages.ts";
import type { Ports } from "./ports.ts";
import { RelayClient, type Ended, type SignIn, type Welcome } from "./relay-client.ts";

export type LineCode =
  | "relay-unreachable"
  | "relay-busy"
  | "relay-version"
  /** It is another relay than the one that was expected. */
  | "relay-name"
  /** `wire` says why, where it said so. */
  | "relay-refused";

export interface LineProblem extends Coded<LineCode> {
  readonly wire?: WireCode;
}

type Message<T extends RelayMessage["t"]> = Extract<RelayMessage, { t: T }>;
export type Receipt = Message<"receipt">;

/** Entries that a page of a subscription may hold, and that are granted anew for each one that came. */
const WINDOW = 512;
/** After so long without a word in answer to a request the relay counts as not there. */
const PATIENCE = 60_000;

function problemOf(ended: Ended, wire: WireCode | undefined): LineProblem {
  const more = wire === undefined ? {} : { wire };
  switch (ended.code) {
    case "network":
    case "closed":
      return { ...coded("relay-unreachable"), ...more };
    case "relay-busy":
    case "relay-version":
    case "relay-name":
      return { ...coded(ended.code), ...more };
    case "violation":
      // A relay that does not know a kind of sign-in takes it for a broken message.
      return { ...coded(wire === "malformed" || wire === "unsupported" ? "relay-version" : "relay-refused"), ...more };
    default:
      return { ...coded("relay-refused"), ...more };
  }
}

/** What the relay says first on a line, and its name. */
export interface Opened {
  readonly welcome: Welcome;
  readonly name: string;
}

/** Talks to a relay on a line of its own, which is closed at the end whatever came. Where it never opened, that is the answer. */
export async function withLine<T, E>(
  ports: Ports,
  { relayName, ...who }: Omit<SignIn, "relayName"> & { readonly relayName?: string | undefined },
  talk: (line: Line, opened: Opened) => Promise<Result<T, E>>,
): Promise<Result<T, E | LineProblem>> {
  const line = new Line(ports, { ...who, ...(relayName === undefined ? {} : { relayName }) });
  try {
    const opened = await line.opened();
    return opened.ok ? await talk(line, opened.value) : opened;
  } finally {
    line.close();
  }
}

/** One connection on which every message is answered before the next is sent. */
export class Line {
  readonly #ports: Ports;
  readonly #client: RelayClient;
  #ended: LineProblem | undefined;
  #wire: WireCode | undefined;
  #opened: Opened | undefined;
  #arrived: RelayMessage[] = [];
  #wake: () => void = () => undefined;

  constructor(ports: Ports, signIn: SignIn) {
    this.#ports = ports;
    this.#client = new RelayClient(ports, signIn, {
      onWelcome: (welcome, { name }) => {
        this.#opened = { welcome, name };
        this.#wake();
      },
      onMessage: (message) => {
        if (message.t === "error") this.#wire = message.code;
        this.#arrived.push(message);
        this.#wake();
      },
      onEnd: (ended) => {
        this.#ended = problemOf(ended, this.#wire);
        this.#wake();
      },
    });
    this.#client.open();
  }

  /** What the relay says first, and its name. */
  opened(): Promise<Result<Opened, LineProblem>> {
    return this.#until(() => this.#opened);
  }

  restore(message: RestoreMessage): Promise<Result<Receipt, LineProblem>> {
    this.#client.send(message);
    return this.#until(() => this.#take("receipt"));
  }

  push(entries: readonly PushEntry[]): Promise<Result<Receipt, LineProblem>> {
    this.#client.send({ t: "push", id: 0, entries: entries.map(({ a, b }) => ({ a, b })) });
    return this.#until(() => this.#take("receipt"));
  }

  /** The key with which the relay will sign this log's checkpoints. */
  async reserve(): Promise<Result<Uint8Array, LineProblem>> {
    this.#client.send({ t: "reserve" });
    const answer = await this.#until(() => this.#take("reserved") ?? this.#take("error"));
    if (!answer.ok) return answer;
    if (answer.value.t === "reserved") return ok(answer.value.logKey);
    const { code, retry } = answer.value;
    return err({ ...coded(retry ? "relay-busy" : "relay-refused"), wire: code });
  }

  /** Entries in order, a page at a time, until `to`. */
  async *entries(from: number, to: number): AsyncGenerator<Result<Message<"entries">, LineProblem>> {
    if (from >= to) return;
    this.#client.send({ t: "subscribe", from, window: WINDOW });
    for (let at = from; at < to;) {
      const page = await this.#until(() => this.#take("entries"));
      if (page.ok && page.value.from !== at) continue;
      yield page;
      if (!page.ok) return;
      const { length } = page.value.items;
      if (length > 0) this.#client.send({ t: "window", add: length });
      at += length;
    }
  }

  /** One entry alone. */
  async entry(n: number): Promise<Result<EntriesItem, LineProblem>> {
    this.#client.send({ t: "subscribe", from: n, window: 1 });
    for (;;) {
      const page = await this.#until(() => this.#take("entries"));
      if (!page.ok) return page;
      const [item] = page.value.items;
      // What an earlier subscription had on its way comes first.
      if (page.value.from === n && item) return ok(item);
    }
  }

  close(): void {
    this.#client.close();
  }

  #take<T extends RelayMessage["t"]>(t: T): Message<T> | undefined {
    const at = this.#arrived.findIndex((m) => m.t === t);
    return at < 0 ? undefined : (this.#arrived.splice(at, 1)[0] as Message<T>);
  }

  async #until<T>(find: () => T | undefined): Promise<Result<T, LineProblem>> {
    const late = { is: false };
    const stop = this.#ports.clock.after(PATIENCE, () => {
      late.is = true;
      this.#wake();
    });
    try {
      for (;;) {
        const found = find();
        if (found !== undefined) return ok(found);
        if (this.#ended) return err(this.#ended);
        if (late.is) return err(coded("relay-unreachable"));
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      stop();
    }
  }
}
