import type { PushEntry } from "@countersign/shared/wire/messages";
import { dialRelay, sealedEntry, TestClient } from "./client.ts";
import { epochNow, foundHousehold, type TestHousehold } from "./household.ts";
import { makeWorld, NAME, type World } from "./world.ts";

/** A relay with one household, and a device of each parent connected to it. */
export interface Scene extends World {
  readonly home: TestHousehold;
  readonly alice: TestClient;
  readonly bob: TestClient;
  readonly epoch: number;
  /** An entry of alice's whose body is full of one byte. Equal bodies are equal entries: pushed again they are recognised. */
  readonly entry: (n: number, length?: number) => PushEntry;
  readonly entryOfBob: (n: number) => PushEntry;
}

/** @param buffered what waits in bob's socket */
export async function scene(limits: Parameters<typeof makeWorld>[0] = {}, buffered?: () => number): Promise<Scene> {
  const world = await makeWorld(limits);
  const dial = dialRelay(world.relay);
  const home = await foundHousehold(dial, { relay: NAME, time: world.clock.now() });
  const epoch = epochNow(home.chain);
  return {
    ...world,
    home,
    epoch,
    alice: await TestClient.signIn(dial, "device", home.alice.phone.sign, home.log),
    bob: await TestClient.signIn(dialRelay(world.relay, buffered ? { buffered } : {}), "device", home.bob.phone.sign, home.log),
    entry: (n, length) => sealedEntry(home.log, home.alice.phone, filled(n, length), { epoch }),
    entryOfBob: (n) => sealedEntry(home.log, home.bob.phone, filled(n), { epoch }),
  };
}

/** A body that is full of one byte. */
export const filled = (n: number, length = 200): Uint8Array => new Uint8Array(length).fill(n);
