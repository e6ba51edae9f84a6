import { beforeAll, describe, expect, test, vi } from "vitest";
import { toId, utf8, idBytes } from "@countersign/shared/base/bytes";
import type { LogId } from "@countersign/shared/base/ids";
import { initCrypto } from "@countersign/shared/crypto/init";
import { sign } from "@countersign/shared/crypto/sign";
import { encode } from "@countersign/shared/cbor/cbor";
import { signInBytes } from "@countersign/shared/wire/messages";
import { charterEntry, dialRelay, sealedEntry, TestClient } from "./client.ts";
import { epochNow, foundHousehold, foundPersonal } from "./household.ts";
import { makeWorld, NAME } from "./world.ts";
import { makeInvite, makePerson } from "../../shared/test/people.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => initCrypto());

const HOUR = 3_600_000;

describe("signing in", () => {
  test("[W1] who does not sign in within 10 seconds is closed with 4401", async () => {
    const { relay, clock } = await makeWorld();
    const client = new TestClient(dialRelay(relay));
    await client.next("challenge");
    clock.pass(9_999);
    expect(client.isClosed).toBe(false);
    clock.pass(1);
    expect(await client.closed()).toBe(4401);
    expect(relay.counts().connections).toBe(0);
  });

  test("[W1] a signature for another challenge, log, name or key is refused", async () => {
    const world = await makeWorld();
    const dial = dialRelay(world.relay);
    const home = await foundHousehold(dial, { relay: NAME, time: world.clock.now() });
    const other = await foundPersonal(dial, { relay: NAME, time: world.clock.now(), name: "carol" });
    const keys = home.alice.phone.sign;
    const first = new TestClient(dial);
    const old = await first.next("challenge");
    const replayed = sign("sign-in", signInBytes(old.c, idBytes(home.log), utf8(NAME)), keys.secretKey);
    const second = new TestClient(dial);
    await second.hello("device", keys, home.log, (h) => ({ ...h, s: replayed }));
    expect([(await second.next("error")).code, await second.closed()]).toEqual(["sign-in-refused", 4401]);
    const wrong = async (log: LogId | null, name: string): Promise<[string, number]> => {
      const client = new TestClient(dial);
      const challenge = await client.next("challenge");
      const s = sign("sign-in", signInBytes(challenge.c, log === null ? null : idBytes(log), utf8(name)), keys.secretKey);
      client.send({ t: "hello", v: 1, log: home.log, key: keys.publicKey, as: "device", s });
      return [(await client.next("error")).code, await client.closed()];
    };
    expect(await wrong(other.log, NAME)).toEqual(["sign-in-refused", 4401]);
    expect(await wrong(null, NAME)).toEqual(["sign-in-refused", 4401]);
    expect(await wrong(home.log, "relay.elsewhere")).toEqual(["sign-in-refused", 4401]);
    const good = new TestClient(dial);
    await good.hello("device", keys, home.log);
    await good.next("welcome");
  });

  test("[W1] a stranger to a log gets 4403, and an unknown log its own code", async () => {
    const world = await makeWorld();
    const dial = dialRelay(world.relay);
    const home = await foundHousehold(dial, { relay: NAME, time: world.clock.now() });
    const eve = makePerson("eve");
    const enter = async (as: "device" | "recovery" | "invite", log: LogId | null): Promise<[string, number]> => {
      const client = new TestClient(dial);
      await client.hello(as, eve.phone.sign, log);
      return [(await client.next("error")).code, await client.closed()];
    };
    expect(await enter("device", home.log)).toEqual(["not-member", 4403]);
    expect(await enter("recovery", home.log)).toEqual(["not-member", 4403]);
    expect(await enter("invite", home.log)).toEqual(["not-member", 4403]);
    expect(await enter("recovery", null)).toEqual(["not-member", 4403]);
    expect(await enter("device", toId<LogId>(new Uint8Array(32).fill(1)))).toEqual(["no-such-log", 4401]);
    expect(await enter("device", null)).toEqual(["malformed", 4400]);
  });

  test("[W6] another version is told so, unknown messages too, and a message before the sign-in", async () => {
    const world = await makeWorld();
    const answer = async (act: (c: TestClient) => Promise<void> | void): Promise<[string, number]> => {
      const client = new TestClient(dialRelay(world.relay));
      await act(client);
      return [(await client.find("error")).code, await client.closed()];
    };
    const keys = makePerson("eve").phone.sign;
    expect(await answer((c) => c.hello("mail", keys, null, (h) => ({ ...h, v: 2 })))).toEqual(["unsupported", 4426]);
    expect(await answer((c) => c.sendRaw(encode({ t: "dance", x: 1 })))).toEqual(["unsupported", 4400]);
    expect(await answer((c) => c.sendRaw(encode({ t: "ping", x: 1, y: 2 })))).toEqual(["malformed", 4400]);
    expect(await answer((c) => c.sendRaw(new Uint8Array(0)))).toEqual(["malformed", 4400]);
    expect(await answer((c) => c.send({ t: "subscribe", from: 0, window: 1 }))).toEqual(["sign-in-refused", 4401]);
  });

  test("[W1] mail, found and recovery without a log have their own messages and no others", async () => {
    const world = await makeWorld();
    const dial = dialRelay(world.relay);
    const home = await foundHousehold(dial, { relay: NAME, time: world.clock.now() });
    const keys = makePerson("eve").phone.sign;
    const after = async (as: "mail" | "found", act: (c: TestClient) => void): Promise<number> => {
      const client = await TestClient.signIn(dial, as, keys, null);
      act(client);
      return client.closed();
    };
    expect(await after("mail", (c) => c.send({ t: "subscribe", from: 0, window: 9 }))).toBe(4400);
    expect(await after("mail", (c) => c.send({ t: "reserve" }))).toBe(4400);
    expect(await after("found", (c) => c.send({ t: "mail-take", box: toId(new Uint8Array(32)), after: 0 }))).toBe(4400);
    expect(await after("found", (c) => c.send({ t: "subscribe", from: 0, window: 9 }))).toBe(4400);
    const recovery = await TestClient.signIn(dial, "recovery", home.alice.sheet.sign, null);
    expect(recovery.welcome?.logs).toEqual([home.log]);
    recovery.send({ t: "subscribe", from: 0, window: 9 });
    expect(await recovery.closed()).toBe(4400);
  });
});

describe("rights", () => {
  test("[C2] an invitation reads the charter and what it covers, brings its join and nothing else, and ends with its time", async () => {
    const world = await makeWorld();
    const dial = dialRelay(world.relay);
    const { log, chain, alice } = await foundPersonalAsHousehold(world);
    const device = await TestClient.signIn(dial, "device", alice.phone.sign, log);
    await device.push(
      sealedEntry(log, alice.phone, utf8("messages"), { epoch: 0 }),
      sealedEntry(log, alice.phone, utf8("expenses"), { channel: "expenses", epoch: 0 }),
    );
    const invite = makeInvite(alice.random);
    const size = device.welcome?.size ?? 0;
    chain.skip(2);
    const covers = [{ channel: "messages" as const, epoch: 0 }];
    const signed = chain.make(
      "invite",
      { key: invite.id, role: "parent", expires: world.clock.now() + HOUR, covers, box: new Uint8Array(4) },
      [alice.phone],
    );
    chain.push(signed);
    expect((await device.push(charterEntry(log, signed, alice.phone.sign.secretKey))).error).toBeUndefined();

    const guest = await TestClient.signIn(dial, "invite", invite.key, log);
    guest.send({ t: "subscribe", from: size, window: 10 });
    const page = (await guest.find("entries")).items;
    expect(page.map((item) => (item instanceof Uint8Array ? "leaf" : "whole"))).toEqual(["whole", "leaf", "whole"]);
    const bob = makePerson("bob");
    expect((await guest.push(sealedEntry(log, bob.phone, utf8("x")))).error?.code).toBe("not-writer");
    expect((await guest.push(sealedEntry(log, alice.phone, utf8("x")))).error?.code).toBe("not-writer");
    const leave = chain.make("leave", {}, [bob.phone]);
    expect((await guest.push(charterEntry(log, leave, bob.phone.sign.secretKey))).error?.code).toBe("not-writer");

    world.clock.set(world.clock.now() + HOUR);
    const late = new TestClient(dial);
    await late.hello("invite", invite.key, log);
    expect(await late.closed()).toBe(4403);
    const join = chain.make("join", { invite: signed.id, device: bob.phone.keys, recovery: bob.sheet.keys, level: 1 }, [
      bob.phone,
      invite.key,
    ]);
    expect((await guest.push(charterEntry(log, join, bob.phone.sign.secretKey))).error?.code).toBe("charter-rule");
  });

  test("[K3] a device that is revoked is shown the door at once, over HTTP too, and is not let in again", async () => {
    const world = await makeWorld();
    const dial = dialRelay(world.relay);
    const home = await foundHousehold(dial, { relay: NAME, time: world.clock.now() });
    const { chain, alice, log } = home;
    const phone = await TestClient.signIn(dial, "device", alice.phone.sign, log);
    const say = async (type: "link" | "revoke"): Promise<void> => {
      const signed =
        type === "link"
          ? chain.make("link", { device: alice.laptop.keys, level: 1 }, [alice.phone, alice.laptop])
          : chain.make("revoke", { device: alice.laptop.id }, [alice.phone]);
      chain.push(signed);
      expect((await phone.push(charterEntry(log, signed, alice.phone.sign.secretKey))).error).toBeUndefined();
    };
    await say("link");
    const laptop = await TestClient.signIn(dial, "device", alice.laptop.sign, log);
    const token = laptop.welcome?.token ?? "";
    expect(await world.relay.access(token)).toBeDefined();
    laptop.send({ t: "subscribe", from: 0, window: 1_000 });
    await say("revoke");
    expect(await laptop.closed()).toBe(4403);
    expect(await world.relay.access(token)).toBeUndefined();
    const again = new TestClient(dial);
    await again.hello("device", alice.laptop.sign, log);
    expect(await again.closed()).toBe(4403);
  });

  test("[C9] a recovery sheet reads what its member reads, and brings recovery statements only", async () => {
    const world = await makeWorld();
    const dial = dialRelay(world.relay);
    const { log, chain, alice, size } = await foundHousehold(dial, { relay: NAME, time: world.clock.now() });
    const sheet = await TestClient.signIn(dial, "recovery", alice.sheet.sign, log);
    sheet.send({ t: "subscribe", from: 0, window: 1_000 });
    for (const page of await sheet.entries(size)) expect(page.items.every((item) => !(item instanceof Uint8Array))).toBe(true);
    expect((await sheet.push(sealedEntry(log, alice.phone, utf8("x"), { epoch: epochNow(chain) }))).error?.code).toBe("not-writer");
    const leave = chain.make("leave", {}, [alice.phone]);
    expect((await sheet.push(charterEntry(log, leave, alice.phone.sign.secretKey))).error?.code).toBe("not-writer");
    const recover = chain.make("recover", { device: alice.laptop.keys, level: 1, revokes: [alice.phone.id] }, [alice.laptop, alice.sheet]);
    expect((await sheet.push(charterEntry(log, recover, alice.laptop.sign.secretKey))).error).toBeUndefined();
    // The living phone has 72 hours to refuse, and is in until then.
    const phone = await TestClient.signIn(dial, "device", alice.phone.sign, log);
    const laptop = new TestClient(dial);
    await laptop.hello("device", alice.laptop.sign, log);
    expect(await laptop.closed()).toBe(4403);
    world.clock.set(world.clock.now() + 73 * HOUR);
    await TestClient.signIn(dial, "device", alice.laptop.sign, log);
    expect((await phone.push(sealedEntry(log, alice.phone, utf8("x"), { epoch: epochNow(chain) }))).error?.code).toBe("not-writer");
  });

  test("[L10] a device pushes what it signed itself, never another device's", async () => {
    const world = await makeWorld();
    const dial = dialRelay(world.relay);
    const { log, chain, alice, bob } = await foundHousehold(dial, { relay: NAME, time: world.clock.now() });
    const client = await TestClient.signIn(dial, "device", alice.phone.sign, log);
    expect((await client.push(sealedEntry(log, bob.phone, utf8("x"), { epoch: epochNow(chain) }))).error?.code).toBe("not-writer");
    const leave = chain.make("leave", {}, [bob.phone]);
    expect((await client.push(charterEntry(log, leave, bob.phone.sign.secretKey))).error?.code).toBe("not-writer");
  });
});

/** A household with one parent: a chain that an invitation can still go out of. */
async function foundPersonalAsHousehold(world: Awaited<ReturnType<typeof makeWorld>>): Promise<Awaited<ReturnType<typeof foundPersonal>>> {
  return foundPersonal(dialRelay(world.relay), { relay: NAME, time: world.clock.now(), kind: "household" });
}
