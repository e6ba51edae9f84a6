import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { initCrypto } from "@countersign/shared/crypto/init";
import { checkTimestamp, timestampRequest } from "@countersign/shared/crypto/timestamp";
import { stampedText } from "@countersign/shared/entry/anchor";
import { openCheckpoint } from "@countersign/shared/log/checkpoint";
import { originOf } from "@countersign/shared/log/origin";
import type { RelayLog } from "../src/relay/ports.ts";
import { StampDesk } from "../src/stamp/desk.ts";
import { makeAuthority, type Authority } from "../../shared/test/time-stamp-authority.ts";
import { dialRelay, sealedEntry, TestClient } from "./client.ts";
import { epochNow, foundHousehold } from "./household.ts";
import { makeWorld, NAME } from "./world.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const HOUR = 3_600_000;
let folder: string;
let authority: Authority;
beforeAll(async () => {
  await initCrypto();
  folder = await mkdtemp(join(tmpdir(), "relay-stamp-"));
  authority = await makeAuthority(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Ask = (request: Uint8Array) => Promise<Uint8Array | undefined>;

/** A household on a relay with a time-stamp authority, whose answers a test may change. */
async function scene(ask: Ask = authority.answer) {
  let asked = 0;
  let answer = ask;
  const warnings: string[] = [];
  const world = await makeWorld({}, undefined, ({ clock, log }) => {
    const noted: RelayLog = { ...log, warn: (event, facts) => warnings.push(`${event} ${String(facts?.["code"])}`) };
    const asking: Ask = (request) => {
      asked++;
      return answer(request);
    };
    return { stamps: new StampDesk({ clock, log: noted, random: (n) => new Uint8Array(n).fill(6), ask: asking }, 24) };
  });
  const home = await foundHousehold(dialRelay(world.relay), { relay: NAME, time: world.clock.now() });
  const epoch = epochNow(home.chain);
  // Hours without a word end a connection.
  const connect = () => TestClient.signIn(dialRelay(world.relay), "device", home.alice.phone.sign, home.log);
  const alice = await connect();
  const push = async (n: number, by = alice) =>
    (await by.push(sealedEntry(home.log, home.alice.phone, new Uint8Array(50).fill(n), { epoch }))).error;
  return { ...world, home, connect, alice, push, warnings, asked: () => asked, answer: (with_: Ask) => (answer = with_) };
}

describe("a relay with a time-stamp authority", () => {
  test("[TS2][TS3] sends the stamped checkpoint once, after the entries that it is over, to who is there and who comes later", async () => {
    const s = await scene();
    s.alice.send({ t: "subscribe", from: 0, window: 1_024 });
    await s.push(1);
    await s.alice.entries(s.home.size + 1);
    s.clock.pass(2_000);
    const message = await s.alice.next("entries");
    expect(message).toMatchObject({ items: [], note: null, from: s.home.size + 1 });
    const { note = "", tsr = new Uint8Array() } = message.stamp ?? {};
    expect(openCheckpoint(note, originOf(NAME, s.home.log), s.home.logKey)).toMatchObject({ ok: true, value: { size: s.home.size + 1 } });
    expect(await checkTimestamp(tsr, stampedText(note) ?? new Uint8Array())).toMatchObject({ ok: true, value: { authority: "Test TSA" } });
    // It is of an earlier checkpoint for whoever comes after the log grew again, and still comes after the entries.
    await s.push(2);
    const bob = await TestClient.signIn(dialRelay(s.relay), "device", s.home.bob.phone.sign, s.home.log);
    bob.send({ t: "subscribe", from: 0, window: 1_024 });
    const pages = await bob.entries(s.home.size + 2);
    expect(pages.every((p) => p.stamp === undefined)).toBe(true);
    expect((await bob.next("entries")).stamp?.note).toBe(note);
    await s.alice.settled();
    expect(s.alice.arrived().filter((m) => m.t === "entries" && m.stamp)).toHaveLength(0);
    expect(s.log.errors).toEqual([]);
  });

  test("[TS2] asks at most once in the hours that were set, and only after the log grew", async () => {
    const s = await scene();
    s.alice.send({ t: "subscribe", from: 0, window: 1_024 });
    await s.alice.entries(s.home.size);
    s.clock.pass(2_000);
    expect((await s.alice.next("entries")).stamp).toBeDefined();
    for (let i = 0; i < 5; i++) {
      await s.push(i, await s.connect());
      s.clock.pass(HOUR);
    }
    expect(s.asked()).toBe(1);
    s.clock.pass(20 * HOUR);
    await s.connect();
    expect(s.asked()).toBe(1);
    await s.push(9, await s.connect());
    s.clock.pass(2_000);
    await vi.waitUntil(() => s.asked() === 2, { timeout: 30_000 });
  });

  test("[TS4] an authority that never answers, refuses, or answers nonsense delays nothing, is named in the log, and is asked again later", async () => {
    const s = await scene(() => new Promise(() => undefined));
    s.clock.pass(2_000);
    for (let i = 0; i < 5; i++) expect(await s.push(i)).toBeUndefined();
    expect(s.log.errors).toEqual([]);
    const broken = await scene(() => Promise.resolve(undefined));
    const says = async (what: string): Promise<void> => {
      broken.clock.pass(600_000);
      await vi.waitUntil(() => broken.warnings.at(-1) === `timestamp-failed ${what}`, { timeout: 30_000 });
    };
    await says("stamp-unreachable");
    broken.answer(() => Promise.resolve(new Uint8Array([1, 2, 3])));
    await says("stamp-unreadable");
    broken.answer(() => Promise.resolve(new Uint8Array(20_000)));
    await says("stamp-size");
    const other = await authority.answer(timestampRequest(new Uint8Array([1]), new Uint8Array(8)));
    broken.answer(() => Promise.resolve(other));
    await says("stamp-imprint");
    expect(await broken.push(1, await broken.connect())).toBeUndefined();
    broken.answer(authority.answer);
    broken.clock.pass(600_000);
    const later = await broken.connect();
    later.send({ t: "subscribe", from: 0, window: 1_024 });
    await later.entries(broken.home.size + 1);
    expect((await later.next("entries")).stamp).toBeDefined();
  });
});
