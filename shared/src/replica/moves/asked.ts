import type { Hex32, MemberId } from "../../base/ids.ts";
import { parseSigned } from "../../charter/codec.ts";
import { extendCharter } from "../../charter/evaluate.ts";
import type { Charter } from "../../charter/state.ts";
import type { Position, SignedStatement, StatementOf } from "../../charter/types.ts";
import type { PushEntry } from "../../wire/messages.ts";

interface Asking {
  /** What waits at the relay, and the name of that. */
  readonly offer: readonly PushEntry[];
  readonly name: string;
  /** The history that is to go on there: its charter and head. */
  readonly charter: Charter;
  readonly head: { readonly size: number; readonly root: Hex32 };
  readonly at: Position;
  /** Whose device this is. */
  readonly me: MemberId;
}

/** The move that an offer asks for, if it is one alone, lawful at the end of that history, by the other parent, and to the relay that shows it (rules C8e, C8i). */
export function moveAsked({
  offer,
  name,
  charter,
  head,
  at,
  me,
}: Asking): { readonly statement: StatementOf<"move-log">; readonly signed: SignedStatement; readonly charter: Charter } | undefined {
  const [entry] = offer;
  const signed = entry && parseSigned(entry.b);
  if (offer.length !== 1 || !signed?.ok || signed.value.statement.type !== "move-log") return undefined;
  const { statement, id } = signed.value;
  const isSo = statement.relay === name && statement.size === head.size && statement.root === head.root;
  const next = extendCharter(charter, signed.value, at);
  const proposal = next.ok ? next.value.proposals.find((p) => p.id === id) : undefined;
  if (!isSo || !next.ok || !proposal || proposal.by === me) return undefined;
  return { statement, signed: signed.value, charter: next.value };
}
