import { beforeAll, describe, expect, test } from "vitest";
import type { DeviceId } from "../../base/ids.ts";
import { initCrypto } from "../../crypto/init.ts";
import { HOUR, makeDevice, makeRecovery, together, type Person, type TestDevice, type TestLog } from "../../../test/people.ts";
import { CHARTER_LIMITS } from "../limits.ts";
import {
  channelsNeedingEpoch,
  deviceAt,
  levelAt,
  memberOf,
  memberOfRecoveryKey,
  nextStanding,
  pendingRecover,
  recoveryKeyOf,
  seniorOf,
} from "../query.ts";

beforeAll(initCrypto);

const recoverWith = (log: TestLog, who: Person, device: TestDevice, revokes: readonly DeviceId[] = [], level = 1) =>
  log.make("recover", { device: device.keys, level, revokes }, [device, who.sheet]);

describe("recovering with the sheet", () => {
  test("[C9] bob lost every device: it stands at once", () => {
    const { log, bob } = together();
    log.say("revoke", { device: bob.phone.id }, bob.phone);
    expect(memberOfRecoveryKey(log.charter, bob.sheet.id)).toBe(log.memberOf(bob));
    const fresh = makeDevice(bob.random);
    log.push(recoverWith(log, bob, fresh));
    expect(deviceAt(log.charter, fresh.id, log.next)?.member).toBe(log.memberOf(bob));
    expect(seniorOf(log.charter, log.memberOf(bob), log.next)).toBe(fresh.id);
    expect(pendingRecover(log.charter, log.memberOf(bob), log.next)).toEqual([]);
  });

  test("[C9][C11] while a device lives it stands from the first entry 72 hours later, whether or not that is a statement", () => {
    const { log, alice, bob } = together();
    const fresh = makeDevice(bob.random);
    log.push(recoverWith(log, bob, fresh, [bob.phone.id]));
    const made = log.charter.at;
    const later = (ms: number, entries = 1) => ({ seq: made.seq + entries, time: made.time + ms });
    const active = (at: { seq: number; time: number }) => [fresh, bob.phone].map((d) => deviceAt(log.charter, d.id, at) !== undefined);
    expect(nextStanding(log.charter)).toBe(made.time + 72 * HOUR);
    expect(active(later(0))).toEqual([false, true]);
    expect(active(later(72 * HOUR - 1))).toEqual([false, true]);
    expect(active(later(72 * HOUR))).toEqual([true, false]);
    expect(memberOf(log.charter, fresh.id)).toBe(log.memberOf(bob));
    expect(channelsNeedingEpoch(log.charter, later(72 * HOUR - 1))).toEqual([]);
    expect(channelsNeedingEpoch(log.charter, later(72 * HOUR)).map((o) => o.reason)).toEqual(Array(8).fill("removed"));
    // The same once a statement has gone by, and for places before it.
    log.wait(72 * HOUR).skip(5);
    expect(log.verdict(log.make("level", { level: 1 }, [bob.phone]))).toBe("charter-device-revoked");
    log.say("level", { level: 1 }, fresh);
    expect(active(log.next)).toEqual([true, false]);
    // A device whose own clock is behind asks for now.
    expect(active({ seq: log.next.seq, time: 0 })).toEqual([true, false]);
    expect(active(later(72 * HOUR))).toEqual([true, false]);
    expect(active(later(72 * HOUR - 1))).toEqual([false, true]);
    log.openEpochs(alice.phone);
    expect(channelsNeedingEpoch(log.charter, log.next)).toEqual([]);
  });

  test("[C9] the senior device refuses a thief of the sheet; a younger device cannot", () => {
    const { log, bob } = together();
    const eve = makeDevice(bob.random);
    log.say("link", { device: bob.laptop.keys, level: 1 }, bob.phone, bob.laptop);
    const stolen = log.push(recoverWith(log, bob, eve, [bob.phone.id, bob.laptop.id]));
    expect(log.verdict(log.make("refuse", { recover: stolen }, [bob.laptop]))).toBe("charter-not-senior");
    expect(log.verdict(log.make("refuse", { recover: stolen }, [eve]))).toBe("charter-not-device");
    log.wait(71 * HOUR).say("refuse", { recover: stolen }, bob.phone);
    log.wait(100 * HOUR);
    expect(deviceAt(log.charter, eve.id, log.next)).toBeUndefined();
    expect(deviceAt(log.charter, bob.phone.id, log.next)?.id).toBe(bob.phone.id);
    expect(log.verdict(log.make("refuse", { recover: stolen }, [bob.phone]))).toBe("charter-refuse-unknown");
    // Its keys are spent.
    expect(log.verdict(recoverWith(log, bob, eve))).toBe("charter-key-used");
  });

  test("[C9][C11] 72 hours later it is too late to refuse", () => {
    const { log, bob } = together();
    const recover = log.push(recoverWith(log, bob, makeDevice(bob.random)));
    log.wait(72 * HOUR);
    expect(log.verdict(log.make("refuse", { recover }, [bob.phone]))).toBe("charter-refuse-unknown");
  });

  test("[C9] the other parent neither recovers nor refuses for bob", () => {
    const { log, alice, bob } = together();
    const fresh = makeDevice(alice.random);
    const hers = log.make("recover", { device: fresh.keys, level: 1, revokes: [bob.phone.id] }, [fresh, alice.sheet]);
    expect(log.verdict(hers)).toBe("charter-other-member");
    expect(log.verdict(log.make("recover", { device: fresh.keys, level: 1, revokes: [] }, [fresh, alice.phone]))).toBe(
      "charter-recovery-key",
    );
    expect(log.verdict(log.make("recover", { device: fresh.keys, level: 1, revokes: [] }, [fresh]))).toBe("charter-recovery-key");
    expect(log.verdict(log.make("recover", { device: fresh.keys, level: 1, revokes: [] }, [alice.sheet, fresh]))).toBe("charter-signers");
    const recover = log.push(recoverWith(log, bob, makeDevice(bob.random)));
    expect(log.verdict(log.make("refuse", { recover }, [alice.phone]))).toBe("charter-other-member");
  });

  test("[C9] the waiting device acts and reads nothing, and its keys are taken", () => {
    const { log, alice, bob } = together();
    const fresh = makeDevice(bob.random);
    log.push(recoverWith(log, bob, fresh));
    expect(log.verdict(log.make("level", { level: 1 }, [fresh]))).toBe("charter-not-device");
    expect(log.verdict(log.make("link", { device: fresh.keys, level: 1 }, [alice.phone, fresh]))).toBe("charter-key-used");
    expect(log.verdict(recoverWith(log, bob, fresh))).toBe("charter-key-used");
  });

  test("[C9] what it revokes are unrevoked devices of the member, each once", () => {
    const { log, bob } = together();
    const fresh = makeDevice(bob.random);
    expect(log.verdict(recoverWith(log, bob, fresh, [bob.phone.id, bob.phone.id]))).toBe("charter-malformed");
    expect(log.verdict(recoverWith(log, bob, fresh, [bob.laptop.id]))).toBe("charter-device-unknown");
    log.say("link", { device: bob.laptop.keys, level: 1 }, bob.phone, bob.laptop);
    log.say("revoke", { device: bob.laptop.id }, bob.phone);
    expect(log.verdict(recoverWith(log, bob, fresh, [bob.laptop.id]))).toBe("charter-device-revoked");
  });

  test("[C7] a recovered device is not below the level, and one that falls behind while it waits does not lower it", () => {
    const { log, alice, bob } = together();
    const fresh = makeDevice(bob.random);
    log.push(recoverWith(log, bob, fresh, [], 1));
    log.say("level", { level: 2 }, alice.phone);
    log.say("level", { level: 2 }, bob.phone);
    expect(log.verdict(recoverWith(log, bob, makeDevice(bob.random), [], 1))).toBe("charter-level-low");
    log.wait(72 * HOUR);
    expect(deviceAt(log.charter, fresh.id, log.next)?.level).toBe(1);
    expect(levelAt(log.charter, log.next)).toBe(2);
  });

  test("[C9] a device that is linked while a recovery waits is older than the recovered one", () => {
    const { log, bob } = together();
    const fresh = makeDevice(bob.random);
    log.push(recoverWith(log, bob, fresh, [bob.phone.id]));
    log.say("link", { device: bob.laptop.keys, level: 1 }, bob.phone, bob.laptop);
    log.wait(72 * HOUR);
    expect(seniorOf(log.charter, log.memberOf(bob), log.next)).toBe(bob.laptop.id);
    expect(log.verdict(log.make("revoke", { device: bob.laptop.id }, [fresh]))).toBe("charter-revoke-earlier");
  });

  test("[L10] so many recoveries wait at a time and no more, and refusing is never used up", () => {
    const { log, bob } = together();
    const made = Array.from({ length: CHARTER_LIMITS.pending }, () => log.push(recoverWith(log, bob, makeDevice(bob.random))));
    expect(log.verdict(recoverWith(log, bob, makeDevice(bob.random)))).toBe("charter-pending-full");
    for (const recover of made) log.say("refuse", { recover }, bob.phone);
    expect(log.verdict(recoverWith(log, bob, makeDevice(bob.random)))).toBe("charter-rate");
    log.wait(24 * HOUR);
    expect(log.verdict(recoverWith(log, bob, makeDevice(bob.random)))).toBe("ok");
  });

  test("[C5] nobody recovers into a membership that ended", () => {
    const { log, bob } = together();
    const waiting = makeDevice(bob.random);
    log.push(recoverWith(log, bob, waiting));
    log.say("leave", {}, bob.phone);
    expect(log.verdict(recoverWith(log, bob, makeDevice(bob.random)))).toBe("charter-recovery-key");
    log.wait(100 * HOUR);
    expect(deviceAt(log.charter, waiting.id, log.next)).toBeUndefined();
    expect(recoveryKeyOf(log.charter, log.memberOf(bob), log.next)).toBeUndefined();
  });
});

describe("revoking with the sheet", () => {
  test("[C9] the sheet revokes even the senior device, 72 hours later", () => {
    const { log, bob } = together();
    log.say("link", { device: bob.laptop.keys, level: 1 }, bob.phone, bob.laptop);
    const revoke = () => log.make("revoke", { device: bob.phone.id }, [bob.sheet]);
    log.push(revoke());
    expect(log.verdict(revoke())).toBe("charter-recovery-waiting");
    expect(deviceAt(log.charter, bob.phone.id, log.next)?.id).toBe(bob.phone.id);
    log.wait(72 * HOUR);
    expect(deviceAt(log.charter, bob.phone.id, log.next)).toBeUndefined();
    expect(seniorOf(log.charter, log.memberOf(bob), log.next)).toBe(bob.laptop.id);
  });

  test("[C9] the senior device refuses it, and the other parent's sheet cannot do it at all", () => {
    const { log, alice, bob } = together();
    expect(log.verdict(log.make("revoke", { device: bob.phone.id }, [alice.sheet]))).toBe("charter-other-member");
    const recover = log.push(log.make("revoke", { device: bob.phone.id }, [bob.sheet]));
    log.say("refuse", { recover }, bob.phone);
    log.wait(100 * HOUR);
    expect(deviceAt(log.charter, bob.phone.id, log.next)?.id).toBe(bob.phone.id);
  });
});

describe("replacing the sheet", () => {
  test("[C9] the senior device or the old sheet does it, with the new key's signature; nobody else", () => {
    const { log, alice, bob } = together();
    log.say("link", { device: bob.laptop.keys, level: 1 }, bob.phone, bob.laptop);
    const next = makeRecovery(bob.random);
    const verdict = (...signers: Parameters<typeof log.make>[2]) => log.verdict(log.make("set-recovery", { recovery: next.keys }, signers));
    expect(verdict(bob.phone, next)).toBe("ok");
    expect(verdict(bob.sheet, next)).toBe("ok");
    expect(verdict(bob.phone)).toBe("charter-signers");
    expect(verdict(bob.laptop, next)).toBe("charter-not-senior");
    expect(verdict(alice.phone, alice.sheet)).toBe("charter-signers");
    expect(verdict(next, bob.phone)).toBe("charter-not-device");
  });

  test("[C9] the old sheet is worth nothing afterwards, and the channels owe an epoch without it", () => {
    const { log, alice, bob } = together();
    const next = makeRecovery(bob.random);
    const before = log.next;
    log.skip(1).say("set-recovery", { recovery: next.keys }, bob.phone, next);
    expect(log.verdict(recoverWith(log, bob, makeDevice(bob.random)))).toBe("charter-recovery-key");
    expect(log.verdict(log.make("revoke", { device: bob.phone.id }, [bob.sheet]))).toBe("charter-not-device");
    expect(recoveryKeyOf(log.charter, log.memberOf(bob), log.next)).toEqual(next.keys);
    expect(recoveryKeyOf(log.charter, log.memberOf(bob), before)).toEqual(bob.sheet.keys);
    expect(channelsNeedingEpoch(log.charter, log.next).every((o) => o.reason === "removed" && o.blocks)).toBe(true);
    expect(log.verdict(log.make("set-recovery", { recovery: alice.sheet.keys }, [bob.phone, alice.sheet]))).toBe("charter-key-used");
  });
});
