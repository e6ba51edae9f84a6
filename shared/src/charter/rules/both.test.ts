import { beforeAll, describe, expect, test } from "vitest";
import { toId } from "../../base/bytes.ts";
import type { Hex32 } from "../../base/ids.ts";
import { initCrypto } from "../../crypto/init.ts";
import { signKeyPair } from "../../crypto/sign.ts";
import { HOUR, makeDevice, makeInvite, makePerson, RELAY, TestLog, together } from "../../../test/people.ts";
import { seededRandom } from "../../../test/random.ts";
import {
  channelsNeedingEpoch,
  hasEnded,
  isClosed,
  logKeyAt,
  mayRead,
  mayWrite,
  otherParent,
  proposals,
  readersOf,
  relayNameAt,
  relayNow,
  stage,
} from "../query.ts";
import type { LogKeyId } from "../types.ts";

beforeAll(initCrypto);

const newKey = (seed: string) => toId<LogKeyId>(signKeyPair(seededRandom(seed)(32)).publicKey);
const move = (log: TestLog, relay = "new.example", logKey = newKey("new relay")) => ({
  size: log.next.seq,
  root: "ab".repeat(32) as Hex32,
  relay,
  logKey,
});

describe("closing", () => {
  test("[C1] alice closes, and it stands when bob consents", () => {
    const { log, alice, bob } = together();
    const close = log.say("close", {}, alice.phone);
    expect(isClosed(log.charter, log.next)).toBe(false);
    expect(proposals(log.charter, log.next).map((p) => p.id)).toEqual([close]);
    const before = log.next;
    log.skip(1).say("consent", { to: close }, bob.phone);
    expect(stage(log.charter, log.memberOf(alice), log.next)).toBe("closed");
    expect(mayWrite(log.charter, alice.phone.id, "messages", log.next)).toBe(false);
    expect(mayWrite(log.charter, alice.phone.id, "messages", before)).toBe(true);
    expect(mayRead(log.charter, alice.phone.id, "messages", log.next)).toBe(true);
    expect(channelsNeedingEpoch(log.charter, log.next)).toEqual([]);
  });

  test("[C1] a closed log takes nothing but what people do with their own devices", () => {
    const { log, alice, bob } = together();
    log.say("consent", { to: log.say("close", {}, alice.phone) }, bob.phone);
    expect(log.verdict(log.make("level", { level: 2 }, [alice.phone]))).toBe("charter-closed");
    expect(log.verdict(log.make("close", {}, [alice.phone]))).toBe("charter-closed");
    expect(log.verdict(log.make("move-log", move(log), [alice.phone]))).toBe("charter-closed");
    log.say("link", { device: alice.laptop.keys, level: 1 }, alice.phone, alice.laptop);
    log.say("revoke", { device: alice.laptop.id }, alice.phone);
    log.say("leave", {}, bob.phone);
  });

  test("[C1] nobody consents to their own, to what is unknown, or twice", () => {
    const { log, alice, bob } = together();
    const to = log.say("close", {}, alice.phone);
    expect(log.verdict(log.make("consent", { to }, [alice.phone]))).toBe("charter-consent-self");
    expect(log.verdict(log.make("consent", { to: log.entries[0]?.signed.id ?? to }, [bob.phone]))).toBe("charter-consent-unknown");
    expect(log.verdict(log.make("consent", { to }, [bob.phone]))).toBe("ok");
    const moved = log.say("move-log", move(log), alice.phone);
    log.say("consent", { to: moved }, bob.phone);
    expect(log.verdict(log.make("consent", { to: moved }, [bob.phone]))).toBe("charter-consent-unknown");
  });

  test("[C1][C11] a consent that comes after things moved on names nothing any more", () => {
    const { log, alice, bob } = together();
    const first = log.say("move-log", move(log), alice.phone);
    const second = log.say("move-log", move(log, "other.example", newKey("other relay")), alice.phone);
    expect(log.verdict(log.make("consent", { to: first }, [bob.phone]))).toBe("charter-consent-unknown");
    const his = log.say("move-log", move(log, "his.example", newKey("his relay")), bob.phone);
    log.say("consent", { to: second }, bob.phone);
    expect(log.verdict(log.make("consent", { to: his }, [alice.phone]))).toBe("charter-consent-unknown");
    const close = log.say("close", {}, alice.phone);
    log.wait(30 * 24 * HOUR);
    expect(proposals(log.charter, log.next)).toEqual([]);
    expect(log.verdict(log.make("consent", { to: close }, [bob.phone]))).toBe("charter-consent-unknown");
  });

  test("[C1] what waits is dropped when a parent leaves, and who is alone decides alone", () => {
    const { log, alice, bob } = together();
    const close = log.say("close", {}, alice.phone);
    log.say("leave", {}, bob.phone);
    expect(proposals(log.charter, log.next)).toEqual([]);
    expect(isClosed(log.charter, log.next)).toBe(false);
    expect(log.verdict(log.make("consent", { to: close }, [bob.phone]))).toBe("charter-not-member");
    log.say("close", {}, alice.phone);
    expect(isClosed(log.charter, log.next)).toBe(true);
  });

  test("[C1] while a join waits neither parent decides for both", () => {
    const alice = makePerson("alice");
    const bob = makePerson("bob");
    const log = new TestLog(alice);
    const invite = makeInvite(alice.random);
    log.invite(alice.phone, invite);
    log.join(bob, invite);
    expect(log.verdict(log.make("close", {}, [alice.phone]))).toBe("charter-join-waiting");
    expect(log.verdict(log.make("close", {}, [bob.phone]))).toBe("charter-provisional");
    expect(log.verdict(log.make("move-log", move(log), [bob.phone]))).toBe("charter-provisional");
  });

  test("[C1] a younger device ends or moves nothing for its member", () => {
    const { log, alice, bob } = together();
    log.say("link", { device: bob.laptop.keys, level: 1 }, bob.phone, bob.laptop);
    const close = log.say("close", {}, alice.phone);
    expect(log.verdict(log.make("consent", { to: close }, [bob.laptop]))).toBe("charter-not-senior");
    expect(log.verdict(log.make("close", {}, [bob.laptop]))).toBe("charter-not-senior");
    expect(log.verdict(log.make("move-log", move(log), [bob.laptop]))).toBe("charter-not-senior");
    expect(log.verdict(log.make("leave", {}, [bob.laptop]))).toBe("charter-not-senior");
  });
});

describe("moving to another relay", () => {
  test("[C8] the new key and name hold from the consent on, the old ones before", () => {
    const { log, alice, bob } = together();
    const old = toId<LogKeyId>(log.relayKey.publicKey);
    const to = log.say("move-log", move(log), alice.phone);
    expect(relayNow(log.charter).relay).toBe(RELAY);
    log.say("consent", { to }, bob.phone);
    const at = log.charter.at.seq;
    expect([0, 1, at, at + 1, at + 100].map((seq) => relayNameAt(log.charter, seq))).toEqual([
      RELAY,
      RELAY,
      RELAY,
      "new.example",
      "new.example",
    ]);
    expect([at, at + 1].map((seq) => logKeyAt(log.charter, seq))).toEqual([old, newKey("new relay")]);
  });

  test("[C8] a parent alone moves at once, and back again", () => {
    const alice = makePerson("alice");
    const log = new TestLog(alice);
    log.say("move-log", move(log), alice.phone);
    expect(relayNow(log.charter)).toMatchObject({ relay: "new.example", logKey: newKey("new relay") });
    log.say("move-log", move(log, RELAY, toId<LogKeyId>(log.relayKey.publicKey)), alice.phone);
    expect(relayNow(log.charter).relay).toBe(RELAY);
  });

  test("[C8] it names entries that exist, a sound name and a key that is nobody's", () => {
    const { log, alice, bob } = together();
    const verdict = (change: Partial<ReturnType<typeof move>>) =>
      log.verdict(log.make("move-log", { ...move(log), ...change }, [alice.phone]));
    expect(verdict({})).toBe("ok");
    expect(verdict({ size: log.next.seq + 1 })).toBe("charter-move-size");
    expect(verdict({ size: 0 })).toBe("charter-move-size");
    expect(verdict({ relay: "" })).toBe("charter-relay-name");
    expect(verdict({ relay: "new example" })).toBe("charter-relay-name");
    expect(verdict({ relay: "new+example" })).toBe("charter-relay-name");
    expect(verdict({ relay: "néw" })).toBe("charter-relay-name");
    expect(verdict({ logKey: bob.phone.id as string as LogKeyId })).toBe("charter-key-used");
    expect(verdict({ logKey: "00".repeat(32) as LogKeyId })).toBe("charter-key-weak");
  });

  test("[C8] a key that comes in while the consent is awaited is no log key any more", () => {
    const { log, alice, bob } = together();
    const device = makeDevice(bob.random);
    const to = log.say("move-log", move(log, "new.example", device.id as string as LogKeyId), alice.phone);
    log.say("link", { device: device.keys, level: 1 }, bob.phone, device);
    expect(log.verdict(log.make("consent", { to }, [bob.phone]))).toBe("charter-key-used");
  });
});

describe("leaving", () => {
  test("[C5] bob leaves; he acts no more and alice goes on", () => {
    const { log, alice, bob } = together();
    const before = log.next;
    log.skip(1).say("leave", {}, bob.phone);
    expect(log.verdict(log.make("leave", {}, [bob.phone]))).toBe("charter-not-member");
    expect(log.verdict(log.make("level", { level: 1 }, [bob.phone]))).toBe("charter-not-member");
    expect(mayRead(log.charter, bob.phone.id, "messages", log.next)).toBe(false);
    expect(mayRead(log.charter, bob.phone.id, "messages", before)).toBe(true);
    expect(mayWrite(log.charter, alice.phone.id, "messages", log.next)).toBe(true);
    expect(stage(log.charter, log.memberOf(bob), log.next)).toBe("left");
    const gone = log.charter.at;
    log.say("level", { level: 1 }, alice.phone);
    const readers = (at: typeof gone) => readersOf(log.charter, "messages", at).map((r) => r.id);
    expect(readers(gone)).toEqual([alice.phone.id, alice.sheet.id, bob.phone.id, bob.sheet.id]);
    expect(readers({ seq: gone.seq + 1, time: gone.time })).toEqual([alice.phone.id, alice.sheet.id]);
    expect(stage(log.charter, log.memberOf(alice), log.next)).toBe("alone");
    expect(otherParent(log.charter, log.memberOf(alice), log.next)).toBeUndefined();
    expect(otherParent(log.charter, log.memberOf(alice), before)?.id).toBe(log.memberOf(bob));
    expect(channelsNeedingEpoch(log.charter, log.next).map((o) => o.reason)).toEqual(Array(8).fill("removed"));
  });

  test("[C5] who invited leaves: the invitation is void, and so is a join that waits", () => {
    const alice = makePerson("alice");
    const bob = makePerson("bob");
    for (const joins of [false, true]) {
      const log = new TestLog(alice);
      const invite = makeInvite(seededRandom("invite"));
      const id = log.invite(alice.phone, invite);
      if (joins) log.join(bob, invite);
      log.say("leave", {}, alice.phone);
      expect(log.charter.invite?.state).toBe("void");
      expect(log.charter.parents).toEqual([]);
      if (joins) expect(hasEnded(log.charter, log.memberOf(bob))).toBe(true);
      else
        expect(
          log.verdict(
            log.make("join", { invite: id, device: bob.phone.keys, recovery: bob.sheet.keys, level: 1 }, [bob.phone, invite.key]),
          ),
        ).toBe("charter-invite-unknown");
      expect(channelsNeedingEpoch(log.charter, log.next)).toEqual([]);
    }
  });

  test("[C5] a provisional member leaves by their own act", () => {
    const alice = makePerson("alice");
    const bob = makePerson("bob");
    const log = new TestLog(alice);
    const invite = makeInvite(alice.random);
    log.invite(alice.phone, invite);
    log.join(bob, invite);
    log.say("leave", {}, bob.phone);
    expect(log.charter.invite?.state).toBe("void");
    expect(stage(log.charter, log.memberOf(alice), log.next)).toBe("alone");
    expect(log.charter.parents).toEqual([log.memberOf(alice)]);
  });
});
