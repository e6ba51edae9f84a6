import type { LogId, MemberId, Millis } from "@countersign/shared/base/ids";
import { decode } from "@countersign/shared/cbor/cbor";
import { ENTRY_KIND } from "@countersign/shared/entry/header";
import { LIMITS } from "@countersign/shared/base/limits";
import type { PushEntry } from "@countersign/shared/wire/messages";
import type { PushLimits } from "../log/actor-ports.ts";
import type { Speaker } from "../log/rights.ts";
import { entryCost } from "../log/state.ts";
import { Buckets } from "./bucket.ts";
import type { RelayLimits } from "./limits.ts";

/** Statements beyond a member's rate: a thief who writes without pause under a member's name must not keep that member from revoking. */
const SPARE_STATEMENTS = 64;
const SPARE_PER_SECOND = 1 / 60;

/** Rates and quotas of pushes: for each member, never for the household (rule L10). */
export class MemberLimits implements PushLimits {
  readonly #now: () => Millis;
  readonly #entries: Buckets;
  readonly #bytes: Buckets;
  readonly #spare: Buckets;
  readonly #most: number;
  /** Bytes of sealed files of members whose logs are in use. */
  readonly #files = new Map<string, number>();

  constructor(limits: RelayLimits, now: () => Millis) {
    this.#now = now;
    this.#entries = new Buckets(limits.entriesBurst, limits.entriesPerSecond);
    this.#bytes = new Buckets(limits.bytesBurst, limits.bytesPerSecond);
    this.#spare = new Buckets(SPARE_STATEMENTS, SPARE_PER_SECOND);
    this.#most = limits.memberBytes;
  }

  withinRate(log: LogId, speaker: Speaker, entry: PushEntry): boolean {
    // Who holds an invitation, or moves a log here, is not yet known as a member, and counts for themselves.
    const who = `${log}/${speaker.as === "invite" || speaker.as === "move" ? speaker.key : speaker.member}`;
    const now = this.#now();
    if (this.#entries.take(who, 1, now) && this.#bytes.take(who, entryCost(entry.b.length), now)) return true;
    const key = speaker.as === "device" ? speaker.device : speaker.key;
    return isStatement(entry.a) && this.#spare.take(`${log}/${key}`, 1, now);
  }

  withinQuota(log: LogId, member: MemberId, kept: number, more: number): boolean {
    return kept + (this.#files.get(`${log}/${member}`) ?? 0) + more <= this.#most;
  }

  /** Bytes of a file that a member is sending; false when they come too fast. */
  withinFileRate(log: LogId, member: MemberId, bytes: number): boolean {
    return this.#bytes.take(`${log}/${member}`, bytes, this.#now());
  }

  /** What the store says of a log's files when it is opened, and what is added later. */
  setFiles(log: LogId, sums: ReadonlyMap<MemberId, number>): void {
    for (const [member, bytes] of sums) this.#files.set(`${log}/${member}`, bytes);
  }

  addFile(log: LogId, member: MemberId, bytes: number): void {
    const key = `${log}/${member}`;
    this.#files.set(key, (this.#files.get(key) ?? 0) + bytes);
  }
}

/** A look at an author part that is not verified yet: only who is over the rate pays for it. */
function isStatement(author: Uint8Array): boolean {
  const value = decode(author, LIMITS.author);
  if (!value.ok || typeof value.value !== "object" || value.value === null || Array.isArray(value.value)) return false;
  return (value.value as { readonly kind?: unknown }).kind === ENTRY_KIND.charter;
}
