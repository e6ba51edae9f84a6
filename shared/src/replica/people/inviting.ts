import { toId } from "../../base/bytes.ts";
import { CHANNELS } from "../../base/channels.ts";
import type { LogId, StatementId } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { EpochKey } from "../../charter/epoch.ts";
import { inviteKeyPair, sealInviteBox } from "../../charter/invite-box.ts";
import { inviteLink } from "../../charter/invite-link.ts";
import { stage } from "../../charter/query.ts";
import type { InviteKeyId } from "../../charter/types.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import type { HouseholdView, InviteView } from "../people-view.ts";
import { sayIn, sayStatement } from "../statements.ts";
import { until } from "../waiting.ts";
import { foundHousehold } from "./founding.ts";
import { householdsOf } from "./identity.ts";

const HOUR = 3_600_000;
const DEFAULT_HOURS = 7 * 24;

/** Makes the link with which the other parent joins (rule C2), and before it the household where there is none that waits for them. */
export async function invite(
  core: ReplicaCore,
  input: { readonly label?: string; readonly hours?: number },
): Promise<Result<InviteView, ActError>> {
  if (!core.sheet || !core.personal) return err({ code: "locked" });
  const { clock, random } = core.deps.ports;
  const households = householdsOf(core).map((open) => ({ open, at: stageOf(open) }));
  const waiting = households.find(({ at }) => at === "alone" || at === "invited");
  if (!waiting && households.some(({ at }) => at !== "left" && at !== "closed")) return err({ code: "already-joined" });
  const opened = waiting ? ok(waiting.open) : await foundHousehold(core, input.label);
  if (!opened.ok) return opened;
  const { session } = opened.value;
  const ready = await until(
    session,
    clock,
    () => session.link.state.state === "live" && CHANNELS.every((c) => session.keyOf(c) !== undefined),
  );
  if (!ready.ok) return ready;
  const secret = random(32);
  const expires = session.now().time + (input.hours ?? DEFAULT_HOURS) * HOUR;
  const done = await sayStatement(session, () => {
    const covered = CHANNELS.flatMap((channel): EpochKey[] => {
      const current = session.keyOf(channel);
      return current ? [{ channel, ...current }] : [];
    });
    return {
      type: "invite",
      key: toId<InviteKeyId>(inviteKeyPair(secret).publicKey),
      role: "parent",
      expires,
      covers: covered.map(({ channel, epoch }) => ({ channel, epoch })),
      box: sealInviteBox(session.log, secret, covered, random),
    };
  });
  if (!done.ok) return done.error.code === "not-allowed" ? err({ code: "invite-open" }) : done;
  const relay = session.identity.address;
  const link = inviteLink(core.deps.webOrigin(relay), { relay, log: session.log, invite: done.value, secret });
  const saved = await core.saveNames(opened.value, { ...opened.value.names, link });
  return saved.ok ? ok({ link, made: clock.now(), expires, state: "open" }) : saved;
}

export const voidInvite = (core: ReplicaCore, log: LogId): Promise<Result<void, ActError>> =>
  sayIn(core, log, ({ invite: open }) => open && { type: "void", invite: open.id });

/** Whoever came with the link stays, says a device of the inviter (rule C2). */
export const confirmJoin = (core: ReplicaCore, log: LogId): Promise<Result<void, ActError>> =>
  sayIn(core, log, ({ invite: used }) => used?.joined && { type: "confirm", join: used.joined as string as StatementId });

function stageOf({ session }: OpenLog): HouseholdView["stage"] {
  return session.charter ? stage(session.charter, session.identity.member, session.now()) : "alone";
}
