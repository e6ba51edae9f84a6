import { toHex } from "../base/bytes.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { sha256 } from "../crypto/hash.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { PairSecret } from "./code.ts";
import { boxesOf, firstKey, openItem, sealItem, type Boxes, type PairKey } from "./keys.ts";
import { pairMessageCodec, type EndReason, type PairMessage } from "./messages.ts";

/** Why an exchange ended. Closed; docs/protocol.md section 8 has a line for each. */
export type PairCode =
  /** An item does not open, does not parse, or is another than the one that comes next. */
  | "pair-broken"
  /** The key that was opened is not the one that was committed to, or is of small order. */
  | "pair-key"
  /** The other side speaks another version. */
  | "pair-version"
  /** The third wrong digits. */
  | "pair-digits"
  /** What was sent is not what a device of this person would send. */
  | "pair-contents"
  /** Somebody else put items into this device's mailbox. */
  | "pair-used"
  | "pair-expired"
  /** This side stopped. */
  | "pair-cancelled"
  /** The statements could not be written. */
  | "pair-refused"
  | "pair-level"
  /** The other side ended it; `why` says for which reason. */
  | "pair-ended";

export interface PairFault extends Coded<PairCode> {
  readonly why?: EndReason;
}

export const pairFault = (code: PairCode): { readonly ok: false; readonly error: PairFault } => err(coded(code));

/**
 * Both directions of one exchange, sealed and counted. The sender's own count is in the seal, so an item that is left out, put elsewhere or sent
 * again as another one does not open; the very same item coming twice is a put that was tried again, and is passed over.
 */
export class PairChannel {
  readonly boxes: Boxes;
  readonly #side: "old" | "new";
  readonly #random: RandomBytes;
  readonly #first: PairKey;
  readonly #seen = new Set<string>();
  #session: PairKey | undefined;
  #sent = 0;
  #received = 0;

  constructor(secret: PairSecret, side: "old" | "new", random: RandomBytes) {
    this.boxes = boxesOf(secret);
    this.#side = side;
    this.#random = random;
    this.#first = firstKey(secret);
  }

  /** From here on both sides seal under the session's key. */
  enter(session: PairKey): void {
    this.#session = session;
  }

  /** An `end` stays under the first key: the other side may not have the session's yet. */
  seal(message: PairMessage): Uint8Array {
    const key = message.t === "end" ? this.#first : (this.#session ?? this.#first);
    const box = this.#side === "old" ? this.boxes.toNew : this.boxes.toOld;
    return sealItem(key, box, this.#sent++, pairMessageCodec.encode(message), this.#random);
  }

  /** The message of an item, or undefined for one that was here before. */
  open(item: Uint8Array): Result<PairMessage | undefined, PairFault> {
    const id = toHex(sha256(item));
    if (this.#seen.has(id)) return ok(undefined);
    const box = this.#side === "old" ? this.boxes.toOld : this.boxes.toNew;
    const session = this.#session && openItem(this.#session, box, this.#received, item);
    const plain = session ?? openItem(this.#first, box, this.#received, item);
    const message = plain && pairMessageCodec.decode(plain);
    if (!message?.ok) return pairFault("pair-broken");
    // Who has no more than the code can end the exchange, and nothing else.
    if (this.#session && !session && message.value.t !== "end") return pairFault("pair-broken");
    this.#seen.add(id);
    this.#received++;
    return ok(message.value);
  }
}
