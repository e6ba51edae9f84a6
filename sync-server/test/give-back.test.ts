import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import type { LogId } from "@countersign/shared/base/ids";
import { initCrypto } from "@countersign/shared/crypto/init";
import { initAutomergeNode } from "@countersign/shared/node/automerge";
import type { Replica } from "@countersign/shared/replica/replica";
import { get, until } from "./answers.ts";
import { device, PASSPHRASE } from "./device.ts";
import { startRelay, type RelayProcess } from "./process.ts";

// Processes start slowly on a busy machine; this is a stop for hangs.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });
beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
});

const isSynced = (replica: Replica, log: LogId) => async (): Promise<boolean> => (await replica.sync(log)).state === "up-to-date";
const isLost = (replica: Replica, log: LogId) => async (): Promise<boolean> => {
  const sync = await replica.sync(log);
  return sync.state === "stopped" && sync.fault.code === "relay-rollback";
};

test("[C8a] the relay's disk is lost and a backup takes its place: one parent gives back what is missing, files too, and both go on", async () => {
  const place = await mkdtemp(join(tmpdir(), "relay-give-back-"));
  const data = join(place, "data");
  const name = "relay.test";
  let relay: RelayProcess = await startRelay("--port", "0", "--data", data, "--name", name);
  const { port } = new URL(relay.origin);
  const again = async (): Promise<void> => {
    relay = await startRelay("--port", port, "--data", data, "--name", name);
  };
  const alex = await device();
  const sam = await device();

  await get(alex.start({ relay: relay.origin, passphrase: PASSPHRASE, name: "Alex", zone: "Europe/Berlin" }));
  const invite = await get(alex.invite({}));
  const log = await get(sam.join({ link: invite.link, name: "Sam", passphrase: PASSPHRASE, zone: "Europe/Berlin" }));
  await until("the join has come", async () => (await alex.households()).some((h) => h.log === log && h.stage === "waiting"));
  await get(alex.confirmJoin(log));
  await until("both are together", async () => (await sam.households()).some((h) => h.log === log && h.stage === "together"));
  const thread = await get(alex.sendMessage({ log, subject: "Shoes", text: "Before the backup", files: [] }));
  await until("it has come", async () => (await sam.message(log, thread)) !== undefined);

  await relay.end("SIGTERM");
  await cp(data, join(place, "backup"), { recursive: true });
  await again();
  for (const replica of [alex, sam]) {
    await replica.syncNow();
    await until("all is sent", isSynced(replica, log));
  }
  const paper = { name: "receipt.pdf", type: "application/pdf", bytes: new Uint8Array(200_000).fill(7) };
  const lost = [
    await get(alex.sendMessage({ log, thread, text: "After the backup", files: [] })),
    await get(sam.sendMessage({ log, thread, text: "With a receipt", files: [paper] })),
  ];
  for (const replica of [alex, sam]) {
    await until("it has come", async () => (await Promise.all(lost.map((id) => replica.message(log, id)))).every((m) => m !== undefined));
    await until("all is sent", isSynced(replica, log));
  }
  const file = (await sam.message(log, lost[1] ?? thread))?.files[0]?.id;
  if (!file) throw new Error("a file");
  await until("the file is fetched", async () => (await alex.file(log, file)).ok);

  // The disk is lost; whoever runs the relay puts the backup in its place.
  await relay.end("SIGKILL");
  await rm(data, { recursive: true });
  await cp(join(place, "backup"), data, { recursive: true });
  await again();
  for (const replica of [alex, sam]) {
    await replica.syncNow();
    await until("the loss is found", isLost(replica, log));
  }
  // What is written meanwhile waits on the device.
  const meanwhile = await get(sam.sendMessage({ log, thread, text: "Meanwhile", files: [] }));

  const progress: number[] = [];
  const stop = alex.watch((patch) => {
    if (patch.topic === "progress" && patch.job === "give back") progress.push(patch.done);
  });
  expect(await get(alex.restoreRelay(log, "give back"))).toBeGreaterThanOrEqual(2);
  stop();
  expect(progress.length).toBeGreaterThan(0);
  await until("alex goes on", isSynced(alex, log));
  await sam.syncNow();
  await until("sam goes on", isSynced(sam, log));
  await until("what waited has come", async () => (await alex.message(log, meanwhile)) !== undefined);
  for (const replica of [alex, sam]) {
    const places = await Promise.all([...lost, meanwhile].map(async (id) => (await replica.message(log, id))?.proof.seq));
    expect(places.every((seq) => seq !== undefined)).toBe(true);
    expect((await replica.faults()).map((f) => f.code)).toEqual(["relay-rollback"]);
  }
  // The file is on the relay again, given back by a device that had it.
  await until("the file is back", async () => (await readdir(join(data, "files"), { recursive: true })).some((f) => f.length > 60));
  await alex.close();
  await sam.close();
  expect(await relay.end("SIGTERM")).toBe(0);
  await rm(place, { recursive: true });
});
