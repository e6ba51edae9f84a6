import { ok } from "../../base/result.ts";
import { channelsOf } from "../../base/channels.ts";
import { refused } from "../errors.ts";
import { growing, grown, lengthOf } from "../persistent.ts";
import { readersNow } from "../readers.ts";
import type { Charter, Epoch } from "../state.ts";
import { signingDevice, type Rule } from "./context.ts";

/**
 * New channel keys (rules K3, K4): numbered without a gap from 0, wrapped to exactly the readers. That the boxes hold what the commitment
 * says only their receivers can tell.
 */
export const openEpoch: Rule<"open-epoch"> = ({ charter, signed, since }, statement) => {
  const signer = signingDevice(charter, statement.by);
  if (!signer.ok) return signer;
  const { device, member } = signer.value;
  const named = new Set(statement.epochs.map((e) => e.channel));
  if (named.size !== statement.epochs.length) return refused("charter-channel");
  const readers = readersNow(charter).map((r) => r.id);
  const epochs: Partial<Record<string, Charter["epochs"][Epoch["channel"]]>> = {};
  for (const opened of statement.epochs) {
    const { channel, epoch, commitment } = opened;
    if (!channelsOf(charter.kind).includes(channel)) return refused("charter-channel");
    const before = charter.epochs[channel] ?? growing<Epoch>();
    if (epoch !== lengthOf(before)) return refused("charter-epoch-number");
    const recipients = opened.wraps.map((w) => w.to);
    // As many as the readers, and each of them: so nobody else, and nobody twice.
    if (recipients.length !== readers.length || !readers.every((id) => recipients.includes(id))) {
      return refused("charter-epoch-readers");
    }
    epochs[channel] = grown(before, { channel, epoch, commitment, opened: since, by: device.id, statement: signed.id, recipients });
  }
  return ok({ charter: { ...charter, epochs: { ...charter.epochs, ...epochs } }, signers: [device.id], member: member.id });
};
