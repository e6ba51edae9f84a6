import type { ChangeHash } from "../base/ids.ts";
import { admitChanges, changesOf, emptyDoc, freeDoc, holds, type BookDoc } from "./admit.ts";
import { changeHash } from "./chunk.ts";
import { judgeEntry, type Carrier, type Facts, type SignedChange, type Verdict } from "./judge.ts";
import { inPast } from "./past.ts";
import type { Admitted, BookState } from "./state.ts";

/** Changes with the entry that carries them. */
export interface Carried {
  readonly carrier: Carrier;
  readonly changes: readonly SignedChange[];
}

/** A book that is loaded. Nothing of it is ever changed: taking something gives the next one, and the caller swaps. */
export interface LoadedBook {
  /** What the log carries, judged. */
  readonly logged: BookState;
  /** This device's own changes that the log does not carry yet, in the order of writing. */
  readonly own: readonly SignedChange[];
  /** Both together: what screens show and new changes are built on. The same object as `logged` where there is nothing of one's own. */
  readonly state: BookState;
  /** Holds exactly the changes that `state` admitted. */
  readonly doc: BookDoc;
}

export interface Taken {
  readonly book: LoadedBook;
  /** Of the entries' changes, and of those that they released. */
  readonly verdicts: readonly Verdict[];
  /** Of the own changes that are still provisional; anything but `admitted` needs the person to do it again. */
  readonly ownVerdicts: readonly Verdict[];
}

/**
 * Judges entries in log order and admits what is lawful (rules X3 to X9); own changes that are not logged yet are judged after them, as if
 * they came last (X3), and again each time. The book passed in stays as it was, its document included: the caller swaps, and frees the
 * old document. Where Automerge refuses a batch it is redone change by change, each on a document of its ancestors, and judged
 * again with the refused ones set aside (rule X4), so that no verdict depends on a batch.
 * @param ownCarrier stands for the entry that will carry the own changes (`provisionalCarrier`)
 */
export function takeEntries(book: LoadedBook, entries: readonly Carried[], facts: Facts, ownCarrier: Carrier): Taken {
  const refused = new Set<ChangeHash>();
  for (;;) {
    const logged = book.logged.clone();
    const verdicts = entries.flatMap((e) => judgeEntry(logged, e.carrier, e.changes, facts, refused));
    const own = book.own.filter((c) => !logged.knows(changeHash(c.bytes)));
    const state = own.length === 0 ? logged : logged.clone();
    const ownVerdicts = own.length === 0 ? [] : judgeEntry(state, ownCarrier, own, facts, refused);
    const doc = nextDoc(book, state, entries);
    if (doc) return { book: { logged, own, state, doc }, verdicts, ownVerdicts };
    const bytes = allBytes(book, entries);
    const bad = firstRefused(book, state, bytes);
    if (bad !== undefined) {
      refused.add(bad);
      continue;
    }
    // Each is fine on its own ancestors, so what is broken is the document that was passed in.
    return { book: { logged, own, state, doc: rebuildDoc(state, bytes) }, verdicts, ownVerdicts };
  }
}

/** Adds a change that this device has just written and made durable. It is judged like any other. */
export function addOwn(book: LoadedBook, change: SignedChange, facts: Facts, ownCarrier: Carrier): Taken {
  return takeEntries({ ...book, own: [...book.own, change] }, [], facts, ownCarrier);
}

/** The carrier of changes that are not in the log yet: judged as if logged after everything (rule X3). Its note is the device's own. */
export const provisionalCarrier = (own: Pick<Carrier, "time" | "pusher" | "level">): Carrier => ({
  ...own,
  seq: Infinity,
  channelSeq: Infinity,
  hasNote: () => true,
});

/** Builds the document of a judged book from the bytes of its changes. Throws where they are not all there or Automerge refuses them. */
export function rebuildDoc(state: BookState, bytes: ReadonlyMap<ChangeHash, Uint8Array>): BookDoc {
  const doc = onEmpty(state.admitted, state.heads, bytes);
  if (!doc) throw new Error("the admitted changes of a book do not make its document");
  return doc;
}

/** Whether a document, from a cache for instance, holds exactly what was admitted. */
export const isDocOf = (doc: BookDoc, state: BookState): boolean => holds(doc, state.heads);

/** An own change that the log turned out to hold against this device is in the old document and may not be in the next. */
function nextDoc(book: LoadedBook, state: BookState, entries: readonly Carried[]): BookDoc | undefined {
  if (book.state.admitted.some((a) => !state.get(a.hash))) return onEmpty(state.admitted, state.heads, allBytes(book, entries));
  const fresh = state.admitted.filter((a) => !book.state.get(a.hash));
  return admitChanges(book.doc, pick(fresh, arrivedBytes(book, entries)), state.heads);
}

function onEmpty(
  changes: readonly Admitted[],
  heads: readonly ChangeHash[],
  bytes: ReadonlyMap<ChangeHash, Uint8Array>,
): BookDoc | undefined {
  const empty = emptyDoc();
  const doc = admitChanges(empty, pick(changes, bytes), heads);
  freeDoc(empty);
  return doc;
}

/** Bytes of what is new: from the entries, from what waited, from the own changes. */
function arrivedBytes(book: LoadedBook, entries: readonly Carried[]): Map<ChangeHash, Uint8Array> {
  const signed = [...entries.flatMap((e) => e.changes), ...book.own];
  return new Map([
    ...signed.map((c) => [changeHash(c.bytes), c.bytes] as const),
    ...book.logged.waiting.map((w) => [w.hash, w.bytes] as const),
  ]);
}

const allBytes = (book: LoadedBook, entries: readonly Carried[]): Map<ChangeHash, Uint8Array> =>
  new Map([...arrivedBytes(book, entries), ...changesOf(book.doc, changeHash)]);

function pick(changes: readonly Admitted[], bytes: ReadonlyMap<ChangeHash, Uint8Array>): Uint8Array[] {
  return changes.map(({ hash }) => {
    const found = bytes.get(hash);
    if (!found) throw new Error("the bytes of an admitted change are missing");
    return found;
  });
}

/**
 * The first new change that Automerge does not take on a document of its ancestors alone (rule X4). What is built on it would fail with it,
 * so the book is judged again before looking further.
 */
function firstRefused(book: LoadedBook, state: BookState, bytes: ReadonlyMap<ChangeHash, Uint8Array>): ChangeHash | undefined {
  for (const change of state.admitted) {
    if (book.state.get(change.hash)) continue;
    const ancestors = state.admitted.slice(0, change.position).filter((a) => inPast(change.past, a.position));
    const doc = onEmpty([...ancestors, change], [change.hash], bytes);
    if (!doc) return change.hash;
    freeDoc(doc);
  }
  return undefined;
}
