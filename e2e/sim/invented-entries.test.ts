import { toId } from "@countersign/shared/base/bytes";
import type { DeviceId } from "@countersign/shared/base/ids";
import { frameOn, makeStatement } from "@countersign/shared/charter/sign";
import type { BoxKeyId, SignerId } from "@countersign/shared/charter/types";
import { boxKeyPair } from "@countersign/shared/crypto/box";
import { signKeyPair, type SignKeyPair } from "@countersign/shared/crypto/sign";
import { sealChanges } from "@countersign/shared/entry/body";
import { makeAuthorPart } from "@countersign/shared/entry/header";
import { checkProof } from "@countersign/shared/fault-proof/check";
import { beforeAll, describe, expect, test } from "vitest";
import { charterEntry } from "../../sync-server/test/client.ts";
import { awake, household, isLive, makeFamily, quiet, say } from "./family.ts";
import { expectKept } from "./invariants.ts";
import { append, expectStopped } from "./lies.ts";
import { logOf } from "./schedule.ts";
import type { Saved, World } from "./world.ts";

/** Puts an entry of these keys into the log past every check of the relay, and waits until all have it. */
async function slip(world: World, keys: SignKeyPair, epoch: number): Promise<void> {
  const log = logOf(world);
  for (const name of ["ana", "ana2"]) world.device(name).kill();
  await world.time.pass(1_000);
  world.relayDown();
  const sealed = sealChanges({
    log,
    device: toId<DeviceId>(keys.publicKey),
    epoch,
    key: new Uint8Array(32) as never,
    body: {
      book: { channel: "messages", period: "2026-03", shard: 0 },
      secret: new Uint8Array(32),
      changes: [{ bytes: Uint8Array.of(1), signature: new Uint8Array(64) as never, tag: { kind: "message", root: "" } }],
      notes: [],
      fileKeys: [],
    },
    random: world.chance.bytes,
  });
  await append(world, { a: makeAuthorPart(sealed.placement, sealed.body, keys.secretKey), b: sealed.body });
  await world.relayUp();
  await world.time.until(
    () =>
      household(world.device("ben")).position() === household(world.device("ben2")).position() && isLive(household(world.device("ben"))),
  );
  await world.time.pass(5_000);
  for (const name of ["ana", "ana2"]) await world.device(name).boot();
  await world.time.pass(5_000);
}

describe("entries that a relay should not have taken", () => {
  let saved: Saved;
  beforeAll(async () => {
    saved = await makeFamily(9);
  });

  test("[C10] an invented device in the charter is the relay's fault", async () => {
    const world = await awake(saved, 119);
    const ben = world.device("ben");
    const session = household(ben);
    const stranger = signKeyPair(new Uint8Array(32).fill(3));
    const { charter } = session;
    if (!charter) throw new Error("a charter");
    const signed = makeStatement(
      {
        ...frameOn(charter, toId<DeviceId & SignerId>(stranger.publicKey), null),
        type: "link",
        device: { sign: toId<DeviceId>(stranger.publicKey), box: toId<BoxKeyId>(boxKeyPair(new Uint8Array(32).fill(4)).publicKey) },
        level: 1,
      },
      [stranger, stranger],
    );
    world.net.offline("ben", true);
    world.relayDown();
    const note = await append(world, charterEntry(session.log, signed, stranger.secretKey));
    const [entry] = await world.relayStore.page(session.log, session.position(), 1, 1e9, new Set(["charter"]));
    if (!entry || entry.author === null) throw new Error("the entry");
    // The relay's own start would refuse its store; it is enough that it says so to ben.
    world.relayStore = saved.relay.copy();
    await world.relayUp();
    await world.time.pass(1_000);
    world.net.meddler = {
      toDevice: (device, message, wire) => {
        if (device === "ben" && message.t === "welcome" && message.token !== "" && message.size === session.position()) {
          world.time.after(500, () => {
            wire.inject({ t: "entries", from: entry.seq, items: [{ a: entry.author, r: entry.relay, b: entry.body }], note });
          });
        }
        return [message];
      },
    };
    world.net.offline("ben", false);
    await expectStopped(world, ben, ["relay-charter"], "charter");
    await world.close();
  });

  test("[L2] an entry invented by the relay under a key that is nobody's is set aside and named; syncing goes on", async () => {
    const world = await awake(saved, 120);
    const stranger = signKeyPair(new Uint8Array(32).fill(5));
    await slip(world, stranger, 0);
    const ben = world.device("ben");
    const faults = (await ben.replica.faults()).filter((f) => f.log === logOf(world));
    expect(faults.map((f) => [f.code, f.who])).toContainEqual(["device-body", toId(stranger.publicKey)]);
    const record = await say(world, world.device("ana"), "after it");
    await quiet(world);
    await expectKept(ben, [{ record }]);
    await world.close();
  });

  test("[L7] an entry let in under an epoch that had been replaced is read, and the relay named", async () => {
    const world = await awake(saved, 121);
    const ben = world.device("ben");
    const before = household(ben).keyOf("messages")?.epoch ?? 0;
    expect(before).toBeGreaterThan(0);
    await slip(world, household(world.device("ana")).signKeys, before - 1);
    const faults = (await ben.replica.faults()).filter((f) => f.log === logOf(world));
    expect(faults.map((f) => [f.code, f.who])).toContainEqual(["relay-stale-epoch", "relay"]);
    const stale = faults.find((f) => f.code === "relay-stale-epoch");
    expect(checkProof(await world.get(ben.replica.faultProof(stale?.id ?? "")))).toMatchObject({ ok: true, value: { proven: "epoch" } });
    const record = await say(world, world.device("ana2"), "after it");
    await world.time.until(async () => (await ben.replica.message(logOf(world), record)) !== undefined);
    expect(isLive(household(ben))).toBe(true);
    await world.close();
  });
});
