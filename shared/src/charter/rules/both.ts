/** What needs both parents (rules C1, C8), and leaving (C5). All of it is signed by senior devices: see docs/charter.md. */
import type { MemberId } from "../../base/ids.ts";
import { ok, unreachable, type Result } from "../../base/result.ts";
import { refused, type CharterCode, type CharterError } from "../errors.ts";
import { PROPOSAL_LIFE } from "../limits.ts";
import { getHex, grown, setHex } from "../persistent.ts";
import { memberIn } from "../settle.ts";
import type { Charter, Device, Member, Proposal, Since } from "../state.ts";
import type { LogKeyId, SignerId } from "../types.ts";
import { givenUpBy } from "./fork.ts";
import { isRelayName, keyFault, seniorDevice, type Judged, type Rule, type Step } from "./context.ts";
import { withInviteVoid, withMemberEnded } from "./invite.ts";

/** The senior device of a confirmed parent, in a log where nobody waits to be confirmed. */
function settledParent(charter: Charter, by: SignerId): Result<{ readonly device: Device; readonly member: Member }, CharterError> {
  const signer = seniorDevice(charter, by);
  if (!signer.ok) return signer;
  if (!signer.value.member.confirmed) return refused("charter-provisional");
  // Whether the other must consent would depend on whether they are a parent yet: confirm or void first.
  return charter.parents.some((id) => !memberIn(charter, id).confirmed) ? refused("charter-join-waiting") : signer;
}

/** A log key that stood before may stand again, since a log can move back; any other key may not become one. */
function logKeyFault(charter: Charter, logKey: LogKeyId): CharterCode | undefined {
  return getHex(charter.keys, logKey)?.as === "log" ? undefined : keyFault(charter, { sign: [logKey], box: [] });
}

/** A proposal stands from `since`. */
function withStanding(charter: Charter, proposal: Proposal, since: Since): Charter {
  switch (proposal.type) {
    case "close":
      return { ...charter, closed: since, proposals: [] };
    case "move-log": {
      const { relay, logKey, address, fork } = proposal;
      return {
        ...charter,
        keys: setHex(charter.keys, logKey, { as: "log" }),
        relays: grown(charter.relays, { since, relay, logKey, ...(address === undefined ? {} : { address }), ...(fork ? { fork } : {}) }),
        // Another move that waits was meant for the relay that is left now.
        proposals: charter.proposals.filter((p) => p.type !== "move-log"),
      };
    }
    default:
      return unreachable(proposal);
  }
}

/** With one parent it stands at once, else it waits and takes the place of what the same parent proposed of its type before. */
function propose({ charter, since }: Step, by: { readonly device: Device; readonly member: Member }, proposal: Proposal): Judged {
  const others = charter.proposals.filter((p) => p.by !== proposal.by || p.type !== proposal.type);
  const next = charter.parents.length === 1 ? withStanding(charter, proposal, since) : { ...charter, proposals: [...others, proposal] };
  return ok({ charter: next, signers: [by.device.id], member: by.member.id });
}

export const close: Rule<"close"> = (step, statement) => {
  const signer = settledParent(step.charter, statement.by);
  if (!signer.ok) return signer;
  return propose(step, signer.value, { id: step.signed.id, by: signer.value.member.id, made: step.at, type: "close" });
};

export const moveLog: Rule<"move-log"> = (step, statement) => {
  const { charter, at } = step;
  const signer = settledParent(charter, statement.by);
  if (!signer.ok) return signer;
  const { size, root, relay, logKey, address, fork } = statement;
  if (!isRelayName(relay)) return refused("charter-relay-name");
  if (size < 1 || size > at.seq) return refused("charter-move-size");
  const givenUp = fork && givenUpBy(charter, { size, root }, fork);
  if (fork && !givenUp) return refused("charter-move-fork");
  const fault = logKeyFault(charter, logKey);
  if (fault) return refused(fault);
  return propose(step, signer.value, {
    id: step.signed.id,
    by: signer.value.member.id,
    made: at,
    type: "move-log",
    size,
    root,
    relay,
    logKey,
    ...(address === undefined ? {} : { address }),
    ...(givenUp ? { fork: { ...givenUp, kept: { size, root } } } : {}),
  });
};

export const consent: Rule<"consent"> = ({ charter, at, since }, statement) => {
  const signer = settledParent(charter, statement.by);
  if (!signer.ok) return signer;
  const { device, member } = signer.value;
  const proposal = charter.proposals.find((p) => p.id === statement.to && at.time < p.made.time + PROPOSAL_LIFE);
  if (!proposal) return refused("charter-consent-unknown");
  if (proposal.by === member.id) return refused("charter-consent-self");
  // The key may have come in as something else since.
  const fault = proposal.type === "move-log" ? logKeyFault(charter, proposal.logKey) : undefined;
  if (fault) return refused(fault);
  return ok({ charter: withStanding(charter, proposal, since), signers: [device.id], member: member.id });
};

export const leave: Rule<"leave"> = ({ charter, since }, statement) => {
  const signer = seniorDevice(charter, statement.by);
  if (!signer.ok) return signer;
  const { device, member } = signer.value;
  const gone = withMemberEnded(charter, member.id, "leave", since);
  const left = involves(charter, member.id) ? withInviteVoid(gone, since) : gone;
  return ok({ charter: left, signers: [device.id], member: member.id });
};

/** Whether an invitation that is open or waits for its confirmation was made by, or brought in, this member. */
function involves({ invite }: Charter, member: MemberId): boolean {
  if (invite?.state !== "open" && invite?.state !== "joined") return false;
  return invite.by === member || invite.joined === member;
}
