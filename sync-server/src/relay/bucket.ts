import type { Millis } from "@countersign/shared/base/ids";

/** A token bucket: `burst` at once, `perSecond` in the long run. */
export class Bucket {
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #at: Millis;

  constructor(burst: number, perSecond: number, now: Millis) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
    this.#at = now;
  }

  /** Whether there was room for `amount`; if so it is taken. More than `burst` at once is taken from a full bucket, as a debt. */
  take(amount: number, now: Millis): boolean {
    this.#refill(now);
    if (this.#left < Math.min(amount, this.#burst)) return false;
    this.#left -= amount;
    return true;
  }

  /** A full bucket is as good as a new one, so it may be forgotten. */
  isFull(now: Millis): boolean {
    this.#refill(now);
    return this.#left >= this.#burst;
  }

  #refill(now: Millis): void {
    if (now > this.#at) this.#left = Math.min(this.#burst, this.#left + ((now - this.#at) / 1_000) * this.#perSecond);
    this.#at = Math.max(this.#at, now);
  }
}

/** One bucket for each key. Full ones are forgotten, so that strangers cannot fill the memory. */
export class Buckets {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #buckets = new Map<string, Bucket>();
  #sweepAt = 1_024;

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
  }

  take(key: string, amount: number, now: Millis): boolean {
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      this.#sweep(now);
      bucket = new Bucket(this.#burst, this.#perSecond, now);
      this.#buckets.set(key, bucket);
    }
    return bucket.take(amount, now);
  }

  get size(): number {
    return this.#buckets.size;
  }

  #sweep(now: Millis): void {
    if (this.#buckets.size < this.#sweepAt) return;
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key);
    this.#sweepAt = Math.max(1_024, this.#buckets.size * 2);
  }
}
