import type { Hex32, Millis } from "@countersign/shared/base/ids";
import { CLOSE } from "@countersign/shared/wire/messages";
import { Buckets } from "./bucket.ts";
import type { RelayLimits } from "./limits.ts";
import type { RelayPeer } from "./link.ts";

/** One connection, as far as it is let in or told to go. */
interface Connected {
  readonly peer: RelayPeer;
  close(code: number): void;
}

/** Who is connected, and how much an address or a key may ask for. Addresses are hashes, kept in memory only. */
export class Admission {
  readonly #limits: RelayLimits;
  readonly #now: () => Millis;
  readonly #sessions = new Set<Connected>();
  readonly #atAddress = new Map<string, number>();
  /** Connections of one key to one log, the oldest first. */
  readonly #ofKey = new Map<string, Connected[]>();
  readonly #keyOf = new Map<Connected, string>();
  readonly #connects: Buckets;
  readonly #frames: Buckets;
  readonly #mails: Buckets;
  readonly #mailBytes: Buckets;
  readonly #founds: Buckets;

  constructor(limits: RelayLimits, now: () => Millis) {
    this.#limits = limits;
    this.#now = now;
    this.#connects = new Buckets(limits.connectsBurst, limits.connectsPerSecond);
    this.#frames = new Buckets(limits.framesBurst, limits.framesPerSecond);
    this.#mails = new Buckets(limits.mailBurst, limits.mailPerSecond);
    this.#mailBytes = new Buckets(limits.mailBytesBurst, limits.mailBytesPerSecond);
    this.#founds = new Buckets(limits.foundsBurst, limits.foundsPerSecond);
  }

  /** Takes a connection in, or says with which code to close it. */
  enter(session: Connected): number | undefined {
    this.#sessions.add(session);
    const { address } = session.peer;
    if (address === undefined) return undefined;
    const there = (this.#atAddress.get(address) ?? 0) + 1;
    this.#atAddress.set(address, there);
    const isWithin = there <= this.#limits.addressConnections && this.#connects.take(address, 1, this.#now());
    return isWithin ? undefined : CLOSE.rate;
  }

  leave(session: Connected): void {
    if (!this.#sessions.delete(session)) return;
    const { address } = session.peer;
    if (address !== undefined) {
      const left = (this.#atAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#atAddress.set(address, left);
      else this.#atAddress.delete(address);
    }
    const key = this.#keyOf.get(session);
    if (key === undefined) return;
    this.#keyOf.delete(session);
    const others = (this.#ofKey.get(key) ?? []).filter((s) => s !== session);
    if (others.length > 0) this.#ofKey.set(key, others);
    else this.#ofKey.delete(key);
  }

  /** A network that changes leaves dead connections behind, so it is the oldest of a device that gives way. */
  signedIn(session: Connected, key: string): void {
    this.#keyOf.set(session, key);
    const all = [...(this.#ofKey.get(key) ?? []), session];
    this.#ofKey.set(key, all);
    if (all.length > this.#limits.deviceConnections) all[0]?.close(CLOSE.tryLater);
  }

  mayFrame(key: Hex32): boolean {
    return this.#frames.take(key, 1, this.#now());
  }

  /** A take, or a put of so many bytes. */
  mayMail({ address = "" }: RelayPeer, bytes: number): boolean {
    return this.#mails.take(address, 1, this.#now()) && (bytes === 0 || this.#mailBytes.take(address, bytes, this.#now()));
  }

  mayFound({ address = "" }: RelayPeer): boolean {
    return this.#founds.take(address, 1, this.#now());
  }

  sessions(): readonly Connected[] {
    return [...this.#sessions];
  }

  get size(): number {
    return this.#sessions.size;
  }
}
