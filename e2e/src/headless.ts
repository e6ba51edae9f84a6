/** A parent's client without a screen: the very engine of the app, with a clock that a test may turn, as a modified client would. */
import { setTimeout as sleep } from "node:timers/promises";
import type { LogId } from "@countersign/shared/base/ids";
import { initCrypto } from "@countersign/shared/crypto/init";
import { initAutomergeNode } from "@countersign/shared/node/automerge";
import { nodePorts } from "@countersign/shared/node/ports";
import { openReplica, type Replica } from "@countersign/shared/replica/replica";
import { MemoryStore } from "@countersign/shared/vault/memory-store";

export interface Headless {
  readonly replica: Replica;
  /** How far its clock is from the true time, ms. */
  skew: number;
  household(): Promise<LogId>;
}

export async function openHeadless(): Promise<Headless> {
  await Promise.all([initCrypto(), initAutomergeNode()]);
  const client = { skew: 0 };
  const clock = { ...nodePorts.clock, now: () => Date.now() + client.skew };
  const opened = await openReplica({
    rows: new MemoryStore(),
    ports: { ...nodePorts, clock },
    webOrigin: (relay) => relay,
    argonCost: { memKiB: 8, passes: 1 },
  });
  if (!opened.ok) throw new Error(opened.error.code);
  const replica = opened.value;
  const household = async (): Promise<LogId> => {
    const home = (await replica.households()).find((h) => h.kind === "household");
    if (!home) throw new Error("no household yet");
    return home.log;
  };
  return Object.assign(client, { replica, household });
}

/** Asks again until it is so. */
export async function until(what: string, is: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await is()) return;
    await sleep(100);
  }
  throw new Error(`it did not come about: ${what}`);
}
