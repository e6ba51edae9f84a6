import { beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { filesOf, unpack } from "../../test/bundle.ts";
import { heldProof } from "../../test/held.ts";
import { fromUtf8 } from "../base/bytes.ts";
import type { FileId, RecordId } from "../base/ids.ts";
import { initCrypto } from "../crypto/init.ts";
import type { SnapshotReport, SnapshotScope } from "../views/snapshot.ts";
import { sourceOf } from "../sample/source.ts";
import { PATH } from "./paths.ts";
import type { SnapshotSource } from "./source.ts";
import { verifySnapshot } from "./verify.ts";
import { previewSnapshot, writeSnapshot } from "./write.ts";

// Every case writes or reads whole bundles, on machines that may be slow.
vi.setConfig({ testTimeout: 60_000 });

const ALL: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: true };
let house: Household;

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  house = makeHousehold();
});

async function written(scope: SnapshotScope, source: SnapshotSource = sourceOf(house)): Promise<Uint8Array> {
  const made = await writeSnapshot(source, scope);
  if (!made.ok) throw new Error(`${made.error.code} ${made.error.detail ?? ""}`);
  return made.value.bytes;
}

async function report(bytes: Uint8Array): Promise<SnapshotReport> {
  const read = await verifySnapshot(bytes);
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
}

const keysOf = (r: SnapshotReport, part: "unchanged" | "complete" | "keys"): string[] => r.verdict[part].checks.map((c) => c.key);
const textOf = async (zip: Uint8Array, path: string): Promise<string> => fromUtf8((await unpack(zip)).get(path) ?? new Uint8Array()) ?? "";

describe("a snapshot of everything", () => {
  it("[S1][S3][S7] is derived anew, found unchanged and complete, and never says who holds the keys", async () => {
    const r = await report(await written(ALL));
    expect(r.verdict.unchanged.state).toBe("good");
    expect(r.verdict.complete.state).toBe("good");
    expect(r.verdict.keys.state).toBe("remarks");
    expect(keysOf(r, "keys")).toEqual(["exporter", "not-compared", "compared", "only-word"]);
    expect(r.verdict.complete.checks.filter((c) => c.key === "channel").map((c) => c.values)).toEqual([
      { channel: "messages", entries: 21, size: 42 },
      { channel: "expenses", entries: 12, size: 42 },
    ]);
    expect(r.messages).toHaveLength(20);
    expect(r.expenses.map((e) => e.state)).toEqual(["submitted", "approved", "refused", "withdrawn", "settled"]);
    expect(r.people.map((p) => p.name)).toEqual(["Ada", "Ben"]);
  });

  it("[S4][S35][S36] gives each message its author's clock, the relay's two times, delivered, viewed and the device", async () => {
    const r = await report(await written(ALL));
    const [first] = r.messages;
    const last = r.messages.at(-1);
    expect(first?.proof.state).toBe("viewed");
    expect(first?.proof.notBefore).toBeLessThan(first?.proof.claimed ?? 0);
    expect(first?.proof.notAfter).toBeGreaterThan(first?.proof.claimed ?? Infinity);
    expect(last?.proof.deliveredBy).toBe(house.end);
    for (const path of [PATH.start, PATH.messages, PATH.expenses, PATH.csvMessages])
      expect(await textOf(await written(ALL), path)).toContain("Europe/Vienna");
  });

  it("[S5][S35] shows a change that was set aside, with its reason, and leaves the record as it was", async () => {
    const r = await report(await written(ALL));
    expect(r.setAside.map((s) => s.reason)).toEqual(["not-other-parent"]);
    expect(r.expenses[0]?.state).toBe("submitted");
  });

  it("[S1] has the same bytes each time, and verifies the same", async () => {
    const [one, two] = [await written(ALL), await written(ALL, sourceOf(makeHousehold()))];
    expect(Buffer.from(two).equals(Buffer.from(one))).toBe(true);
  });

  it("[S7] says 'not compared' of both where nobody noted it, and remarks a checkpoint that is a day old", async () => {
    const other = makeHousehold({ compared: false, seed: 2 });
    const r = await report(await written(ALL, sourceOf(other, { exported: other.end + 26 * 3_600_000 })));
    expect(keysOf(r, "keys")).toEqual(["exporter", "not-compared", "not-compared", "only-word"]);
    expect(r.verdict.complete.state).toBe("remarks");
    expect(r.verdict.complete.checks.at(-1)).toMatchObject({ key: "old", values: { hours: 26 } });
  });

  it("[S1][S34] guards tables against formulas and pages against markup and marks that turn text round", async () => {
    const zip = await written(ALL);
    const page = await textOf(zip, PATH.messages);
    expect(page).toContain("&lt;b&gt;");
    expect(page).not.toContain("<script");
    expect(page).toMatch(/default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'/);
    const table = await textOf(zip, PATH.csvMessages);
    expect(table.startsWith("\ufeff")).toBe(true);
    expect(table).toContain('"Dentist; ""new"" time"');
    expect(table).not.toMatch(/(?:^|,)"?[=+@]/m);
  });

  it("[S2] can be stopped", async () => {
    expect(await writeSnapshot(sourceOf(house), ALL, { cancelled: () => true, pause: waits })).toMatchObject({
      ok: false,
      error: { code: "cancelled" },
    });
    const bytes = await written(ALL);
    expect(await verifySnapshot(bytes, { cancelled: () => true, pause: waits })).toMatchObject({ ok: false, error: { code: "cancelled" } });
  });
});

/** Keeps the clock from standing still in a fast run. */
const waits = (): Promise<void> => new Promise((done) => setTimeout(done, 45));

describe("a snapshot of a part", () => {
  it("[S2][S3] of one thread shows its messages with their receipts, and how many others there are", async () => {
    const thread = house.threads[0]?.thread;
    if (thread === undefined) throw new Error("there is a thread");
    const scope: SnapshotScope = { ...ALL, threads: [thread], expenses: "none" };
    const zip = await written(scope);
    const r = await report(zip);
    expect(r.verdict.unchanged.state).toBe("good");
    expect(r.verdict.complete.state).toBe("remarks");
    expect(r.messages).toHaveLength(10);
    expect(new Set(r.messages.map((m) => m.thread))).toEqual(new Set([thread]));
    expect(r.messages.filter((m) => m.proof.state === "viewed").length).toBeGreaterThan(8);
    const left = new Map(
      r.verdict.complete.checks.filter((c) => c.key === "left-out").map((c) => [c.values?.["kind"], c.values?.["count"]]),
    );
    expect(left).toEqual(
      new Map([
        ["message", 10],
        ["view-receipt", 10],
        ["expense", 12],
      ]),
    );
    const all = [...(await unpack(zip)).values()].map((b) => Buffer.from(b).toString("latin1")).join("\n");
    expect(all).not.toContain("dentist moved");
    expect(all).not.toContain("Class trip");
    const preview = await previewSnapshot(sourceOf(house), scope);
    expect(preview).toMatchObject({ ok: true, value: { messages: 10, expenses: 0, files: 1, leftOut: 32 } });
  });

  it("[S2] of one expense has its whole life, and nothing of another", async () => {
    const r = await report(await written({ ...ALL, threads: [], expenses: [house.expenses.settled.record] }));
    expect(r.expenses.map((e) => [e.state, e.steps.map((s) => s.act)])).toEqual([
      ["settled", ["submit", "approve", "pay", "confirm-payment"]],
    ]);
    expect(r.messages).toEqual([]);
    expect(keysOf(r, "complete")).toContain("order-word");
  });

  it("[S2] without settlement talk counts it by author, and leaves the rest of the thread", async () => {
    const r = await report(await written({ ...ALL, settlement: "leave-out" }));
    expect(r.messages).toHaveLength(19);
    expect(r.verdict.complete.checks.find((c) => c.key === "settlement")?.values).toEqual({ author: "Ben", count: 1 });
  });

  it("[S41] leaves out single messages, expenses and attachments, and says how many of whose, why, and where in the thread", async () => {
    const all = await report(await written(ALL));
    const [, second] = all.messages;
    const expense = house.expenses.settled.record;
    const file = all.messages.flatMap((m) => m.files)[0];
    const reason = "They name somebody else’s child.";
    const redact = { reason, records: [second?.id ?? expense, expense, "ab".repeat(16) as typeof expense], files: file ? [file.id] : [] };
    const zip = await written({ ...ALL, redact });
    const r = await report(zip);
    expect([r.verdict.unchanged.state, r.verdict.complete.state]).toEqual(["good", "remarks"]);
    expect([r.messages.length, r.expenses.length]).toEqual([all.messages.length - 1, all.expenses.length - 1]);
    const said = r.verdict.complete.checks.filter((c) => c.key.startsWith("redacted"));
    const [author, spender] = [second?.author, all.expenses.find((e) => e.id === expense)?.author].map(
      (m) => r.people.find((p) => p.member === m)?.name,
    );
    expect(said.map((c) => [c.key, c.values])).toEqual([
      ["redacted-expenses", { count: 1, author: spender, reason }],
      ["redacted-messages", { count: 1, author, reason }],
      ["redacted-files", { count: 1, reason }],
    ]);
    expect(r.messages.flatMap((m) => m.files).find((f) => f.id === file?.id)?.state).toBe("to-fetch");
    expect(await textOf(zip, PATH.start)).toContain(reason);
    for (const path of [PATH.messages, PATH.expenses]) expect((await textOf(zip, path)).match(/Left out here one by one/g)).toHaveLength(1);
    expect(await textOf(zip, PATH.messages)).toContain("left out by the exporter");
    const proof = await heldProof(filesOf(await unpack(zip)));
    // Only what was found and left out is listed; the made-up id would have made every reader doubt the list.
    expect(proof.statement.scope.redact?.records).toHaveLength(2);
  });

  it("[S41] lists a thread of which all messages were left out one by one, so that it does not vanish from the pages", async () => {
    const all = await report(await written(ALL));
    const [thread] = all.threads;
    const gone = all.messages.filter((m) => m.thread === thread?.id);
    const zip = await written({ ...ALL, redact: { reason: "By agreement.", records: gone.map((m) => m.id), files: [] } });
    const r = await report(zip);
    expect([r.verdict.unchanged.state, r.verdict.complete.state, gone.length > 1]).toEqual(["good", "remarks", true]);
    const page = await textOf(zip, PATH.messages);
    expect(page.match(/A thread of which no message is shown/g)).toHaveLength(1);
    expect(page).toContain(`thread ${thread?.id ?? ""} · messages shown: 0`);
    for (const m of gone) expect(page).toContain(`entry ${String(m.proof.seq)}, logged by `);
  });

  it("[S41] has no list where nothing of it was found, and then leaves nothing out", async () => {
    const zip = await written({
      ...ALL,
      redact: { reason: "None.", records: ["ab".repeat(16) as RecordId], files: ["cd".repeat(32) as FileId] },
    });
    expect((await report(zip)).verdict.complete.state).toBe("good");
  });

  it("[S2] by days goes by the relay's days in the household's zone", async () => {
    const r = await report(await written({ ...ALL, from: "2026-03-03", to: "2026-03-03" }));
    expect(r.messages).toHaveLength(5);
    expect(r.verdict.unchanged.state).toBe("good");
    const none = await report(await written({ ...ALL, from: "2026-03-09" }));
    expect(none.messages).toHaveLength(0);
  });

  it("[S2] without files, or where the device lacks one, says which by hash", async () => {
    const without = await report(await written({ ...ALL, files: false }));
    expect(keysOf(without, "complete")).toContain("files-left-out");
    const lacking = await report(await written(ALL, { ...sourceOf(house), readFile: () => Promise.resolve(undefined) }));
    expect(lacking.verdict.complete.checks.find((c) => c.key === "files-lacking")?.values).toEqual({ count: 2 });
    expect(lacking.verdict.unchanged.state).toBe("good");
  });

  it("[S34][S37] its tables never name a path at which nothing lies: of an absent file they say why", async () => {
    const places = async (bundle: Uint8Array): Promise<readonly string[]> =>
      [...(await textOf(bundle, PATH.csvMessages)).matchAll(/(?:left out: |lacking: |data\/files\/)[0-9a-f]{16}-[A-Za-z0-9.-]+/g)].map(
        ([place]) => place,
      );
    const here = await places(await written(ALL));
    expect(here.map((place) => place.replace(/[0-9a-f]{16}/, "H"))).toEqual(["data/files/H-boots.png"]);
    expect(await places(await written({ ...ALL, files: false }))).toEqual(here.map((p) => p.replace("data/files/", "left out: ")));
    const bare = await written(ALL, { ...sourceOf(house), readFile: () => Promise.resolve(undefined) });
    expect(await places(bare)).toEqual(here.map((p) => p.replace("data/files/", "lacking: ")));
  });
});
