import { beforeAll, describe, expect, test } from "vitest";
import { fromHex } from "../../base/bytes.ts";
import type { DeviceId } from "../../base/ids.ts";
import { initCrypto } from "../../crypto/init.ts";
import { HOUR, makeDevice, makePerson, TestLog, together } from "../../../test/people.ts";
import { CHARTER_LIMITS } from "../limits.ts";
import { channelsNeedingEpoch, deviceAt, isAuthorised, levelAt, mayRead, mayWrite, memberOf, readersOf } from "../query.ts";
import type { BoxKeyId } from "../types.ts";

beforeAll(initCrypto);

describe("linking", () => {
  test("[C1] alice links her laptop; both devices sign", () => {
    const { log, alice, bob } = together();
    const fields = { device: alice.laptop.keys, level: 1 };
    expect(log.verdict(log.make("link", fields, [alice.phone]))).toBe("charter-signers");
    expect(log.verdict(log.make("link", fields, [alice.laptop, alice.phone]))).toBe("charter-not-device");
    expect(log.verdict(log.make("link", fields, [alice.phone, bob.phone]))).toBe("charter-signers");
    const before = log.next;
    log.skip(1).say("link", fields, alice.phone, alice.laptop);
    expect(memberOf(log.charter, alice.laptop.id)).toBe(log.memberOf(alice));
    expect(mayWrite(log.charter, alice.laptop.id, "messages", log.next)).toBe(true);
    expect(mayWrite(log.charter, alice.laptop.id, "messages", before)).toBe(false);
    expect(mayRead(log.charter, alice.laptop.id, "messages", before)).toBe(false);
    expect(channelsNeedingEpoch(log.charter, log.next)[0]).toMatchObject({ reason: "added", blocks: false });
  });

  test("[K1] a key of small order or off the curve does not enter", () => {
    const { log, alice } = together();
    const zero = "00".repeat(32);
    // The order-8 point of RFC 7748's list, and an Ed25519 encoding of the neutral element.
    const weakBox = "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800" as BoxKeyId;
    const weakSign = `01${"00".repeat(31)}` as DeviceId;
    expect(fromHex(weakBox)).toHaveLength(32);
    const verdict = (device: { sign: DeviceId; box: BoxKeyId }) =>
      log.verdict(log.make("link", { device, level: 1 }, [alice.phone, alice.laptop]));
    expect(verdict({ ...alice.laptop.keys, box: weakBox })).toBe("charter-key-weak");
    expect(verdict({ ...alice.laptop.keys, box: zero as BoxKeyId })).toBe("charter-key-weak");
    expect(verdict({ ...alice.laptop.keys, sign: weakSign })).toBe("charter-key-weak");
    expect(verdict({ ...alice.laptop.keys, sign: "ff".repeat(32) as DeviceId })).toBe("charter-key-weak");
  });

  test("[K2] a revoked device's keys never come back", () => {
    const { log, alice, bob } = together();
    log.say("link", { device: alice.laptop.keys, level: 1 }, alice.phone, alice.laptop);
    log.say("revoke", { device: alice.laptop.id }, alice.phone);
    expect(log.verdict(log.make("link", { device: alice.laptop.keys, level: 1 }, [alice.phone, alice.laptop]))).toBe("charter-key-used");
    expect(log.verdict(log.make("link", { device: alice.laptop.keys, level: 1 }, [bob.phone, alice.laptop]))).toBe("charter-key-used");
  });

  test("[L10] a member has so many devices and no more, and the other parent is not kept from theirs", () => {
    const { log, alice, bob } = together();
    for (let i = 1; i < CHARTER_LIMITS.devices; i++) {
      const device = makeDevice(alice.random);
      log.say("link", { device: device.keys, level: 1 }, alice.phone, device);
    }
    expect(log.verdict(log.make("link", { device: alice.laptop.keys, level: 1 }, [alice.phone, alice.laptop]))).toBe(
      "charter-devices-full",
    );
    expect(log.verdict(log.make("link", { device: bob.laptop.keys, level: 1 }, [bob.phone, bob.laptop]))).toBe("ok");
    // Every device gets its wrap, over as many statements as the size limit asks for.
    log.openEpochs(bob.phone);
    expect(channelsNeedingEpoch(log.charter, log.next)).toEqual([]);
    expect(readersOf(log.charter, "messages", log.next)).toHaveLength(CHARTER_LIMITS.devices + 3);
  });
});

describe("revoking", () => {
  const three = () => {
    const story = together();
    const { log, alice } = story;
    const tablet = makeDevice(alice.random);
    log.say("link", { device: alice.laptop.keys, level: 1 }, alice.phone, alice.laptop);
    log.say("link", { device: tablet.keys, level: 1 }, alice.laptop, tablet);
    return { ...story, tablet };
  };

  test("[C1] a thief of a younger device cannot revoke the older ones", () => {
    const { log, alice, tablet } = three();
    const revoke = (device: DeviceId, by: typeof tablet) => log.verdict(log.make("revoke", { device }, [by]));
    expect(revoke(alice.phone.id, tablet)).toBe("charter-revoke-earlier");
    expect(revoke(alice.laptop.id, tablet)).toBe("charter-revoke-earlier");
    expect(revoke(alice.phone.id, alice.laptop)).toBe("charter-revoke-earlier");
    expect(revoke(tablet.id, tablet)).toBe("ok");
    expect(revoke(tablet.id, alice.laptop)).toBe("ok");
    expect(revoke(alice.laptop.id, alice.phone)).toBe("ok");
  });

  test("[C1] neither parent revokes a device of the other", () => {
    const { log, alice, bob, tablet } = three();
    expect(log.verdict(log.make("revoke", { device: tablet.id }, [bob.phone]))).toBe("charter-other-member");
    expect(log.verdict(log.make("revoke", { device: bob.phone.id }, [alice.phone]))).toBe("charter-other-member");
    expect(log.verdict(log.make("revoke", { device: bob.laptop.id }, [alice.phone]))).toBe("charter-device-unknown");
  });

  test("[K3] what a revoked device signs stands no more, and every channel owes a new epoch without it", () => {
    const { log, alice, bob, tablet } = three();
    log.openEpochs(alice.phone);
    const before = log.next;
    const late = log.make("level", { level: 1 }, [tablet]);
    expect(log.verdict(late)).toBe("ok");
    log.skip(1).say("revoke", { device: tablet.id }, alice.phone);
    expect(log.verdict(log.make("level", { level: 1 }, [tablet]))).toBe("charter-device-revoked");
    expect(log.verdict(log.make("revoke", { device: tablet.id }, [alice.phone]))).toBe("charter-device-revoked");
    expect(mayWrite(log.charter, tablet.id, "messages", log.next)).toBe(false);
    expect(mayWrite(log.charter, tablet.id, "messages", before)).toBe(true);
    expect(channelsNeedingEpoch(log.charter, log.next).map((o) => [o.reason, o.by])).toEqual(Array(8).fill(["removed", undefined]));
    log.openEpochs(bob.phone);
    expect(readersOf(log.charter, "messages", log.next).map((r) => r.id)).not.toContain(tablet.id);
    expect(channelsNeedingEpoch(log.charter, log.next)).toEqual([]);
  });

  test("[L7] a change that a device signed before its revocation is authorised when another of the member's devices pushes it", () => {
    const { log, alice, bob, tablet } = three();
    const early = log.next;
    log.skip(1).say("revoke", { device: tablet.id }, alice.phone);
    const ask = (signer: DeviceId, pusher: DeviceId, at = log.next) =>
      isAuthorised(log.charter, { signer, pusher, channel: "messages", at });
    expect(ask(tablet.id, alice.phone.id)).toBe(true);
    expect(ask(tablet.id, tablet.id)).toBe(false);
    expect(ask(tablet.id, tablet.id, early)).toBe(true);
    expect(ask(tablet.id, bob.phone.id)).toBe(false);
    expect(ask(alice.phone.id, bob.phone.id)).toBe(false);
    expect(ask(bob.laptop.id, bob.phone.id)).toBe(false);
    expect(isAuthorised(log.charter, { signer: alice.phone.id, pusher: alice.phone.id, channel: "journal", at: log.next })).toBe(false);
  });
});

describe("levels", () => {
  test("[C7][C13] the level is the lowest that the parents' devices declared, and never falls", () => {
    const { log, alice, bob } = together(undefined, undefined, { level: 1 });
    const level = () => levelAt(log.charter, log.next);
    log.say("level", { level: 4 }, alice.phone);
    expect(level()).toBe(1);
    const before = log.next;
    log.say("level", { level: 3 }, bob.phone);
    expect(level()).toBe(3);
    expect(levelAt(log.charter, before)).toBe(1);
    expect(log.verdict(log.make("level", { level: 3 }, [alice.phone]))).toBe("charter-level-low");
    expect(log.verdict(log.make("link", { device: alice.laptop.keys, level: 2 }, [alice.phone, alice.laptop]))).toBe("charter-level-low");
    log.say("link", { device: alice.laptop.keys, level: 3 }, alice.phone, alice.laptop);
    log.say("leave", {}, bob.phone);
    expect(level()).toBe(3);
    log.say("revoke", { device: alice.laptop.id }, alice.phone);
    expect(level()).toBe(4);
  });

  test("[C7] a parent alone cannot raise it above their own devices", () => {
    const alice = makePerson("alice");
    const log = new TestLog(alice, { level: 2 });
    log.wait(HOUR).say("link", { device: alice.laptop.keys, level: 5 }, alice.phone, alice.laptop);
    expect(levelAt(log.charter, log.next)).toBe(2);
    expect(deviceAt(log.charter, alice.laptop.id, log.next)?.level).toBe(5);
  });
});
