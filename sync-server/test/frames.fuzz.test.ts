import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { idBytes, toId, utf8 } from "@countersign/shared/base/bytes";
import { decode, type CborValue } from "@countersign/shared/cbor/cbor";
import type { LogId } from "@countersign/shared/base/ids";
import { initCrypto } from "@countersign/shared/crypto/init";
import { sign, type SignKeyPair } from "@countersign/shared/crypto/sign";
import { LIMITS } from "@countersign/shared/base/limits";
import { clientMessageCodec, relayMessageCodec, signInBytes, type ClientMessage, type MailboxId } from "@countersign/shared/wire/messages";
import { seededRandom } from "../../shared/test/random.ts";
import { sealedEntry, TestClient } from "./client.ts";
import { epochNow, foundHousehold, type TestHousehold } from "./household.ts";
import { below, hostile, subtle } from "./mutations.ts";
import { dialSocket, startRelay, type RelayProcess } from "./process.ts";
import { clientFrame, RawSocket, upgrade, type Said } from "./raw-socket.ts";

vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

const FRAMES = Number(process.env["FUZZ_FRAMES"] ?? 100_000);
const SEED = process.env["FUZZ_SEED"] ?? "frames 1";
/** Connections at a time. A device that has more than six loses its oldest, and that is no verdict on a frame. */
const STRANGERS = 16;
const MEMBERS = 4;
/** Frames that a member's connection says before the one that ends it. */
const IN_ONE = 40;
/** Of a hundred frames so many come from strangers, each on a connection of its own. */
const FROM_STRANGERS = 40;
/** With these a connection may end: the protocol's own (W1), and RFC 6455's for what is no WebSocket frame. */
const LAWFUL = new Set([4400, 4401, 4403, 4426, 4429, 1002, 1007, 1009]);
/** What a relay may hold more at the end than in the middle, bytes: caches of bounded size, compiled code. 50,000 frames that each left 200 bytes behind are over it. */
const STEPS = 10 * 2 ** 20;
/** Loaded before the relay: a signal collects its garbage. */
const COLLECTOR = `data:text/javascript,${encodeURIComponent('process.on("SIGUSR2", () => gc())')}`;

const NAME = "relay.test";
let place: string;
let relay: RelayProcess;

beforeAll(async () => {
  await initCrypto();
  place = await mkdtemp(join(tmpdir(), "relay-frames-"));
  const unlimited = ["member-rate", "member-burst", "frame-rate", "frame-burst", "address-rate", "address-burst"];
  relay = await startCollectableRelay(
    ...["--port", "0", "--data", join(place, "data"), "--name", NAME, "--address-connections", "100000"],
    ...unlimited.flatMap((name) => [`--${name}`, "1000000000"]),
  );
});
afterAll(async () => {
  await relay.end("SIGTERM");
  await rm(place, { recursive: true });
});

function startCollectableRelay(...args: string[]): Promise<RelayProcess> {
  vi.stubEnv("NODE_OPTIONS", `--expose-gc --import=${COLLECTOR}`);
  try {
    return startRelay(...args);
  } finally {
    vi.unstubAllEnvs();
  }
}

/** The messages that hostile ones are made of. */
function lawfulOf(home: TestHousehold, epoch: number): { value: CborValue; bytes: Uint8Array }[] {
  const box = toId<MailboxId>(new Uint8Array(32).fill(1));
  const entry = (n: number) => sealedEntry(home.log, home.alice.phone, new Uint8Array(60).fill(n), { epoch });
  const messages: ClientMessage[] = [
    { t: "reserve" },
    { t: "subscribe", from: 3, window: 20 },
    { t: "window", add: 3 },
    { t: "push", id: 9, entries: [entry(1)] },
    { t: "push", id: 10, entries: [entry(2), entry(3), entry(4)] },
    { t: "push", id: 11, entries: [sealedEntry("ab".repeat(32) as LogId, home.alice.phone, new Uint8Array(60).fill(5), { epoch })] },
    { t: "mail-put", box, m: new Uint8Array(20) },
    { t: "mail-take", box, after: 0 },
    { t: "ping", x: 5 },
    { t: "hello", v: 1, log: home.log, key: home.alice.phone.sign.publicKey, as: "device", s: new Uint8Array(64) as never },
  ];
  return messages.map((message) => {
    const bytes = clientMessageCodec.encode(message);
    const read = decode(bytes, LIMITS.frame);
    if (!read.ok) throw new Error("a lawful message cannot be read");
    return { value: read.value, bytes };
  });
}

const decodedType = (frame: Uint8Array): string => {
  const read = decode(frame, LIMITS.frame);
  return read.ok ? String((read.value as { t?: unknown }).t) : "";
};
const isReceipt = (bytes: Uint8Array): boolean => decodedType(bytes) === "receipt";

/** A raw connection that has signed in. */
async function signedIn(port: number, home: TestHousehold): Promise<RawSocket> {
  const keys: SignKeyPair = home.alice.phone.sign;
  const socket = new RawSocket(port, upgrade);
  const [first] = await socket.first(1);
  const challenge = first && relayMessageCodec.decode(first);
  if (!challenge?.ok || challenge.value.t !== "challenge") throw new Error("no challenge came");
  const signed = signInBytes(challenge.value.c, idBytes(home.log), utf8(NAME));
  const s = sign("sign-in", signed, keys.secretKey);
  socket.write(clientFrame(clientMessageCodec.encode({ t: "hello", v: 1, log: home.log, key: keys.publicKey, as: "device", s })));
  await socket.first(2);
  return socket;
}

/** Heap and buffers that the relay still holds after its garbage was collected, bytes, from its own metrics. The resident set would be the collector's mood. */
async function held(): Promise<number> {
  for (let i = 0; i < 2; i++) {
    relay.child.kill("SIGUSR2");
    // Whatever answers afterwards has run the handler.
    await fetch(`${relay.origin}/v1/health`);
    await new Promise((done) => setTimeout(done, 200));
  }
  const text = await (await fetch(`${relay.origin}/metrics`)).text();
  const of = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? Number.NaN);
  return of("nodejs_heap_size_used_bytes") + of("nodejs_external_memory_bytes");
}

test(`[W6][W7] ${FRAMES} malformed and mutated frames harm nobody but who sends them (seed: ${SEED})`, async () => {
  const pick = below(seededRandom(SEED)(8));
  const port = Number(new URL(relay.origin).port);
  const dial = dialSocket(relay.origin);
  const home = await foundHousehold(dial, { relay: NAME, time: Date.now() });
  const epoch = epochNow(home.chain);
  const lawful = lawfulOf(home, epoch);
  const closes = new Map<number, number>();
  const codes = new Map<string, number>();
  const pushes = lawful.filter((m) => (m.value as { t?: unknown }).t === "push");
  let sent = 0;
  let strangers = 0;

  /** Every byte that comes back is a message of the protocol, and a connection ends with a code that says why. */
  const judge = ({ messages, code }: Said, wasCut: boolean): void => {
    for (const bytes of messages) {
      const read = relayMessageCodec.decode(bytes);
      if (!read.ok) throw new Error(`the relay answered with bytes that are no message: ${read.error.code}`);
      const error = read.value.t === "error" ? read.value : read.value.t === "receipt" ? read.value.error : undefined;
      if (error) codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
    }
    if (code === undefined && !wasCut) throw new Error("a connection ended without a code");
    if (code === undefined) return;
    if (!LAWFUL.has(code)) throw new Error(`closed with ${code}`);
    closes.set(code, (closes.get(code) ?? 0) + 1);
  };

  /** Nobody in particular: the upgrade and one frame in a single write, now and then one that is no WebSocket frame. */
  const stranger = async (): Promise<void> => {
    sent++;
    strangers++;
    const payload = hostile(pick, lawful);
    const opening = pick(16) === 0 ? 0x80 | pick(128) : undefined;
    const frame = opening === undefined ? clientFrame(payload) : clientFrame(payload, opening);
    const socket = new RawSocket(port, Buffer.concat([upgrade, frame]));
    // A control frame or one that goes on later is lawful so far: the relay would wait for the sign-in.
    const patience = setTimeout(() => socket.cut(), 2_000);
    const said = await socket.ended;
    clearTimeout(patience);
    // Who says goodbye (opcode 8) is answered with the goodbye that they said (RFC 6455 section 5.5.1): no verdict of the relay's.
    judge(opening === 0x88 ? { ...said, code: undefined } : said, opening === 0x88 || said.code === undefined);
  };

  /** A device of the household: frames that can be read as messages in one write, until one that cannot ends the connection. */
  const member = async (): Promise<void> => {
    const socket = await signedIn(port, home);
    const all = Array.from({ length: IN_ONE }, () => subtle(pick, pushes));
    const lives = (frame: Uint8Array): boolean => {
      const read = clientMessageCodec.decode(frame);
      return read.ok && ["push", "subscribe", "ping"].includes(read.value.t);
    };
    const frames = all.filter(lives);
    socket.write(Buffer.concat(frames.map((f) => clientFrame(f))));
    await socket.until(isReceipt, frames.filter((f) => decodedType(f) === "push").length);
    const last = hostile(pick, lawful);
    const [end = last] = all.filter((f) => !lives(f));
    // Not every frame of another kind ends a connection; the second one does.
    socket.write(Buffer.concat([end, new Uint8Array([0xff])].map((f) => clientFrame(f))));
    sent += frames.length + 1;
    judge(await socket.ended, false);
  };

  const good = await TestClient.signIn(dial, "device", home.bob.phone.sign, home.log);
  let written = 0;
  /** Another device writes on, as if nothing were. */
  const writesOn = async (): Promise<void> => {
    const number = new Uint8Array(8);
    new DataView(number.buffer).setUint32(0, ++written);
    const receipt = await good.push(sealedEntry(home.log, home.bob.phone, number, { epoch }));
    expect(receipt.error).toBeUndefined();
  };
  const until = async (goal: number): Promise<void> => {
    const most = (goal * FROM_STRANGERS) / 100;
    const strangersLane = async (): Promise<void> => {
      while (strangers < most) await stranger();
    };
    const membersLane = async (): Promise<void> => {
      while (sent - strangers < goal - most) await member();
    };
    await Promise.all([...Array.from({ length: STRANGERS }, strangersLane), ...Array.from({ length: MEMBERS }, membersLane)]);
    await writesOn();
  };

  await until(Math.floor(FRAMES / 2));
  const middle = await held();
  await until(FRAMES);
  const end = await held();
  console.log(
    `${sent} frames; closes ${JSON.stringify([...closes])}; errors ${JSON.stringify([...codes])}; MB ${middle >> 20} → ${end >> 20}`,
  );

  expect(sent).toBeGreaterThanOrEqual(FRAMES);
  expect(closes.get(4400)).toBeGreaterThan(FRAMES / 10);
  for (const code of ["malformed", "unsupported", "signature", "body-hash", "wrong-log"])
    expect(codes.get(code) ?? 0, code).toBeGreaterThan(0);
  expect(codes.get("internal") ?? 0).toBe(0);
  expect(end).toBeLessThan(middle + STEPS);
  expect(relay.child.exitCode).toBeNull();
  expect(relay.output()).not.toMatch(/error|failed/i);
  good.close();
});
