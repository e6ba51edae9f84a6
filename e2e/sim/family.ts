import { toId } from "@countersign/shared/base/bytes";
import type { DeviceId, LogId } from "@countersign/shared/base/ids";
import { ok } from "@countersign/shared/base/result";
import { sheetUnlockKey } from "@countersign/shared/charter/recovery-sheet";
import { frameOn, makeStatement } from "@countersign/shared/charter/sign";
import type { BoxKeyId } from "@countersign/shared/charter/types";
import { boxKeyPair } from "@countersign/shared/crypto/box";
import { signKeyPair } from "@countersign/shared/crypto/sign";
import type { Channel } from "@countersign/shared/entry/channels";
import { turnOf, type BundleRule } from "@countersign/shared/sync/bundling";
import { FORMAT_LEVEL } from "@countersign/shared/sync/found";
import type { LogSession } from "@countersign/shared/sync/session";
import { PASSPHRASE, RELAY, value, World, type Device, type Saved } from "./world.ts";

export const DEVICES = ["ana", "ana2", "ben", "ben2"] as const;

/** The household log as a device of it has it. */
export function household(device: Device): LogSession {
  const found = [...device.replica.core.logs.values()].find((l) => l.session.identity.kind === "household");
  if (!found) throw new Error(`${device.name} has no household`);
  return found.session;
}

export const isLive = (session: LogSession): boolean => session.link.state.state === "live";

/** Two parents who have founded, joined, confirmed and compared, with one device each. */
export async function twoParents(world: World): Promise<LogId> {
  const a = await world.device("ana").boot(false);
  await world.get(a.start({ relay: RELAY, passphrase: PASSPHRASE, name: "Ana", zone: "Europe/Vienna" }));
  const invite = await world.get(a.invite({ label: "Home" }));
  const b = await world.device("ben").boot(false);
  const log = await world.get(b.join({ link: invite.link, name: "Ben", passphrase: PASSPHRASE, zone: "Europe/Vienna" }));
  await world.time.until(async () => (await a.households()).some((h) => h.stage === "waiting"));
  await world.get(a.confirmJoin(log));
  await world.get(a.attest(log, "words"));
  return log;
}

/**
 * Brings a second device of a parent in. Linking through the mailbox (C3) is not built yet: here the first device writes the `link`
 * statement, which both sign, and hands its channel keys over directly.
 */
export async function linkSecond(world: World, first: Device, name: string): Promise<Device> {
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

/** Two parents with two devices each, at rest: what schedules start from. */
export async function makeFamily(seed = 1): Promise<Saved> {
  const world = await World.make(seed);
  await twoParents(world);
  await linkSecond(world, world.device("ana"), "ana2");
  await linkSecond(world, world.device("ben"), "ben2");
  await quiet(world);
  for (const device of world.devices.values()) device.kill();
  world.relayDown();
  return world.save();
}

/** Everything that was written is in the log, and everything of the log is on every running device. */
export function isQuiet(world: World): boolean {
  const sizes = new Map<LogId, number>();
  for (const device of world.devices.values()) {
    if (!device.isRunning) continue;
    for (const { session } of device.replica.core.logs.values()) {
      if (!isLive(session) || !session.outbox.isEmpty || !session.statements.isIdle) return false;
      if (world.bundling && isToBundle(session, world.bundling)) return false;
      const size = sizes.get(session.log) ?? session.position();
      sizes.set(session.log, size);
      if (session.position() !== size) return false;
    }
  }
  return true;
}

/** A bundle is still to be made, or to be acknowledged by this device. */
function isToBundle(session: LogSession, rule: BundleRule): boolean {
  const { charter, ledger } = session;
  if (!charter || turnOf(charter, session.device, session.now()) === undefined) return false;
  const isDue = ledger.due(session.device, charter, session.now()).length > 0;
  return isDue || (rule.age === 0 && [...ledger.loose].some((l) => l.seqs.length >= rule.entries));
}

/** What each device is about, for whoever reads why it never came to rest. */
function states(world: World): string {
  return [...world.devices.values()]
    .filter((d) => d.isRunning)
    .flatMap((d) =>
      [...d.replica.core.logs.values()].map(({ session: s }) =>
        [
          d.name,
          s.identity.kind,
          JSON.stringify(s.link.state),
          `at ${String(s.position())}`,
          `unsent ${String(s.outbox.unsent)}/${String(s.outbox.sealed.length)}`,
          s.statements.isIdle ? "" : "statement",
          s.isDevice() ? "" : "no device",
          s.storeFault ?? "",
          `loose ${[...s.ledger.loose].map((l) => l.seqs.length).join(",")}`,
          ...s.faults.all.map((f) => f.code),
        ].join(" "),
      ),
    )
    .join("\n");
}

export async function quiet(world: World, limit = 600_000): Promise<void> {
  for (let calm = 0; calm < 3; calm++) {
    try {
      await world.time.until(() => isQuiet(world), limit);
    } catch (e) {
      throw new Error(`never at rest:\n${states(world)}`, { cause: e });
    }
    await world.time.pass(500);
    if (!isQuiet(world)) calm = -1;
  }
}
