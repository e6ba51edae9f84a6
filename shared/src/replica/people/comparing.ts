import type { LogId, MemberId } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { compareKeyCard, keyCardOf, keyCardText, parseKeyCard } from "../../charter/key-card.ts";
import { otherParent } from "../../charter/query.ts";
import { safetyDigestOf } from "../../charter/safety-digest.ts";
import { safetyWordsOf } from "../../charter/safety-words.ts";
import type { Charter } from "../../charter/state.ts";
import type { AttestMethod } from "../../charter/types.ts";
import type { ActError } from "../answer.ts";
import type { ReplicaCore } from "../core.ts";
import type { CardAnswer, KeyCardView } from "../people-view.ts";
import { sayIn } from "../statements.ts";

/** What two parents compare, so that nobody stands between them (rules C2, C2a). */
export function safetyWords(core: ReplicaCore, log: LogId): Result<readonly string[], ActError> {
  const open = core.log(log);
  if (!open.ok) return open;
  const words = open.value.session.charter && safetyWordsOf(open.value.session.charter);
  return words ? ok(words) : err({ code: "not-joined" });
}

/** The printed cards of both parents, one's own first. */
export function keyCards(core: ReplicaCore, log: LogId): Result<readonly KeyCardView[], ActError> {
  const both = parents(core, log);
  if (!both.ok) return both;
  const { charter, me, other } = both.value;
  return ok(
    [me, other].flatMap((member) => {
      const card = keyCardOf(charter, member);
      return card ? [{ member, text: keyCardText(card), devices: card.devices.length }] : [];
    }),
  );
}

/** Holds the other parent's card, as it was read, against what the log says of them. */
export function checkKeyCard(core: ReplicaCore, log: LogId, text: string): Result<CardAnswer, ActError> {
  const both = parents(core, log);
  if (!both.ok) return both;
  const card = parseKeyCard(text);
  return ok(card.ok ? compareKeyCard(both.value.charter, both.value.other, card.value) : card.error.code);
}

/** This person says in the log that they compared, and how. */
export async function attest(core: ReplicaCore, log: LogId, method: AttestMethod): Promise<Result<void, ActError>> {
  const me = core.logs.get(log)?.session.identity.member;
  return sayIn(core, log, (charter, at) => {
    const other = me && otherParent(charter, me, at);
    const digest = safetyDigestOf(charter);
    return other && digest ? { type: "attest", member: other.id, method, digest } : undefined;
  });
}

function parents(
  core: ReplicaCore,
  log: LogId,
): Result<{ readonly charter: Charter; readonly me: MemberId; readonly other: MemberId }, ActError> {
  const open = core.log(log);
  if (!open.ok) return open;
  const { charter, identity } = open.value.session;
  const other = charter && otherParent(charter, identity.member, open.value.session.now());
  return charter && other ? ok({ charter, me: identity.member, other: other.id }) : err({ code: "not-joined" });
}
