import { toId } from "../base/bytes.ts";
import type { DeviceId } from "../base/ids.ts";
import type { BoxKeyId, DeviceKeys, RecoveryKeyId, RecoveryKeys } from "../charter/types.ts";
import { boxKeyPair, type BoxKeyPair } from "../crypto/box.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { signKeyPair, type SignKeyPair } from "../crypto/sign.ts";

/** A device with its secrets, as the vault of that device would hold them. */
export interface DeviceSecrets {
  readonly id: DeviceId;
  readonly sign: SignKeyPair;
  readonly box: BoxKeyPair;
}

/** A recovery sheet's keys. */
export interface RecoverySecrets {
  readonly sign: SignKeyPair;
  readonly box: BoxKeyPair;
}

export function makeDevice(random: RandomBytes): DeviceSecrets {
  const sign = signKeyPair(random(32));
  return { id: toId<DeviceId>(sign.publicKey), sign, box: boxKeyPair(random(32)) };
}

export const makeRecovery = (random: RandomBytes): RecoverySecrets => ({ sign: signKeyPair(random(32)), box: boxKeyPair(random(32)) });

export const deviceKeys = (d: DeviceSecrets): DeviceKeys => ({ sign: d.id, box: toId<BoxKeyId>(d.box.publicKey) });
export const recoveryKeys = (r: RecoverySecrets): RecoveryKeys => ({
  sign: toId<RecoveryKeyId>(r.sign.publicKey),
  box: toId<BoxKeyId>(r.box.publicKey),
});
