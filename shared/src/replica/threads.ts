import type { Millis, RecordId } from "../base/ids.ts";
import { pushTo } from "../base/push-to.ts";
import type { MessageRecord } from "../books/fold.ts";
import { byOrder, wasThere, type RecordDigest } from "../sync/record-digest.ts";
import type { RecordIndex } from "../sync/record-index.ts";
import type { Page, ThreadFilter, ThreadView } from "../views/record.ts";
import type { OpenLog } from "./core.ts";
import { namedBy } from "./children.ts";
import { gathered } from "./gathered.ts";

/** The messages of each thread, oldest first. */
export type Threads = ReadonlyMap<RecordId, readonly RecordDigest[]>;

/** From digests alone, as they stood at a relay time. */
export const threadsOf: (index: RecordIndex, at?: Millis) => Threads = gathered((index, at) => {
  const threads = new Map<RecordId, RecordDigest[]>();
  for (const digest of index.digests()) if (digest.kind === "message" && wasThere(digest, at)) pushTo(threads, digest.thread, digest);
  for (const messages of threads.values()) messages.sort(byOrder);
  return threads;
});

/** Which of the threads are asked for. */
export interface ThreadsAsked {
  /** What this person has seen already. */
  readonly seen: ReadonlySet<RecordId>;
  /** As they stood at this relay time; what was unread then is not known. */
  readonly at: Millis | undefined;
  readonly filter?: ThreadFilter;
  readonly offset: number;
  readonly limit: number;
}

/** Threads of a log, the one with the newest message first. Only those that are asked for are opened. */
export function threadPage(log: OpenLog, { seen, at, filter, offset, limit }: ThreadsAsked): Page<ThreadView> {
  const { index } = log.session;
  const child = filter?.child;
  const chosen = [...threadsOf(index, at)].filter(([id]) => child === undefined || namedBy(index, id).includes(child));
  const all = chosen.map(([id, messages]) => ({ id, messages, last: messages.at(-1)?.claimed ?? 0 }));
  const asked = all.sort((a, b) => b.last - a.last).slice(offset, offset + limit);
  return { rows: asked.map(({ id, messages }) => threadView(log, id, messages, seen, at)), total: all.length };
}

function threadView(
  { session }: OpenLog,
  id: RecordId,
  messages: readonly RecordDigest[],
  seen: ReadonlySet<RecordId>,
  at: Millis | undefined,
): ThreadView {
  const { index, identity } = session;
  const me = identity.member;
  const messageAt = (message: RecordId): MessageRecord | undefined => {
    const folded = index.getAt(message, at)?.folded;
    return folded?.kind === "message" ? folded : undefined;
  };
  const last = messages.at(-1);
  const lastMessage = last && messageAt(last.id);
  const start = messageAt(id);
  return {
    id,
    log: session.log,
    subject: start?.thread === id ? (start.subject ?? "") : "",
    ...(start?.thread === id && start.children ? { children: start.children } : {}),
    count: messages.length,
    unread: at !== undefined ? 0 : messages.filter((m) => m.member !== me && !seen.has(m.id)).length,
    last: last?.claimed ?? 0,
    lastAuthor: lastMessage?.first.member ?? me,
    snippet: (lastMessage?.text ?? "").slice(0, 160),
  };
}

/** A thread that is no longer than this is read from its beginning. */
const SHORT = 3;

export interface ReadingAsked extends Pick<ThreadsAsked, "seen" | "at"> {
  readonly message: RecordId | undefined;
}

/** Where in a thread the reading begins, from digests alone: a thread of ten thousand messages is not carried to a screen to find one. */
export function readingStart({ session }: OpenLog, thread: RecordId, { message, seen, at }: ReadingAsked): number | undefined {
  const all = threadsOf(session.index, at).get(thread) ?? [];
  const place = (fits: (m: RecordDigest) => boolean): number | undefined => {
    const found = all.findIndex(fits);
    return found < 0 ? undefined : found;
  };
  if (message !== undefined) return place((m) => m.id === message);
  const unread = at === undefined ? place((m) => m.member !== session.identity.member && !seen.has(m.id)) : undefined;
  return unread ?? (all.length > SHORT ? all.length - 1 : undefined);
}
