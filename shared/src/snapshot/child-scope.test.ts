import { beforeAll, describe, expect, it } from "vitest";
import { childAttacks } from "../../test/attacks/child.ts";
import { CHILDREN, makeWorld, type Exported, type World } from "../../test/attacks/world.ts";
import { pack } from "../../test/bundle.ts";
import { initAutomergeNode } from "../../node/automerge.ts";
import { utf8 } from "../base/bytes.ts";
import { formatChildren } from "../kinds/children.ts";
import { initCrypto } from "../crypto/init.ts";
import { sha256 } from "../crypto/hash.ts";
import { expenseDraft } from "../sample/acts.ts";
import { Family } from "../sample/family.ts";
import { sampleOf } from "../sample/sample.ts";
import { Dice, seededRandom } from "../sample/seeded.ts";
import { sourceOf } from "../sample/source.ts";
import type { CheckView, SnapshotReport, SnapshotScope } from "../views/snapshot.ts";
import type { SnapshotSource } from "./source.ts";
import { verifySnapshot } from "./verify.ts";
import { previewSnapshot, writeSnapshot } from "./write.ts";

let world: World;

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  world = await makeWorld(7);
});

const ALL: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: true };
const DAY = 86_400_000;

const checksOf = ({ verdict }: SnapshotReport): readonly CheckView[] =>
  [verdict.unchanged, verdict.complete, verdict.keys].flatMap((p) => p.checks);

async function made(
  source: SnapshotSource,
  scope: SnapshotScope,
): Promise<{ readonly report: SnapshotReport; readonly bytes: Uint8Array }> {
  const written = await writeSnapshot(source, scope);
  if (!written.ok) throw new Error(`${written.error.code} ${written.error.detail ?? ""}`);
  const read = await verifySnapshot(written.value.bytes);
  if (!read.ok) throw new Error(read.error.code);
  return { report: read.value, bytes: written.value.bytes };
}

/** A thread about each of two children and one about neither, all begun in March and answered in April; an expense about both, and one about neither. */
function household(): SnapshotSource {
  const random = seededRandom(sha256(utf8("two children")));
  const family = new Family({ random, dice: new Dice(1), start: Date.UTC(2026, 2, 2), relay: "r.example", names: ["Ada", "Ben"] });
  const { a, b } = family;
  const tick = (): number => (family.now += 1_800_000) - 2_000;
  family.bringTogether();
  const threads = [["Lea"], ["Jón"], []].map((children, i) =>
    family.send(a, { at: tick(), subject: `Thread ${String(i)}`, children, text: "Begun." }),
  );
  const base = { amount: 1_000, currency: "EUR", category: "School", spent: "2026-03-02", share: 5_000 };
  family.write(family.first(a), [expenseDraft({ at: tick(), title: "Both", children: ["Lea", "Jón"], ...base })]);
  family.write(family.first(a), [expenseDraft({ at: tick(), title: "Neither", ...base })]);
  family.now += 40 * DAY;
  for (const { thread } of threads) family.send(b, { at: tick(), thread, text: "Answered." });
  return sourceOf(sampleOf(family, "Europe/Vienna"));
}

describe("a snapshot that is limited to a child", () => {
  it("[S45] holds the threads and expenses that name one, whole, and nothing else; what names none is counted", async () => {
    const { report } = await made(household(), { ...ALL, children: ["Lea"] });
    expect(checksOf(report).filter((c) => c.state === "failed")).toEqual([]);
    expect(report.threads.map((t) => [t.subject, t.children, t.count])).toEqual([["Thread 0", ["Lea"], 2]]);
    expect(report.expenses.map((e) => [e.title, e.children])).toEqual([["Both", ["Lea", "Jón"]]]);
    // Two messages and an expense name nobody.
    expect(checksOf(report).find((c) => c.key === "by-child")?.values).toEqual({ children: "Lea", count: 3 });
    expect(report.verdict.facts).toMatchObject({ children: "Lea", unnamed: 3 });
  });

  it("[S45] covers an answer whose thread began in another month and on a day that is left out", async () => {
    const { report } = await made(household(), { ...ALL, children: ["Jón"], from: "2026-04-01" });
    expect(checksOf(report).filter((c) => c.state === "failed")).toEqual([]);
    expect(report.messages.map((m) => m.text)).toEqual(["Answered."]);
    expect([report.expenses.length, report.threads[0]?.subject]).toEqual([0, ""]);
    expect(report.verdict.facts["unnamed"]).toBe(1);
  });

  it("[S45] may be limited to several, with chosen threads among theirs, and the preview counts the same", async () => {
    const source = household();
    const both: SnapshotScope = { ...ALL, children: ["Jón", "Lea"] };
    const { report } = await made(source, both);
    expect([report.messages.length, report.expenses.length]).toEqual([4, 1]);
    const preview = await previewSnapshot(source, both);
    expect(preview).toMatchObject({ ok: true, value: { messages: 4, expenses: 1, unnamed: 3 } });
    const [thread] = report.threads;
    const one = await made(source, { ...both, threads: thread ? [thread.id] : [] });
    expect([one.report.messages.length, one.report.expenses.length]).toEqual([2, 1]);
  });

  it("[S45] of a child whom nothing names is an empty one that holds", async () => {
    const { report } = await made(household(), { ...ALL, children: ["Nobody"] });
    expect(checksOf(report).filter((c) => c.state === "failed")).toEqual([]);
    expect(report.messages.length + report.expenses.length).toBe(0);
  });

  it("[L1c][S45] any other scope keeps the names of left-out records behind their hash", () => {
    const text = formatChildren(CHILDREN.slice(1));
    const holds = ({ bundle }: Exported): boolean => [...bundle.values()].some((bytes) => Buffer.from(bytes).includes(text));
    expect([holds(world.thread), holds(world.child)]).toEqual([false, true]);
    const about = world.thread.proof.rows.flatMap((r) => r.items.flatMap((i) => (i.form === "tagged" && i.about ? [i.about] : [])));
    expect(about.length).toBeGreaterThan(0);
    expect(about.every((a) => "hash" in a)).toBe(true);
    const opened = world.child.proof.rows.flatMap((r) => r.items.flatMap((i) => (i.form === "tagged" && i.about ? [i.about] : [])));
    expect(opened.length).toBeGreaterThan(0);
    expect(opened.every((a) => "salt" in a)).toBe(true);
  });

  it.each(childAttacks.map((a) => [a.name, a] as const))(
    "[S22][S45] an exporter who %s is found, with the right reason",
    async (_, attack) => {
      const forged = await attack.forge(world, new Dice(3));
      if (!forged || !("failed" in forged.expected)) throw new Error("every household here offers this");
      const { failed, where = "" } = forged.expected;
      const read = await verifySnapshot(await pack(forged.bundle));
      if (!read.ok) throw new Error(read.error.code);
      const found = checksOf(read.value).filter((c) => c.state === "failed");
      expect(found.map((c) => c.key)).toContain(failed);
      expect(found.some((c) => c.key === failed && (c.where ?? "").startsWith(where))).toBe(true);
    },
  );

  it("[S45] names the children of the record as they stand there", () => {
    expect(world.whole.derived.threads.map((t) => t.children)).toEqual([CHILDREN.slice(0, 1), CHILDREN.slice(1), undefined]);
  });
});
