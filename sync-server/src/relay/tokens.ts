import { toBase64url } from "@countersign/shared/base/bytes";
import type { LogId } from "@countersign/shared/base/ids";
import type { RandomBytes } from "@countersign/shared/crypto/random";
import type { Clock } from "@countersign/shared/sync/ports";
import type { Grant } from "../log/rights.ts";

/** What a bearer of a token speaks as, over HTTP. */
export interface Access {
  readonly log: LogId;
  readonly grant: Grant;
}

/** After its connection ended a token is good this long, so that a download survives a change of network. */
const GRACE = 60_000;

/** Bearer tokens of live connections. They are in memory only, and end with the connection. */
export class Tokens {
  readonly #random: RandomBytes;
  readonly #clock: Clock;
  readonly #live = new Map<string, { access: Access | undefined }>();

  constructor(random: RandomBytes, clock: Clock) {
    this.#random = random;
    this.#clock = clock;
  }

  issue(access: Access | undefined): string {
    const token = toBase64url(this.#random(24));
    this.#live.set(token, { access });
    return token;
  }

  /** A connection that founded a log speaks for it from then on. */
  extend(token: string, access: Access): void {
    const live = this.#live.get(token);
    if (live) live.access = access;
  }

  end(token: string): void {
    if (this.#live.get(token)?.access === undefined) this.#live.delete(token);
    else this.#clock.after(GRACE, () => this.#live.delete(token));
  }

  find(token: string): Access | undefined {
    return this.#live.get(token)?.access;
  }

  get size(): number {
    return this.#live.size;
  }
}
