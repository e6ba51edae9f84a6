/** The second reader (S18), in Python: every kind of attack that lies in its scope, once each. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { attacksOf } from "../test/attacks/index.ts";
import { forge } from "../test/attacks/forge.ts";
import { makeWorld, type World } from "../test/attacks/world.ts";
import { pack, unpack, type Bundle } from "../test/bundle.ts";
import { makeStoryHousehold } from "../test/story-household.ts";
import { toId } from "../src/base/bytes.ts";
import type { Hex32, Signature } from "../src/base/ids.ts";
import { frameOn, makeStatement } from "../src/charter/sign.ts";
import type { LogKeyId } from "../src/charter/types.ts";
import { initCrypto } from "../src/crypto/init.ts";
import { signCheckpoint } from "../src/log/checkpoint.ts";
import { Family } from "../src/sample/family.ts";
import { sampleOf } from "../src/sample/sample.ts";
import { Dice, seededRandom } from "../src/sample/seeded.ts";
import { sourceOf } from "../src/sample/source.ts";
import { PATH } from "../src/snapshot/paths.ts";
import { verifySnapshot } from "../src/snapshot/verify.ts";
import { writeSnapshot } from "../src/snapshot/write.ts";
import { initAutomergeNode } from "./automerge.ts";

// Python starts some seventy times, on machines that may be slow.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const PYTHON = "/usr/bin/python3";
/** What verify.py says that it checks. */
const SCOPE: ReadonlySet<string> = new Set([
  "file-changed",
  "signature-false",
  "log-false",
  "charter-false",
  "checkpoint-false",
  "contents-false",
  "unread",
  "named-later",
  "named-false",
  "note-missing",
]);
/** The kind of log is a word of the statement, which it says that it does not judge. */
const BEYOND: ReadonlySet<string> = new Set(["calls the household's log a personal one"]);

let folder = "";
let worlds: readonly World[];

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  folder = await mkdtemp(join(tmpdir(), "attacks-python-"));
  worlds = [await makeWorld(71), await makeWorld(72)];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function python(bundle: Bundle): Promise<{ readonly code: number; readonly out: string }> {
  const [script, file] = [join(folder, "verify.py"), join(folder, "given.zip")];
  await writeFile(script, worlds[0]?.whole.bundle.get(PATH.verifyPy) ?? "");
  await writeFile(file, await pack(bundle));
  return new Promise((done) => {
    execFile(PYTHON, [script, file], (error, stdout, stderr) => {
      done({ code: error ? (typeof error.code === "number" ? error.code : 99) : 0, out: stdout + stderr });
    });
  });
}

describe("the reader in Python, against an exporter who falsifies", () => {
  it("[S18] finds every attack that is in its scope, and shows no trace", async () => {
    const [world, other] = worlds;
    if (!world || !other) throw new Error("two households");
    expect((await python(await forge(world, world.whole, {}))).code).toBe(0);
    const missed: string[] = [];
    let cases = 0;
    for (const attack of attacksOf((of) => (of === world ? other : world))) {
      const made = await attack.forge(world, new Dice(cases));
      if (!made) continue;
      const { expected } = made;
      const keys = "failed" in expected ? [expected.failed] : "anyFailed" in expected ? expected.anyFailed : undefined;
      const code = "unreadable" in expected ? 2 : keys && keys.every((key) => SCOPE.has(key) && !BEYOND.has(attack.name)) ? 1 : undefined;
      if (code === undefined) continue;
      cases += 1;
      const said = await python(made.bundle);
      if (said.code !== code || said.out.includes("Traceback"))
        missed.push(`${attack.name}: ${String(said.code)} ${said.out.slice(0, 1_200)}`);
    }
    expect(missed).toEqual([]);
    expect(cases).toBeGreaterThan(35);
  });

  it("[S18] what a rogue device pushed fails no honest snapshot: badly signed it counts for nothing, and the bytes before the hash are written anew", async () => {
    const family = new Family({
      random: seededRandom(new Uint8Array(32).fill(3)),
      dice: new Dice(3),
      start: 1_772_000_000_000,
      relay: "r.example",
      names: ["Ada", "Ben"],
    });
    family.bringTogether();
    const { builder } = family;
    const at = (): number => (family.now += 60_000);
    family.send(family.a, { at: at(), subject: "Boots", text: "On Friday?" });
    builder.carry = (c) => ({ ...c, bytes: c.bytes.map((b, i) => (i === 5 ? b ^ 1 : b)) });
    family.send(family.b, { at: at(), subject: "Spoilt", text: "Signed well, carried badly." });
    builder.carry = (c) => ({ ...c, signature: c.signature.map((b, i) => (i === 9 ? b ^ 1 : b)) as Signature });
    family.send(family.b, { at: at(), subject: "Forged", text: "I signed this badly." });
    const made = await writeSnapshot(sourceOf(sampleOf(family, "Europe/Vienna")), {
      threads: "all",
      expenses: "all",
      settlement: "include",
      files: true,
    });
    if (!made.ok) throw new Error(made.error.code);
    const read = await verifySnapshot(made.value.bytes);
    if (!read.ok) throw new Error(read.error.code);
    const { unchanged, complete } = read.value.verdict;
    expect([unchanged, complete].flatMap((part) => part.checks).filter((c) => c.state === "failed")).toEqual([]);
    expect(read.value.messages.map((m) => m.text)).toEqual(["On Friday?", "Signed well, carried badly."]);
    const said = await python(await unpack(made.value.bytes));
    expect(said.code, said.out).toBe(0);
    expect(said.out).toContain("1 changes count for nothing: no device of the member who sent them signed them.");
  });

  it("[C8h][S42] a fork claimed in the log of a history that goes on in this very log fails nobody's snapshot, and both readers remark on it", async () => {
    const { family, left } = makeStoryHousehold(false);
    const { builder, a, b } = family;
    const [by, other] = [family.first(a), family.first(b)];
    const frame = (device: typeof by): ReturnType<typeof frameOn> => frameOn(builder.charter, device.id, builder.checkpointRef());
    // Two modified apps say that the history kept has another root than it has; once by a checkpoint of the relay that was left, over more than was its own.
    const logKey = toId<LogKeyId>(builder.logKey.publicKey);
    const { size, root, time } = builder.known();
    const over = { size, root, time };
    for (const [relay, key] of [[left.relay, left.key] as const, [builder.relay, builder.logKey] as const]) {
      family.now += 60_000;
      const made = toId<Hex32>(new Uint8Array(32).fill(9));
      const note = signCheckpoint({ origin: `${relay}/${builder.log}`, ...over }, key.secretKey);
      const fields = { size, root: made, relay: builder.relay, logKey, fork: { note, r: made, p: [] } };
      const move = builder.state(by, makeStatement({ ...frame(by), type: "move-log", ...fields }, [by.sign]));
      builder.state(other, makeStatement({ ...frame(other), type: "consent", to: move }, [other.sign]));
    }
    const made = await writeSnapshot(sourceOf(sampleOf(family, "Europe/Vienna")), {
      ...{ threads: "all", expenses: "all" },
      ...{ settlement: "include", files: true },
    });
    if (!made.ok) throw new Error(made.error.code);
    const read = await verifySnapshot(made.value.bytes);
    if (!read.ok) throw new Error(read.error.code);
    const { unchanged, complete } = read.value.verdict;
    const checks = [unchanged, complete].flatMap((part) => part.checks);
    expect(checks.filter((c) => c.state === "failed")).toEqual([]);
    // Both are told, each in its own place, by both readers.
    expect(checks.filter((c) => c.key === "fork-unfounded").map((c) => c.state)).toEqual(["remarks", "remarks"]);
    const said = await python(await unpack(made.value.bytes));
    expect(said.code, said.out).toBe(0);
    expect(said.out.match(/says that a history was given up, and names one that is part of this log\./g)).toHaveLength(2);
    expect(said.out.match(/says that a history was given up, and the one that it says was kept is not this log\./g)).toHaveLength(2);
  });
});
