import type { LogId, RecordId } from "@countersign/shared/base/ids";
import { turnOf, type BundleRule } from "@countersign/shared/sync/bundling";
import type { LogSession } from "@countersign/shared/sync/session";
import { PASSPHRASE, RELAY, World, ZONE, type Device, type Saved } from "./world.ts";

export const DEVICES = ["ana", "ana2", "ben", "ben2"] as const;

/** The household log as a device of it has it. */
export function household(device: Device): LogSession {
  const found = [...device.replica.core.logs.values()].find((l) => l.session.identity.kind === "household");
  if (!found) throw new Error(`${device.name} has no household`);
  return found.session;
}

export const isLive = (session: LogSession): boolean => session.link.state.state === "live";

/** Two parents who have founded, joined, confirmed and compared, with one device each. */
export async function twoParents(world: World, receipts: { readonly ana?: boolean; readonly ben?: boolean } = {}): Promise<LogId> {
  const a = await world.device("ana").boot(false);
  await world.get(a.start({ relay: RELAY, passphrase: PASSPHRASE, name: "Ana", zone: ZONE, ...choice(receipts.ana) }));
  const invite = await world.get(a.invite({ label: "Home" }));
  const b = await world.device("ben").boot(false);
  const log = await world.get(b.join({ link: invite.link, name: "Ben", passphrase: PASSPHRASE, zone: ZONE, ...choice(receipts.ben) }));
  await world.time.until(async () => (await a.households()).some((h) => h.stage === "waiting"));
  await world.get(a.confirmJoin(log));
  await world.get(a.attest(log, "words"));
  return log;
}

/** What somebody chose at the start of view receipts; mostly nothing. */
const choice = (viewReceipts: boolean | undefined): { viewReceipts?: boolean } => (viewReceipts === undefined ? {} : { viewReceipts });

/** Brings a second device of a parent in by a code and six digits, through the relay's mailboxes (C3), as a person would. */
export async function linkSecond(world: World, first: Device, name: string): Promise<Device> {
  const old = first.replica;
  await world.get(old.addDevice(PASSPHRASE));
  const shown = await old.linkState();
  if (shown.state !== "code") throw new Error(`no code: ${shown.state}`);
  const second = world.device(name);
  const fresh = await second.boot(false);
  await world.get(fresh.takeOver({ relay: RELAY, code: shown.code, passphrase: PASSPHRASE, name }));
  const showing = await fresh.linkState();
  if (showing.state !== "showing") throw new Error(`no digits: ${showing.state}`);
  await world.time.until(async () => (await old.linkState()).state === "digits");
  await world.get(old.typeDigits(showing.digits));
  await world.time.until(async () => (await old.linkState()).state === "given" && (await fresh.linkState()).state === "taken");
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

/** The family as it was saved: every device awake, and at rest. */
export async function awake(saved: Saved, seed: number, bundling?: BundleRule): Promise<World> {
  const world = await World.from(saved, seed);
  if (bundling) world.bundling = bundling;
  await wakeAll(world);
  await quiet(world);
  return world;
}

export async function wakeAll(world: World): Promise<void> {
  for (const device of world.devices.values()) if (!device.isRunning) await device.boot();
}

/** A message that begins a thread of the household; resolves when it is saved on the device. */
export const say = (world: World, device: Device, text = "T"): Promise<RecordId> =>
  world.get(device.replica.sendMessage({ log: household(device).log, subject: text, text, files: [] }));

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
