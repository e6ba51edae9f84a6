import type { MemberId } from "../base/ids.ts";
import { getHex, itemsOf, lastOf, lastThat } from "./persistent.ts";
import { memberIn } from "./settle.ts";
import { stands, type Charter } from "./state.ts";
import type { BoxKeyId, Position, RecipientId } from "./types.ts";

/** Someone to whom an epoch key must be wrapped. */
export interface Reader {
  readonly id: RecipientId;
  readonly box: BoxKeyId;
  readonly member: MemberId;
  readonly as: "device" | "recovery";
}

/** The readers by the charter's last statement: unrevoked devices of present members, and those members' recovery keys in force. */
export function readersNow(charter: Charter): readonly Reader[] {
  return charter.parents.flatMap((id): Reader[] => {
    const member = memberIn(charter, id);
    const devices = member.active.flatMap((d): Reader[] => {
      const device = getHex(charter.devices, d);
      return device ? [{ id: d, box: device.keys.box, member: id, as: "device" }] : [];
    });
    const recovery = lastOf(member.recoveries);
    return recovery ? [...devices, { id: recovery.keys.sign, box: recovery.keys.box, member: id, as: "recovery" }] : devices;
  });
}

/** The same for the entry at an earlier place. */
export function readersThen(charter: Charter, at: Position): readonly Reader[] {
  return itemsOf(charter.everyone).flatMap((id): Reader[] => {
    const member = memberIn(charter, id);
    if (!stands(member.joined, at) || stands(member.ended?.since, at)) return [];
    const devices = itemsOf(member.devices).flatMap((d): Reader[] => {
      const device = getHex(charter.devices, d);
      const isActive = device !== undefined && stands(device.linked, at) && !stands(device.revoked, at);
      return isActive ? [{ id: d, box: device.keys.box, member: id, as: "device" }] : [];
    });
    const recovery = lastThat(member.recoveries, (r) => stands(r.since, at));
    return recovery ? [...devices, { id: recovery.keys.sign, box: recovery.keys.box, member: id, as: "recovery" }] : devices;
  });
}
