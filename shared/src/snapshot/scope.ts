import type { Millis, RecordId } from "../base/ids.ts";
import type { Tag } from "../books/tag.ts";
import type { SnapshotScope } from "../views/snapshot.ts";
import type { Roots } from "./roots.ts";
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
  readonly #children: ReadonlySet<string> | undefined;
  readonly #roots: Roots;
  /** Records of the messages that are disclosed. */
  readonly #messages: ReadonlySet<RecordId>;

  constructor(scope: SnapshotScope, zone: string, roots: Roots, messages: ReadonlySet<RecordId>) {
    this.#scope = scope;
    this.#zone = zone;
    this.#threads = scope.threads === "all" ? undefined : new Set(scope.threads);
    this.#expenses = scope.expenses === "all" ? undefined : new Set(scope.expenses === "none" ? [] : scope.expenses);
    this.#redacted = new Set(scope.redact?.records);
    this.#children = scope.children && new Set(scope.children);
    this.#roots = roots;
    this.#messages = messages;
  }

  /** Whether single records are left out of what is covered; which, `redacts` says. */
  get redactsRecords(): boolean {
    return this.#redacted.size > 0;
  }

  /** Every change of the log, but for those of the channels that only their writer sees. */
  get isWhole(): boolean {
    const { from, to, settlement } = this.#scope;
    if (this.redactsRecords || this.asksNames) return false;
    return !this.#threads && !this.#expenses && from === undefined && to === undefined && settlement === "include";
  }

  /** Whether it is by child: then the tags of what is left out show whom they name. */
  get asksNames(): boolean {
    return this.#children !== undefined;
  }

  /** Whether a message, or an act of an expense, would be covered if its thread or expense did not name nobody. */
  isUnnamed(of: Scoped): boolean {
    return this.asksNames && this.#coversBut(of) && this.#roots.namedBy(of.tag).length === 0;
  }

  /** Whether a message or an expense is left out by itself (rule S41). */
  redacts(record: RecordId): boolean {
    return this.#redacted.has(record);
  }

  covers({ channel, tag, time }: Scoped): boolean {
    // What only its writer sees goes into no export (rule R7).
    if (PRIVATE.has(channel)) return false;
    if (this.isWhole || channel === "household" || tag.kind === "delivery-receipt") return true;
    if (channel === "messages" && tag.kind === "view-receipt") return this.#messages.has(tag.root as RecordId);
    return (
      this.#coversBut({ channel, tag, time }) && (!this.#children || this.#roots.namedBy(tag).some((name) => this.#children?.has(name)))
    );
  }

  /** Messages and expenses, but for the children that they name. */
  #coversBut({ channel, tag, time }: Scoped): boolean {
    if (channel === "messages" && tag.kind === "message") return (this.#threads?.has(tag.root) ?? true) && this.#inDays(time);
    if (channel !== "expenses" || tag.kind !== "expense") return false;
    return (this.#expenses?.has(tag.root) ?? true) && this.#inDays(this.#roots.madeAt(tag.root) ?? time);
  }

  #inDays(time: Millis): boolean {
    const { from, to } = this.#scope;
    if (from === undefined && to === undefined) return true;
    const day = dayIn(time, this.#zone);
    return (from === undefined || day >= from) && (to === undefined || day <= to);
  }
}
