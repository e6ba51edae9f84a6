import { unreachable } from "../../base/result.ts";
import { refused } from "../errors.ts";
import type { StatementType } from "../types.ts";
import { attest } from "./attest.ts";
import { close, consent, leave, moveLog } from "./both.ts";
import type { Judged, Step } from "./context.ts";
import { level, link } from "./devices.ts";
import { openEpoch } from "./epochs.ts";
import { confirm, invite, join, voidInvite } from "./invite.ts";
import { recover, refuse, revoke, setRecovery } from "./recovery.ts";

/** What a closed log still takes: reading goes on, so people still manage their devices, recover and leave. */
const AFTER_CLOSE: ReadonlySet<StatementType> = new Set(["link", "revoke", "set-recovery", "recover", "refuse", "leave"]);

/**
 * Statements that protect a member from a thief who writes under their name. They are not counted against the member's daily limit, since
 * the thief could use it up; each is bounded by something that is counted.
 */
export const PROTECTIVE: ReadonlySet<StatementType> = new Set(["revoke", "refuse", "void", "leave"]);

/** Judges a statement by the rule of its type (the table of section 4). */
export function judge(step: Step): Judged {
  const statement = step.signed.statement;
  if (step.charter.closed && !AFTER_CLOSE.has(statement.type)) return refused("charter-closed");
  switch (statement.type) {
    case "found":
      return refused("charter-found-again");
    case "invite":
      return invite(step, statement);
    case "void":
      return voidInvite(step, statement);
    case "join":
      return join(step, statement);
    case "confirm":
      return confirm(step, statement);
    case "attest":
      return attest(step, statement);
    case "link":
      return link(step, statement);
    case "revoke":
      return revoke(step, statement);
    case "set-recovery":
      return setRecovery(step, statement);
    case "recover":
      return recover(step, statement);
    case "refuse":
      return refuse(step, statement);
    case "open-epoch":
      return openEpoch(step, statement);
    case "level":
      return level(step, statement);
    case "consent":
      return consent(step, statement);
    case "move-log":
      return moveLog(step, statement);
    case "close":
      return close(step, statement);
    case "leave":
      return leave(step, statement);
    default:
      return unreachable(statement);
  }
}
