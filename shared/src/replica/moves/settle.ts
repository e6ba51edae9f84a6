import { ok, type Result } from "../../base/result.ts";
import { inviteLink, parseInviteLink } from "../../charter/invite-link.ts";
import { FileBox } from "../../sync/files.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import type { MoveRows } from "./rows.ts";

/** From now on this log is at that relay. What was asked for elsewhere is done with; what names the old relay names the new one. */
export async function settleAt(
  core: ReplicaCore,
  rows: MoveRows,
  open: OpenLog,
  { address, name }: { readonly address: string; readonly name: string },
): Promise<Result<void, ActError>> {
  const { session } = open;
  const { log, identity } = session;
  const saved = await core.saveIdentity({ ...identity, address, relayName: name });
  if (!saved.ok) return saved;
  session.link.stop();
  await session.link.idle();
  session.adopt({ address, relayName: name });
  await rows.drop(log);
  const link = open.names.link === null ? undefined : parseInviteLink(open.names.link);
  if (link?.ok === true)
    await core.saveNames(open, { ...open.names, link: inviteLink(core.deps.webOrigin(address), { ...link.value, relay: address }) });
  if (identity.kind === "personal" && core.sheet) await core.saveSheet({ ...core.sheet, relay: address, confirmed: false });
  if (core.rows) await new FileBox(log, core.rows, core.deps.ports.transport).offerAgain();
  if (core.logs.get(log) === open) session.link.start();
  core.tell({ topic: "households" });
  core.tell({ topic: "vault" });
  return ok(undefined);
}
