import { toId } from "../../base/bytes.ts";
import type { Hex32 } from "../../base/ids.ts";
import { relaysForked } from "../../charter/query.ts";
import { frameOn, makeStatement } from "../../charter/sign.ts";
import type { StatementOf } from "../../charter/types.ts";
import type { Found } from "../../sync/look-there.ts";
import type { LogSession } from "../../sync/session.ts";
import { statementEntry } from "../../sync/statement-desk.ts";
import type { PushEntry } from "../../wire/messages.ts";
import { moveAsked } from "./asked.ts";

/** Another history of a log, found where a person was led (rules C8h, C8i). */
export type Forked = Extract<Found, { state: "forked" }>;

/** The move with which the other parent asks that the history there goes on, at the relay that shows it: it has to be lawful at that history's end. */
export function askedToKeep(session: LogSession, { branch, offer, name }: Forked): StatementOf<"move-log"> | undefined {
  const { charter, tail } = branch.state;
  if (!charter) return undefined;
  const at = { seq: tail.size, time: Math.max(session.now().time, tail.time) };
  return moveAsked({ offer, name, charter, head: branch, at, me: session.identity.member })?.statement;
}

/** The same move in this person's own words: with the head of their own history, which is given up. It waits for the consent of who asked. */
export function healingEntry(session: LogSession, found: Forked): PushEntry | undefined {
  const asked = askedToKeep(session, found);
  const { charter, tail } = found.branch.state;
  const { fork, size, root } = found.branch;
  if (!asked || !charter || !fork || !tail.verified) return undefined;
  const { checkpoint } = tail.verified;
  const at = { size: checkpoint.size, root: toId<Hex32>(checkpoint.root), time: checkpoint.time };
  const { relay, logKey, address } = asked;
  const statement = {
    ...frameOn(charter, session.device, at),
    ...{ type: "move-log" as const, size, root, relay, logKey, fork },
    ...(address === undefined ? {} : { address }),
  };
  return statementEntry(session.log, makeStatement(statement, [session.signKeys]), session.signKeys.secretKey);
}

/**
 * Whether the other parent agreed to the move that this person asked for, and named the history that they give up: to this, a device consents by itself (rule C8i).
 * To another address it does not, since this person's other devices would follow there.
 */
export const isAnswerTo = (row: { readonly name: string; readonly address: string }, statement: StatementOf<"move-log">): boolean =>
  statement.fork !== undefined && statement.relay === row.name && statement.address === row.address;

/** Whether the history that goes on there names the relay of this device as one that had shown two: then what only this device has may be added to it. */
export function isLeftThere(session: LogSession, branch: Forked["branch"]): boolean {
  const { charter } = branch.state;
  return charter !== undefined && relaysForked(charter).some((r) => r.relay === session.identity.relayName);
}
