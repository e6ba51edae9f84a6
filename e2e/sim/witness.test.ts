import { checkProof } from "@countersign/shared/fault-proof/check";
import type { RecordId } from "@countersign/shared/base/ids";
import { signKeyPair } from "@countersign/shared/crypto/sign";
import { makeAnchor } from "@countersign/shared/entry/anchor";
import { cosign, formatWitnessKey, parseWitnessKey, withCosignatures, witnessKey } from "@countersign/shared/log/cosignature";
import { beforeAll, describe, expect, test } from "vitest";
import { SILENT_LOG } from "../../sync-server/src/relay/ports.ts";
import { WitnessDesk } from "../../sync-server/src/witness/desk.ts";
import { MemoryWitness } from "../../sync-server/src/witness/memory.ts";
import { Witness } from "../../sync-server/src/witness/witness.ts";
import { awake, household, makeFamily, quiet, say } from "./family.ts";
import { logOf } from "./schedule.ts";
import { RELAY_NAME, type World, type Saved } from "./world.ts";

const TOKEN = "a token of sixteen or more";
const HOUR = 3_600_000;

describe("a relay with a witness", () => {
  let saved: Saved;
  let seed = 500;
  beforeAll(async () => {
    saved = await makeFamily(11);
  });

  /** The family on a relay that asks a witness in the same virtual time. */
  async function witnessed(store = new MemoryWitness(), before: (world: World) => Promise<void> = () => Promise.resolve()): Promise<World> {
    const world = await awake(saved, seed++);
    await before(world);
    const witness = await Witness.open({
      store,
      now: () => world.time.now(),
      random: (n) => new Uint8Array(n).fill(4),
      name: "witness.test",
      clients: [{ name: RELAY_NAME, token: TOKEN }],
    });
    const key = parseWitnessKey(witness.verifierKey);
    if (!key) throw new Error("a key");
    world.witnesses = (alive) =>
      new WitnessDesk(
        {
          clock: world.time.clock(alive),
          log: SILENT_LOG,
          post: (url, body, token) => (url.endsWith("add-log") ? witness.addLog(body, token) : witness.addCheckpoint(body)),
        },
        [{ url: "https://witness.test/v1/witness", key, verifierKey: witness.verifierKey, token: TOKEN }],
        60,
      );
    world.relayDown();
    await world.relayUp();
    await world.time.pass(60_000);
    await quiet(world);
    return world;
  }

  test("[WT5] devices pin the witness, show what it last signed, and keep it over a restart", async () => {
    const world = await witnessed();
    const [ana, ben] = [world.device("ana"), world.device("ben")];
    await say(world, ana, "one");
    await quiet(world);
    await world.time.pass(120_000);
    const [seen] = await ben.replica.witnesses(logOf(world));
    expect(seen?.name).toBe("witness.test/witness");
    expect(seen?.seen?.size).toBe((await ana.replica.witnesses(logOf(world)))[0]?.seen?.size);
    expect(seen?.seen?.size).toBeGreaterThan(10);
    ben.kill();
    await ben.boot();
    expect(await ben.replica.witnesses(logOf(world))).toEqual([seen]);
    await world.close();
  });

  test("[L11] an anchor goes into the log with a parent's own writing, once a day, and bounds what came before and after it", async () => {
    let early = "" as RecordId;
    const world = await witnessed(new MemoryWitness(), async (w) => {
      early = await say(w, w.device("ana"), "before any anchor");
      await quiet(w);
    });
    const log = logOf(world);
    const [ana, ben] = [world.device("ana"), world.device("ben")];
    // Time alone makes none: only what a parent writes takes one along.
    await world.time.pass(120_000);
    expect((await ben.replica.witnesses(log))[0]?.seen?.size).toBeGreaterThan(10);
    expect(ben.replica.core.logs.get(log)?.session.outside.anchors.last).toBeUndefined();
    expect((await ben.replica.message(log, early))?.proof.bounds).toBeUndefined();
    const with_ = await say(world, ben, "with the anchor");
    await quiet(world);
    const after = await say(world, ana, "after the anchor");
    await quiet(world);
    for (const device of [ana, ben, world.device("ben2")]) {
      const bound = (await device.replica.message(log, early))?.proof.bounds;
      expect(bound).toMatchObject([{ side: "not-after", kind: "cosignature", by: "witness.test/witness" }]);
      const proof = (await device.replica.message(log, after))?.proof;
      expect(proof?.bounds).toMatchObject([{ side: "not-before", by: "witness.test/witness", at: bound?.[0]?.at }]);
      expect((await device.replica.message(log, with_))?.proof.bounds).toBeUndefined();
    }
    // No second one on the same day, the next one on the next.
    const first = ana.replica.core.logs.get(log)?.session.outside.anchors.last;
    await say(world, ana, "the same day");
    await quiet(world);
    expect(ana.replica.core.logs.get(log)?.session.outside.anchors.last).toEqual(first);
    await world.time.pass(21 * HOUR);
    await say(world, ana, "the next day");
    await quiet(world);
    await world.time.pass(120_000);
    await say(world, ana, "and with it");
    await quiet(world);
    const next = ben.replica.core.logs.get(log)?.session.outside.anchors.last;
    expect((next?.time ?? 0) - (first?.time ?? 0)).toBeGreaterThan(20 * HOUR);
    expect((await ben.replica.faults()).length).toBe(0);
    // A new process reads them from its own rows.
    ben.kill();
    await ben.boot();
    expect((await ben.replica.message(log, early))?.proof.bounds).toHaveLength(1);
    await world.close();
  });

  test("[L11] a parent who invents a witness bounds nothing, and one who anchors garbage is named; syncing goes on", async () => {
    const world = await witnessed();
    const log = logOf(world);
    const [ana, ben] = [world.device("ana"), world.device("ben")];
    const record = await say(world, ana, "one");
    await quiet(world);
    const session = household(ben);
    const own = signKeyPair(new Uint8Array(32).fill(77));
    const key = witnessKey("court.example/witness", own.publicKey);
    const note = session.state.tail.verified?.note ?? "";
    if (!key) throw new Error("a key");
    const line = cosign(note.slice(0, note.indexOf("\n\n") + 1), key, own.secretKey, 1_000);
    const invented = withCosignatures(note, line, [key]) ?? "";
    const push = async (anchor: { note: string; keys: string[] }): Promise<void> => {
      const epoch = session.keyOf("household")?.epoch ?? 0;
      const { a, b } = makeAnchor({ log, device: session.device, epoch, anchor, secret: session.signKeys.secretKey });
      const entry = session.outbox.addSealed({ a, b });
      await ben.rows.commit([entry.write]);
      entry.kept();
      session.link.wake();
      await quiet(world);
    };
    await push({ note: invented, keys: [formatWitnessKey(key)] });
    expect((await ana.replica.message(log, record))?.proof.bounds ?? []).not.toContainEqual(
      expect.objectContaining({ by: "court.example/witness" }),
    );
    expect(await ana.replica.faults()).toEqual([]);
    await push({ note: "garbage", keys: ["garbage"] });
    expect((await ana.replica.faults()).map((f) => [f.code, f.who])).toEqual([["device-body", session.device]]);
    await say(world, ben, "and on");
    await quiet(world);
    await world.close();
  });

  test("[WT7] a relay that rolled back gets no line, and devices hold the proof", async () => {
    const store = new MemoryWitness();
    const world = await witnessed(store);
    const old = world.relayStore.copy();
    const ana = world.device("ana");
    await say(world, ana, "lost");
    await quiet(world);
    await world.time.pass(120_000);
    world.relayDown();
    world.relayStore = old;
    await world.relayUp();
    await world.time.until(async () => (await ana.replica.sync(logOf(world))).state === "stopped");
    const [fault] = await ana.replica.faults();
    const proof = checkProof(await world.get(ana.replica.faultProof(fault?.id ?? "")));
    expect(proof).toMatchObject({ ok: true, value: { holds: true, proven: "rollback" } });
    await world.close();
  });
});
