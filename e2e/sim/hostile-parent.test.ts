import { toId } from "@countersign/shared/base/bytes";
import type { DeviceId } from "@countersign/shared/base/ids";
import { ok } from "@countersign/shared/base/result";
import { frameOn, makeStatement } from "@countersign/shared/charter/sign";
import type { BoxKeyId } from "@countersign/shared/charter/types";
import { signKeyPair } from "@countersign/shared/crypto/sign";
import type { PushEntry } from "@countersign/shared/wire/messages";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { charterEntry } from "../../sync-server/test/client.ts";
import { DEVICES, household, makeFamily, quiet } from "./family.ts";
import { expectSame, picture } from "./invariants.ts";
import { Mallory } from "./mallory.ts";
import { poisons } from "./poison.ts";
import { PARAMETERS, RUNS } from "./rounds.ts";
import { unopened } from "./unopened.ts";
import { World, type Device, type Saved } from "./world.ts";

/** An entry of mallory's and what must come of it: its one change set aside for this reason, or mallory named for it by this code. */
interface Sent {
  readonly name: string;
  readonly entry: PushEntry;
  readonly reason: readonly string[] | undefined;
  readonly code?: string;
}

describe("a hostile parent with a real device", () => {
  let saved: Saved;
  beforeAll(async () => {
    saved = await makeFamily(21);
  });

  /** A family with something to attack, and mallory, who holds a device of ben's. */
  async function attacked(seed: number): Promise<{ world: World; mallory: Mallory }> {
    const world = await World.from(saved, seed);
    for (const device of world.devices.values()) await device.boot();
    const { log } = household(world.device("ana"));
    const expense = { category: "School", amount: 4_000, currency: "EUR", share: 5_000, spent: "2026-03-30", files: [] };
    await world.get(world.device("ana").replica.sendMessage({ log, subject: "Friday", text: "Can you take Friday?", files: [] }));
    for (const name of ["ana", "ben"] as const)
      await world.get(world.device(name).replica.addExpense({ log, title: `By ${name}`, ...expense }));
    await quiet(world);
    return { world, mallory: await Mallory.of(world) };
  }

  const reasons = async (device: Device): Promise<Map<number, string[]>> => {
    const found = new Map<number, string[]>();
    const { log } = household(device);
    for (const row of (await device.replica.history(log, { types: ["set-aside"] }, 0, 500)).rows)
      found.set(row.seq ?? -1, [...(found.get(row.seq ?? -1) ?? []), row.reason ?? row.what]);
    return found;
  };

  /** Nobody is blamed but mallory, and work goes on. */
  async function expectGoingOn(world: World, mallory: Mallory): Promise<void> {
    const ana = world.device("ana");
    const { log } = household(ana);
    const record = await world.get(ana.replica.sendMessage({ log, subject: "After it", text: "Going on.", files: [] }));
    await quiet(world);
    const first = await picture(world, ana);
    for (const name of DEVICES) {
      const device = world.device(name);
      for (const fault of await device.replica.faults()) expect(fault.who).toBe(mallory.device);
      expect((await device.replica.message(log, record))?.text).toBe("Going on.");
      expectSame(await picture(world, device), first, name);
      // A restart judges everything again from what is on the disk.
      device.kill();
      await device.boot();
    }
    await quiet(world);
    for (const name of DEVICES) expectSame(await picture(world, world.device(name)), first, `${name} after a restart`);
  }

  /** The places in the log that mallory is named for, with what for. */
  const named = async (device: Device): Promise<readonly (readonly [number, string])[]> =>
    (await device.replica.faults()).map(({ seq, code }) => [seq ?? -1, code] as const).sort(([x], [y]) => x - y);

  test("[X3][L2][X1a] whatever a modified client sends, in whatever order and batches: set aside or passed over alike everywhere, with its reason", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.infiniteStream(fc.nat(1_000)), async (seed, stream) => {
        const { world, mallory } = await attacked(seed);
        try {
          const pick = (limit: number): number => (stream.next().value ?? 0) % limit;
          const all = poisons(mallory, household(world.device("ana")), signKeyPair(new Uint8Array(32).fill(9)));
          // Stories in any order, changes of one story in theirs; between them entries that give no change to anybody.
          const queues: Sent[][] = [
            ...all.map(({ name, where = "messages", changes }) =>
              changes.map(({ reason, notes, ...change }) => ({
                name,
                reason: reason === "admitted" ? undefined : [reason],
                entry: mallory.entry([change], { where, ...(notes ? { notes } : {}) }),
              })),
            ),
            ...unopened(mallory, world.chance.bytes).map((closed) => [{ ...closed, reason: undefined }]),
          ];
          const sequence: Sent[] = [];
          while (queues.some((q) => q.length > 0)) {
            const open = queues.filter((q) => q.length > 0);
            const chosen = open[pick(open.length)]?.shift();
            if (chosen) sequence.push(chosen);
          }
          // ana hears everything at once, ana2 and ben2 later and in other batches.
          world.net.offline("ana2", true);
          const expected = new Map<number, Sent>();
          for (let i = 0; i < sequence.length;) {
            const batch = sequence.slice(i, i + 1 + pick(6));
            i += batch.length;
            const pushed = await mallory.push(batch.map(({ entry }) => entry));
            expect(pushed.error).toBeUndefined();
            pushed.n.forEach((seq, at) => {
              const sent = batch[at];
              if (sent) expected.set(seq, sent);
            });
            if (pick(4) === 0) world.net.offline("ben2", pick(2) === 0);
            if (pick(6) === 0) {
              world.device("ana").kill();
              await world.device("ana").boot();
            }
            await world.time.pass(pick(300));
          }
          world.net.offline("ana2", false);
          world.net.offline("ben2", false);
          await quiet(world);
          const faults = [...expected].flatMap(([seq, { code }]) => (code === undefined ? [] : [[seq, code] as const]));
          for (const name of DEVICES) {
            const found = await reasons(world.device(name));
            const told = [...expected].map(([seq, sent]) => [sent.name, seq, sent.reason]);
            expect(
              [...expected].map(([seq, sent]) => [sent.name, seq, found.get(seq)]),
              name,
            ).toEqual(told);
            expect(await named(world.device(name)), name).toEqual(faults);
          }
          await expectGoingOn(world, mallory);
          for (const name of DEVICES) expect(await named(world.device(name)), `${name} after a restart`).toEqual(faults);
        } finally {
          await world.close();
        }
      }),
      { numRuns: Math.max(2, Math.ceil(RUNS / 25)), ...PARAMETERS },
    );
  });

  test("[L2] a change in another book than the one that it was signed for is set aside there, and nobody is named for its entry", async () => {
    const { world, mallory } = await attacked(31);
    const moved = mallory.entry([{ bytes: mallory.raw() }], { change: (b) => ({ ...b, book: { ...b.book, period: "2026-02" } }) });
    const pushed = await mallory.push([moved]);
    await quiet(world);
    for (const name of DEVICES) {
      expect((await reasons(world.device(name))).get(pushed.n[0] ?? -1), name).toEqual(["change-signature"]);
      expect(await named(world.device(name)), name).toEqual([]);
    }
    await expectGoingOn(world, mallory);
    await world.close();
  });

  test("[X6] ends left open are limited, whatever else is sent", async () => {
    const { world, mallory } = await attacked(32);
    const pushed = await mallory.push([mallory.entry(Array.from({ length: 20 }, () => ({ bytes: mallory.raw() })))]);
    await quiet(world);
    for (const name of DEVICES) {
      const found = (await reasons(world.device(name))).get(pushed.n[0] ?? -1);
      expect(found).toEqual(Array.from({ length: 4 }, () => "change-too-many-heads"));
    }
    await expectGoingOn(world, mallory);
    await world.close();
  });

  test("[K1] a statement with a public key of small order is not let in", async () => {
    const { world, mallory } = await attacked(33);
    const { charter } = household(world.device("ben"));
    if (!charter) throw new Error("a charter");
    const small = new Uint8Array(32);
    const statement = {
      ...frameOn(charter, mallory.device, null),
      type: "link" as const,
      device: { sign: toId<DeviceId>(small), box: toId<BoxKeyId>(small) },
      level: 1,
    };
    const signed = makeStatement(statement, [mallory.keys, { ...mallory.keys, publicKey: small }]);
    const answer = ok(await mallory.push([charterEntry(mallory.log, signed, mallory.keys.secretKey)]));
    expect(answer.value.n).toEqual([]);
    expect(answer.value.error?.code).toMatch(/charter-rule|malformed|signature/);
    await expectGoingOn(world, mallory);
    await world.close();
  });
});
