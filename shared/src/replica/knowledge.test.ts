import { beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { seededRandom } from "../../test/random.ts";
import type { ChangeHash, MemberId } from "../base/ids.ts";
import { initCrypto } from "../crypto/init.ts";
import { expenseActDraft, messageDraft } from "../sample/acts.ts";
import { generateSample, sampleOf, type Sample } from "../sample/sample.ts";
import { LogSession } from "../sync/session.ts";
import type { Ports } from "../sync/ports.ts";
import type { ProofView } from "../views/record.ts";
import type { Replica } from "./replica.ts";
import { openSampleReplica } from "./sample-mode.ts";

vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

const ports: Ports = {
  clock: { now: () => Date.UTC(2026, 6, 1), after: () => () => undefined },
  random: seededRandom("knowledge"),
  pause: () => Promise.resolve(),
  transport: {
    connect: () => ({ send: () => undefined, close: () => undefined }),
    http: () => Promise.resolve({ status: 0, body: new Uint8Array() }),
  },
};

async function open(sample: Sample): Promise<Replica> {
  const opened = await openSampleReplica(sample, ports);
  if (!opened.ok) throw new Error(opened.error.code);
  return opened.value;
}

interface Logged {
  readonly hash: ChangeHash;
  readonly member: MemberId;
  readonly seq: number;
  readonly admitted: number;
  readonly size: number;
  readonly precedes: (a: ChangeHash, b: ChangeHash) => boolean;
}

/** Every logged act with what its rule needs, from the judged books themselves. */
async function actsOf(replica: Replica, sample: Sample): Promise<Logged[]> {
  const session = replica.core.logs.get(sample.log)?.session;
  if (!session?.charter) throw new Error("a log");
  const acts: Logged[] = [];
  for (const record of session.index.all()) {
    const book = await session.desk.open(record.book, session.charter, 0);
    for (const { act, place } of record.acts) {
      if (!place.logged || place.size === undefined) throw new Error("all of it is logged");
      const admitted = place.admitted?.seq ?? place.logged.seq;
      acts.push({
        hash: act.hash,
        member: act.member,
        seq: place.logged.seq,
        admitted,
        size: place.size,
        precedes: book.loaded.state.precedes,
      });
    }
  }
  return acts;
}

/** Rule L6a as it is written, by looking at every pair. */
function firstByRule(acts: readonly Logged[], act: Logged): number | undefined {
  const shows = acts.filter((c) => c.member !== act.member && (c.size > act.seq || c.precedes(act.hash, c.hash)));
  return shows.length === 0 ? undefined : Math.min(...shows.map((c) => c.admitted));
}

function told(replica: Replica, sample: Sample, act: Logged): number | undefined {
  return replica.core.logs.get(sample.log)?.session.index.knowledge.first(act.member, act.hash, act.seq)?.witness.admitted.seq;
}

/** A household in which Ben's modified client names old checkpoints, builds on what it claims not to have, and sends late. */
function evasive(): { readonly house: Household; readonly sample: Sample; readonly asked: ChangeHash } {
  const house = makeHousehold();
  const { family, threads, expenses } = house;
  const { builder, a, b } = family;
  const thread = threads[0]?.thread ?? ("" as never);
  const old = builder.known();
  const at = (): number => (family.now += 3_600_000);
  const [asked] = family.write(family.first(a), [messageDraft({ at: at(), text: "Did you get this?", thread })]);
  if (!asked) throw new Error("a message");
  builder.write(family.first(b), [messageDraft({ at: at(), text: "I have had nothing from you.", thread })], undefined, old);
  family.write(family.first(a), [messageDraft({ at: at(), text: "And this?", thread })]);
  builder.write(
    family.first(b),
    [expenseActDraft(at(), expenses.submitted.record, { act: "approve", of: expenses.submitted.hash })],
    undefined,
    old,
  );
  const draft = (text: string): ReturnType<typeof messageDraft> => messageDraft({ at: family.now, text, thread });
  builder.writeBackwards(family.first(a), [draft("One"), draft("Two")], () => (family.now += 60_000));
  builder.write(family.first(b), [messageDraft({ at: at(), text: "Nothing at all.", thread })], undefined, old);
  return { house, sample: sampleOf(family, house.zone), asked: asked.hash };
}

describe("proof of knowledge", () => {
  it("[L6a] the first change that shows an act is found as the rule says, in a generated household (seeded)", async () => {
    const made = await generateSample({ years: 0.3, seed: 5 });
    if (!made.ok) throw new Error(made.error.code);
    const replica = await open(made.value);
    const acts = await actsOf(replica, made.value);
    expect(acts.length).toBeGreaterThan(100);
    expect(acts.map((act) => told(replica, made.value, act))).toEqual(acts.map((act) => firstByRule(acts, act)));
    await replica.close();
  });

  it("[L6a] a client that names old checkpoints is held to what its changes are built on", async () => {
    const { sample, house, asked } = evasive();
    const replica = await open(sample);
    const acts = await actsOf(replica, sample);
    expect(acts.map((act) => told(replica, sample, act))).toEqual(acts.map((act) => firstByRule(acts, act)));
    const thread = house.threads[0]?.thread ?? ("" as never);
    const letters = (await replica.messages(sample.log, thread, 0, 100)).rows;
    const proof = letters.find((m) => m.proof.hash === asked)?.proof;
    const denial = letters.find((m) => m.text === "I have had nothing from you.")?.proof;
    expect(proof?.state).toBe("sent");
    expect(proof?.had).toEqual<ProofView["had"]>({
      member: house.people[1].member,
      device: denial?.device as never,
      by: denial?.notAfter ?? 0,
      how: "built-on",
      hash: denial?.hash as never,
      seq: denial?.seq ?? 0,
      size: denial?.checkpoint ?? 0,
    });
    expect(denial?.checkpoint).toBeLessThanOrEqual(proof?.seq ?? 0);
    await replica.close();
  });

  it("[L6a] is the same after a restart, and in whatever batches the log came", async () => {
    const { sample } = evasive();
    const whole = await open(sample);
    const acts = await actsOf(whole, sample);
    const before = acts.map((act) => told(whole, sample, act));
    const session = whole.core.logs.get(sample.log)?.session;
    const { rows } = whole.core;
    if (!session || !rows) throw new Error("a log");
    const again = await LogSession.open({ ports, rows, identity: session.identity, openers: [], onChange: () => undefined });
    expect(acts.map((act) => again.index.knowledge.first(act.member, act.hash, act.seq)?.witness.admitted.seq)).toEqual(before);
    // One entry at a time.
    const { upTo } = await import("../../test/up-to.ts");
    const slow = await open(upTo(sample, 12));
    const live = slow.core.logs.get(sample.log)?.session;
    for (let n = 12; n < sample.items.length; n++)
      await live?.received({ t: "entries", from: n, items: sample.items.slice(n, n + 1), note: upTo(sample, n + 1).note });
    expect(acts.map((act) => told(slow, sample, act))).toEqual(before);
    await again.close();
    await Promise.all([whole.close(), slow.close()]);
  });

  it("[L6a] an author's own later changes prove nothing about the other, and nothing is claimed before there is proof", async () => {
    const { sample } = evasive();
    const replica = await open(sample);
    const rows = (await replica.history(sample.log, {}, 0, 1)).rows;
    const detail = await replica.historyDetail(sample.log, rows[0]?.id ?? "");
    expect(detail?.message?.text).toBe("Nothing at all.");
    expect(detail?.proof?.had).toBeUndefined();
    await replica.close();
  });
});
