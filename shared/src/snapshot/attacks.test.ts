import { zipSync } from "fflate";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { attacksOf } from "../../test/attacks/index.ts";
import { forge, type Attack, type Expected } from "../../test/attacks/forge.ts";
import { makeWorld, type World } from "../../test/attacks/world.ts";
import { pack, type Bundle } from "../../test/bundle.ts";
import { initCrypto } from "../crypto/init.ts";
import { Dice } from "../sample/seeded.ts";
import { verifySnapshot } from "./verify.ts";

// A thousand snapshots are falsified, written and checked, on machines that may be slow.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });

const SEED = Number(process.env["ATTACK_SEED"] ?? 1);
const CASES = 1_000;
const HOUSEHOLDS = 6;
/** Kinds that a verifier once took for good: played in every household each time. */
const PINNED: readonly string[] = [
  "leaves a change out without its tag",
  "leaves a change out without its tag, in a part",
  "claims fewer threads, and shows single messages of the others",
  "claims days that end before what is shown",
  "calls one's own entry one that did not open",
  "calls an entry unopened on which one's own device built",
  "calls one unopened on which one's own device built, where something else is left out",
  "says that an answer did not know of what it answers, in a whole book",
  "strips the notes, so that the other's changes count as set aside",
  "drops the other's entry, and the relay makes the log anew",
  "strips the anchors",
  "says that the other's last answer came without the relay's note",
  "lends a change the relay's note, which it came without",
  "dates the export before what is in it",
  "names both parents alike",
  "names both parents alike but for a sign that nobody sees",
  "shows an anchor twice, so that its witness counts twice",
  "tells two entries of one book in another order",
  "lists a receipt instead of a message, and leaves both out",
  "hides the child's thread",
  "hides whom a left-out record names",
];
let worlds: readonly World[];
let attacks: readonly Attack[];

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  worlds = await Promise.all(Array.from({ length: HOUSEHOLDS }, (_, i) => makeWorld(SEED * 100 + i)));
  attacks = attacksOf((world) => worlds[(worlds.indexOf(world) + 1) % worlds.length] ?? world);
});

/** An archive without packing, which would take longer than everything else. */
const stored = (bundle: Bundle): Uint8Array => zipSync(Object.fromEntries(bundle), { level: 0 });

/** What a verifier said, where it is not what it had to say. */
async function fault(bundle: Bundle, expected: Expected): Promise<string | undefined> {
  const read = await verifySnapshot(stored(bundle));
  if (!read.ok) return "unreadable" in expected && expected.unreadable === read.error.code ? undefined : read.error.code;
  const { verdict, setAside, messages } = read.value;
  const checks = [verdict.unchanged, verdict.complete, verdict.keys].flatMap((p) => p.checks);
  const failed = checks.filter((c) => c.state === "failed");
  const isFound = ((): boolean => {
    if ("failed" in expected)
      return failed.some((c) => c.key === expected.failed && (expected.where === undefined || (c.where ?? "").startsWith(expected.where)));
    if ("anyFailed" in expected) return failed.some((c) => expected.anyFailed.some((key) => key === c.key));
    if ("remarked" in expected) return checks.some((c) => c.state === "remarks" && c.key === expected.remarked);
    if ("setAside" in expected) return failed.length === 0 && setAside.some((s) => s.reason === expected.setAside);
    if ("clockOff" in expected) return messages.some((m) => m.text === expected.clockOff && m.proof.clockOff === true);
    return false;
  })();
  if (isFound) return undefined;
  const said = checks.filter((c) => c.state !== "good").map((c) => `${c.state === "failed" ? "x" : "!"} ${c.key} ${c.where ?? ""}`);
  return [...said, ...setAside.map((s) => `set aside: ${s.reason ?? ""}`)].join("; ") || "all good";
}

describe("an exporter who falsifies their own snapshot", () => {
  it("[S7] has nothing to fear without a lie", async () => {
    for (const world of worlds) {
      for (const of of [world.whole, world.thread, world.child, world.days]) {
        const read = await verifySnapshot(await pack(await forge(world, of, {})));
        if (!read.ok) throw new Error(read.error.code);
        const { unchanged, complete, keys } = read.value.verdict;
        expect([...unchanged.checks, ...complete.checks, ...keys.checks].filter((c) => c.state === "failed")).toEqual([]);
      }
    }
  });

  it(`[S1][S2][S3][S7] is found in each of a thousand attacks, with the right reason (seed ${String(SEED)})`, async () => {
    const missed: string[] = [];
    const done = new Map<string, number>();
    let cases = 0;
    const play = async (attack: Attack, world: World): Promise<void> => {
      const made = await attack.forge(world, new Dice(SEED * 1_000_003 + cases));
      if (!made) return;
      cases += 1;
      done.set(attack.name, (done.get(attack.name) ?? 0) + 1);
      const said = await fault(made.bundle, made.expected);
      if (said !== undefined) missed.push(`${attack.name} in household ${String(world.seed)}, case ${String(cases)}: ${said}`);
    };
    expect(PINNED.filter((name) => !attacks.some((a) => a.name === name))).toEqual([]);
    for (const attack of attacks.filter((a) => PINNED.includes(a.name))) for (const world of worlds) await play(attack, world);
    for (let round = 0; cases < CASES; round++) {
      for (const [i, attack] of attacks.entries()) {
        const world = worlds[(round + i) % worlds.length];
        if (world) await play(attack, world);
      }
    }
    expect(missed).toEqual([]);
    // Each kind found something to attack, in more than one household.
    expect(attacks.filter((a) => (done.get(a.name) ?? 0) < 3).map((a) => a.name)).toEqual([]);
  });
});
