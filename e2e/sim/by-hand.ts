import { toId } from "@countersign/shared/base/bytes";
import type { DeviceId } from "@countersign/shared/base/ids";
import { ok } from "@countersign/shared/base/result";
import { sheetUnlockKey } from "@countersign/shared/charter/recovery-sheet";
import { frameOn, makeStatement } from "@countersign/shared/charter/sign";
import type { BoxKeyId } from "@countersign/shared/charter/types";
import { boxKeyPair } from "@countersign/shared/crypto/box";
import { signKeyPair } from "@countersign/shared/crypto/sign";
import type { Channel } from "@countersign/shared/base/channels";
import { FORMAT_LEVEL } from "@countersign/shared/sync/found";
import { household, isLive } from "./family.ts";
import { PASSPHRASE, value, type Device, type World } from "./world.ts";

/**
 * A second device that has the household alone and gets its channel keys only once the log is there, as an invitation gives them. Linking by code
 * (`linkSecond`) hands the keys over first.
 */
export async function linkByHand(world: World, first: Device, name: string): Promise<Device> {
  const old = household(first);
  const { random } = first.ports(first.process);
  const sign = random(32);
  const box = random(32);
  const pair = signKeyPair(sign);
  const linked = old.statements.request(
    (charter, _at, checkpoint) =>
      ok({
        signed: makeStatement(
          {
            ...frameOn(charter, old.device, checkpoint),
            type: "link",
            device: { sign: toId<DeviceId>(pair.publicKey), box: toId<BoxKeyId>(boxKeyPair(box).publicKey) },
            level: FORMAT_LEVEL,
          },
          [old.signKeys, pair],
        ),
        secret: old.signKeys.secretKey,
      }),
    old,
  );
  const done = await world.time.answer(linked);
  if (!done.ok) throw new Error("the link was refused");
  const second = world.device(name);
  const { core } = await second.boot(false);
  const sheet = first.replica.core.sheet;
  if (!sheet) throw new Error("a sheet");
  value(await core.vault.create(PASSPHRASE, sheetUnlockKey(sheet.seed)));
  value(await core.saveSheet(sheet));
  const identity = { ...old.identity, sign, box };
  value(await core.saveIdentity(identity));
  const { session } = await core.openLog(identity, undefined);
  value(
    await session.addKeys(
      [...old.state.keys].map(([name, key]) => {
        const [channel = "", epoch = ""] = name.split("/");
        return { channel: channel as Channel, epoch: Number(epoch), key };
      }),
    ),
  );
  await world.time.until(() => isLive(session) && session.isDevice());
  return second;
}
