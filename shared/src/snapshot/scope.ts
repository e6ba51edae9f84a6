import type { Millis, RecordId } from "../base/ids.ts";
import type { Tag } from "../books/tag.ts";
import type { SnapshotScope } from "../views/snapshot.ts";
import { dayIn } from "./zone.ts";

const PRIVATE: ReadonlySet<string> = new Set(["journal", "settings"]);

/** A change as a scope sees it: its tag, which the log proves, and the relay time of its entry. */
export interface Scoped {
  readonly channel: string;
  readonly tag: Tag;
  readonly time: Millis;
}

/**
 * What a scope covers, by what the log can prove: tags and relay times. The writer chooses with it and the verifier judges what was left
 * out with the same. Settlement talk and single records are the exceptions, and are counted by themselves (rules S2, S41).
 */
export class ScopeFilter {
  readonly #scope: SnapshotScope;
  readonly #zone: string;
  readonly #threads: ReadonlySet<string> | undefined;
  readonly #expenses: ReadonlySet<string> | undefined;
  readonly #redacted: ReadonlySet<RecordId>;
  /** Relay time at which each expense's first act was logged. */
  readonly #made: ReadonlyMap<string, Millis>;
  /** Records of the messages that are disclosed. */
  readonly #messages: ReadonlySet<RecordId>;

  constructor(scope: SnapshotScope, zone: string, made: ReadonlyMap<string, Millis>, messages: ReadonlySet<RecordId>) {
    this.#scope = scope;
    this.#zone = zone;
    this.#threads = scope.threads === "all" ? undefined : new Set(scope.threads);
    this.#expenses = scope.expenses === "all" ? undefined : new Set(scope.expenses === "none" ? [] : scope.expenses);
    this.#redacted = new Set(scope.redact?.records);
    this.#made = made;
    this.#messages = messages;
  }

  /** Whether single records are left out of what is covered; which, `redacts` says. */
  get redactsRecords(): boolean {
    return this.#redacted.size > 0;
  }

  /** Every change of the log, but for those of the channels that only their writer sees. */
  get isWhole(): boolean {
    const { from, to, settlement } = this.#scope;
    return !this.redactsRecords && !this.#threads && !this.#expenses && from === undefined && to === undefined && settlement === "include";
  }

  /** Whether a message or an expense is left out by itself (rule S41). */
  redacts(record: RecordId): boolean {
    return this.#redacted.has(record);
  }

  covers({ channel, tag, time }: Scoped): boolean {
    // What only its writer sees goes into no export (rule R7).
    if (PRIVATE.has(channel)) return false;
    if (this.isWhole || channel === "household" || tag.kind === "delivery-receipt") return true;
    if (channel === "messages" && tag.kind === "message") return (this.#threads?.has(tag.root) ?? true) && this.#inDays(time);
    if (channel === "messages" && tag.kind === "view-receipt") return this.#messages.has(tag.root as RecordId);
    if (channel === "expenses" && tag.kind === "expense") {
      return (this.#expenses?.has(tag.root) ?? true) && this.#inDays(this.#made.get(tag.root) ?? time);
    }
    return false;
  }

  #inDays(time: Millis): boolean {
    const { from, to } = this.#scope;
    if (from === undefined && to === undefined) return true;
    const day = dayIn(time, this.#zone);
    return (from === undefined || day >= from) && (to === undefined || day <= to);
  }
}
