/**
 * Durable throughput of the relay process, closed loop, next to a bare WebSocket fan-out: R logs with three devices each, device 0 keeps W
 * entries of 400 bytes outstanding. An entry is complete when both other devices have it and, at the relay, its sender has the receipt.
 *
 *     npx tsx sync-server/test/bench.ts [logs] [outstanding] [seconds] [rounds]
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocket, WebSocketServer } from "ws";
import { initCrypto } from "@countersign/shared/crypto/init";
import { systemRandom } from "@countersign/shared/crypto/random";
import { clientMessageCodec } from "@countersign/shared/wire/messages";
import { makeDevice, makePerson, TestLog, type TestDevice } from "../../shared/test/people.ts";
import { charterEntry, sealedEntry, TestClient, type Dial } from "./client.ts";
import { dialSocket, startRelay } from "./process.ts";
import type { SignKeyPair } from "@countersign/shared/crypto/sign";

const [logs = 50, outstanding = 1, seconds = 4, rounds = 3] = process.argv.slice(2).map(Number);
const NAME = "relay.bench";
const TICKS = 100;

interface Room {
  /** Frames to send, made beforehand: signing is the client's cost, not the relay's. */
  readonly frames: readonly Uint8Array[];
  readonly sockets: readonly WebSocket[];
  readonly needsReceipt: boolean;
}
interface Outcome {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuPer1000: number;
}

async function cpuOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

const ENTRIES = [0x61, 0x74, 0x67, 0x65];
const isEntries = (bytes: Uint8Array): boolean => ENTRIES.every((x, i) => bytes[1 + i] === x);
const GRANT = clientMessageCodec.encode({ t: "window", add: 256 });

/** Runs the rooms for a while; the first second does not count. */
async function run(rooms: readonly Room[], pid: number): Promise<Outcome> {
  const latencies: number[] = [];
  let counting = false;
  let stopped = false;
  for (const room of rooms) {
    const started = new Map<number, number>();
    const parts: [number, number, number] = [0, 0, 0];
    let sent = 0;
    let done = 0;
    const send = (): void => {
      const frame = room.frames[sent];
      if (stopped || !frame) return;
      started.set(sent++, performance.now());
      room.sockets[0]?.send(frame);
    };
    const progress = (part: 0 | 1 | 2, by: number): void => {
      parts[part] += by;
      const complete = Math.min(...(room.needsReceipt ? parts : parts.slice(1)));
      for (; done < complete; done++) {
        if (counting) latencies.push(performance.now() - (started.get(done) ?? 0));
        started.delete(done);
        send();
      }
    };
    for (const [i, socket] of room.sockets.entries()) {
      let granted = 0;
      socket.removeAllListeners("message");
      socket.on("message", (data: Buffer) => {
        if (!room.needsReceipt) progress(i as 0 | 1 | 2, 1);
        else if (!isEntries(data)) progress(0, i === 0 ? 1 : 0);
        else {
          const count = data.length < 900 + 24 ? 1 : Math.round(data.length / 780);
          if (i > 0) progress(i as 1 | 2, count);
          granted += count;
          if (granted >= 256) {
            granted -= 256;
            socket.send(GRANT);
          }
        }
      });
    }
    for (let w = 0; w < outstanding; w++) send();
  }
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  await wait(1_000);
  const [cpu, at] = [await cpuOf(pid), performance.now()];
  counting = true;
  await wait(seconds * 1_000);
  counting = false;
  const took = (performance.now() - at) / 1_000;
  const used = (await cpuOf(pid)) - cpu;
  stopped = true;
  await wait(300);
  latencies.sort((a, b) => a - b);
  const at100 = (p: number): number => latencies[Math.floor(latencies.length * p)] ?? 0;
  return { perSecond: latencies.length / took, p50: at100(0.5), p99: at100(0.99), cpuPer1000: (used / latencies.length) * 1_000 };
}

/** One parent with three devices. */
async function roomAtRelay(dial: Dial, origin: string, index: number, frames: number): Promise<Room> {
  const person = makePerson(`bench ${index}`);
  const founder = await TestClient.signIn(dial, "found", person.phone.sign, null);
  founder.send({ t: "reserve" });
  const { logKey } = await founder.next("reserved");
  const relayKey = { publicKey: logKey, secretKey: new Uint8Array(64) } as SignKeyPair;
  const chain = new TestLog(person, { relay: NAME, relayKey, time: Date.now() });
  chain.openEpochs(person.phone);
  const devices: TestDevice[] = [person.phone, person.laptop, makeDevice(person.random)];
  for (const device of devices.slice(1)) chain.say("link", { device: device.keys, level: 1 }, person.phone, device);
  const receipt = await founder.push(...chain.entries.map((e) => charterEntry(chain.log, e.signed, person.phone.sign.secretKey)));
  if (receipt.error) throw new Error(receipt.error.code);
  founder.close();
  const sockets: WebSocket[] = [];
  for (const device of devices) {
    const client = await TestClient.signIn(capturing(origin, sockets), "device", device.sign, chain.log);
    client.send({ t: "subscribe", from: receipt.n.length, window: 1_024 });
  }
  const made = Array.from({ length: frames }, (_, id) =>
    clientMessageCodec.encode({ t: "push", id, entries: [sealedEntry(chain.log, person.phone, systemRandom(400), { epoch: 0 })] }),
  );
  return { frames: made, sockets, needsReceipt: true };
}

/** As `dialSocket`, and keeps the socket, so that the measured loop can skip the test client's decoding. */
function capturing(origin: string, into: WebSocket[]): Dial {
  return (events) => {
    const ws = new WebSocket(`${origin.replace("http", "ws")}/v1/ws`, "countersign.v1", { perMessageDeflate: false });
    into.push(ws);
    ws.on("message", (data: Buffer) => events.onMessage(new Uint8Array(data)));
    ws.on("close", (code) => events.onClose(code));
    return { send: (bytes) => ws.send(bytes), close: () => ws.close() };
  };
}

async function benchRelay(): Promise<Outcome> {
  const data = await mkdtemp(join(tmpdir(), "relay-bench-"));
  const much = ["member-rate", "member-burst", "frame-rate", "frame-burst", "address-connections", "address-rate", "address-burst", "found-rate", "found-burst"];
  const relay = await startRelay("--port", "0", "--data", data, "--name", NAME, ...much.flatMap((name) => [`--${name}`, "100000000"]));
  try {
    const rooms: Room[] = [];
    const frames = Math.ceil((8_000 * (seconds + 1)) / logs) + outstanding;
    for (let i = 0; i < logs; i++) rooms.push(await roomAtRelay(dialSocket(relay.origin), relay.origin, i, frames));
    const outcome = await run(rooms, relay.child.pid ?? 0);
    for (const room of rooms) for (const socket of room.sockets) socket.terminate();
    return outcome;
  } finally {
    await relay.end("SIGKILL");
    await rm(data, { recursive: true });
  }
}

async function benchBare(): Promise<Outcome> {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), ["bare"]);
  const [port] = (await once(child, "message")) as [number];
  const rooms: Room[] = [];
  for (let i = 0; i < logs; i++) {
    const sockets: WebSocket[] = [];
    for (let d = 0; d < 3; d++) {
      const ws = new WebSocket(`ws://127.0.0.1:${port}/${i}`, { perMessageDeflate: false });
      await once(ws, "open");
      sockets.push(ws);
    }
    const frame = systemRandom(750);
    rooms.push({ frames: new Array<Uint8Array>(1_000_000).fill(frame), sockets, needsReceipt: false });
  }
  const outcome = await run(rooms, child.pid ?? 0);
  for (const room of rooms) for (const socket of room.sockets) socket.terminate();
  child.kill();
  return outcome;
}

function serveBare(): void {
  const rooms = new Map<string, Set<WebSocket>>();
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false }, () => {
    const address = server.address();
    process.send?.(typeof address === "object" && address ? address.port : 0);
  });
  server.on("connection", (ws, request) => {
    const room = rooms.get(request.url ?? "") ?? new Set();
    rooms.set(request.url ?? "", room.add(ws));
    ws.on("message", (data) => {
      for (const other of room) if (other !== ws) other.send(data);
    });
  });
}

if (process.argv[2] === "bare") serveBare();
else {
  await initCrypto();
  const shown = (name: string, o: Outcome): void =>
    console.log(`${name.padEnd(6)} ${o.perSecond.toFixed(0).padStart(7)} entries/s  p50 ${o.p50.toFixed(2)} ms  p99 ${o.p99.toFixed(2)} ms  server CPU s/1k ${o.cpuPer1000.toFixed(4)}`);
  console.log(`${logs} logs x 3 devices, ${outstanding} outstanding, ${seconds} s`);
  for (let i = 0; i < rounds; i++) {
    shown("ws", await benchBare());
    shown("relay", await benchRelay());
  }
  process.exit(0);
}
