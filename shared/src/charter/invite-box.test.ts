import { beforeAll, describe, expect, test } from "vitest";
import { initCrypto } from "../crypto/init.ts";
import { makeInvite, makePerson, TestLog } from "../../test/people.ts";
import type { EpochKey } from "./epoch.ts";
import { inviteKeyPair, openInviteBox, sealInviteBox } from "./invite-box.ts";

beforeAll(initCrypto);

function household() {
  const alice = makePerson("alice");
  const log = new TestLog(alice);
  log.openEpochs(alice.phone);
  const invite = makeInvite(alice.random);
  return { alice, log, invite, keys: log.keys };
}
function open(box: (story: ReturnType<typeof household>) => Uint8Array) {
  const story = household();
  story.log.invite(story.alice.phone, story.invite, { box: box(story) });
  const open = story.log.charter.invite;
  if (!open) throw new Error("no invitation");
  return { ...story, open };
}
const altered = (keys: readonly EpochKey[], change: (k: EpochKey) => EpochKey): EpochKey[] => keys.map((k, i) => (i === 0 ? change(k) : k));

describe("the keys inside an invitation", () => {
  test("[C2] who has the link's secret reads every covered channel at once", () => {
    const story = open(({ log, invite, keys, alice }) => sealInviteBox(log.log, invite.secret, keys, alice.random));
    expect(openInviteBox(story.log.charter, story.open, story.invite.secret)).toEqual({ ok: true, value: story.keys });
    expect(inviteKeyPair(story.invite.secret).publicKey).toEqual(story.invite.key.publicKey);
  });

  test("[C2] another secret, another log or an altered box opens nothing", () => {
    const story = open(({ log, invite, keys, alice }) => sealInviteBox(log.log, invite.secret, keys, alice.random));
    const broken = { ok: false, error: { code: "invite-box-broken" } };
    expect(openInviteBox(story.log.charter, story.open, new Uint8Array(32))).toEqual(broken);
    expect(openInviteBox(new TestLog(story.alice).charter, story.open, story.invite.secret)).toEqual(broken);
    const box = Uint8Array.from(story.open.box);
    box[30] = (box[30] ?? 0) ^ 1;
    expect(openInviteBox(story.log.charter, { ...story.open, box }, story.invite.secret)).toEqual(broken);
    expect(openInviteBox(story.log.charter, { ...story.open, box: new Uint8Array() }, story.invite.secret)).toEqual(broken);
  });

  test.each<[string, (keys: readonly EpochKey[]) => readonly EpochKey[]]>([
    ["a key that the log does not commit to", (keys) => altered(keys, (k) => ({ ...k, key: new Uint8Array(32) as typeof k.key }))],
    ["a key too few", (keys) => keys.slice(1)],
    ["a key twice in place of another", (keys) => [...keys.slice(1), ...keys.slice(1, 2)]],
    ["a key twice", (keys) => [...keys, ...keys.slice(0, 1)]],
    ["an epoch that is not covered", (keys) => altered(keys, (k) => ({ ...k, epoch: 1 }))],
  ])("[C2] %s is refused", (_name, change) => {
    const story = open(({ log, invite, keys, alice }) => sealInviteBox(log.log, invite.secret, change(keys), alice.random));
    expect(openInviteBox(story.log.charter, story.open, story.invite.secret)).toEqual({ ok: false, error: { code: "invite-box-keys" } });
  });
});
