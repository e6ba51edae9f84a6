import { equalBytes } from "../base/bytes.ts";
import type { Signature } from "../base/ids.ts";
import { ok, type Result } from "../base/result.ts";
import { boxKeyPair, type BoxKeyPair } from "../crypto/box.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { PairFault } from "./channel.ts";
import type { PairSecret } from "./code.ts";
import { commitmentOf, sessionOf } from "./keys.ts";
import { PAIR_VERSION, partsOf, type PairMessage } from "./messages.ts";
import { Side } from "./side.ts";

export type KeysMessage = Extract<PairMessage, { t: "keys" }>;

export type OldEvent =
  /** The new device shows its digits now. */
  | { readonly type: "digits" }
  | { readonly type: "keys"; readonly keys: KeysMessage }
  | { readonly type: "signed"; readonly signatures: readonly Signature[] };

export type DigitsAnswer = { readonly answer: "right" } | { readonly answer: "wrong"; readonly left: number } | { readonly answer: "dead" };

/** How often the digits may be typed. */
export const TRIES = 3;

type State =
  | { readonly at: "code" }
  | { readonly at: "keyed"; readonly commitment: Uint8Array; readonly own: BoxKeyPair }
  | { readonly at: "digits"; readonly digits: string; readonly left: number }
  | { readonly at: "contents" | "keys" | "statements" }
  | { readonly at: "asked"; readonly count: number };

/**
 * The device that shows the code, as a state machine: items and the person's digits go in, items come out through `send`. It gives nothing away
 * before the digits were right, and every item that is not the one that comes next ends it.
 */
export class OldSide extends Side<State, OldEvent> {
  constructor(secret: PairSecret, random: RandomBytes, send: (item: Uint8Array) => void) {
    super("old", { at: "code" }, secret, random, send);
  }

  /** Puts the first item, by which the new device sees that the code is a living one. */
  start(): void {
    this.say({ t: "ready", v: PAIR_VERSION });
  }

  protected next(message: PairMessage): Result<OldEvent | undefined, PairFault> | undefined {
    const state = this.state;
    if (message.t === "commit" && state.at === "code") {
      if (message.v !== PAIR_VERSION) return this.end("pair-version");
      // Made only now, and sent before the new device's key is known.
      const own = boxKeyPair(this.random(32));
      this.state = { at: "keyed", commitment: message.c, own };
      this.say({ t: "key", k: own.publicKey });
      return ok(undefined);
    }
    if (message.t === "open" && state.at === "keyed") return this.#opened(state, message);
    if (message.t === "keys" && state.at === "keys") {
      this.state = { at: "statements" };
      return ok({ type: "keys", keys: message });
    }
    if (message.t === "signed" && state.at === "asked" && message.s.length === state.count) {
      this.state = { at: "statements" };
      return ok({ type: "signed", signatures: message.s });
    }
    return undefined;
  }

  #opened({ commitment, own }: Extract<State, { at: "keyed" }>, message: Extract<PairMessage, { t: "open" }>): Result<OldEvent, PairFault> {
    if (!equalBytes(commitmentOf(message.k, message.n), commitment)) return this.end("pair-key");
    const transcript = { secret: this.secret, commitment, oldKey: own.publicKey, newKey: message.k, nonce: message.n };
    const session = sessionOf(transcript, own.secretKey, message.k);
    if (!session) return this.end("pair-key");
    this.channel.enter(session.key);
    this.state = { at: "digits", digits: session.digits, left: TRIES };
    return ok({ type: "digits" });
  }

  /** What the person read on the new device. After the third wrong one the code is dead. */
  tryDigits(typed: string): DigitsAnswer {
    const state = this.state;
    if (state.at !== "digits") return { answer: "dead" };
    if (typed.replace(/\s/g, "") === state.digits) {
      this.state = { at: "contents" };
      return { answer: "right" };
    }
    const left = state.left - 1;
    if (left > 0) {
      this.state = { ...state, left };
      return { answer: "wrong", left };
    }
    this.end("pair-digits");
    return { answer: "dead" };
  }

  /** Sends what the vault gives the new device. Only after the right digits. */
  contents(bytes: Uint8Array): void {
    this.must("contents");
    for (const part of partsOf(bytes)) this.say(part);
    this.state = { at: "keys" };
  }

  /** Asks the new device to countersign these statements. */
  ask(bodies: readonly Uint8Array[]): void {
    this.must("statements");
    this.state = { at: "asked", count: bodies.length };
    this.say({ t: "ask", b: [...bodies] });
  }

  /** All statements are in their logs. */
  done(): void {
    this.must("statements");
    this.say({ t: "done" });
    this.state = { at: "done" };
  }
}
