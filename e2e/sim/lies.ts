import { idBytes, toId } from "@countersign/shared/base/bytes";
import { parseAuthorPart } from "@countersign/shared/entry/header";
import { checkProof } from "@countersign/shared/fault-proof/check";
import type { Proven } from "@countersign/shared/fault-proof/report";
import type { FaultCode } from "@countersign/shared/replica/sync-view";
import type { PushEntry, RelayMessage } from "@countersign/shared/wire/messages";
import { expect } from "vitest";
import { checkpointSigner, openState } from "../../sync-server/src/log/open.ts";
import { say } from "./family.ts";
import { logOf } from "./schedule.ts";
import { RELAY_NAME, type Device, type World } from "./world.ts";

export type Entries = Extract<RelayMessage, { t: "entries" }>;

/** Changes the next run of entries that a device is to get, once. */
export function meddle(world: World, name: string, change: (message: Entries) => readonly RelayMessage[]): void {
  world.net.meddler = {
    toDevice: (device, message) => {
      if (device !== name || message.t !== "entries" || message.items.length === 0) return [message];
      world.net.meddler = undefined;
      return change(message);
    },
  };
}

/** Found, named, kept with evidence; the app goes on without the relay. */
export async function expectStopped(world: World, device: Device, codes: readonly FaultCode[], proven?: Proven): Promise<void> {
  const log = logOf(world);
  await world.time.until(async () => (await device.replica.sync(log)).state === "stopped");
  const view = await device.replica.sync(log);
  if (view.state !== "stopped") throw new Error("stopped");
  expect(codes).toContain(view.fault.code);
  expect(view.fault.who).toBe("relay");
  const proof = await world.get(device.replica.faultProof(view.fault.id));
  const checked = checkProof(proof);
  if (!checked.ok) throw new Error(checked.error.code);
  expect(checked.value.proven).toBe(proven);
  expect(checked.value).toMatchObject(proven ? { holds: true, relay: RELAY_NAME, log } : { holds: false, reason: "kept" });
  expect(view.fault.portable).toBe(proven !== undefined);
  expect((await device.replica.history(log, { types: ["fault"] }, 0, 10)).rows.map((r) => r.what)).toContain(`fault.${view.fault.code}`);
  const record = await say(world, device, "Written offline");
  const after = await device.replica.sync(log);
  if (after.state !== "stopped") throw new Error("stopped");
  expect(after.unsent).toBeGreaterThan(view.unsent);
  expect((await device.replica.message(log, record))?.proof.state).toBe("saved");
}

/** The relay takes an entry into its log that it should have refused. Gives the note that it signs over it. */
export async function append(world: World, entry: PushEntry): Promise<string> {
  const author = parseAuthorPart(entry.a);
  if (!author.ok) throw new Error("an entry");
  const { log } = author.value;
  const opened = await openState(world.relayStore, log);
  if (!opened) throw new Error("a log");
  const { state } = opened;
  const made = state.append(author.value, entry.a, entry.b, state.next(world.time.now()), state.charter);
  await world.relayStore.commit([{ t: "entry", log, id: toId(idBytes(author.value.commitment)), entry: made.entry }]);
  return checkpointSigner(RELAY_NAME, log, opened.keySeed).sign(state.size, state.root(), state.time);
}
