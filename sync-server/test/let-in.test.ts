import { beforeAll, describe, expect, test, vi } from "vitest";
import { toId } from "@countersign/shared/base/bytes";
import type { BookId, Hex32, LogId } from "@countersign/shared/base/ids";
import { hash } from "@countersign/shared/crypto/hash";
import { initCrypto } from "@countersign/shared/crypto/init";
import { ENTRY_KIND, NO_BOOK } from "@countersign/shared/entry/header";
import type { PushEntry } from "@countersign/shared/wire/messages";
import { makePerson } from "../../shared/test/people.ts";
import { charterEntry, dialRelay, sealedEntry, TestClient } from "./client.ts";
import { epochNow, foundPersonal } from "./household.ts";
import { filled, scene } from "./scene.ts";
import { makeWorld, NAME } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => initCrypto());

describe("what is let in", () => {
  test("[L0] each way in which an entry can be wrong has its code, and changes nothing", async () => {
    const { alice, home, entry, relay } = await scene();
    const epoch = epochNow(home.chain);
    const phone = home.alice.phone;
    const made = (change: Parameters<typeof sealedEntry>[3] = {}): PushEntry =>
      sealedEntry(home.log, phone, filled(1), { epoch, ...change });
    const code = async (e: PushEntry): Promise<string | undefined> => (await alice.push(e)).error?.code;
    expect(await code({ a: new Uint8Array(0), b: filled(1) })).toBe("malformed");
    expect(await code(made({ change: { log: toId<LogId>(filled(3, 32)) } }))).toBe("wrong-log");
    expect(await code(made({ change: { kind: 3 } }))).toBe("malformed");
    expect(await code(made({ change: { kind: 5 } }))).toBe("malformed");
    expect(await code(made({ change: { kind: 4 } }))).toBe("malformed");
    // Old headers (C8j): in another channel, of another book, with another commitment than of their body; what that says is for the readers.
    const old = { kind: ENTRY_KIND.again, channel: "household", book: NO_BOOK, commitment: toId<Hex32>(hash("again", filled(1))) } as const;
    expect(await code(made({ change: { kind: 6 } }))).toBe("malformed");
    expect(await code(made({ change: { ...old, channel: "messages" } }))).toBe("malformed");
    expect(await code(made({ change: { ...old, book: "1".repeat(64) as BookId } }))).toBe("malformed");
    expect(await code(made({ change: { ...old, commitment: "2".repeat(64) as Hex32 } }))).toBe("malformed");
    expect(await code(made({ epoch: epoch - 1, change: old }))).toBe("epoch-stale");
    expect(await code(made({ channel: "journal" }))).toBe("not-writer");
    expect(await code(made({ epoch: epoch - 1 }))).toBe("epoch-stale");
    expect(await code(made({ epoch: epoch + 1 }))).toBe("epoch-gap");
    const signed = made();
    // The key "s" and the head of 64 bytes stand before the signature.
    const at = signed.a.findIndex((_, i) => [0x61, 0x73, 0x58, 0x40].every((x, j) => signed.a[i + j] === x)) + 10;
    expect(await code({ a: signed.a.map((x, i) => (i === at ? x ^ 1 : x)), b: signed.b })).toBe("signature");
    expect(await code({ a: signed.a, b: filled(2) })).toBe("body-hash");
    expect(await code({ a: signed.a, b: filled(1, 199) })).toBe("body-hash");
    const statement = home.chain.make("leave", {}, [phone]);
    const named = charterEntry(home.log, statement, phone.sign.secretKey);
    expect(await code(sealedEntry(home.log, phone, statement.bytes, { change: { kind: 2 } }))).toBe("malformed");
    const charter = { kind: 2 as const, channel: "charter" as const, epoch: 0, book: "0".repeat(64) as BookId };
    expect(await code(sealedEntry(home.log, phone, statement.bytes, { change: { ...charter, commitment: "3".repeat(64) as Hex32 } }))).toBe(
      "malformed",
    );
    expect(await code(sealedEntry(home.log, phone, filled(1), { change: charter }))).toBe("malformed");
    const headless = home.chain.make("leave", {}, [phone], { prev: home.chain.entries[0]?.signed.id ?? statement.id });
    expect(await code(charterEntry(home.log, headless, phone.sign.secretKey))).toBe("charter-head");
    const unlawful = home.chain.make("revoke", { device: home.bob.phone.id }, [phone]);
    expect(await code(charterEntry(home.log, unlawful, phone.sign.secretKey))).toBe("charter-rule");
    const after = await TestClient.signIn(dialRelay(relay), "device", phone.sign, home.log);
    expect(after.welcome?.size).toBe(home.size);
    expect((await alice.push(entry(1), named)).n).toEqual([home.size, home.size + 1]);
  });

  test("[W2] of two statements on one head one stands; the other is told of the new head", async () => {
    const { alice, bob, home } = await scene();
    const make = (who: typeof home.alice): PushEntry =>
      charterEntry(home.log, home.chain.make("level", { level: 2 }, [who.phone]), who.phone.sign.secretKey);
    const answers = await Promise.all([alice.push(make(home.alice)), bob.push(make(home.bob))]);
    expect(answers.map((a) => a.error?.code).sort()).toEqual(["charter-head", undefined]);
  });

  test("[L7] after a revocation nothing is written under the old epoch", async () => {
    const { alice, entry, home } = await scene();
    const { chain } = home;
    for (const type of ["link", "revoke"] as const) {
      const signed =
        type === "link"
          ? chain.make("link", { device: home.alice.laptop.keys, level: 1 }, [home.alice.phone, home.alice.laptop])
          : chain.make("revoke", { device: home.alice.laptop.id }, [home.alice.phone]);
      chain.push(signed);
      await alice.push(charterEntry(home.log, signed, home.alice.phone.sign.secretKey));
      if (type === "link") {
        const before = chain.entries.length;
        chain.openEpochs(home.alice.phone);
        for (const { signed: opened } of chain.entries.slice(before))
          await alice.push(charterEntry(home.log, opened, home.alice.phone.sign.secretKey));
      }
    }
    expect((await alice.push(entry(1))).error?.code).toBe("epoch-stale");
    const now = sealedEntry(home.log, home.alice.phone, filled(1), { epoch: epochNow(chain) });
    expect((await alice.push(now)).error?.code).toBe("epoch-stale");
    const before = chain.entries.length;
    chain.openEpochs(home.alice.phone);
    for (const { signed } of chain.entries.slice(before))
      expect((await alice.push(charterEntry(home.log, signed, home.alice.phone.sign.secretKey))).error).toBeUndefined();
    expect((await alice.push(sealedEntry(home.log, home.alice.phone, filled(1), { epoch: epochNow(chain) }))).error).toBeUndefined();
  });

  test("[W2] founding needs a key that was reserved and this relay's name, works twice, and only once for each log", async () => {
    const world = await makeWorld();
    const dial = dialRelay(world.relay);
    await expect(foundPersonal(dial, { relay: "relay.elsewhere", time: world.clock.now() })).rejects.toThrow("reserve-first");
    const { log, chain, alice } = await foundPersonal(dial, { relay: NAME, time: world.clock.now() });
    const found = chain.entries[0]?.signed;
    if (!found) throw new Error("no founding statement");
    const again = await TestClient.signIn(dial, "found", alice.phone.sign, null);
    expect((await again.push(charterEntry(log, found, alice.phone.sign.secretKey))).n).toEqual([0]);
    // Another author part over the same statement, by the same device.
    const other = sealedEntry(log, alice.phone, found.bytes, {
      change: { kind: 2, channel: "charter", epoch: 0, book: "0".repeat(64) as BookId, commitment: found.id },
    });
    const third = await TestClient.signIn(dial, "found", alice.phone.sign, null);
    // Ed25519 is deterministic, so these are the same bytes again.
    expect((await third.push(other)).n).toEqual([0]);
    const fourth = await TestClient.signIn(dial, "device", alice.phone.sign, log);
    const refound = chain.make("level", { level: 2 }, [alice.phone]);
    expect((await fourth.push(charterEntry(log, refound, alice.phone.sign.secretKey))).error).toBeUndefined();
    const eve = await TestClient.signIn(dial, "found", makePerson("eve").phone.sign, null);
    expect((await eve.push(charterEntry(log, found, alice.phone.sign.secretKey))).error?.code).toBe("not-writer");
  });

  test("[C8] after a move to another relay a log is read here and no longer written", async () => {
    const { alice, bob, home, entry, entryOfBob } = await scene();
    const { chain } = home;
    const move = chain.make(
      "move-log",
      { size: 1, root: toId<Hex32>(filled(1, 32)), relay: "relay.elsewhere", logKey: toId(home.alice.laptop.sign.publicKey) },
      [home.alice.phone],
    );
    const moved = await alice.push(charterEntry(home.log, move, home.alice.phone.sign.secretKey));
    expect(moved.error).toBeUndefined();
    chain.push(move);
    expect((await alice.push(entry(1))).error).toBeUndefined();
    const consent = chain.make("consent", { to: move.id }, [home.bob.phone]);
    expect((await bob.push(charterEntry(home.log, consent, home.bob.phone.sign.secretKey))).error).toBeUndefined();
    expect((await alice.push(entry(2))).error?.code).toBe("log-closed");
    expect((await bob.push(entryOfBob(2))).error?.code).toBe("log-closed");
    bob.send({ t: "subscribe", from: 0, window: 100 });
    expect((await bob.find("entries")).items.length).toBeGreaterThan(5);
  });
});
