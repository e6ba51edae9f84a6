import { toId } from "../../base/bytes.ts";
import type { Hex32 } from "../../base/ids.ts";
import { hasEnded, isClosed, seniorOf } from "../../charter/query.ts";
import type { CheckpointRef } from "../../charter/types.ts";
import type { LogSession } from "../../sync/session.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";

/** The households that are still kept, which move together. */
export function livingHouseholds(core: ReplicaCore): OpenLog[] {
  return [...core.logs.values()].filter(({ session }) => {
    const { charter, identity } = session;
    if (identity.kind !== "household" || !charter) return false;
    return !isClosed(charter, session.now()) && !hasEnded(charter, identity.member) && !session.isRemoved;
  });
}

/** Whether this device is the one that speaks for its member where a younger, maybe stolen one must not: of moves and of recoveries (rules C8, C9). */
export function isSenior(session: LogSession): boolean {
  const { charter, identity } = session;
  return charter !== undefined && seniorOf(charter, identity.member, session.now()) === session.device;
}

/** The checkpoint over everything that is here; undefined while entries are here of which the relay has still to say so. */
export function lastCheckpoint({ state }: LogSession): CheckpointRef | undefined {
  const { verified, size } = state.tail;
  if (verified?.checkpoint.size !== size) return undefined;
  return { size, root: toId<Hex32>(verified.checkpoint.root), time: verified.checkpoint.time };
}
