import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { LogId } from "@countersign/shared/base/ids";
import { initCrypto } from "@countersign/shared/crypto/init";
import { initAutomergeNode } from "@countersign/shared/node/automerge";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { Replica } from "@countersign/shared/replica/replica";
import { PATH } from "@countersign/shared/snapshot/paths";
import { verifySnapshot } from "@countersign/shared/snapshot/verify";
import type { SnapshotScope } from "@countersign/shared/views/snapshot";
import { MemoryStore } from "@countersign/shared/vault/memory-store";
import { pack, unpack } from "../../shared/test/bundle.ts";
import { get, until } from "./answers.ts";
import { device, PASSPHRASE } from "./device.ts";
import { startRelay, type RelayProcess } from "./process.ts";

// Processes start slowly on a busy machine; this is a stop for hangs.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

async function open(rows: MemoryStore): Promise<Replica> {
  const replica = await device(rows);
  await get(replica.unlock(PASSPHRASE));
  return replica;
}
const view = async (replica: Replica, log: LogId): Promise<HouseholdView | undefined> =>
  (await replica.households()).find((h) => h.log === log);
const isSent = (replica: Replica, log: LogId) => async (): Promise<boolean> => (await replica.sync(log)).state === "up-to-date";
const isAt = (replica: Replica, log: LogId, relay: string) => async (): Promise<boolean> =>
  (await isSent(replica, log)()) && (await view(replica, log))?.relay === relay;

let place: string;
let relay: RelayProcess;
beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
});
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "relay-heal-"));
});
afterEach(async () => {
  await relay.end("SIGKILL");
  await rm(place, { recursive: true });
});

const oldRelay = (data: string, port = "0"): Promise<RelayProcess> =>
  startRelay("--port", port, "--data", join(place, data), "--name", "old.test");

/** One at a time with the relay: each parent's device is told a history of its own, since the relay was copied. */
async function forked() {
  relay = await oldRelay("one");
  const port = new URL(relay.origin).port;
  const [alexRows, samRows] = [new MemoryStore(), new MemoryStore()];
  const [alex, sam] = [await device(alexRows), await device(samRows)];
  await get(alex.start({ relay: relay.origin, passphrase: PASSPHRASE, name: "Alex", zone: "Europe/Berlin" }));
  const invite = await get(alex.invite({}));
  const log = await get(sam.join({ link: invite.link, name: "Sam", passphrase: PASSPHRASE, zone: "Europe/Berlin" }));
  await until("the join has come", async () => (await view(alex, log))?.stage === "waiting");
  await get(alex.confirmJoin(log));
  await until("both are together", async () => (await view(sam, log))?.stage === "together");
  const thread = await get(alex.sendMessage({ log, subject: "Shoes", text: "Both have this", files: [] }));
  await until("it has come", async () => (await sam.message(log, thread)) !== undefined);
  for (const replica of [alex, sam]) await until("all is sent", isSent(replica, log));
  await alex.close();
  await sam.close();
  await relay.end("SIGTERM");
  await cp(join(place, "one"), join(place, "two"), { recursive: true });
  return { log, thread, port, alexRows, samRows };
}

/** Writes while one of the two histories is served, and has it all acknowledged. */
async function alone<T>(
  rows: MemoryStore,
  data: string,
  port: string,
  log: LogId,
  act: (replica: Replica) => Promise<T>,
): Promise<{ readonly rows: MemoryStore; readonly done: T }> {
  relay = await oldRelay(data, port);
  const own = rows.reopened();
  const replica = await open(own);
  await until("it is connected", isSent(replica, log));
  const done = await act(replica);
  await until("all is sent", isSent(replica, log));
  await replica.close();
  await relay.end("SIGTERM");
  return { rows: own, done };
}

/** A snapshot of all holds in both readers, and says what was pushed again. */
async function verified(replica: Replica, log: LogId): Promise<void> {
  const scope: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: false };
  const { file } = await get(replica.exportSnapshot(log, scope, PASSPHRASE, "snapshot"));
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { verdict } = await get(verifySnapshot(bytes));
  const checks = [verdict.unchanged, verdict.complete, verdict.keys].flatMap((part) => part.checks);
  expect(checks.filter((c) => c.state === "failed")).toEqual([]);
  expect(checks.map((c) => c.key)).toEqual(expect.arrayContaining(["again", "named-far"]));
  const path = join(place, "snapshot.zip");
  const script = (await unpack(bytes)).get(PATH.verifyPy);
  await Promise.all([writeFile(path, bytes), writeFile(join(place, "verify.py"), script ?? "")]);
  const { stdout } = await promisify(execFile)("/usr/bin/python3", [join(place, "verify.py"), path]);
  expect(stdout).toContain("Nothing failed");
  expect(stdout).toContain("were first logged in a history that was given up");
}

/** An exporter who takes the old headers out is caught by both readers: without them the other parent's changes would look as if nobody might send them. */
async function missed(replica: Replica, log: LogId): Promise<void> {
  const scope: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: false };
  const { file } = await get(replica.exportSnapshot(log, scope, PASSPHRASE, "snapshot"));
  const bundle = await unpack(new Uint8Array(await file.arrayBuffer()));
  bundle.delete(PATH.anchors);
  const spoilt = await pack(bundle);
  const { verdict } = await get(verifySnapshot(spoilt));
  expect(verdict.unchanged.checks.map((c) => c.key)).toContain("again-false");
  const path = join(place, "spoilt.zip");
  await writeFile(path, spoilt);
  const said = await promisify(execFile)("/usr/bin/python3", [join(place, "verify.py"), path]).catch((e: unknown) => e);
  expect(said).toMatchObject({ code: 1, stdout: expect.stringContaining("the old headers of entry") as string });
}

test("[C8h][C8i][C8j][C8k] a fork is healed: one history goes on, and all that only the other had is in it again, with its old header", async () => {
  const { log, thread, port, alexRows, samRows } = await forked();
  const { rows: alexHas, done: ofAlex } = await alone(alexRows, "one", port, log, async (replica) => [
    await get(replica.sendMessage({ log, thread, text: "Only alex was told", files: [] })),
    await get(replica.sendMessage({ log, subject: "Dentist", text: "On Monday", files: [] })),
  ]);
  const { rows: samHas, done: ofSam } = await alone(samRows, "two", port, log, async (replica) => {
    // A statement that only this history has.
    await get(replica.attest(log, "words"));
    return [
      await get(replica.sendMessage({ log, thread, text: "Only sam was told", files: [] })),
      await get(replica.sendMessage({ log, subject: "Holidays", text: "Two weeks", files: [] })),
    ];
  });
  relay = await startRelay("--port", "0", "--data", join(place, "next"), "--name", "next.test");
  const samStore = samHas.reopened();
  const [alex, sam] = [await open(alexHas.reopened()), await open(samStore)];
  const unsent = await get(sam.sendMessage({ log, thread, text: "Never sent to the old relay", files: [] }));

  await get(alex.moveRelay({ address: relay.origin, gone: true, passphrase: PASSPHRASE }, "move"));
  expect((await view(alex, log))?.move).toMatchObject({ state: "asked", mine: true, gone: true });
  expect(await get(sam.followRelay(relay.origin))).toEqual({ moved: 0, asked: 1 });
  // Looked at again, as it is twice a minute, it is the very history that was read: nothing is read and verified anew.
  const scan = vi.spyOn(samStore, "scan");
  expect(await get(sam.followRelay(relay.origin))).toEqual({ moved: 0, asked: 1 });
  expect(scan.mock.calls.filter(([table]) => table === "entry")).toEqual([]);
  scan.mockRestore();
  const asked = (await view(sam, log))?.move;
  expect(asked).toMatchObject({ state: "asked", mine: false, gone: true, canAct: true });
  expect(asked?.state === "asked" && asked.fork?.mine).toBeGreaterThan(0);
  await get(sam.consentMove(log, PASSPHRASE, "consent"));
  // What a screen knows that asks only when it is told that something changed.
  let shown: number | undefined;
  sam.watch(({ topic }) => {
    if (topic === "households") void view(sam, log).then((home) => (shown = home?.again?.waiting));
  });
  // Alex's device consents to what he asked for, Sam's goes over, and pushes again what only it had.
  await alex.syncNow();
  await until("alex is there", isAt(alex, log, relay.origin));
  await sam.syncNow();
  await until("sam is there", isAt(sam, log, relay.origin));
  await until("nothing waits", async () => (await view(sam, log))?.again?.waiting === 0);
  await until("it was told", () => shown === 0);
  for (const replica of [alex, sam])
    for (const message of [...ofAlex, ...ofSam, unsent])
      await until("every message is on both sides", async () => (await replica.message(log, message)) !== undefined);
  for (const replica of [alex, sam]) expect((await replica.faults()).map((f) => f.code)).toEqual([]);
  // What sam's statement stood for in the history given up is shown to him, and is in force no more.
  const samSees = await view(sam, log);
  expect(samSees?.again?.lapsed.map((l) => l.what)).toContain("attest");
  expect(samSees?.people.every((p) => p.compared === undefined)).toBe(true);
  // The old relay's word stands beside the new place, on both sides alike.
  for (const replica of [alex, sam]) {
    for (const message of ofSam) {
      const bounds = (await replica.message(log, message))?.proof.bounds;
      expect(bounds).toMatchObject([{ side: "not-after", kind: "old-header", by: "old.test" }]);
    }
    for (const message of [...ofAlex, unsent]) expect((await replica.message(log, message))?.proof.bounds).toBeUndefined();
    await verified(replica, log);
  }
  const both = await Promise.all([alex, sam].map((replica) => replica.messages(log, thread, 0, 50)));
  expect(both[0]?.rows.map((m) => m.id)).toEqual(both[1]?.rows.map((m) => m.id));
  await missed(alex, log);
  await alex.close();
  await sam.close();
});

/** Goes on as a device whose storage gives out after so many commits more, and that is ended then. */
async function dying(rows: MemoryStore, commits: number): Promise<MemoryStore> {
  let left = commits;
  const store = rows.reopened({ beforeCommit: () => (left-- > 0 ? undefined : { code: "store-failed" }) });
  const replica = await device(store);
  if ((await replica.unlock(PASSPHRASE)).ok) {
    await replica.syncNow();
    await until("it gave out", () => left < 0);
  }
  await replica.close();
  return store;
}

test("[C8i][C8k] what a lost device of the other parent had written there comes back through this one, at whatever moment this one crashes", async () => {
  const { log, thread, port, alexRows, samRows } = await forked();
  // Alex's phone writes where only sam is told, and is never seen again; what it was restored from went on with the other history.
  const { done: lost } = await alone(alexRows.reopened(), "two", port, log, (replica) =>
    get(replica.sendMessage({ log, thread, text: "From the phone that is lost", files: [] })),
  );
  const { rows: samHas, done: ofSam } = await alone(samRows, "two", port, log, async (replica) => {
    await until("it has come", async () => (await replica.message(log, lost)) !== undefined);
    return get(replica.sendMessage({ log, thread, text: "An answer to it", files: [] }));
  });
  const { rows: alexHas, done: ofAlex } = await alone(alexRows, "one", port, log, (replica) =>
    get(replica.sendMessage({ log, thread, text: "Only alex was told", files: [] })),
  );
  relay = await startRelay("--port", "0", "--data", join(place, "next"), "--name", "next.test");
  let samStore = samHas.reopened();
  const [alex, sam] = [await open(alexHas.reopened()), await open(samStore)];
  await get(alex.moveRelay({ address: relay.origin, gone: true, passphrase: PASSPHRASE }, "move"));
  await get(sam.followRelay(relay.origin));
  await get(sam.consentMove(log, PASSPHRASE, "consent"));
  await alex.syncNow();
  await until("alex is there", isAt(alex, log, relay.origin));
  await sam.close();
  // From here on sam's device dies again and again, each time a little further.
  for (const commits of [1, 1, 2, 3, 2]) samStore = await dying(samStore, commits);
  const again = await open(samStore.reopened());
  await until("sam is there", isAt(again, log, relay.origin));
  await until("nothing waits", async () => ((await view(again, log))?.again?.waiting ?? 0) === 0);

  const all = [lost, ofSam, ofAlex];
  for (const message of all) await until("it is with alex", async () => (await alex.message(log, message)) !== undefined);
  const me = (await view(alex, log))?.me;
  expect((await alex.message(log, lost))?.author).toBe(me);
  expect((await alex.faults()).map((f) => f.code)).toEqual([]);
  const shown = (await alex.messages(log, thread, 0, 50)).rows.map((m) => m.id);
  await until("all is with sam", async () => (await again.messages(log, thread, 0, 50)).total === shown.length);
  expect((await again.messages(log, thread, 0, 50)).rows.map((m) => m.id)).toEqual(shown);
  expect((await again.faults()).map((f) => f.code)).toEqual([]);
  await again.close();
  await verified(alex, log);
  await alex.close();
});
