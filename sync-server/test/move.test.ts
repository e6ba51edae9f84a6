import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { LogId } from "@countersign/shared/base/ids";
import type { Result } from "@countersign/shared/base/result";
import { initCrypto } from "@countersign/shared/crypto/init";
import { initAutomergeNode } from "@countersign/shared/node/automerge";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { Replica } from "@countersign/shared/replica/replica";
import { MemoryStore } from "@countersign/shared/vault/memory-store";
import { get, until } from "./answers.ts";
import { device, PASSPHRASE } from "./device.ts";
import { startRelay, type RelayProcess } from "./process.ts";

// Processes start slowly on a busy machine; this is a stop for hangs.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const view = async (replica: Replica, log: LogId): Promise<HouseholdView | undefined> =>
  (await replica.households()).find((h) => h.log === log);
const isAt = (replica: Replica, log: LogId, relay: string) => async (): Promise<boolean> => {
  const sync = await replica.sync(log);
  return sync.state === "up-to-date" && (await view(replica, log))?.relay === relay;
};
const own = async (replica: Replica): Promise<LogId> => {
  const log = (await replica.households()).find((h) => h.kind === "personal")?.log;
  if (!log) throw new Error("a personal log");
  return log;
};

let place: string;
let old: RelayProcess;
let next: RelayProcess;
beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
});
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "relay-move-"));
  old = await startRelay("--port", "0", "--data", join(place, "old"), "--name", "old.test");
  next = await startRelay("--port", "0", "--data", join(place, "next"), "--name", "next.test");
});
afterEach(async () => {
  await next.end("SIGKILL");
  await old.end("SIGKILL");
  await rm(place, { recursive: true });
});

interface Scene {
  readonly alex: Replica;
  readonly sam: Replica;
  readonly samRows: MemoryStore;
  readonly log: LogId;
  readonly thread: Awaited<ReturnType<Replica["sendMessage"]>> extends Result<infer T, unknown> ? T : never;
}

/** Two parents on the old relay, with a message and a file that both have. */
async function household(): Promise<Scene> {
  const alex = await device();
  const samRows = new MemoryStore();
  const sam = await device(samRows);
  await get(alex.start({ relay: old.origin, passphrase: PASSPHRASE, name: "Alex", zone: "Europe/Berlin" }));
  const invite = await get(alex.invite({}));
  const log = await get(sam.join({ link: invite.link, name: "Sam", passphrase: PASSPHRASE, zone: "Europe/Berlin" }));
  await until("the join has come", async () => (await view(alex, log))?.stage === "waiting");
  await get(alex.confirmJoin(log));
  await until("both are together", async () => (await view(sam, log))?.stage === "together");
  const paper = { name: "receipt.pdf", type: "application/pdf", bytes: new Uint8Array(200_000).fill(7) };
  const thread = await get(alex.sendMessage({ log, subject: "Shoes", text: "Before the move", files: [paper] }));
  await until("it has come", async () => (await sam.message(log, thread)) !== undefined);
  const file = (await sam.message(log, thread))?.files[0]?.id;
  if (!file) throw new Error("a file");
  await until("the file is fetched", async () => (await sam.file(log, file)).ok);
  for (const replica of [alex, sam]) await until("all is sent", isAt(replica, log, old.origin));
  return { alex, sam, samRows, log, thread };
}

/** Whether a replica ever said, with something that it told of, that long work was under way. */
function seenWorking(replica: Replica): () => boolean {
  let seen = false;
  replica.watch(() => void replica.vault().then(({ working }) => (seen ||= working)));
  return () => seen;
}

async function exchange({ alex, sam, log, thread }: Scene): Promise<void> {
  for (const [from, to] of [
    [alex, sam],
    [sam, alex],
  ] as const) {
    const sent = await get(from.sendMessage({ log, thread, text: "After the move", files: [] }));
    await until("it has come", async () => (await to.message(log, sent)) !== undefined);
  }
}

test("[C8c] a household moves: one asks, the other, who was away, agrees, both go along with what they had unsent, files and their own logs too", async () => {
  const scene = await household();
  const { alex, log, thread, samRows } = scene;
  await scene.sam.close();
  expect(await get(alex.checkRelay(`${next.origin}/`))).toEqual({ address: next.origin, name: "next.test", isHere: false });
  await get(alex.moveRelay({ address: next.origin, gone: false, passphrase: PASSPHRASE }, "move"));
  await until("the request shows", async () => (await view(alex, log))?.move?.state === "asked");
  expect((await view(alex, log))?.move).toMatchObject({ mine: true, relay: "next.test", address: next.origin, gone: false });
  expect((await view(alex, await own(alex)))?.move).toBeUndefined();

  const sam = await device(samRows.reopened());
  await get(sam.unlock(PASSPHRASE));
  const waiting = await get(sam.sendMessage({ log, thread, text: "Written before it moved", files: [] }));
  await until("sam is asked", async () => (await view(sam, log))?.move?.state === "asked");
  expect((await view(sam, log))?.move).toMatchObject({ mine: false, relay: "next.test", address: next.origin, canAct: true });
  // No lock that comes by itself cuts it, on either device.
  const atIt = [alex, sam].map(seenWorking);
  await get(sam.consentMove(log, PASSPHRASE, "consent"));
  for (const replica of [alex, sam]) {
    await until("the household is there", isAt(replica, log, next.origin));
    await until("their own log is there", isAt(replica, await own(replica), next.origin));
    expect((await view(replica, log))?.move).toBeUndefined();
  }
  for (const seen of atIt) expect(seen()).toBe(true);
  for (const replica of [alex, sam]) await until("the move is done", async () => !(await replica.vault()).working);
  await until("what waited has come", async () => (await alex.message(log, waiting)) !== undefined);
  expect(await old.end("SIGTERM")).toBe(0);
  await exchange({ ...scene, sam });
  await until("the file is there", async () =>
    (await readdir(join(place, "next", "files"), { recursive: true })).some((f) => f.length > 60),
  );
  for (const replica of [alex, sam]) expect(await replica.faults()).toEqual([]);

  // The sheet names the new relay, and with it an empty device gets everything back.
  const sheet = await get(alex.recoverySheet(PASSPHRASE));
  expect(sheet.relay).toBe(next.origin);
  expect((await alex.vault()).sheetConfirmed).toBe(false);
  // What was opened once more from the vault goes on with the new relay.
  await alex.lock();
  await get(alex.unlock(PASSPHRASE));
  await until("alex is back", isAt(alex, log, next.origin));
  await alex.close();
  const empty = await device();
  const restored = await empty.restore({ relay: sheet.relay, words: sheet.words, passphrase: PASSPHRASE, name: "Alex" });
  expect(restored.ok ? "restored" : restored.error.code).toBe("recovery-waiting");
  await until("all is read", async () => (await empty.message(log, waiting)) !== undefined);
  await empty.close();
  await sam.close();
});

test("[C8e][C8f] the old relay is gone for good: the new one passes on what is asked, and nothing is lost", async () => {
  const scene = await household();
  const { alex, sam, log } = scene;
  await old.end("SIGKILL");
  expect(await sam.followRelay(next.origin)).toMatchObject({ ok: false, error: { code: "move-none" } });
  await get(alex.moveRelay({ address: next.origin, gone: true, passphrase: PASSPHRASE }, "move"));
  expect((await view(alex, log))?.move).toMatchObject({ state: "asked", mine: true, gone: true, relay: "next.test" });
  // His own log has nobody else to ask.
  await until("alex's own log is there", isAt(alex, await own(alex), next.origin));

  expect(await get(sam.followRelay(next.origin))).toEqual({ moved: 0, asked: 1 });
  expect((await view(sam, log))?.move).toMatchObject({ state: "asked", mine: false, gone: true, canAct: true });
  await get(sam.consentMove(log, PASSPHRASE, "consent"));
  await until("sam is there", isAt(sam, log, next.origin));
  await until("sam's own log is there", isAt(sam, await own(sam), next.origin));
  await alex.syncNow();
  await until("alex is there", isAt(alex, log, next.origin));
  await exchange(scene);
  for (const replica of [alex, sam]) expect((await replica.faults()).map((f) => f.code)).toEqual([]);
  await alex.close();
  await sam.close();
});
