import { beforeAll, expect, test, vi } from "vitest";
import { toId } from "@countersign/shared/base/bytes";
import type { Hex32 } from "@countersign/shared/base/ids";
import type { LogKeyId } from "@countersign/shared/charter/types";
import { initCrypto } from "@countersign/shared/crypto/init";
import { openCheckpoint } from "@countersign/shared/log/checkpoint";
import { advance, emptyLogState, type LogState } from "@countersign/shared/sync/log-state";
import { openLogCheckpoint } from "@countersign/shared/sync/log-checkpoint";
import { originOf } from "@countersign/shared/log/origin";
import { checkpointSigner } from "../src/log/open.ts";
import { charterEntry, dialRelay, sealedEntry, TestClient, type Of } from "./client.ts";
import { epochNow, foundHousehold } from "./household.ts";
import { makeWorld, NAME } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => initCrypto());

test("[C8] a log moves to a new key: whoever reads along, whoever was away, and a relay that starts again all go over it", async () => {
  const world = await makeWorld();
  const dial = dialRelay(world.relay);
  const home = await foundHousehold(dial, { relay: NAME, time: world.clock.now() });
  const { log, chain } = home;
  const oldSeed = (await world.store.log(log))?.keySeed ?? new Uint8Array();
  const alice = await TestClient.signIn(dial, "device", home.alice.phone.sign, log);
  const bob = await TestClient.signIn(dial, "device", home.bob.phone.sign, log);
  const entry = (n: number) => sealedEntry(log, home.alice.phone, new Uint8Array(50).fill(n), { epoch: epochNow(chain) });
  const reader = await TestClient.signIn(dial, "recovery", home.bob.sheet.sign, log);
  reader.send({ t: "subscribe", from: 0, window: 1_024 });
  const live: Of<"entries">[] = await reader.entries(home.size);
  const next = async (): Promise<void> => void live.push(...(await reader.entries(1)));

  const stranger = await TestClient.signIn(dial, "found", home.alice.laptop.sign, null);
  stranger.send({ t: "reserve" });
  const { logKey } = await stranger.find("reserved");
  const move = chain.make("move-log", { size: 1, root: "11".repeat(32) as Hex32, relay: NAME, logKey: toId<LogKeyId>(logKey) }, [
    home.alice.phone,
  ]);
  await alice.push(charterEntry(log, move, home.alice.phone.sign.secretKey));
  await next();
  chain.push(move);
  await alice.push(entry(1));
  await next();
  const consent = chain.make("consent", { to: move.id }, [home.bob.phone]);
  const stands = (await bob.push(charterEntry(log, consent, home.bob.phone.sign.secretKey))).n[0] ?? -1;
  await next();
  await alice.push(entry(2));
  await next();

  // Reading along, one piece after another.
  let state: LogState = emptyLogState(log);
  for (const page of live) {
    const done = advance(state, page.from, page.items, page.note, []);
    if (!done.ok) throw new Error(`${done.error.code} ${done.error.detail ?? ""} at ${String(page.from)}`);
    state = done.value.state;
    expect(state.tail.verified?.checkpoint.size).toBe(page.from + page.items.length);
  }
  const { charter } = state;
  if (!charter) throw new Error("a charter");

  // Away since the beginning: all in one run, under the last note.
  const items = live.flatMap((p) => p.items);
  const last = live.at(-1)?.note ?? "";
  const whole = advance(emptyLogState(log), 0, items, last, []);
  expect(whole.ok && whole.value.state.tail.verified?.note).toBe(last);
  expect(openCheckpoint(last, originOf(NAME, log), logKey).ok).toBe(true);

  // Over the entry with which the move stands both keys count; before it the old one alone, after it the new one alone.
  const old = checkpointSigner(NAME, log, oldSeed);
  const until = (size: number, note: string) => advance(emptyLogState(log), 0, items.slice(0, size), note, []);
  const rootOf = (size: number): Uint8Array => {
    const read = advance(emptyLogState(log), 0, items.slice(0, size), null, []);
    if (!read.ok) throw new Error(read.error.code);
    return read.value.state.tail.root();
  };
  const byOld = (size: number): string => old.sign(size, rootOf(size), world.clock.now());
  expect([stands, stands + 1].map((size) => until(size, byOld(size)).ok)).toEqual([true, true]);
  expect([stands, stands + 1, stands + 2].map((size) => openLogCheckpoint(byOld(size), charter).ok)).toEqual([true, true, false]);
  const late = until(stands + 2, byOld(stands + 2));
  expect(!late.ok && late.error.code).toBe("relay-checkpoint");
  const forked = until(stands + 1, old.sign(stands + 1, new Uint8Array(32), 1));
  expect(!forked.ok && forked.error.code).toBe("relay-fork");

  // The relay that starts again on its store signs with the new key.
  const again = await makeWorld({}, { store: world.store, clock: world.clock });
  const back = await TestClient.signIn(dialRelay(again.relay), "device", home.bob.phone.sign, log);
  expect(openCheckpoint(back.welcome?.note ?? "", originOf(NAME, log), logKey).ok).toBe(true);
});
