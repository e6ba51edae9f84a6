import { toId } from "@countersign/shared/base/bytes";
import type { Hex32, Millis } from "@countersign/shared/base/ids";
import type { RandomBytes } from "@countersign/shared/crypto/random";
import { signKeyPair } from "@countersign/shared/crypto/sign";

/** Log keys that were handed out and wait for the statement that pins them. They do not survive a restart: the client reserves again. */
export class Reservations {
  readonly #random: RandomBytes;
  readonly #life: number;
  readonly #most: number;
  readonly #waiting = new Map<Hex32, { readonly seed: Uint8Array; readonly until: Millis }>();

  constructor(random: RandomBytes, life: number, most: number) {
    this.#random = random;
    this.#life = life;
    this.#most = most;
  }

  /** A new public key, or undefined while too many wait. */
  reserve(now: Millis): Uint8Array | undefined {
    for (const [key, { until }] of this.#waiting) {
      // In order of age, since all live equally long.
      if (until > now) break;
      this.#waiting.delete(key);
    }
    if (this.#waiting.size >= this.#most) return undefined;
    const seed = this.#random(32);
    const { publicKey } = signKeyPair(seed);
    this.#waiting.set(toId<Hex32>(publicKey), { seed, until: now + this.#life });
    return publicKey;
  }

  find(key: Hex32): Uint8Array | undefined {
    return this.#waiting.get(key)?.seed;
  }

  used(key: Hex32): void {
    this.#waiting.delete(key);
  }
}
