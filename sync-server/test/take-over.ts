import { expect } from "vitest";
import type { Hex32 } from "@countersign/shared/base/ids";
import { toId } from "@countersign/shared/base/bytes";
import type { LogKeyId } from "@countersign/shared/charter/types";
import { headerLeaf } from "@countersign/shared/entry/header";
import { MerkleTree } from "@countersign/shared/log/tree";
import type { RestoreMessage } from "@countersign/shared/wire/messages";
import { charterEntry, dialRelay, sealedEntry, TestClient, type Dial, type Of } from "./client.ts";
import { epochNow, foundHousehold, type TestHousehold } from "./household.ts";
import { makeWorld, NAME, type World } from "./world.ts";

/** The relay to which a log moves in these stories. */
export const OTHER = "other.example";
export type Item = RestoreMessage["entries"][number];

/** A household on the relay that it leaves. */
export interface Leaving {
  readonly old: World;
  readonly home: TestHousehold;
  readonly dial: Dial;
}

/** A household with 150 entries on one relay, 75 of each parent. */
export async function leavingHousehold(): Promise<Leaving> {
  const old = await makeWorld();
  const dial = dialRelay(old.relay);
  const home = await foundHousehold(dial, { relay: NAME, time: old.clock.now() });
  const epoch = epochNow(home.chain);
  for (const who of [home.alice.phone, home.bob.phone]) {
    const client = await TestClient.signIn(dial, "device", who.sign, home.log);
    for (let n = 0; n < 75; n += 25)
      await client.push(...Array.from({ length: 25 }, (_, i) => sealedEntry(home.log, who, new Uint8Array(90 + i).fill(n + i), { epoch })));
    client.close();
  }
  return { old, home, dial };
}

/** The key that a relay keeps for a log that it does not have yet. */
export async function reserveAt(dial: Dial, home: TestHousehold): Promise<Hex32> {
  const mover = await TestClient.signIn(dial, "move", home.alice.phone.sign, home.log);
  expect(mover.welcome).toMatchObject({ size: 0, note: null, stage: { offer: [] } });
  mover.send({ t: "reserve" });
  const { logKey } = await mover.find("reserved");
  mover.close();
  return toId<Hex32>(logKey);
}

/** Proposed by Alice and consented to by Bob, on the old relay. */
export async function agree({ home, dial }: Leaving, logKey: Hex32): Promise<void> {
  const { chain, log } = home;
  const move = chain.make(
    "move-log",
    { size: 1, root: "11".repeat(32) as Hex32, relay: OTHER, logKey: logKey as string as LogKeyId, address: "https://other.example" },
    [home.alice.phone],
  );
  const alice = await TestClient.signIn(dial, "device", home.alice.phone.sign, log);
  expect((await alice.push(charterEntry(log, move, home.alice.phone.sign.secretKey))).error).toBeUndefined();
  chain.push(move);
  const consent = chain.make("consent", { to: move.id }, [home.bob.phone]);
  const bob = await TestClient.signIn(dial, "device", home.bob.phone.sign, log);
  expect((await bob.push(charterEntry(log, consent, home.bob.phone.sign.secretKey))).error).toBeUndefined();
  chain.push(consent);
  const late = sealedEntry(log, home.alice.phone, new Uint8Array(3), { epoch: epochNow(chain) });
  expect((await alice.push(late)).error?.code).toBe("log-closed");
}

/** A whole log as a relay gives it out to a reader who knows nothing. */
export interface Whole {
  readonly items: readonly Item[];
  readonly note: string;
  readonly tree: MerkleTree;
}

export async function wholeOf({ home, dial }: Pick<Leaving, "home" | "dial">, sheet = home.alice.sheet): Promise<Whole> {
  const reader = await TestClient.signIn(dial, "recovery", sheet.sign, home.log);
  reader.send({ t: "subscribe", from: 0, window: 1_024 });
  const pages = await reader.entries(reader.welcome?.size ?? 0);
  reader.close();
  const items = pages.flatMap((p) => p.items) as Item[];
  return { items, note: pages.at(-1)?.note ?? "", tree: MerkleTree.of(items.map((i) => headerLeaf(i.a, i.r))) };
}

/** A piece of a log, as it is brought. */
export function piece({ items, note, tree }: Whole, from: number, count = 64): RestoreMessage {
  const entries = items.slice(from, from + count);
  const proof = tree.consistency(from + entries.length);
  return { t: "restore", id: from, from, entries: [...entries], note, proof: proof.ok ? [...proof.value] : [] };
}

export async function say(client: TestClient, message: RestoreMessage): Promise<Of<"receipt">> {
  client.send(message);
  return client.find("receipt");
}

/** Brings a log from where the relay has it to `to`. */
export async function bring(dial: Dial, home: TestHousehold, whole: Whole, from = 0, to = whole.items.length): Promise<TestClient> {
  const client = await TestClient.signIn(dial, "move", home.bob.phone.sign, home.log);
  expect(client.welcome?.size).toBe(from);
  for (let at = from; at < to; at += 64) {
    const receipt = await say(client, piece(whole, at, Math.min(64, to - at)));
    expect(receipt.error).toBeUndefined();
  }
  return client;
}
