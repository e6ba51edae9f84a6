import type { ChannelKey } from "../base/ids.ts";
import type { Coded, Result } from "../base/result.ts";
import { openBody, readBody, type BodyCode, type ChangesBody } from "../entry/body.ts";
import { ENTRY_KIND, type Header } from "../entry/header.ts";
import type { EntryRow } from "./rows.ts";

/** The body of a changes entry that is kept here: sealed, or as a bundle gave it. Undefined where there is neither, no key for it, or another kind of entry. */
export function openRow(
  { author }: Pick<Header, "author">,
  { b, p }: Pick<EntryRow, "b" | "p">,
  key: ChannelKey | undefined,
): Result<ChangesBody, Coded<BodyCode>> | undefined {
  if (author.kind !== ENTRY_KIND.changes) return undefined;
  if (p) return readBody(author, p);
  return b && key ? openBody(author, b, key) : undefined;
}
