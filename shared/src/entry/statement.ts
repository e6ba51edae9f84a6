import type { DeviceId } from "../base/ids.ts";
import { parseSigned } from "../charter/codec.ts";
import { extendCharter, foundCharter } from "../charter/evaluate.ts";
import type { Charter } from "../charter/state.ts";
import type { SignedStatement } from "../charter/types.ts";
import type { Header } from "./header.ts";

/**
 * The charter with the statement of an entry, or undefined where the relay must not have taken it (rule C10). The entry is the statement's own:
 * the same author, and its id as the commitment (rule L0).
 */
export function statementStands(
  charter: Charter | undefined,
  header: Header,
  seq: number,
  body: Uint8Array,
): { readonly signed: SignedStatement; readonly charter: Charter } | undefined {
  const signed = parseSigned(body);
  if (!signed.ok) return undefined;
  const at = { seq, time: header.relay.time };
  if (
    (header.author.commitment as string) !== signed.value.id ||
    header.author.device !== (signed.value.statement.by as string as DeviceId)
  )
    return undefined;
  const next = charter ? extendCharter(charter, signed.value, at) : seq === 0 ? foundCharter(signed.value, at) : undefined;
  return next?.ok === true ? { signed: signed.value, charter: next.value } : undefined;
}
