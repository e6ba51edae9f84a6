import { concat } from "../base/bytes.ts";
import type { Signature } from "../base/ids.ts";
import { ok, type Result } from "../base/result.ts";
import { boxKeyPair, type BoxKeyPair } from "../crypto/box.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { PairFault } from "./channel.ts";
import type { PairSecret } from "./code.ts";
import { commitmentOf, sessionOf } from "./keys.ts";
import { PAIR_VERSION, type PairMessage } from "./messages.ts";
import type { KeysMessage } from "./old-side.ts";
import { Side } from "./side.ts";

export type NewEvent =
  /** Show these; the person types them on the old device. */
  | { readonly type: "digits"; readonly digits: string }
  | { readonly type: "part"; readonly done: number; readonly of: number }
  /** All of the contents are here. */
  | { readonly type: "contents"; readonly bytes: Uint8Array }
  /** Bodies of statements to countersign, after they were looked at. */
  | { readonly type: "ask"; readonly bodies: readonly Uint8Array[] }
  /** Every statement is in its log. */
  | { readonly type: "done" };

type State =
  | { readonly at: "code" }
  | { readonly at: "committed"; readonly own: BoxKeyPair; readonly nonce: Uint8Array; readonly commitment: Uint8Array }
  | { readonly at: "parts"; readonly parts: readonly Uint8Array[]; readonly of: number | undefined }
  | { readonly at: "keys" | "signing" }
  | { readonly at: "waiting"; readonly hasSigned: boolean };

/** The device that read the code, as a state machine: the counterpart of `OldSide`. */
export class NewSide extends Side<State, NewEvent> {
  constructor(secret: PairSecret, random: RandomBytes, send: (item: Uint8Array) => void) {
    super("new", { at: "code" }, secret, random, send);
  }

  protected next(message: PairMessage): Result<NewEvent | undefined, PairFault> | undefined {
    const state = this.state;
    if (message.t === "ready" && state.at === "code") return this.#ready(message.v);
    if (message.t === "key" && state.at === "committed") return this.#keyed(state, message.k);
    if (message.t === "part" && state.at === "parts") return this.#part(state, message);
    if (message.t === "ask" && state.at === "waiting") {
      this.state = { at: "signing" };
      return ok({ type: "ask", bodies: message.b });
    }
    if (message.t === "done" && state.at === "waiting" && state.hasSigned) {
      this.state = { at: "done" };
      return ok({ type: "done" });
    }
    return undefined;
  }

  #ready(version: number): Result<undefined, PairFault> {
    if (version !== PAIR_VERSION) return this.end("pair-version");
    const own = boxKeyPair(this.random(32));
    const nonce = this.random(32);
    const commitment = commitmentOf(own.publicKey, nonce);
    this.state = { at: "committed", own, nonce, commitment };
    this.say({ t: "commit", v: PAIR_VERSION, c: commitment });
    return ok(undefined);
  }

  #keyed({ own, nonce, commitment }: Extract<State, { at: "committed" }>, oldKey: Uint8Array): Result<NewEvent, PairFault> {
    const transcript = { secret: this.secret, commitment, oldKey, newKey: own.publicKey, nonce };
    const session = sessionOf(transcript, own.secretKey, oldKey);
    if (!session) return this.end("pair-key");
    // The opening is the last item under the code's own key.
    this.say({ t: "open", k: own.publicKey, n: nonce });
    this.channel.enter(session.key);
    this.state = { at: "parts", parts: [], of: undefined };
    return ok({ type: "digits", digits: session.digits });
  }

  #part(state: Extract<State, { at: "parts" }>, { i, of, b }: Extract<PairMessage, { t: "part" }>): Result<NewEvent, PairFault> {
    if (i !== state.parts.length || (state.of !== undefined && of !== state.of)) return this.end("pair-broken");
    const parts = [...state.parts, b];
    if (parts.length < of) {
      this.state = { at: "parts", parts, of };
      return ok({ type: "part", done: parts.length, of });
    }
    this.state = { at: "keys" };
    return ok({ type: "contents", bytes: concat(...parts) });
  }

  /** This device's keys for each log, and its name. */
  keys(keys: Omit<KeysMessage, "t">): void {
    this.must("keys");
    this.state = { at: "waiting", hasSigned: false };
    this.say({ t: "keys", ...keys });
  }

  signed(signatures: readonly Signature[]): void {
    this.must("signing");
    this.state = { at: "waiting", hasSigned: true };
    this.say({ t: "signed", s: [...signatures] });
  }
}
