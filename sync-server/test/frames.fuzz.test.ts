import { beforeAll, expect, test, vi } from "vitest";
import { encode, type CborValue } from "@countersign/shared/cbor/cbor";
import { initCrypto } from "@countersign/shared/crypto/init";
import { clientMessageCodec, type ClientMessage, type MailboxId } from "@countersign/shared/wire/messages";
import { toId } from "@countersign/shared/base/bytes";
import { dialRelay, sealedEntry, TestClient } from "./client.ts";
import { epochNow, foundHousehold } from "./household.ts";
import { makeWorld, NAME } from "./world.ts";
import { seededRandom } from "../../shared/test/random.ts";

vi.setConfig({ testTimeout: 600_000 });
beforeAll(() => initCrypto());

const FRAMES = Number(process.env["FUZZ_FRAMES"] ?? 20_000);
/** A frame may only ever end its own connection, and with one of these. */
const LAWFUL = new Set([4400, 4401, 4403, 4426, 4429, 1001, 1013]);

/** A fast generator: SHA-256 for each number would cost more than the relay. */
function lcg(seed: Uint8Array): (n: number) => number {
  let state = BigInt(new DataView(seed.buffer, seed.byteOffset).getUint32(0)) | 1n;
  return (n) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number(state >> 33n) % n;
  };
}

test(`[W7] ${FRAMES} malformed and mutated frames harm nobody but who sends them`, async () => {
  const seed = process.env["FUZZ_SEED"] ?? "frames 1";
  const below = lcg(seededRandom(seed)(8));
  const world = await makeWorld({ framesBurst: 1e9, connectsBurst: 1e9, entriesBurst: 1e9, bytesBurst: 1e12 });
  const dial = dialRelay(world.relay);
  const home = await foundHousehold(dial, { relay: NAME, time: world.clock.now() });
  const epoch = epochNow(home.chain);
  const box = toId<MailboxId>(new Uint8Array(32).fill(1));
  const entry = sealedEntry(home.log, home.alice.phone, new Uint8Array(60).fill(1), { epoch });
  const messages: ClientMessage[] = [
    { t: "reserve" },
    { t: "subscribe", from: 3, window: 20 },
    { t: "window", add: 3 },
    { t: "push", id: 9, entries: [entry] },
    { t: "mail-put", box, m: new Uint8Array(20) },
    { t: "mail-take", box, after: 0 },
    { t: "ping", x: 5 },
    { t: "hello", v: 1, log: home.log, key: home.alice.phone.sign.publicKey, as: "device", s: new Uint8Array(64) as never },
  ];
  const seeds = messages.map((m) => clientMessageCodec.encode(m));
  const value = (depth: number): CborValue => {
    switch (below(depth > 3 ? 5 : 7)) {
      case 0:
        return below(1_000_000);
      case 1:
        return new Uint8Array(below(70));
      case 2:
        return ["push", "hello", "device", "t", ""][below(5)] ?? "";
      case 3:
        return null;
      case 4:
        return below(2) === 0;
      case 5:
        return Array.from({ length: below(5) }, () => value(depth + 1));
      default:
        return Object.fromEntries(
          Array.from({ length: below(5) }, () => [["t", "v", "id", "entries", "a", "b", "from"][below(7)] ?? "t", value(depth + 1)]),
        );
    }
  };
  const frame = (): Uint8Array => {
    const kind = below(10);
    if (kind === 0) return Uint8Array.from({ length: below(200) }, () => below(256));
    if (kind === 1) return encode(value(0));
    if (kind === 2)
      return encode({ t: ["push", "hello", "subscribe", "x"][below(4)] ?? "x", ...(value(3) === null ? {} : { id: value(0) }) });
    const bytes = Uint8Array.from(seeds[below(seeds.length)] ?? []);
    if (kind === 3) return bytes.subarray(0, below(bytes.length));
    for (let i = 0; i <= below(3); i++) bytes[below(bytes.length)] = below(256);
    return bytes;
  };

  const good = await TestClient.signIn(dial, "device", home.bob.phone.sign, home.log);
  const seen = new Set<number>();
  const ended = (code: number): void => {
    seen.add(code);
    if (!LAWFUL.has(code)) throw new Error(`closed with ${code}`);
  };
  const open = (i: number): Promise<TestClient> =>
    TestClient.signIn(dial, i % 2 === 0 ? "mail" : "device", home.alice.phone.sign, i % 2 === 0 ? null : home.log);
  let memory = 0;
  let client = await open(1);
  for (let i = 0; i < FRAMES; i++) {
    // Most come from strangers, since a sign-in costs more than all that can be wrong with a frame.
    if (i % 8 !== 0) {
      const stranger = world.relay.connect({ onMessage: () => undefined, onClose: ended });
      stranger.send(frame());
      stranger.close();
    } else {
      if (client.isClosed) {
        ended(await client.closed());
        client = await open(i / 8);
      }
      client.sendRaw(frame());
    }
    // Errors and closes come on later turns; the queue of one connection must not hide them.
    if (i % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (i % 10_000 === 9_999) {
      await good.settled();
      const number = new Uint8Array(8);
      new DataView(number.buffer).setUint32(0, i);
      const receipt = await good.push(sealedEntry(home.log, home.bob.phone, number, { epoch }));
      expect(receipt.error).toBeUndefined();
      globalThis.gc?.();
      if (i === 19_999) memory = process.memoryUsage().heapUsed;
    }
  }
  client.close();
  expect(seen.has(4400)).toBe(true);
  expect(world.log.errors).toEqual([]);
  expect(world.relay.counts().connections).toBeLessThanOrEqual(2);
  expect(world.relay.counts().tokens).toBeLessThan(100_000);
  if (memory > 0) expect(process.memoryUsage().heapUsed).toBeLessThan(memory + 192 * 2 ** 20);
});
