import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { LogId, RecordId } from "@countersign/shared/base/ids";
import { initCrypto } from "@countersign/shared/crypto/init";
import { initAutomergeNode } from "@countersign/shared/node/automerge";
import type { Replica } from "@countersign/shared/replica/replica";
import { get, until } from "./answers.ts";
import { device, PASSPHRASE } from "./device.ts";
import { startRelay, type RelayProcess } from "./process.ts";

// Processes start slowly on a busy machine; this is a stop for hangs.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const ROOM = 600_000;
let place: string;
let relay: RelayProcess;
const startWith = (port: string, room: number): Promise<RelayProcess> =>
  startRelay(
    ...["--port", port, "--data", join(place, "data"), "--name", "room.test"],
    ...["--max-file", "300000", "--member-bytes", String(room)],
  );
beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
});
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "relay-room-"));
  relay = await startWith("0", ROOM);
});
afterEach(async () => {
  await relay.end("SIGKILL");
  await rm(place, { recursive: true });
});

test("[W8] [L10] a file that the relay does not take stays, says why, keeps no other back, and goes out once there is room", async () => {
  const alex: Replica = await device();
  await get(alex.start({ relay: relay.origin, passphrase: PASSPHRASE, name: "Alex", zone: "Europe/Berlin" }));
  const log = (await alex.households()).find((h) => h.kind === "personal")?.log;
  if (!log) throw new Error("a personal log");
  await until("the log is at the relay", async () => (await alex.sync(log)).state === "up-to-date");
  const send = (name: string, length: number): Promise<RecordId> =>
    get(
      alex.sendMessage({ log, subject: name, text: "", files: [{ name, type: "application/pdf", bytes: new Uint8Array(length).fill(7) }] }),
    );
  const stateOf = async (of: LogId, record: RecordId): Promise<string | undefined> => (await alex.message(of, record))?.files[0]?.state;
  const becomes = (record: RecordId, state: string): Promise<void> =>
    until(`the file is ${state}`, async () => (await stateOf(log, record)) === state);

  const large = await send("Everything in one", 400_000);
  await becomes(large, "too-large");
  const first = await send("The first half", 290_000);
  await becomes(first, "here");
  const second = await send("The second half", 290_000);
  await becomes(second, "here");
  const third = await send("One more", 290_000);
  await becomes(third, "no-room");
  // Whoever asks has it from this device.
  expect(await alex.message(log, third)).toMatchObject({ files: [{ size: 290_000, state: "no-room" }] });

  const port = new URL(relay.origin).port;
  await relay.end("SIGTERM");
  relay = await startWith(port, 3 * ROOM);
  await becomes(third, "here");
  expect(await stateOf(log, large)).toBe("too-large");
  await alex.close();
});
