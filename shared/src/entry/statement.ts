import { parseSigned } from "../charter/codec.ts";
import { extendCharter, foundCharter } from "../charter/evaluate.ts";
import type { Charter } from "../charter/state.ts";
import type { SignedStatement } from "../charter/types.ts";
import type { AuthorPart, Header } from "./header.ts";

/** Whether an entry of the charter is the statement's own (rule L0): it names the statement, and is by its first signer. */
export const isOwnEntry = ({ commitment, device }: AuthorPart, { id, statement }: SignedStatement): boolean =>
  (commitment as string) === id && (device as string) === statement.by;

/** The charter with the statement of an entry, or undefined where the relay must not have taken it (rules C10, L0). */
export function statementStands(
  charter: Charter | undefined,
  header: Header,
  seq: number,
  body: Uint8Array,
): { readonly signed: SignedStatement; readonly charter: Charter } | undefined {
  const signed = parseSigned(body);
  if (!signed.ok) return undefined;
  const at = { seq, time: header.relay.time };
  if (!isOwnEntry(header.author, signed.value)) return undefined;
  const next = charter ? extendCharter(charter, signed.value, at) : seq === 0 ? foundCharter(signed.value, at) : undefined;
  return next?.ok === true ? { signed: signed.value, charter: next.value } : undefined;
}
