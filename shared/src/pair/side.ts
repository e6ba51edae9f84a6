import { err, ok, type Result } from "../base/result.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { PairChannel, pairFault, type PairCode, type PairFault } from "./channel.ts";
import type { PairSecret } from "./code.ts";
import type { Boxes } from "./keys.ts";
import type { EndReason, PairMessage } from "./messages.ts";

/** Why an end is told to the other side, for each way in which this side ends. */
const REASON: Readonly<Record<Exclude<PairCode, "pair-ended">, EndReason>> = {
  "pair-broken": "broken",
  "pair-key": "broken",
  "pair-contents": "broken",
  "pair-version": "version",
  "pair-digits": "digits",
  "pair-used": "used",
  "pair-expired": "expired",
  "pair-cancelled": "cancelled",
  "pair-refused": "refused",
  "pair-level": "level",
};

/** What both sides of a linking share: items come in and go out through one channel, and every item that is not the one that comes next ends it. */
export abstract class Side<State extends { readonly at: string }, Event> {
  protected readonly secret: PairSecret;
  protected readonly random: RandomBytes;
  protected readonly channel: PairChannel;
  protected state: State | { readonly at: "done" | "ended" };
  readonly #send: (item: Uint8Array) => void;

  constructor(side: "old" | "new", first: State, secret: PairSecret, random: RandomBytes, send: (item: Uint8Array) => void) {
    this.secret = secret;
    this.random = random;
    this.channel = new PairChannel(secret, side, random);
    this.state = first;
    this.#send = send;
  }

  get boxes(): Boxes {
    return this.channel.boxes;
  }

  get at(): State["at"] | "done" | "ended" {
    return this.state.at;
  }

  /** What the item that has come means now; undefined where it is none of the ones that may come. */
  protected abstract next(message: PairMessage): Result<Event | undefined, PairFault> | undefined;

  /** An item of the other side, as it came through the mailbox. */
  receive(item: Uint8Array): Result<Event | undefined, PairFault> {
    if (this.#isOver()) return ok(undefined);
    const opened = this.channel.open(item);
    if (!opened.ok) return this.end(opened.error.code);
    const message = opened.value;
    if (!message) return ok(undefined);
    if (message.t === "end") {
      this.state = { at: "ended" };
      return err({ code: "pair-ended", why: message.why });
    }
    return this.next(message) ?? this.end("pair-broken");
  }

  /** Ends it from this side, and tells the other. */
  end(code: PairCode): { readonly ok: false; readonly error: PairFault } {
    if (!this.#isOver() && code !== "pair-ended") {
      this.state = { at: "ended" };
      this.say({ t: "end", why: REASON[code] });
    }
    return pairFault(code);
  }

  protected must(at: State["at"]): void {
    if (this.state.at !== at) throw new Error(`not at ${at}`);
  }

  protected say(message: PairMessage): void {
    this.#send(this.channel.seal(message));
  }

  #isOver(): boolean {
    return this.state.at === "ended" || this.state.at === "done";
  }
}
