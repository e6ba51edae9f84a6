/**
 * Who else vouches for the record, on real parts: two relay processes of which one cosigns for the other, a time-stamp authority over HTTP, and both
 * parents' engines; then a snapshot that one parent makes, the other countersigns, and the command line checks.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { LogId, RecordId } from "@countersign/shared/base/ids";
import { initCrypto } from "@countersign/shared/crypto/init";
import { timestampRequest } from "@countersign/shared/crypto/timestamp";
import { makeAnchor, stampedText, type Anchor } from "@countersign/shared/entry/anchor";
import { initAutomergeNode } from "@countersign/shared/node/automerge";
import { askAuthority } from "@countersign/shared/node/ask-authority";
import type { Ports } from "@countersign/shared/sync/ports";
import { nodePorts } from "@countersign/shared/node/ports";
import type { Replica } from "@countersign/shared/replica/replica";
import type { AnchorDesk } from "@countersign/shared/sync/anchor-desk";
import { MemoryStore } from "@countersign/shared/vault/memory-store";
import { makeAuthority, serveAuthority, type Authority } from "../../shared/test/time-stamp-authority.ts";
import { get, until } from "./answers.ts";
import { device as openDevice, PASSPHRASE } from "./device.ts";
import { startRelay, type RelayProcess } from "./process.ts";

// Processes start slowly on a busy machine; this is a stop for hangs.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const TOKEN = "a-token-of-sixteen-or-more";
const CLI = fileURLToPath(new URL("../../shared/bin/countersign.mjs", import.meta.url));

let place: string;
let authority: Authority;
let tsa: Awaited<ReturnType<typeof serveAuthority>>;
let witness: RelayProcess;
let relay: RelayProcess;
let alex: Device;
let sam: Device;
let log: LogId;

interface Device {
  readonly replica: Replica;
  readonly rows: MemoryStore;
}

async function device(authority?: Ports["authority"]): Promise<Device> {
  const rows = new MemoryStore();
  const ports = authority ? { ...nodePorts, authority } : nodePorts;
  return { rows, replica: await openDevice(rows, ports) };
}

function outside({ replica }: Device): AnchorDesk {
  const open = replica.core.logs.get(log);
  if (!open) throw new Error("the log is not open");
  return open.session.outside;
}
const say = ({ replica }: Device, text: string): Promise<RecordId> => get(replica.sendMessage({ log, subject: text, text, files: [] }));
const isSynced = async ({ replica }: Device): Promise<boolean> => (await replica.sync(log)).state === "up-to-date";
const bounds = async ({ replica }: Device, id: RecordId, side: string): Promise<string[]> =>
  ((await replica.message(log, id))?.proof.bounds ?? []).filter((b) => b.side === side).map((b) => `${b.kind} ${b.by}`);
const cli = (...args: string[]): Promise<{ readonly code: number; readonly out: string }> =>
  new Promise((done) => {
    execFile(process.execPath, [CLI, ...args], (error, stdout, stderr) => {
      done({ code: typeof error?.code === "number" ? error.code : 0, out: stdout + stderr });
    });
  });

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  place = await mkdtemp(join(tmpdir(), "outside-"));
  authority = await makeAuthority(join(place, "authority"));
  tsa = await serveAuthority(authority.answer);
  witness = await startRelay(
    "--port",
    "0",
    "--data",
    join(place, "witness"),
    "--name",
    "witness.test",
    "--witness-clients",
    `relay.test ${TOKEN}`,
  );
  const prefix = `${witness.origin}/v1/witness`;
  const key = (await (await fetch(prefix)).text()).trim();
  relay = await startRelay(
    ...["--port", "0", "--data", join(place, "relay"), "--name", "relay.test"],
    ...["--witnesses", `${prefix} ${key} ${TOKEN}`, "--witness-every", "1"],
    ...["--timestamp-authority", tsa.address],
  );
  [alex, sam] = [await device(), await device()];
  await get(alex.replica.start({ relay: relay.origin, passphrase: PASSPHRASE, name: "Alex", zone: "Europe/Berlin" }));
  const invite = await get(alex.replica.invite({}));
  log = await get(sam.replica.join({ link: invite.link, name: "Sam", passphrase: PASSPHRASE, zone: "Europe/Berlin" }));
  await until("the join has come", async () => (await alex.replica.households()).some((h) => h.log === log && h.stage === "waiting"));
  await get(alex.replica.confirmJoin(log));
  await until("both are together", async () => (await sam.replica.households()).some((h) => h.log === log && h.stage === "together"));
});
afterAll(async () => {
  const started: Partial<{ witness: RelayProcess; relay: RelayProcess; alex: Device; sam: Device; tsa: typeof tsa }> = {
    witness,
    relay,
    alex,
    sam,
    tsa,
  };
  await started.alex?.replica.lock();
  await started.sam?.replica.lock();
  await started.relay?.end("SIGKILL");
  await started.witness?.end("SIGKILL");
  await started.tsa?.close().catch(() => undefined);
  await rm(place, { recursive: true, force: true });
});

describe("a relay with a witness and a time-stamp authority", () => {
  let first: RecordId;

  test("[WT5][TS3][L11] what they say reaches both parents, goes into the log with a parent's own writing, and bounds what came before and after", async () => {
    first = await say(alex, "First");
    await until("it has come", async () => (await sam.replica.message(log, first)) !== undefined);
    const size = async (d: Device): Promise<number> =>
      (await isSynced(d)) ? (d.replica.core.logs.get(log)?.session.state.tail.size ?? 0) : 0;
    for (const d of [alex, sam]) {
      await until("the witness signed as far", async () => ((await d.replica.witnesses(log))[0]?.seen?.size ?? -1) === (await size(d)));
      await until("a time stamp has come", async () => (await d.replica.stamps(log)).known.length === 1);
    }
    expect(await alex.replica.witnesses(log)).toMatchObject([{ name: "witness.test/witness" }]);
    expect(await sam.replica.stamps(log)).toMatchObject({ known: [{ name: "Test TSA" }] });
    // What they said is one's own writing's to carry. Where a receipt of the other came just then, the next writing does.
    await say(sam, "Second");
    let asked = 0;
    const isAnchored = async (d: Device): Promise<boolean> => {
      if (++asked % 100 === 0) await say(sam, "Once more");
      const kinds = new Set(
        outside(d)
          .anchors.bounds(outside(d).believed)
          .of(0, undefined)
          .map((b) => b.kind),
      );
      return kinds.size === 2;
    };
    for (const d of [alex, sam]) await until("both anchors are in the log", () => isAnchored(d));
    expect(await bounds(alex, first, "not-after")).toContain("cosignature witness.test/witness");
    await until("all is sent", () => isSynced(sam));
    await until("all has come", () => isSynced(alex));
    const third = await say(alex, "Third");
    await until("it has come", async () => (await sam.replica.message(log, third)) !== undefined);
    for (const d of [alex, sam]) {
      await until("it is in the log", async () => (await d.replica.message(log, third))?.proof.seq !== undefined);
      expect((await bounds(d, third, "not-before")).sort()).toEqual(["cosignature witness.test/witness", "timestamp Test TSA"]);
      expect(await d.replica.faults()).toEqual([]);
    }
  });

  test("[WT6][TS4] with both gone nothing breaks: parents write on, and what was signed stays shown", async () => {
    await witness.end("SIGKILL");
    await tsa.close();
    const seen = await sam.replica.witnesses(log);
    const later = await say(alex, "With nobody looking");
    await until("it has come", async () => (await sam.replica.message(log, later)) !== undefined);
    await until("all is sent", () => isSynced(alex));
    expect(await bounds(sam, later, "not-after")).toEqual([]);
    expect((await bounds(sam, later, "not-before")).length).toBe(2);
    expect((await sam.replica.witnesses(log)).map((w) => w.key)).toEqual(seen.map((w) => w.key));
    expect(await sam.replica.faults()).toEqual([]);
  });

  test("[S10][L11] a snapshot of one parent, countersigned by the other, verifies on the command line with who bounds it", async () => {
    const scope = { threads: "all", expenses: "all", settlement: "include", files: false } as const;
    await until("all is here", () => isSynced(sam));
    const made = await get(alex.replica.exportSnapshot(log, scope, PASSPHRASE, "export"));
    const signed = await get(sam.replica.countersignSnapshot(log, made.file, PASSPHRASE, "sign"));
    const file = join(place, "countersigned.zip");
    await writeFile(file, new Uint8Array(await signed.file.arrayBuffer()));
    const { code, out } = await cli("verify", file);
    expect([code, out]).toEqual([0, expect.stringContaining("that their device holds the same entries of this scope")]);
    expect(out).toContain("Anchors by witness.test/witness: ");
    expect(out).toContain("Time stamps by Test TSA in the log: 1, with certificate sha256:");
    // The app of the one who made it reads the same.
    const report = await get(alex.replica.verifySnapshot(signed.file, "check"));
    const kinds = new Set(report.messages.flatMap((m) => (m.proof.bounds ?? []).map((b) => b.kind)));
    expect(kinds).toEqual(new Set(["cosignature", "timestamp"]));
  });

  test("[L11b] an authority of a parent's own bounds nothing for the other, and a token that does not hold is named; syncing goes on", async () => {
    const { session } = sam.replica.core.logs.get(log) ?? {};
    if (!session) throw new Error("a log");
    const push = async (anchor: Anchor): Promise<void> => {
      const epoch = session.keyOf("household")?.epoch ?? 0;
      const made = makeAnchor({ log, device: session.device, epoch, anchor, secret: session.signKeys.secretKey });
      const entry = session.outbox.addSealed(made);
      await sam.rows.commit([entry.write]);
      entry.kept();
      session.link.wake();
      await until("the anchor is in the log", () => session.outbox.isEmpty);
    };
    const note = session.state.tail.verified?.note ?? "";
    const text = stampedText(note) ?? new Uint8Array();
    const own = await makeAuthority(join(place, "own"), { name: "Test TSA" });
    const token = await own.answer(timestampRequest(text, new Uint8Array(8)));
    const before = await bounds(alex, first, "not-after");
    await push({ note, keys: [], token });
    await push({ note, keys: [], token: token.map((b, i) => (i === token.length - 5 ? b ^ 1 : b)) });
    await until("the bad one is named", async () => (await alex.replica.faults()).length > 0);
    expect((await alex.replica.faults()).map((f) => [f.code, f.who])).toEqual([["device-stamp", session.device]]);
    expect(await bounds(alex, first, "not-after")).toEqual(before);
    const on = await say(sam, "And on");
    await until("it has come", async () => (await alex.replica.message(log, on)) !== undefined);
  });
});

describe("a device with a time-stamp authority of its own", () => {
  const scope = { threads: "all", expenses: "all", settlement: "include", files: false } as const;

  test("[S14][L11a] stamps what it exports and what it wrote; one that answers nonsense or never stops nothing, and it is said", async () => {
    const served = await serveAuthority(authority.answer);
    let ask: (request: Uint8Array) => Promise<Uint8Array | undefined> = (request) => askAuthority(served.address, request);
    const alone = await device(() => Promise.resolve({ address: served.address, ask: (request) => ask(request) }));
    const plain = await startRelay("--port", "0", "--data", join(place, "plain"), "--name", "plain.test");
    try {
      await get(alone.replica.start({ relay: plain.origin, passphrase: PASSPHRASE, name: "Kim", zone: "Europe/Berlin" }));
      const home = (await alone.replica.households()).find((h) => h.kind === "personal");
      if (!home) throw new Error("a record");
      await until("it is founded", async () => (await alone.replica.sync(home.log)).state === "up-to-date");
      const note = (text: string): Promise<RecordId> => get(alone.replica.sendMessage({ log: home.log, subject: text, text, files: [] }));
      await note("One");
      await until("what it wrote was stamped", async () => (await alone.replica.stamps(home.log)).known.length === 1);
      await note("Two");
      const session = alone.replica.core.logs.get(home.log)?.session;
      await until("the anchor is in the log", () => session?.outside.anchors.last?.kind === "timestamp");
      await until(
        "all is here",
        async () => (await alone.replica.sync(home.log)).state === "up-to-date" && session?.state.tail.verified !== null,
      );

      const made = await get(alone.replica.exportSnapshot(home.log, scope, PASSPHRASE, "one"));
      expect(made.stamp).toMatchObject({ authority: "Test TSA" });
      const file = join(place, "stamped.zip");
      await writeFile(file, new Uint8Array(await made.file.arrayBuffer()));
      const checked = await cli("verify", file);
      expect([checked.code, checked.out]).toEqual([0, expect.stringContaining("states that this list of files existed on")]);
      expect(checked.out).toContain("Time stamps by Test TSA in the log: 1");

      for (const [answer, code] of [
        [new Uint8Array([1, 2, 3]), "stamp-unreadable"],
        [undefined, "stamp-unreachable"],
      ] as const) {
        ask = () => Promise.resolve(answer);
        const without = await get(alone.replica.exportSnapshot(home.log, scope, PASSPHRASE, code));
        expect(without.stamp).toEqual({ problem: code });
        const report = await get(alone.replica.verifySnapshot(without.file, "check"));
        expect(report.verdict.unchanged.checks.find((c) => c.key === "stamp-none")).toMatchObject({ state: "remarks" });
      }
    } finally {
      await alone.replica.lock();
      await plain.end("SIGKILL");
      await served.close();
    }
  });
});
