import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { toId } from "@countersign/shared/base/bytes";
import type { Hex32 } from "@countersign/shared/base/ids";
import type { LogKeyId } from "@countersign/shared/charter/types";
import { initCrypto } from "@countersign/shared/crypto/init";
import { advance, emptyLogState } from "@countersign/shared/sync/log-state";
import type { PushEntry } from "@countersign/shared/wire/messages";
import { seededRandom } from "../../shared/test/random.ts";
import { charterEntry, sealedEntry, TestClient, type Dial, type Of } from "./client.ts";
import { epochNow, type TestHousehold } from "./household.ts";
import { dialSocket, startRelay, type RelayProcess } from "./process.ts";
import { agree, bring, leavingHousehold, OTHER, piece, reserveAt, say, wholeOf, type Leaving, type Whole } from "./take-over.ts";

// Processes start slowly on a busy machine; this is a stop for hangs.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const SEED = process.env["CRASH_SEED"] ?? "take-over 1";
const random = seededRandom(SEED);
const below = (n: number): number => new DataView(random(4).buffer).getUint32(0) % n;
/** Entries in one message: a log of 160 comes in five or six. */
const PIECE = 32;

let place: string;
let relay: RelayProcess;
const dial: Dial = (events) => dialSocket(relay.origin)(events);
const boot = (): Promise<RelayProcess> =>
  startRelay("--port", "0", "--data", place, "--name", OTHER, "--member-rate", "100000", "--member-burst", "1000000");

beforeAll(() => initCrypto());
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "take-over-crash-"));
  relay = await boot();
});
afterEach(async () => {
  await relay.end("SIGKILL");
  await rm(place, { recursive: true });
});

/** When the relay is killed: before it has read what was said, somewhere while it takes it, or when it has answered. */
const MOMENTS = ["at once", "soon", "answered"] as const;
type Moment = (typeof MOMENTS)[number];

/** Says something, kills the relay and starts it again. Gives the receipt, if it got that out. */
async function sayAndKill(client: TestClient, send: () => void, moment: Moment): Promise<Of<"receipt"> | undefined> {
  send();
  // What the relay answered before it died is still read; a connection that has ended answers nothing more.
  const answered = client.find("receipt").catch(() => undefined);
  if (moment === "answered") await answered;
  else if (moment === "soon") await new Promise((resolve) => setTimeout(resolve, 1 + below(8)));
  await relay.end("SIGKILL");
  const receipt = await answered;
  relay = await boot();
  return receipt;
}

/** Both parents read the log from its beginning, each with what they alone have, write one more entry each, and see the same. */
async function bothEndAlike({ home }: Leaving, whole: Whole): Promise<void> {
  const size = whole.items.length;
  for (const [i, who] of [home.alice, home.bob].entries()) {
    const client = await TestClient.signIn(dial, "device", who.phone.sign, home.log);
    expect(client.welcome?.size).toBe(size + i);
    const more = await client.push(sealedEntry(home.log, who.phone, new Uint8Array(50 + i), { epoch: epochNow(home.chain) }));
    expect(more).toMatchObject({ n: [size + i] });
    client.close();
  }
  const [alice, bob] = [await wholeOf({ home, dial }, home.alice.sheet), await wholeOf({ home, dial }, home.bob.sheet)];
  expect(alice.items.slice(0, size)).toEqual(whole.items);
  expect(bob.items).toEqual(alice.items);
  const read = advance(emptyLogState(home.log), 0, alice.items, alice.note, []);
  expect(read.ok && read.value.state.tail.verified?.checkpoint.size).toBe(size + 2);
}

test(`[C8d] killed at any moment while a log comes, the relay has what it acknowledged, takes the rest from there, and both parents end alike (seed: ${SEED})`, async () => {
  const leaving = await leavingHousehold();
  const { home } = leaving;
  await agree(leaving, await reserveAt(dial, home));
  const whole = await wholeOf(leaving);
  let acknowledged = 0;
  let kills = 0;
  for (;;) {
    const client = await TestClient.signIn(dial, "move", home.bob.phone.sign, home.log);
    const size = client.welcome?.size ?? -1;
    expect(size).toBeGreaterThanOrEqual(acknowledged);
    if (client.welcome?.stage === undefined) {
      expect(size).toBe(whole.items.length);
      break;
    }
    // Half of a message never stands, and what is whole is founded.
    expect(size % PIECE).toBe(0);
    expect(size).toBeLessThan(whole.items.length);
    // Each time a piece more, so that it comes to an end whatever is killed.
    const first = await say(client, piece(whole, size, PIECE));
    expect(first.error).toBeUndefined();
    acknowledged = Math.min(size + PIECE, whole.items.length);
    const message = piece(whole, acknowledged, PIECE);
    if (message.entries.length === 0) {
      await relay.end("SIGKILL");
      relay = await boot();
      continue;
    }
    const moment = MOMENTS[kills++ % MOMENTS.length] ?? "soon";
    const receipt = await sayAndKill(client, () => client.send(message), moment);
    if (receipt) acknowledged += message.entries.length;
  }
  expect(kills).toBeGreaterThan(1);
  await bothEndAlike(leaving, whole);
});

/** The statements of a move away from a relay that is gone, over all of the log. */
function statements({ home }: Leaving, whole: Whole, logKey: Hex32): { readonly offered: PushEntry; readonly consent: PushEntry } {
  const fields = { size: whole.items.length, root: toId<Hex32>(whole.tree.root()), relay: OTHER };
  const to = { logKey: logKey as string as LogKeyId, address: "https://other.example" };
  const move = home.chain.make("move-log", { ...fields, ...to }, [home.alice.phone]);
  const consent = home.chain.make("consent", { to: move.id }, [home.bob.phone], { prev: move.id });
  return {
    offered: charterEntry(home.log, move, home.alice.phone.sign.secretKey),
    consent: charterEntry(home.log, consent, home.bob.phone.sign.secretKey),
  };
}

const mover = (home: TestHousehold): Promise<TestClient> => TestClient.signIn(dial, "move", home.bob.phone.sign, home.log);

test(`[C8e] killed while it is asked and agreed to, the relay has the request and the consent that it acknowledged, and both parents end alike (seed: ${SEED})`, async () => {
  const leaving = await leavingHousehold();
  const { home } = leaving;
  const logKey = await reserveAt(dial, home);
  const whole = await wholeOf(leaving);
  const { offered, consent } = statements(leaving, whole, logKey);
  (await bring(dial, home, whole)).close();

  let isAsked = false;
  for (const moment of ["soon", "answered"] as const) {
    const alice = await mover(home);
    const { offer = [] } = alice.welcome?.stage ?? {};
    expect(alice.welcome).toMatchObject({ size: whole.items.length, note: whole.note });
    expect(isAsked ? [[offered]] : [[], [offered]]).toContainEqual(offer);
    const receipt = await sayAndKill(alice, () => alice.send({ t: "push", id: 1, entries: [offered] }), moment);
    isAsked = receipt !== undefined;
    expect(receipt?.error).toBeUndefined();
  }
  expect(isAsked).toBe(true);

  let isAgreed = false;
  for (const moment of MOMENTS) {
    const bob = await mover(home);
    if (bob.welcome?.stage === undefined) break;
    expect(isAgreed).toBe(false);
    expect(bob.welcome.stage.offer).toEqual([offered]);
    const receipt = await sayAndKill(bob, () => bob.send({ t: "push", id: 2, entries: [offered, consent] }), moment);
    expect(receipt?.error).toBeUndefined();
    isAgreed = receipt !== undefined;
  }
  const now = await wholeOf({ home, dial });
  expect(now.items).toHaveLength(whole.items.length + 2);
  expect(now.items.slice(0, -2)).toEqual(whole.items);
  await bothEndAlike(leaving, now);
});
