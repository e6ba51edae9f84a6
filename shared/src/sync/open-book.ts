import type { BookId } from "../base/ids.ts";
import type { LoadedBook } from "../books/book.ts";
import type { BookName } from "../books/names.ts";
import type { ChangesBody } from "../entry/body.ts";
import type { Header } from "../entry/header.ts";
import type { Again } from "./old-headers.ts";
import { logged } from "./rows.ts";

/** How far in the log a judged book goes. */
export interface Through {
  /** Order of the last logged change row that was judged (`logged`); empty where there is none. */
  readonly to: string;
  /** Everything was judged in the order of the log. Entries that were opened later than newer ones, for want of a key, were not. */
  readonly inOrder: boolean;
}

/** A loaded book with what writing into it needs. */
export interface OpenBook {
  readonly id: BookId;
  readonly name: BookName;
  readonly loaded: LoadedBook;
  /** Fresh for each opening, so that nothing ever repeats a sequence number. */
  readonly actor: string;
  readonly through: Through;
  /** Logged changes that the kept verdicts do not have yet. */
  readonly unkept: number;
}

export interface ArrivedEntry {
  readonly header: Header;
  readonly body: ChangesBody;
  /** `size/root/time` of every note in the body that the log key signed. */
  readonly notes: ReadonlySet<string>;
  /** Those of them that a relay signed which had shown two histories (rule C8l). */
  readonly far: ReadonlySet<string>;
  /** It was pushed again with the header that it had in a branch that was given up (rule C8k). */
  readonly again: Again | undefined;
}

/** How far a book goes after these entries, which came after what it has unless some of them were opened late. */
export function throughOf(before: Through, entries: readonly ArrivedEntry[]): Through {
  const orders = entries.map((e) => logged(e.header.relay.seq, e.body.changes.length - 1));
  const first = entries[0] && logged(entries[0].header.relay.seq, 0);
  const inOrder = before.inOrder && (first === undefined || first > before.to);
  return { to: [before.to, ...orders].reduce((a, b) => (a > b ? a : b)), inOrder };
}
