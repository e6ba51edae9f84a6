import { beforeAll, describe, expect, test } from "vitest";
import type { Signature } from "@countersign/shared/base/ids";
import { initCrypto } from "@countersign/shared/crypto/init";
import { newPairSecret, type PairSecret } from "@countersign/shared/pair/code";
import { NewSide } from "@countersign/shared/pair/new-side";
import { OldSide } from "@countersign/shared/pair/old-side";
import { Mailbox, type MailboxEnd } from "@countersign/shared/sync/mailbox";
import type { Ports } from "@countersign/shared/sync/ports";
import { clientMessageCodec } from "@countersign/shared/wire/messages";
import { seededRandom } from "../../shared/test/random.ts";
import type { Relay } from "../src/relay/relay.ts";
import { makeWorld, type TestClock } from "./world.ts";

beforeAll(initCrypto);

/** What a side of the exchange did and met. */
interface Met {
  readonly ends: MailboxEnd[];
  isForeign: boolean;
  isCaughtUp: boolean;
}

/** Ports whose connections end in a relay in this process; `meddle` sees every frame of the client and may keep it back. */
function portsOf(relay: () => Relay, clock: TestClock, seed: number, meddle: (frame: Uint8Array) => boolean = () => true): Ports {
  return {
    clock,
    random: seededRandom(String(seed)),
    pause: () => Promise.resolve(),
    transport: {
      http: () => Promise.resolve({ status: 0, body: new Uint8Array() }),
      connect: (_address, events) => {
        const wire = relay().connect({
          address: "here",
          onMessage: (bytes) => events.onMessage(bytes),
          onClose: (code) => events.onClose(code),
        });
        events.onOpen();
        return { send: (bytes) => (meddle(bytes) ? wire.send(bytes) : undefined), close: () => wire.close() };
      },
    },
  };
}

const settle = async (rounds = 30): Promise<void> => {
  for (let i = 0; i < rounds; i++) await new Promise<void>((done) => setImmediate(done));
};

const LINES = 400;
const CONTENTS = new Uint8Array(500 * LINES).fill(3);

function sides(secret: PairSecret, oldPorts: Ports, newPorts: Ports) {
  const met = (): Met => ({ ends: [], isForeign: false, isCaughtUp: false });
  const oldMet = met();
  const newMet = met();
  const seen: { digits?: string; contents?: Uint8Array } = {};
  const old: OldSide = new OldSide(secret, seededRandom(String(5)), (item) => oldBox.put(item));
  const fresh: NewSide = new NewSide(secret, seededRandom(String(6)), (item) => newBox.put(item));
  const events = (met: Met, onItem: (item: Uint8Array) => void) => ({
    onItem,
    onCaughtUp: () => {
      met.isCaughtUp = true;
    },
    onForeign: () => {
      met.isForeign = true;
    },
    onConnected: () => undefined,
    onEnd: (end: MailboxEnd) => void met.ends.push(end),
  });
  const oldBox = new Mailbox(
    oldPorts,
    "http://relay.example",
    { read: old.boxes.toOld, write: old.boxes.toNew },
    events(oldMet, (item) => {
      const event = old.receive(item);
      if (event.ok && event.value?.type === "keys") old.ask([Uint8Array.of(1)]);
      if (event.ok && event.value?.type === "signed") old.done();
    }),
  );
  const newBox = new Mailbox(
    newPorts,
    "http://relay.example",
    { read: fresh.boxes.toNew, write: fresh.boxes.toOld },
    events(newMet, (item) => {
      const event = fresh.receive(item);
      if (!event.ok || !event.value) return;
      if (event.value.type === "digits") seen.digits = event.value.digits;
      if (event.value.type === "contents") {
        seen.contents = event.value.bytes;
        fresh.keys({
          name: "Phone",
          level: 1,
          h: [],
          d: [{ l: "1".repeat(64), s: "2".repeat(64), x: "3".repeat(64) } as unknown as Parameters<NewSide["keys"]>[0]["d"][number]],
        });
      }
      if (event.value.type === "ask") fresh.signed([new Uint8Array(64) as Signature]);
    }),
  );
  return { old, fresh, oldBox, newBox, oldMet, newMet, seen };
}

describe("the exchange over a relay", () => {
  test("[C3] goes through, also when frames are lost, connections break and the relay restarts at every step", async () => {
    for (let step = 0; step < 14; step++) {
      let world = await makeWorld();
      let lost = -1;
      let frames = 0;
      const isPut = (bytes: Uint8Array): boolean => {
        const message = clientMessageCodec.decode(bytes);
        return message.ok && message.value.t === "mail-put";
      };
      // One put of either side never arrives, and right after it the relay goes down.
      const meddle = (bytes: Uint8Array): boolean => !isPut(bytes) || frames++ !== step || (lost = frames) < 0;
      const s = sides(
        newPairSecret(seededRandom(String(step))),
        portsOf(() => world.relay, world.clock, 1, meddle),
        portsOf(() => world.relay, world.clock, 2, meddle),
      );
      s.old.start();
      s.oldBox.open();
      await settle();
      s.newBox.open();
      for (let i = 0; i < 12; i++) {
        await settle();
        if (lost > 0) {
          lost = 0;
          const before = world.relay;
          world = await makeWorld({}, { store: world.store, clock: world.clock });
          await before.stop();
        }
        world.clock.pass(2_000);
        await settle();
        if (s.old.at === "digits" && s.seen.digits !== undefined && s.old.tryDigits(s.seen.digits).answer === "right")
          s.old.contents(CONTENTS);
      }
      expect([step, s.old.at, s.fresh.at, s.seen.contents?.length, s.oldMet.ends, s.newMet.ends]).toEqual([
        step,
        "done",
        "done",
        CONTENTS.length,
        [],
        [],
      ]);
      expect([s.oldMet.isForeign, s.newMet.isForeign]).toEqual([false, false]);
      s.oldBox.close();
      s.newBox.close();
    }
  });

  test("[C3] a code that nobody waits behind is told, and so is one that somebody has answered", async () => {
    const world = await makeWorld();
    const ports = (seed: number): Ports => portsOf(() => world.relay, world.clock, seed);
    const secret = newPairSecret(seededRandom(String(50)));
    const nobody = sides(secret, ports(1), ports(2));
    nobody.newBox.open();
    await settle();
    expect([nobody.newMet.isCaughtUp, nobody.fresh.at]).toEqual([true, "code"]);
    nobody.newBox.close();
    const first = sides(secret, ports(3), ports(4));
    first.old.start();
    first.oldBox.open();
    await settle();
    first.newBox.open();
    await settle();
    expect(first.old.at).toBe("digits");
    const second = sides(secret, ports(5), ports(6));
    second.newBox.open();
    await settle();
    expect(second.newMet.isForeign).toBe(true);
    for (const box of [first.oldBox, first.newBox, second.newBox]) box.close();
  });

  test("[C3] a full mailbox ends it", async () => {
    const world = await makeWorld({ mailItems: 1 });
    const full = sides(
      newPairSecret(seededRandom(String(60))),
      portsOf(() => world.relay, world.clock, 1),
      portsOf(() => world.relay, world.clock, 2),
    );
    full.old.start();
    full.oldBox.open();
    await settle();
    full.newBox.open();
    await settle();
    expect([...full.oldMet.ends, ...full.newMet.ends]).toContain("full");
    full.oldBox.close();
    full.newBox.close();
  });
});
