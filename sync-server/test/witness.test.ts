import { beforeAll, describe, expect, test, vi } from "vitest";
import { initCrypto } from "@countersign/shared/crypto/init";
import { openCosignatures, parseWitnessKey } from "@countersign/shared/log/cosignature";
import { LogTail } from "@countersign/shared/sync/tail";
import { originOf } from "@countersign/shared/log/origin";
import { MemoryStore } from "../src/store/memory.ts";
import { WitnessDesk, type HttpAnswer } from "../src/witness/desk.ts";
import { MemoryWitness } from "../src/witness/memory.ts";
import { Witness } from "../src/witness/witness.ts";
import { dialRelay, sealedEntry, TestClient } from "./client.ts";
import { epochNow, foundHousehold } from "./household.ts";
import { makeWorld, NAME, TestClock } from "./world.ts";
import { START } from "../../shared/test/people.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => initCrypto());

const TOKEN = "a token of sixteen or more";
const EVERY = 60;

/** A household on a relay that asks a witness, whose answers a test may change. */
async function scene(keep?: { store: MemoryStore; clock: TestClock; witness: MemoryWitness }) {
  const clock = keep?.clock ?? new TestClock(START + 3_600_000);
  const store = keep?.store ?? new MemoryStore();
  const kept = keep?.witness ?? new MemoryWitness();
  const witness = await Witness.open({
    store: kept,
    now: () => clock.now(),
    random: (n) => new Uint8Array(n).fill(3),
    name: "witness.example",
    clients: [{ name: NAME, token: TOKEN }],
  });
  const key = parseWitnessKey(witness.verifierKey);
  if (!key) throw new Error("a key");
  const asked: { path: string; status: number }[] = [];
  let answers: ((path: string) => Promise<HttpAnswer> | undefined) | undefined;
  const post = async (url: string, body: string, token: string | undefined): Promise<HttpAnswer> => {
    const path = new URL(url).pathname;
    const answer =
      (await answers?.(path)) ?? (path.endsWith("add-log") ? await witness.addLog(body, token) : await witness.addCheckpoint(body));
    asked.push({ path, status: answer.status });
    return answer;
  };
  const setting = { url: "http://witness.example/v1/witness", key, verifierKey: witness.verifierKey, token: TOKEN };
  const world = await makeWorld({}, { store, clock }, ({ log }) => ({
    witnesses: new WitnessDesk({ clock, log, post }, [setting], EVERY),
  }));
  /** Lets the witnesses' round begin and end. */
  const round = async (ms: number): Promise<void> => {
    clock.pass(ms);
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  return { ...world, key, asked, round, post, setting, witness: kept, answer: (with_: typeof answers) => (answers = with_) };
}

async function withHome(s: Awaited<ReturnType<typeof scene>>) {
  const home = await foundHousehold(dialRelay(s.relay), { relay: NAME, time: s.clock.now() });
  const epoch = epochNow(home.chain);
  const alice = await TestClient.signIn(dialRelay(s.relay), "device", home.alice.phone.sign, home.log);
  const entry = (n: number) => sealedEntry(home.log, home.alice.phone, new Uint8Array(50).fill(n), { epoch });
  return { home, alice, entry };
}

describe("a relay with a witness", () => {
  test("[WT5] tells devices whom it asks, and sends the cosigned note after the entries, to who is there and who comes", async () => {
    const s = await scene();
    const { home, alice, entry } = await withHome(s);
    expect(alice.welcome?.witnesses).toEqual([
      `${s.key.name}+${Buffer.from(s.key.id).toString("hex")}+${Buffer.from([4, ...s.key.publicKey]).toString("base64")}`,
    ]);
    alice.send({ t: "subscribe", from: 0, window: 1_024 });
    await alice.push(entry(1));
    let tail = LogTail.empty(home.log);
    const read = (page: Awaited<ReturnType<TestClient["entries"]>>[number]): void => {
      const next = tail.accept(page.from, page.items, page.note, originOf(NAME, home.log), home.logKey);
      if (!next.ok) throw new Error(next.error.code);
      tail = next.value.tail;
    };
    for (const page of await alice.entries(home.size + 1)) read(page);
    expect(openCosignatures(tail.verified?.note ?? "", [s.key])).toEqual([]);
    await s.round(EVERY * 1_000);
    const cosigned = await alice.next("entries");
    expect(cosigned.items).toEqual([]);
    read(cosigned);
    // The tail takes it as a note like any other, and a dumped tail comes back with it.
    expect(openCosignatures(tail.verified?.note ?? "", [s.key])).toHaveLength(1);
    expect(LogTail.restore(home.log, tail.dump(), originOf(NAME, home.log), home.logKey)?.verified?.note).toBe(cosigned.note);
    const bob = await TestClient.signIn(dialRelay(s.relay), "device", home.bob.phone.sign, home.log);
    bob.send({ t: "subscribe", from: home.size + 1, window: 10 });
    expect(openCosignatures((await bob.next("entries")).note ?? "", [s.key])).toHaveLength(1);
    // Entries that come after it are not under it.
    await alice.push(entry(2));
    await bob.settled();
    expect(bob.arrived().filter((m) => m.t === "entries")).toHaveLength(1);
    expect(s.log.errors).toEqual([]);
  });

  test("[WT6] a witness that is silent, slow or broken delays nothing", async () => {
    const s = await scene();
    s.answer((path) => (path.endsWith("add-checkpoint") ? new Promise(() => undefined) : undefined));
    const { alice, entry } = await withHome(s);
    await s.round(EVERY * 1_000);
    for (let i = 0; i < 5; i++) expect((await alice.push(entry(i))).error).toBeUndefined();
    const broken = await scene();
    broken.answer(() => Promise.resolve({ status: 0, body: "" }));
    const home = await withHome(broken);
    await broken.round(EVERY * 1_000);
    expect((await home.alice.push(home.entry(1))).error).toBeUndefined();
    await broken.round(2 * EVERY * 1_000);
    expect(broken.asked.length).toBeGreaterThan(1);
    expect(broken.log.errors).toEqual([]);
  });

  test("[WT6] is asked at most once in the seconds that were set", async () => {
    const s = await scene();
    const { alice, entry } = await withHome(s);
    await s.round(EVERY * 1_000);
    const before = s.asked.length;
    for (let i = 0; i < 10; i++) {
      await alice.push(entry(i));
      await s.round(1_000);
    }
    expect(s.asked.length - before).toBeLessThanOrEqual(1);
    await s.round(EVERY * 1_000);
    expect(s.asked.length - before).toBeGreaterThanOrEqual(1);
    expect(s.asked.every((a) => a.status === 200 || a.path.endsWith("add-checkpoint"))).toBe(true);
  });

  test("[WT6] is asked once a day about a log that somebody uses and nothing new comes to, and never about one that nobody uses", async () => {
    const s = await scene();
    const { home } = await withHome(s);
    const actor = (
      await s.relay.access((await TestClient.signIn(dialRelay(s.relay), "device", home.alice.phone.sign, home.log)).welcome?.token ?? "")
    )?.actor;
    if (!actor) throw new Error("a log");
    let isIdle = false;
    let asked = 0;
    const log = {
      ...{ log: home.log, verifierKey: () => actor.verifierKey(), consistency: () => Promise.resolve([]) },
      get isIdle() {
        return isIdle;
      },
      freshNote: () => (asked++, actor.freshNote()),
      cosigned: () => undefined,
    };
    const desk = new WitnessDesk(
      { clock: s.clock, log: { info: () => undefined, warn: () => undefined, error: () => undefined, tag: () => "" }, post: s.post },
      [s.setting],
      EVERY,
    );
    desk.grew(log);
    await s.round(EVERY * 1_000);
    expect(asked).toBe(1);
    for (let i = 0; i < 23; i++) await s.round(3_600_000);
    expect(asked).toBe(1);
    for (let i = 0; i < 3; i++) await s.round(3_600_000);
    expect(asked).toBe(2);
    isIdle = true;
    for (let i = 0; i < 30; i++) await s.round(3_600_000);
    expect(asked).toBe(2);
    await desk.stop();
  });

  test("[WT7] a relay restored from an old backup is told by its witness, says so to its operator, and gets no line", async () => {
    const s = await scene();
    const { home, alice, entry } = await withHome(s);
    const old = s.store.copy();
    for (let i = 0; i < 3; i++) await alice.push(entry(i));
    await s.round(EVERY * 1_000);
    expect(s.asked.at(-1)?.status).toBe(200);
    await s.relay.stop();
    const again = await scene({ store: old, clock: s.clock, witness: s.witness });
    const bob = await TestClient.signIn(dialRelay(again.relay), "device", home.bob.phone.sign, home.log);
    bob.send({ t: "subscribe", from: home.size, window: 10 });
    await again.round(EVERY * 1_000);
    expect(again.asked.map((a) => a.status)).toEqual([409]);
    expect(again.log.errors).toHaveLength(1);
    await bob.settled();
    expect(bob.arrived()).toEqual([]);
  });

  test("[WT3] lines that are not the witness's are not passed on", async () => {
    const s = await scene();
    s.answer((path) =>
      path.endsWith("add-checkpoint") ? Promise.resolve({ status: 200, body: `\u2014 ${s.key.name} AAAAAAAA\n` }) : undefined,
    );
    const { home, alice } = await withHome(s);
    alice.send({ t: "subscribe", from: home.size, window: 10 });
    await s.round(EVERY * 1_000);
    await alice.settled();
    expect(alice.arrived()).toEqual([]);
  });
});
