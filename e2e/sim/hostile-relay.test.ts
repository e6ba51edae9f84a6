import { makeRelayPart, parseHeader } from "@countersign/shared/entry/header";
import type { LogId } from "@countersign/shared/base/ids";
import type { FaultCode } from "@countersign/shared/replica/sync-view";
import type { EntriesItem, RelayMessage } from "@countersign/shared/wire/messages";
import { beforeAll, describe, expect, test } from "vitest";
import { checkpointSigner } from "../../sync-server/src/log/open.ts";
import { awake, makeFamily, quiet, say } from "./family.ts";
import { expectStopped, meddle, type Entries } from "./lies.ts";
import { logOf } from "./schedule.ts";
import { RELAY_NAME, type Saved } from "./world.ts";

type Full = Exclude<EntriesItem, Uint8Array>;

/** What a relay does to a run of entries that it gives. */
type Change = (message: Entries, log: LogId) => readonly RelayMessage[];

const full = (m: Entries): Full[] => m.items.filter((i): i is Full => !(i instanceof Uint8Array));
const flip = (bytes: Uint8Array, at: number): Uint8Array => Uint8Array.from(bytes, (b, i) => (i === at ? b ^ 1 : b));
const first = (m: Entries, change: (item: Full) => EntriesItem): readonly RelayMessage[] => [
  { ...m, items: m.items.map((item, i) => (i === 0 && !(item instanceof Uint8Array) ? change(item) : item)) },
];

const leafOf = (item: Full): Uint8Array => {
  const header = parseHeader(item.a, item.r);
  if (!header.ok) throw new Error("a header");
  return header.value.leaf;
};

const relayPart = (item: Full, what: { time?: number; plus?: number }): Uint8Array => {
  const header = parseHeader(item.a, item.r);
  if (!header.ok) throw new Error("a header");
  const { relay } = header.value;
  return makeRelayPart({ ...relay, time: what.time ?? relay.time + (what.plus ?? 0) });
};

describe("what a hostile relay gives", () => {
  let saved: Saved;
  let seed = 100;
  beforeAll(async () => {
    saved = await makeFamily(9);
  });

  /** Ana writes twice while ben is away; then ben gets it all at once, changed. */
  async function changed(change: Change, codes: readonly FaultCode[]): Promise<void> {
    const world = await awake(saved, seed++);
    const [ana, ben] = [world.device("ana"), world.device("ben")];
    const log = logOf(world);
    world.net.offline("ben", true);
    await say(world, ana, "one");
    await say(world, ana, "two");
    await world.time.pass(3_000);
    meddle(world, "ben", (message) => change(message, log));
    world.net.offline("ben", false);
    await expectStopped(world, ben, codes);
    await world.close();
  }

  test.each<readonly [name: string, change: Change, codes: readonly FaultCode[]]>([
    ["leaves an entry out", (m) => [{ ...m, items: m.items.slice(1) }], ["relay-sequence", "relay-chain"]],
    ["leaves an entry out and counts on", (m) => [{ ...m, from: m.from + 1, items: m.items.slice(1) }], ["relay-sequence"]],
    ["turns two entries round", (m) => [{ ...m, items: [...m.items].reverse() }], ["relay-sequence", "relay-chain"]],
    ["says the same twice", (m) => [m, m], ["relay-sequence"]],
    ["changes a sealed body", (m) => first(m, (i) => ({ ...i, b: i.b && flip(i.b, 30) })), ["relay-body"]],
    ["keeps a body back", (m) => first(m, (i) => ({ ...i, b: null })), ["relay-body"]],
    ["shows a leaf for an entry that may be read", (m) => first(m, (i) => leafOf(i)), ["relay-chain"]],
    [
      "changes what the author signed",
      (m) => first(m, (i) => ({ ...i, a: flip(i.a, i.a.length - 1) })),
      ["relay-signature", "relay-header"],
    ],
    ["puts garbage for a header", (m) => first(m, (i) => ({ ...i, r: Uint8Array.of(1, 2, 3) })), ["relay-header"]],
    ["turns its clock back", (m) => first(m, (i) => ({ ...i, r: relayPart(i, { time: 1 }) })), ["relay-time", "relay-fork"]],
    [
      "changes the time of an entry",
      (m) => {
        const [item] = full(m);
        if (!item) throw new Error("an entry");
        // Alone, so that the changed leaf meets the note and not the next entry's chain.
        return [{ ...m, items: [{ ...item, r: relayPart(item, { plus: 5 }) }, ...m.items.slice(1)] }];
      },
      ["relay-chain", "relay-fork"],
    ],
    ["signs nothing over what it says", (m) => [{ ...m, note: (m.note ?? "").replace(/^./m, "x") }], ["relay-checkpoint"]],
    [
      "signs with another key",
      (m, log) => [
        {
          ...m,
          note: checkpointSigner(RELAY_NAME, log, new Uint8Array(32).fill(7)).sign(m.from + m.items.length, new Uint8Array(32), 1),
        },
      ],
      ["relay-checkpoint"],
    ],
  ])("[L2] that %s is found, named and kept as evidence; the app goes on offline", async (_name, change, codes) => {
    await changed(change, codes);
  });

  test("[L5] a signed checkpoint over other contents is a fork that shows", async () => {
    const world = await awake(saved, 113);
    const log = logOf(world);
    const record = await world.relayStore.log(log);
    if (!record) throw new Error("a log");
    const signer = checkpointSigner(RELAY_NAME, log, record.keySeed);
    meddle(world, "ben", (m) => [{ ...m, note: signer.sign(m.from + m.items.length, new Uint8Array(32).fill(1), world.time.now()) }]);
    await say(world, world.device("ana"));
    await expectStopped(world, world.device("ben"), ["relay-fork"]);
    await world.close();
  });

  test("[L3] an entry that got its receipt and never came back stays 'saved' and unsent", async () => {
    const world = await awake(saved, 122);
    const ana = world.device("ana");
    const log = logOf(world);
    world.net.meddler = {
      toDevice: (device, message) => (device === "ana" && message.t === "entries" ? [] : [message]),
    };
    const record = await say(world, ana);
    await world.time.pass(20_000);
    expect((await ana.replica.message(log, record))?.proof.state).toBe("saved");
    expect(await ana.replica.sync(log)).toMatchObject({ state: "waiting", unsent: 1 });
    await world.close();
  });

  test("[L6] a relay whose clock is hours off is shown with the entry", async () => {
    const world = await awake(saved, 123);
    for (const device of world.devices.values()) device.skew = -3 * 3_600_000;
    const ana = world.device("ana");
    const record = await say(world, ana);
    await quiet(world);
    expect((await world.device("ben").replica.message(logOf(world), record))?.proof.clockOff).toBe(true);
    await world.close();
  });
});
