import { idBytes, toId } from "../base/bytes.ts";
import type { ChannelKey, DeviceId, Hex32, MemberId, StatementId } from "../base/ids.ts";
import { encode } from "../cbor/cbor.ts";
import { epochCommitment } from "../charter/epoch.ts";
import { currentEpoch } from "../charter/owed.ts";
import { readersOf } from "../charter/people.ts";
import { safetyDigestOf } from "../charter/safety-digest.ts";
import { frameOn, makeStatement } from "../charter/sign.ts";
import type { InviteKeyId, LogKeyId, LogKind, OpenedEpoch, StatementFields } from "../charter/types.ts";
import { boxSealUnder } from "../crypto/box.ts";
import { keyed } from "../crypto/keyed.ts";
import { seal } from "../crypto/seal.ts";
import { signKeyPair } from "../crypto/sign.ts";
import { channelsOf, type Channel } from "../base/channels.ts";
import { deviceKeys, recoveryKeys, type DeviceSecrets, type RecoverySecrets } from "./keys.ts";
import { LEVEL, type LogBuilder } from "./log-builder.ts";

const DAY = 86_400_000;

/** Founds the log with its first member and opens the first epoch of every channel. */
export function found(builder: LogBuilder, kind: LogKind, device: DeviceSecrets, recovery: RecoverySecrets): MemberId {
  const { random } = builder;
  const fields: StatementFields["found"] = {
    nonce: toId(random(32)),
    kind,
    device: deviceKeys(device),
    recovery: recoveryKeys(recovery),
    relay: builder.relay,
    logKey: toId<LogKeyId>(builder.logKey.publicKey),
    level: LEVEL,
  };
  const statement = { type: "found" as const, log: null, prev: null, by: device.id, checkpoint: null, ...fields };
  const id = builder.state(device, makeStatement(statement, [device.sign]));
  openEpochs(builder, device, channelsOf(kind));
  return id as string as MemberId;
}

/** New keys for these channels, wrapped to whoever may read now. */
export function openEpochs(builder: LogBuilder, device: DeviceSecrets, channels: readonly Channel[]): StatementId {
  const epochs = channels.map((channel): OpenedEpoch => {
    const epoch = (currentEpoch(builder.charter, channel)?.epoch ?? -1) + 1;
    const key = builder.random(32) as ChannelKey;
    builder.keys.set(channel, [...(builder.keys.get(channel) ?? []), key]);
    const wraps = readersOf(builder.charter, channel, builder.next).map((reader) => ({
      to: reader.id,
      // boxSeal draws its own one-time key; a generated log must come out alike each time.
      box: boxSealUnder(idBytes(reader.box), key, builder.random(32)),
    }));
    return { channel, epoch, commitment: epochCommitment(builder.log, { channel, epoch, key }), wraps };
  });
  return builder.state(device, makeStatement({ ...frame(builder, device.id), type: "open-epoch", epochs }, [device.sign]));
}

export interface OpenInvite {
  readonly id: StatementId;
  /** The 32 bytes that the link carries: seed of the one-time key. */
  readonly secret: Uint8Array;
}

/** The founder invites the other parent to all channels that there are. */
export function invite(builder: LogBuilder, device: DeviceSecrets, days = 14): OpenInvite {
  const secret = builder.random(32);
  const channels = channelsOf(builder.charter.kind);
  const covers = channels.map((channel) => ({ channel, epoch: currentEpoch(builder.charter, channel)?.epoch ?? 0 }));
  const keys = covers.map(({ channel, epoch }) => ({ c: channel, e: epoch, k: builder.keys.get(channel)?.[epoch] ?? new Uint8Array(32) }));
  const fields: StatementFields["invite"] = {
    key: toId<InviteKeyId>(signKeyPair(secret).publicKey),
    role: "parent",
    expires: builder.next.time + days * DAY,
    covers,
    box: sealInvite(builder, secret, encode(keys)),
  };
  const id = builder.state(device, makeStatement({ ...frame(builder, device.id), type: "invite", ...fields }, [device.sign]));
  return { id, secret };
}

function sealInvite(builder: LogBuilder, secret: Uint8Array, message: Uint8Array): Uint8Array {
  const log = idBytes(builder.log);
  return seal("invite-seal", keyed("invite-seal", secret, log), log, message, builder.random);
}

/** The other parent joins, and opens new epochs as their first act (rule C2). */
export function join(builder: LogBuilder, open: OpenInvite, device: DeviceSecrets, recovery: RecoverySecrets): MemberId {
  const fields = { invite: open.id, device: deviceKeys(device), recovery: recoveryKeys(recovery), level: LEVEL };
  const statement = makeStatement({ ...frame(builder, device.id), type: "join", ...fields }, [device.sign, signKeyPair(open.secret)]);
  const id = builder.state(device, statement);
  openEpochs(builder, device, channelsOf(builder.charter.kind));
  return id as string as MemberId;
}

export const confirm = (builder: LogBuilder, device: DeviceSecrets, member: MemberId): StatementId =>
  builder.state(
    device,
    makeStatement({ ...frame(builder, device.id), type: "confirm", join: member as string as StatementId }, [device.sign]),
  );

/** A parent notes that they compared the safety words with the other. */
export function attest(builder: LogBuilder, device: DeviceSecrets, member: MemberId, method: "words" | "cards" = "words"): StatementId {
  const digest: Hex32 | undefined = safetyDigestOf(builder.charter);
  if (digest === undefined) throw new Error("there is no other parent");
  return builder.state(device, makeStatement({ ...frame(builder, device.id), type: "attest", member, method, digest }, [device.sign]));
}

/** A member links another device of theirs, which gets the keys by new epochs. */
export function link(builder: LogBuilder, by: DeviceSecrets, added: DeviceSecrets): StatementId {
  const fields = { device: deviceKeys(added), level: LEVEL };
  const id = builder.state(by, makeStatement({ ...frame(builder, by.id), type: "link", ...fields }, [by.sign, added.sign]));
  openEpochs(builder, by, channelsOf(builder.charter.kind));
  return id;
}

/** A member revokes a device of theirs; new epochs follow (rule K3). */
export function revoke(builder: LogBuilder, by: DeviceSecrets, device: DeviceId): StatementId {
  const id = builder.state(by, makeStatement({ ...frame(builder, by.id), type: "revoke", device }, [by.sign]));
  openEpochs(builder, by, channelsOf(builder.charter.kind));
  return id;
}

function frame(builder: LogBuilder, by: DeviceId): ReturnType<typeof frameOn> {
  return frameOn(builder.charter, by, builder.checkpointRef());
}
