import { beforeAll, describe, expect, test } from "vitest";
import { initCrypto } from "@countersign/shared/crypto/init";
import { LogTail } from "@countersign/shared/sync/tail";
import { originOf } from "@countersign/shared/log/origin";
import { dialRelay, sealedEntry, TestClient } from "../../test/client.ts";
import { epochNow, foundHousehold } from "../../test/household.ts";
import { makeWorld, NAME } from "../../test/world.ts";

beforeAll(() => initCrypto());

const body = (n: number): Uint8Array => new Uint8Array(200).fill(n);

describe("a household on a relay", () => {
  test("[W2] founds, invites, joins, and what one parent pushes reaches the other under a checkpoint that holds", async () => {
    const world = await makeWorld();
    const dial = dialRelay(world.relay);
    const home = await foundHousehold(dial, { relay: NAME, time: world.clock.now() });
    const alice = await TestClient.signIn(dial, "device", home.alice.phone.sign, home.log);
    const bob = await TestClient.signIn(dial, "device", home.bob.phone.sign, home.log);
    expect(bob.welcome?.size).toBe(home.size);
    bob.send({ t: "subscribe", from: 0, window: 1_000 });
    const epoch = epochNow(home.chain);
    const receipt = await alice.push(...[1, 2, 3].map((n) => sealedEntry(home.log, home.alice.phone, body(n), { epoch })));
    expect(receipt).toEqual({ t: "receipt", id: 1, n: [home.size, home.size + 1, home.size + 2] });
    let tail = LogTail.empty(home.log);
    for (const page of await bob.entries(home.size + 3)) {
      const next = tail.accept(page.from, page.items, page.note, originOf(NAME, home.log), home.logKey);
      if (!next.ok) throw new Error(next.error.code);
      tail = next.value.tail;
    }
    expect(tail.verified?.checkpoint.size).toBe(home.size + 3);
    expect(world.log.errors).toEqual([]);
  });
});
