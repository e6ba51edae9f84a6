import { beforeAll, describe, expect, test } from "vitest";
import type { StatementId } from "../../base/ids.ts";
import { initCrypto } from "../../crypto/init.ts";
import { HOUR, makeInvite, makePerson, makeRecovery, TestLog, together } from "../../../test/people.ts";
import { seededRandom } from "../../../test/random.ts";
import { acceptsEpoch, channelsNeedingEpoch, deviceAt, inviteOf, isProvisional, mayWrite, openInvite, parentsOf, stage } from "../query.ts";

beforeAll(initCrypto);

const DAY = 24 * HOUR;

function invited() {
  const alice = makePerson("alice");
  const bob = makePerson("bob");
  const log = new TestLog(alice);
  log.openEpochs(alice.phone);
  const invite = makeInvite(alice.random);
  const id = log.invite(alice.phone, invite);
  return { log, alice, bob, invite, id };
}
const joinOf = ({ log, invite, id }: ReturnType<typeof invited>, who: ReturnType<typeof makePerson>, level = 1) =>
  log.make("join", { invite: id, device: who.phone.keys, recovery: who.sheet.keys, level }, [who.phone, invite.key]);

describe("inviting", () => {
  test("[C2] alice invites, bob joins provisionally, alice confirms", () => {
    const story = invited();
    const { log, alice, bob, invite } = story;
    const me = log.memberOf(alice);
    expect(stage(log.charter, me, log.next)).toBe("invited");
    expect(openInvite(log.charter, invite.id, log.next)?.id).toBe(story.id);
    const join = log.push(joinOf(story, bob));
    const his = log.memberOf(bob);
    expect(stage(log.charter, me, log.next)).toBe("waiting");
    expect(isProvisional(log.charter, his, log.next)).toBe(true);
    expect(mayWrite(log.charter, bob.phone.id, "messages", log.next)).toBe(true);
    expect(openInvite(log.charter, invite.id, log.next)).toBeUndefined();
    log.say("confirm", { join }, alice.phone);
    expect(stage(log.charter, me, log.next)).toBe("together");
    expect(stage(log.charter, his, log.next)).toBe("together");
    expect(isProvisional(log.charter, his, log.next)).toBe(false);
  });

  test("[C2] only one invitation is open at a time, and none while there is a second parent", () => {
    const { log, alice, id } = invited();
    const again = makeInvite(alice.random);
    const fields = { key: again.id, role: "parent", expires: log.next.time + HOUR, covers: [], box: new Uint8Array(0) } as const;
    expect(log.verdict(log.make("invite", fields, [alice.phone]))).toBe("charter-invite-open");
    log.say("void", { invite: id }, alice.phone);
    expect(log.verdict(log.make("invite", fields, [alice.phone]))).toBe("ok");
    const pair = together();
    const third = { ...fields, expires: pair.log.next.time + HOUR };
    expect(pair.log.verdict(pair.log.make("invite", third, [pair.alice.phone]))).toBe("charter-second-parent");
    expect(pair.log.verdict(pair.log.make("invite", third, [pair.bob.phone]))).toBe("charter-second-parent");
  });

  test("[C2] an expired invitation makes room for another", () => {
    const { log, alice } = invited();
    log.wait(72 * HOUR);
    expect(inviteOf(log.charter, log.next)?.state).toBe("expired");
    expect(stage(log.charter, log.memberOf(alice), log.next)).toBe("alone");
    // The keys of the first one went out with its link.
    expect(channelsNeedingEpoch(log.charter, log.next)).toHaveLength(8);
    log.openEpochs(alice.phone);
    log.invite(alice.phone, makeInvite(alice.random));
    expect(channelsNeedingEpoch(log.charter, log.next)).toEqual([]);
  });

  test("[C2] the keys of an invitation that expired unused stay exposed when the next one is made at once", () => {
    const { log, alice } = invited();
    log.wait(72 * HOUR);
    log.invite(alice.phone, makeInvite(alice.random));
    expect(channelsNeedingEpoch(log.charter, log.next).map((o) => o.reason)).toEqual(Array(8).fill("exposed"));
  });

  test.each([
    ["in the past", -1],
    ["now", 0],
    ["too far ahead", 93 * DAY],
  ])("[C2] an invitation that expires %s is refused", (_name, life) => {
    const alice = makePerson("alice");
    const log = new TestLog(alice);
    const key = makeInvite(alice.random).id;
    const signed = log.make("invite", { key, role: "parent", expires: log.next.time + life, covers: [], box: new Uint8Array(0) }, [
      alice.phone,
    ]);
    expect(log.verdict(signed)).toBe("charter-invite-expires");
  });

  test("[C2] an invitation covers current epochs only, each channel once", () => {
    const alice = makePerson("alice");
    const log = new TestLog(alice);
    log.openEpochs(alice.phone, ["messages"]);
    log.openEpochs(alice.phone, ["messages"]);
    const make = (covers: { channel: "messages" | "expenses" | "journal"; epoch: number }[]) =>
      log.verdict(
        log.make(
          "invite",
          { key: makeInvite(alice.random).id, role: "parent", expires: log.next.time + HOUR, covers, box: new Uint8Array(0) },
          [alice.phone],
        ),
      );
    expect(make([{ channel: "messages", epoch: 1 }])).toBe("ok");
    expect(make([])).toBe("ok");
    expect(make([{ channel: "messages", epoch: 0 }])).toBe("charter-invite-covers");
    expect(make([{ channel: "messages", epoch: 2 }])).toBe("charter-invite-covers");
    expect(make([{ channel: "expenses", epoch: 0 }])).toBe("charter-invite-covers");
    expect(make([{ channel: "journal", epoch: 0 }])).toBe("charter-invite-covers");
    expect(make([1, 1].map((epoch) => ({ channel: "messages", epoch })))).toBe("charter-invite-covers");
  });

  test("[C2] a personal log invites nobody", () => {
    const alice = makePerson("alice");
    const log = new TestLog(alice, { kind: "personal" });
    const fields = {
      key: makeInvite(alice.random).id,
      role: "parent",
      expires: log.next.time + HOUR,
      covers: [],
      box: new Uint8Array(0),
    } as const;
    expect(log.verdict(log.make("invite", fields, [alice.phone]))).toBe("charter-personal");
  });
});

describe("joining", () => {
  test("[C2] the link alone or a device alone does not join", () => {
    const story = invited();
    const { log, bob, invite, id } = story;
    const fields = { invite: id, device: bob.phone.keys, recovery: bob.sheet.keys, level: 1 };
    const eve = makeInvite(seededRandom("eve"));
    expect(log.verdict(log.make("join", fields, [bob.phone]))).toBe("charter-signers");
    expect(log.verdict(log.make("join", fields, [bob.phone, eve.key]))).toBe("charter-signers");
    expect(log.verdict(log.make("join", fields, [invite.key]))).toBe("charter-signers");
    expect(log.verdict(log.make("join", fields, [invite.key, bob.phone]))).toBe("charter-signers");
    expect(log.verdict(log.make("join", fields, [bob.phone, invite.key]))).toBe("ok");
  });

  test("[C2][C11] expiry is judged by the relay time of the join's entry", () => {
    const story = invited();
    const { log, bob } = story;
    const signed = joinOf(story, bob);
    const expires = log.charter.invite?.expires ?? 0;
    expect(log.judge(signed, { seq: log.next.seq, time: expires - 1 }).ok).toBe(true);
    expect(log.judge(signed, { seq: log.next.seq, time: expires })).toEqual({ ok: false, error: { code: "charter-invite-expired" } });
  });

  test("[C2] eve cannot join by an invitation that was used, voided or never made", () => {
    const used = invited();
    const eve = makePerson("eve");
    used.log.push(joinOf(used, used.bob));
    expect(used.log.verdict(joinOf(used, eve))).toBe("charter-invite-unknown");
    const voided = invited();
    voided.log.say("void", { invite: voided.id }, voided.alice.phone);
    expect(voided.log.verdict(joinOf(voided, eve))).toBe("charter-invite-unknown");
    expect(voided.log.verdict(joinOf({ ...voided, id: voided.log.charter.head }, eve))).toBe("charter-invite-unknown");
  });

  test("[C2] a one-time key cannot be invited with twice", () => {
    const { log, alice, invite, id } = invited();
    log.say("void", { invite: id }, alice.phone);
    const fields = { key: invite.id, role: "parent", expires: log.next.time + HOUR, covers: [], box: new Uint8Array(0) } as const;
    expect(log.verdict(log.make("invite", fields, [alice.phone]))).toBe("charter-key-used");
  });

  test("[K2] a key that stands in the log in any part joins as no other", () => {
    const story = invited();
    const { log, alice, bob, invite, id } = story;
    const fields = { invite: id, device: bob.phone.keys, recovery: bob.sheet.keys, level: 1 };
    const verdict = (change: Partial<typeof fields>, first: Parameters<typeof log.make>[2][number] = bob.phone) =>
      log.verdict(log.make("join", { ...fields, ...change }, [first, invite.key]));
    expect(verdict({ device: alice.phone.keys }, alice.phone)).toBe("charter-key-used");
    expect(verdict({ device: { ...bob.phone.keys, box: alice.phone.keys.box } })).toBe("charter-key-used");
    expect(verdict({ recovery: alice.sheet.keys })).toBe("charter-key-used");
    expect(verdict({ recovery: { ...bob.sheet.keys, box: bob.phone.keys.box } })).toBe("charter-key-used");
    const oneTime = { sign: invite.id as string as typeof bob.phone.id, box: bob.phone.keys.box };
    expect(verdict({ device: oneTime }, invite.key)).toBe("charter-key-used");
  });

  test("[C7] a device below the log's level does not join", () => {
    const alice = makePerson("alice");
    const bob = makePerson("bob");
    const log = new TestLog(alice, { level: 3 });
    const invite = makeInvite(alice.random);
    const id = log.invite(alice.phone, invite);
    expect(log.verdict(joinOf({ log, alice, bob, invite, id }, bob, 2))).toBe("charter-level-low");
    expect(log.verdict(joinOf({ log, alice, bob, invite, id }, bob, 3))).toBe("ok");
  });
});

describe("confirming and voiding", () => {
  test("[C2] eve, who intercepted the link, confirms nothing and is voided; then every channel owes a new epoch", () => {
    const story = invited();
    const { log, alice, id } = story;
    const eve = makePerson("eve");
    const join = log.push(joinOf(story, eve));
    log.openEpochs(eve.phone);
    expect(log.verdict(log.make("confirm", { join }, [eve.phone]))).toBe("charter-not-inviter");
    expect(log.verdict(log.make("void", { invite: id }, [eve.phone]))).toBe("charter-not-inviter");
    expect(channelsNeedingEpoch(log.charter, log.next)).toEqual([]);
    const before = log.next;
    log.skip(1).say("void", { invite: id }, alice.phone);
    expect(deviceAt(log.charter, eve.phone.id, log.next)).toBeUndefined();
    expect(deviceAt(log.charter, eve.phone.id, before)?.id).toBe(eve.phone.id);
    expect(channelsNeedingEpoch(log.charter, log.next).map((o) => [o.reason, o.blocks])).toEqual(Array(8).fill(["removed", true]));
    expect(acceptsEpoch(log.charter, { device: alice.phone.id, channel: "messages", epoch: 1, at: log.next })).toBe(false);
    expect(log.verdict(log.make("leave", {}, [eve.phone]))).toBe("charter-not-member");
    expect(log.verdict(log.make("confirm", { join }, [alice.phone]))).toBe("charter-join-unknown");
    log.openEpochs(alice.phone);
    expect(channelsNeedingEpoch(log.charter, log.next)).toEqual([]);
  });

  test("[C2] voiding an invitation by which nobody joined exposes its keys all the same", () => {
    const { log, alice, id } = invited();
    log.say("void", { invite: id }, alice.phone);
    expect(channelsNeedingEpoch(log.charter, log.next).map((o) => o.reason)).toEqual(Array(8).fill("exposed"));
    expect(inviteOf(log.charter, log.next)?.state).toBe("void");
  });

  test("[C1] who is confirmed cannot be voided", () => {
    const { log, alice, bob } = together();
    const invite = log.charter.invite?.id ?? ("" as StatementId);
    expect(log.verdict(log.make("void", { invite }, [alice.phone]))).toBe("charter-invite-unknown");
    expect(log.verdict(log.make("void", { invite }, [bob.phone]))).toBe("charter-invite-unknown");
  });

  test("[C2] a confirmation names the join that waits, once", () => {
    const story = invited();
    const { log, alice, bob } = story;
    expect(log.verdict(log.make("confirm", { join: story.id }, [alice.phone]))).toBe("charter-join-unknown");
    const join = log.push(joinOf(story, bob));
    expect(log.verdict(log.make("confirm", { join: story.id }, [alice.phone]))).toBe("charter-join-unknown");
    log.say("confirm", { join }, alice.phone);
    expect(log.verdict(log.make("confirm", { join }, [alice.phone]))).toBe("charter-join-unknown");
  });

  test("[C2] the joiner opens new epochs before writing under the covered ones", () => {
    const story = invited();
    const { log, alice, bob } = story;
    log.push(joinOf(story, bob));
    const owed = channelsNeedingEpoch(log.charter, log.next);
    expect(owed.map((o) => [o.reason, o.by, o.epoch, o.blocks])).toEqual(Array(8).fill(["joined", log.memberOf(bob), 1, false]));
    const place = { channel: "messages", epoch: 0, at: log.next } as const;
    expect(acceptsEpoch(log.charter, { ...place, device: bob.phone.id })).toBe(false);
    expect(acceptsEpoch(log.charter, { ...place, device: alice.phone.id })).toBe(true);
    log.openEpochs(bob.phone);
    expect(acceptsEpoch(log.charter, { ...place, at: log.next, device: alice.phone.id })).toBe(false);
    expect(acceptsEpoch(log.charter, { ...place, at: log.next, epoch: 1, device: bob.phone.id })).toBe(true);
  });

  test("[C5] after the other parent left, a new person can be invited and is another member", () => {
    const { log, alice, bob } = together();
    log.say("leave", {}, bob.phone);
    log.openEpochs(alice.phone);
    const invite = makeInvite(alice.random);
    log.invite(alice.phone, invite);
    const carol = makePerson("carol");
    log.join(carol, invite);
    expect(parentsOf(log.charter, log.next).map((m) => m.id)).toEqual([log.memberOf(alice), log.memberOf(carol)]);
    expect(makeRecovery(carol.random).id).not.toBe(carol.sheet.id);
  });
});
