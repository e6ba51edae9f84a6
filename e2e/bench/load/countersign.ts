/**
 * Clients of our relay over its real protocol: households that were founded, devices that sign in and subscribe, entries that are signed. Frames are
 * read with the protocol's strict CBOR, so the load generator pays for it as an app does.
 */
import { systemRandom } from "@countersign/shared/crypto/random";
import { initCrypto } from "@countersign/shared/crypto/init";
import type { LogId } from "@countersign/shared/base/ids";
import { idBytes, utf8 } from "@countersign/shared/base/bytes";
import { decode, encode, type CborValue } from "@countersign/shared/cbor/cbor";
import { sign } from "@countersign/shared/crypto/sign";
import { LIMITS } from "@countersign/shared/base/limits";
import { clientMessageCodec, signInBytes } from "@countersign/shared/wire/messages";
import type { TestDevice } from "../../../shared/test/people.ts";
import { charterEntry, sealedEntry, TestClient, type Wire } from "../../../sync-server/test/client.ts";
import { epochNow, foundHousehold } from "../../../sync-server/test/household.ts";
import { dialSocket } from "../../../sync-server/test/process.ts";
import { MESSAGE_BYTES, Ready, inGroups, type LoadClients, type LoadEvents } from "./client.ts";

/** Entries that a reader grants at first, and again whenever this many came. */
const WINDOW = 1_024;
const GRANT = 256;

interface BenchLog {
  readonly id: LogId;
  /** Entries before the first message: statements. */
  readonly size: number;
  /** The first writes. Both parents have two. */
  readonly devices: readonly TestDevice[];
}

/** Founds a household of two parents and links each one's second device where more than two are asked for. */
async function found(port: number, n: number, devices: number): Promise<{ readonly log: BenchLog; readonly epoch: number }> {
  const dial = dialSocket(`http://127.0.0.1:${port}`);
  const { chain, alice, bob, log, size } = await foundHousehold(dial, {
    relay: "bench.relay",
    time: Date.now(),
    names: [`alice ${n}`, `bob ${n}`],
  });
  const all = [alice.phone, bob.phone, alice.laptop, bob.laptop].slice(0, devices);
  for (const [phone, laptop] of [
    [alice.phone, alice.laptop],
    [bob.phone, bob.laptop],
  ] as const) {
    if (!all.includes(laptop)) continue;
    const link = chain.make("link", { device: laptop.keys, level: 1 }, [phone, laptop]);
    chain.push(link);
    const client = await TestClient.signIn(dial, "device", phone.sign, log);
    const receipt = await client.push(charterEntry(log, link, phone.sign.secretKey));
    if (receipt.error) throw new Error(`a device could not be linked: ${receipt.error.code}`);
    client.close();
  }
  return { log: { id: log, size: size + Math.max(0, all.length - 2), devices: all }, epoch: epochNow(chain) };
}

/** Push frames of one entry each, signed. */
function signedPushes({ id, devices }: BenchLog, epoch: number, messages: number): Uint8Array[] {
  const writer = devices[0];
  if (!writer) throw new Error("a log has a writer");
  return Array.from({ length: messages }, (_, k) => {
    const entry = sealedEntry(id, writer, systemRandom(MESSAGE_BYTES), { epoch });
    return clientMessageCodec.encode({ t: "push", id: k, entries: [entry] });
  });
}

type Message = Readonly<Record<string, CborValue>>;

function read(bytes: Uint8Array): Message {
  const value = decode(bytes, LIMITS.frame);
  if (!value.ok) throw new Error(`the relay sent something malformed: ${value.error.code}`);
  return value.value as Message;
}

export function countersignClients(port: number, events: LoadEvents): LoadClients {
  const ready = new Ready<Uint8Array>();
  const logs: BenchLog[] = [];
  const writers: Wire[] = [];

  /** One device's connection, up to and including its subscription from behind the statements. */
  function connect(to: number, room: number, log: BenchLog, index: number): Promise<void> {
    const device = log.devices[index];
    if (!device) throw new Error("no such device");
    return new Promise((resolve, reject) => {
      let unpaid = 0;
      const wire: Wire = dialSocket(`http://127.0.0.1:${to}`)({
        onMessage: (bytes) => {
          const message = read(bytes);
          switch (message["t"]) {
            case "challenge": {
              const signed = signInBytes(message["c"] as Uint8Array, idBytes(log.id), utf8(message["name"] as string));
              const s = sign("sign-in", signed, device.sign.secretKey);
              wire.send(clientMessageCodec.encode({ t: "hello", v: 1, log: log.id, key: device.sign.publicKey, as: "device", s }));
              return;
            }
            case "welcome":
              wire.send(clientMessageCodec.encode({ t: "subscribe", from: log.size, window: WINDOW }));
              wire.send(clientMessageCodec.encode({ t: "ping", x: 0 }));
              return;
            case "pong":
              resolve();
              return;
            case "receipt": {
              if (message["error"] !== undefined) throw new Error(`a push was refused: ${JSON.stringify(message["error"])}`);
              events.acknowledged(room, message["id"] as number);
              return;
            }
            case "entries":
              unpaid += entries(message, room, log, index);
              if (unpaid >= GRANT) {
                wire.send(encode({ t: "window", add: unpaid }));
                unpaid = 0;
              }
              return;
            default:
              throw new Error(`the relay says: ${JSON.stringify(message)}`);
          }
        },
        onClose: (code) => reject(new Error(`the relay closed with ${code}`)),
      });
      if (index === 0) writers[room] = wire;
    });
  }

  function entries(message: Message, room: number, log: BenchLog, index: number): number {
    const items = message["items"] as readonly Message[];
    if (index === 0) return items.length;
    const first = (message["from"] as number) - log.size;
    for (const [i, item] of items.entries()) {
      if (!(item["b"] instanceof Uint8Array)) throw new Error("an entry came without its body");
      events.delivered(room, first + i);
    }
    return items.length;
  }

  return {
    prepare: async (rooms, devices, messages) => {
      await initCrypto();
      await inGroups(0, rooms, 4, async (room) => {
        const { log, epoch } = await found(port, room, devices);
        logs[room] = log;
        ready.fill(room, signedPushes(log, epoch, messages));
      });
    },
    connect: (to, from, until, devices) =>
      inGroups(from, until, 8, async (room) => {
        const log = logs[room];
        if (!log) throw new Error("the log was not founded");
        await Promise.all(Array.from({ length: devices }, (_, i) => connect(to, room, log, i)));
      }),
    send: (room, k) => {
      const frame = ready.get(room, k);
      const writer = writers[room];
      if (!frame || !writer) return false;
      writer.send(frame);
      return true;
    },
  };
}
