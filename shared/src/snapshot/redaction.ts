import type { Hex32, MemberId, Millis, RecordId } from "../base/ids.ts";
import { pushTo } from "../base/push-to.ts";
import { memberOf } from "../charter/query.ts";
import { pusherOf } from "./again.ts";
import type { ChangeItem, ChangeRow } from "./change-rows.ts";
import type { Checks } from "./checks.ts";
import type { NamedFile } from "./derive.ts";
import { whereOf } from "./exporter-word.ts";
import { PATH } from "./paths.ts";
import type { Proof } from "./proof.ts";
import type { Replayed } from "./replay.ts";
import type { Rows } from "./rows.ts";
import type { ScopeFilter } from "./scope.ts";
import { namesIn } from "./statement.ts";

/** A message or an expense that the exporter left out by itself: what the log shows of it. */
export interface Redacted {
  readonly kind: "message" | "expense";
  /** The message's thread, or the expense. */
  readonly root: string;
  /** Whose device sent its first act. */
  readonly member: MemberId | undefined;
  readonly seq: number;
  /** Relay time of that entry. */
  readonly time: Millis;
}

/**
 * What was left out one by one, held against the list in the statement (rule S41): nothing of a listed record is shown, and as many messages and
 * just the expenses of the list were left out. Which message stands behind which leaf is the exporter's word; how many, whose and when is not.
 */
export class RedactionCheck {
  readonly #replayed: Replayed;
  readonly #filter: ScopeFilter;
  readonly #listed: readonly RecordId[];
  readonly #found = new Map<string, Redacted>();
  readonly #shown: string[] = [];
  #messages = 0;

  constructor({ statement }: Proof, replayed: Replayed, filter: ScopeFilter) {
    this.#replayed = replayed;
    this.#filter = filter;
    this.#listed = statement.scope.redact?.records ?? [];
  }

  /** Whether the list can be why a covered change was left out. */
  isFounded({ why, tag }: Extract<ChangeItem, { form: "tagged" }>): boolean {
    if (why !== "redacted" || this.#listed.length === 0) return false;
    return tag.kind === "message" || (tag.kind === "expense" && this.#filter.redacts(tag.root as RecordId));
  }

  take(row: ChangeRow): void {
    const header = this.#replayed.headerOf(row.seq);
    if (!header || this.#listed.length === 0) return;
    for (const item of row.items) {
      if (item.form === "blind") continue;
      const { kind, root } = item.tag;
      if (item.form === "disclosed") {
        if (kind === "expense" && this.#filter.redacts(root as RecordId)) this.#shown.push(whereOf(row));
        continue;
      }
      if (item.why !== "redacted" || (kind !== "message" && kind !== "expense")) continue;
      if (!this.#filter.covers({ channel: row.book.channel, tag: item.tag, time: header.relay.time })) continue;
      const key = kind === "message" ? String(this.#messages++) : root;
      if (this.#found.has(key)) continue;
      const member = memberOf(this.#replayed.charter, pusherOf(this.#replayed.again, header));
      this.#found.set(key, { kind, root, member, seq: row.seq, time: header.relay.time });
    }
  }

  /** @param messages records of the messages that are disclosed */
  finish(messages: ReadonlySet<RecordId>, checks: Checks): readonly Redacted[] {
    if (this.#listed.length === 0) return [];
    for (const where of this.#shown) checks.failed("shown-unfounded", where);
    const redacted = [...this.#found.values()];
    const expenses = new Set(redacted.flatMap((r) => (r.kind === "expense" ? [r.root] : [])));
    const others = this.#listed.filter((id) => !expenses.has(id));
    const isTwice = new Set(this.#listed).size !== this.#listed.length;
    if (others.some((id) => messages.has(id))) checks.failed("shown-unfounded", PATH.statement);
    else if (others.length !== this.#messages || isTwice) checks.failed("redacted-other", PATH.statement);
    return redacted;
  }
}

/** Counts them for the verdict, by the member who sent them, with the exporter's reason. */
export function tellRedactions({ statement }: Proof, redacted: readonly Redacted[], checks: Checks): void {
  const reason = statement.scope.redact?.reason ?? "";
  for (const { kind, author, count } of redactionsOf(redacted, namesIn(statement))) {
    if (kind === "message") checks.add("redacted-messages", "remarks", { count, author, reason });
    else checks.add("redacted-expenses", "remarks", { count, author, reason });
  }
}

/** How many messages and expenses of each member. */
export function redactionsOf(
  redacted: readonly Redacted[],
  nameOf: (member: MemberId | undefined) => string,
): readonly { readonly kind: Redacted["kind"]; readonly author: string; readonly count: number }[] {
  const counts = new Map<string, { kind: Redacted["kind"]; author: string; count: number }>();
  for (const { kind, member } of redacted) {
    const known = counts.get(`${kind} ${member ?? ""}`) ?? { kind, author: nameOf(member), count: 0 };
    counts.set(`${kind} ${member ?? ""}`, { ...known, count: known.count + 1 });
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, c]) => c);
}

/** Redacted messages by their thread. */
export function redactedInThreads(redacted: readonly Redacted[]): ReadonlyMap<string, readonly Redacted[]> {
  const threads = new Map<string, Redacted[]>();
  for (const r of redacted) if (r.kind === "message") pushTo(threads, r.root, r);
  return threads;
}

/** Threads of which messages were left out by themselves and no other is shown, in the order of the log. */
export async function threadsLeftOut(
  redacted: ReadonlyMap<string, readonly Redacted[]>,
  shown: Rows<{ readonly id: RecordId }>,
): Promise<readonly (readonly [thread: string, messages: readonly Redacted[]])[]> {
  const left = new Map(redacted);
  for await (const { id } of left.size > 0 ? shown : []) left.delete(id);
  return [...left];
}

/** Attachments that were left out one by one: each is of a shown record, and in no other list. */
export function checkRedactedFiles({ statement }: Proof, files: readonly NamedFile[], checks: Checks): void {
  const { redact } = statement.scope;
  if (!redact || redact.files.length === 0) return;
  const named = new Set<Hex32>(files.flatMap((f) => (f.state === "redacted" ? [f.hash] : [])));
  if (named.size > 0) checks.add("redacted-files", "remarks", { count: named.size, reason: redact.reason });
  const missing = new Set<string>(statement.missing);
  const isOther = redact.files.length !== named.size || redact.files.some((hash) => !named.has(hash) || missing.has(hash));
  if (isOther) checks.failed("redacted-other", PATH.statement);
}
