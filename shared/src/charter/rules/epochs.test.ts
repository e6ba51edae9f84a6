import { beforeAll, describe, expect, test } from "vitest";
import { initCrypto } from "../../crypto/init.ts";
import { makePerson, TestLog, together } from "../../../test/people.ts";
import { seededRandom } from "../../../test/random.ts";
import { newEpochs, openWrap } from "../epoch.ts";
import { channelsNeedingEpoch, currentEpoch, epochOf, readersOf } from "../query.ts";
import type { OpenedEpoch } from "../types.ts";

beforeAll(initCrypto);

const made = (log: TestLog, channels: Parameters<typeof newEpochs>[1] = ["messages"]) =>
  newEpochs(log.charter, channels, log.next, seededRandom("keys"));
const first = (log: TestLog): OpenedEpoch => {
  const [opened] = made(log).statements.flat();
  if (!opened) throw new Error("no epoch");
  return opened;
};

describe("opening an epoch", () => {
  test("[K4] it wraps to exactly the readers: each device and each member's sheet", () => {
    const { log, alice, bob } = together();
    log.say("link", { device: bob.laptop.keys, level: 1 }, bob.phone, bob.laptop);
    const readers = readersOf(log.charter, "messages", log.next).map((r) => r.id);
    expect(new Set(readers)).toEqual(new Set([alice.phone.id, alice.sheet.id, bob.phone.id, bob.laptop.id, bob.sheet.id]));
    const good = first(log);
    const verdict = (wraps: OpenedEpoch["wraps"]) => log.verdict(log.make("open-epoch", { epochs: [{ ...good, wraps }] }, [alice.phone]));
    expect(verdict(good.wraps)).toBe("ok");
    expect(verdict([...good.wraps].reverse())).toBe("ok");
    const [one, ...others] = good.wraps;
    if (!one) throw new Error("no wrap");
    expect(verdict(others)).toBe("charter-epoch-readers");
    expect(verdict([])).toBe("charter-epoch-readers");
    expect(verdict([...good.wraps, one])).toBe("charter-epoch-readers");
    expect(verdict([...others, { ...one, to: alice.laptop.id }])).toBe("charter-epoch-readers");
    expect(verdict([...others, others[0] ?? one])).toBe("charter-epoch-readers");
    expect(verdict([...good.wraps, { ...one, to: alice.laptop.id }])).toBe("charter-epoch-readers");
  });

  test("[K4] a sheet that was replaced and a device that was revoked get no wrap", () => {
    const { log, alice, bob } = together();
    const stale = first(log);
    log.say("link", { device: bob.laptop.keys, level: 1 }, bob.phone, bob.laptop);
    expect(log.verdict(log.make("open-epoch", { epochs: [stale] }, [alice.phone]))).toBe("charter-epoch-readers");
    const wide = first(log);
    log.say("revoke", { device: bob.laptop.id }, bob.phone);
    expect(log.verdict(log.make("open-epoch", { epochs: [wide] }, [alice.phone]))).toBe("charter-epoch-readers");
    expect(log.verdict(log.make("open-epoch", { epochs: [stale] }, [alice.phone]))).toBe("ok");
  });

  test("[K4] numbers start at 0 and have no gap", () => {
    const alice = makePerson("alice");
    const log = new TestLog(alice);
    const verdict = (epoch: number) => log.verdict(log.make("open-epoch", { epochs: [{ ...first(log), epoch }] }, [alice.phone]));
    expect([verdict(0), verdict(1)]).toEqual(["ok", "charter-epoch-number"]);
    log.openEpochs(alice.phone, ["messages"]);
    expect([verdict(0), verdict(1), verdict(2)]).toEqual(["charter-epoch-number", "ok", "charter-epoch-number"]);
    expect(currentEpoch(log.charter, "expenses")).toBeUndefined();
  });

  test("[K4] channels are the log's own, each once", () => {
    const { log, alice } = together();
    const good = first(log);
    const verdict = (epochs: OpenedEpoch[]) => log.verdict(log.make("open-epoch", { epochs }, [alice.phone]));
    expect(verdict([{ ...good, channel: "journal", epoch: 0 }])).toBe("charter-channel");
    expect(verdict([good, good])).toBe("charter-channel");
    const own = new TestLog(alice, { kind: "personal" });
    own.openEpochs(alice.phone);
    expect(currentEpoch(own.charter, "journal")?.epoch).toBe(0);
    expect(channelsNeedingEpoch(own.charter, own.next)).toEqual([]);
  });

  test("[L7] the epoch of an earlier place is the one that was current there", () => {
    const { log, alice } = together();
    const before = log.next;
    log.skip(3).openEpochs(alice.phone, ["messages"]);
    expect(currentEpoch(log.charter, "messages", before)?.epoch).toBe(1);
    expect(currentEpoch(log.charter, "messages", log.next)?.epoch).toBe(2);
    // The statement's own entry is before its epoch.
    expect(currentEpoch(log.charter, "messages", log.charter.at)?.epoch).toBe(1);
    expect(currentEpoch(log.charter, "messages", { seq: 0, time: 0 })).toBeUndefined();
  });

  test("[K3] only a present member's device opens one", () => {
    const { log, alice, bob } = together();
    log.say("leave", {}, bob.phone);
    const good = first(log);
    expect(log.verdict(log.make("open-epoch", { epochs: [good] }, [bob.phone]))).toBe("charter-not-member");
    expect(log.verdict(log.make("open-epoch", { epochs: [good] }, [alice.sheet]))).toBe("charter-not-device");
    expect(log.verdict(log.make("open-epoch", { epochs: [good] }, [alice.laptop]))).toBe("charter-not-device");
    expect(good.wraps.map((w) => w.to)).toEqual([alice.phone.id, alice.sheet.id]);
  });
});

describe("receiving a key", () => {
  test("[K4] every reader opens their wrap, with device or sheet; nobody else does", () => {
    const { log, alice, bob } = together();
    const { keys, statements } = made(log);
    const opened = statements[0]?.[0];
    if (!opened) throw new Error("no epoch");
    for (const holder of [alice.phone, alice.sheet, bob.phone, bob.sheet]) {
      expect(openWrap(log.log, opened, holder.id, holder.box)).toEqual({ ok: true, value: keys[0]?.key });
    }
    expect(openWrap(log.log, opened, bob.laptop.id, bob.laptop.box)).toEqual({ ok: false, error: { code: "wrap-missing" } });
    expect(openWrap(log.log, opened, alice.phone.id, bob.phone.box)).toEqual({ ok: false, error: { code: "wrap-broken" } });
  });

  test("[K4] a key that is not the one committed to is not taken", () => {
    const { log, alice, bob } = together();
    const [ours, theirs] = [made(log), newEpochs(log.charter, ["messages"], log.next, seededRandom("other keys"))].map(
      (m) => m.statements[0]?.[0],
    );
    if (!ours || !theirs) throw new Error("no epoch");
    const mixed = { ...ours, wraps: ours.wraps.map((w) => (w.to === bob.phone.id ? (theirs.wraps.find((t) => t.to === w.to) ?? w) : w)) };
    // The evaluator cannot know.
    log.say("open-epoch", { epochs: [mixed] }, alice.phone);
    expect(openWrap(log.log, mixed, bob.phone.id, bob.phone.box)).toEqual({ ok: false, error: { code: "wrap-commitment" } });
    expect(openWrap(log.log, mixed, alice.phone.id, alice.phone.box).ok).toBe(true);
    // Bob opens the next one himself.
    log.openEpochs(bob.phone, ["messages"]);
    expect(currentEpoch(log.charter, "messages")?.epoch).toBe(3);
    expect(epochOf(log.charter, "messages", 2)?.commitment).toBe(mixed.commitment);
    expect(epochOf(log.charter, "messages", 4)).toBeUndefined();
  });

  test("[K4] a commitment is to one log, channel and number", () => {
    const { log, alice } = together();
    const opened = first(log);
    expect(openWrap(log.log, { ...opened, channel: "expenses" }, alice.phone.id, alice.phone.box).ok).toBe(false);
    expect(openWrap(log.log, { ...opened, epoch: 7 }, alice.phone.id, alice.phone.box).ok).toBe(false);
    expect(openWrap(new TestLog(alice).log, opened, alice.phone.id, alice.phone.box).ok).toBe(false);
    expect(openWrap(log.log, opened, alice.phone.id, alice.phone.box).ok).toBe(true);
  });
});
