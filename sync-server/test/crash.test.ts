import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { toHex, toId } from "@countersign/shared/base/bytes";
import type { Hex32 } from "@countersign/shared/base/ids";
import { initCrypto } from "@countersign/shared/crypto/init";
import { ENTRY_KIND, parseHeader, type Placement } from "@countersign/shared/entry/header";
import { numbersIn, runsOf } from "@countersign/shared/entry/runs";
import { LogTail } from "@countersign/shared/sync/tail";
import { originOf } from "@countersign/shared/log/origin";
import type { PushEntry } from "@countersign/shared/wire/messages";
import { seededRandom } from "../../shared/test/random.ts";
import type { Person } from "../../shared/test/people.ts";
import { sealedEntry, TestClient } from "./client.ts";
import { epochNow, foundHousehold, type TestHousehold } from "./household.ts";
import { dialSocket, startRelay, type RelayProcess } from "./process.ts";

vi.setConfig({ testTimeout: 600_000 });
const ROUNDS = 10;
const NAME = "relay.crash";
const random = seededRandom(process.env["CRASH_SEED"] ?? "crash 1");
const below = (n: number): number => new DataView(random(4).buffer).getUint32(0) % n;

let place: string;
beforeAll(async () => {
  await initCrypto();
  place = await mkdtemp(join(tmpdir(), "relay-crash-"));
});
afterAll(() => rm(place, { recursive: true }));

const boot = (): Promise<RelayProcess> =>
  startRelay(
    "--port",
    "0",
    "--data",
    place,
    "--name",
    NAME,
    ...["--member-rate", "100000", "--member-burst", "1000000", "--frame-burst", "1000000"],
  );

/** What one device pushed and was promised: places, with the author parts that must stand there. */
interface Pusher {
  readonly home: TestHousehold;
  readonly who: Person;
  readonly bundles: Bundles;
  readonly promised: Map<number, string>;
  /** Pushed, and no receipt: it may stand or not, and is pushed again. */
  unsure: PushEntry[];
  count: number;
}

/** Bundles of a household: what they cover and, once somebody has read the log, the leaf by which they are acknowledged. */
class Bundles {
  readonly covers = new Map<string, readonly number[]>();
  /** Author part of each bundle and each acknowledgement, and what it was promised for. */
  readonly acks = new Map<string, readonly number[]>();
  readonly leaves = new Map<number, { readonly leaf: Hex32; readonly covers: readonly number[] }>();
  /** Numbers whose bodies must be gone: the acknowledgement that settled it was promised. */
  readonly settled = new Set<number>();
  readonly #taken = new Set<number>();

  /** Alice bundles some of her entries, bob acknowledges a bundle that he read. */
  next(pusher: Pusher): PushEntry[] {
    const { home, who } = pusher;
    const epoch = epochNow(home.chain);
    if (below(3) > 0) return [];
    if (who === home.alice) {
      const seqs = [...pusher.promised.keys()]
        .filter((seq) => !this.#taken.has(seq) && !this.covers.has(pusher.promised.get(seq) ?? ""))
        .sort((a, b) => a - b)
        .slice(0, 12);
      if (seqs.length === 0) return [];
      for (const seq of seqs) this.#taken.add(seq);
      const change = { kind: ENTRY_KIND.bundle, covers: runsOf(seqs) };
      const made = sealedEntry(home.log, who.phone, random(200), { epoch, change });
      this.covers.set(toHex(made.a), seqs);
      return [made];
    }
    const [of] = [...this.leaves.keys()].filter((seq) => ![...this.acks.values()].includes(this.leaves.get(seq)?.covers ?? []));
    const bundle = of === undefined ? undefined : this.leaves.get(of);
    if (of === undefined || !bundle) return [];
    const change = { kind: ENTRY_KIND.ack, of, commitment: bundle.leaf } as Partial<Placement>;
    const made = sealedEntry(home.log, who.phone, new Uint8Array(0), { epoch, change });
    this.acks.set(toHex(made.a), bundle.covers);
    return [made];
  }
}

async function pushUntilCut(relay: RelayProcess, pusher: Pusher): Promise<void> {
  const { home, who } = pusher;
  try {
    const client = await TestClient.signIn(dialSocket(relay.origin), "device", who.phone.sign, home.log);
    for (;;) {
      const fresh = Array.from({ length: 1 + below(4) }, () => {
        const body = new Uint8Array(64 + below(600));
        new DataView(body.buffer).setUint32(0, pusher.count++);
        return sealedEntry(home.log, who.phone, body, { epoch: epochNow(home.chain) });
      });
      const entries = [...pusher.unsure, ...fresh, ...pusher.bundles.next(pusher)].slice(0, 60);
      pusher.unsure = entries;
      const receipt = await client.push(...entries);
      if (receipt.error) throw new Error(`refused: ${receipt.error.code}`);
      for (const [i, seq] of receipt.n.entries()) {
        const author = toHex(entries[i]?.a ?? new Uint8Array());
        // A place that was promised once is promised for ever.
        expect(pusher.promised.get(seq) ?? author).toBe(author);
        pusher.promised.set(seq, author);
        for (const gone of pusher.bundles.acks.get(author) ?? []) pusher.bundles.settled.add(gone);
      }
      pusher.unsure = [];
    }
  } catch (problem) {
    if (!(problem instanceof Error) || !problem.message.startsWith("closed with")) throw problem;
  }
}

/** Reads a log from its beginning, checks every chain and checkpoint on the way, and gives the author part at each place. */
async function readAll(relay: RelayProcess, home: TestHousehold, bundles: Bundles): Promise<{ tail: LogTail; authors: string[] }> {
  const client = await TestClient.signIn(dialSocket(relay.origin), "recovery", home.bob.sheet.sign, home.log);
  const size = client.welcome?.size ?? 0;
  client.send({ t: "subscribe", from: 0, window: 1_024 });
  let tail = LogTail.empty(home.log);
  const here = new Set<number>();
  const authors: string[] = [];
  for (const page of await client.entries(size)) {
    const next = tail.accept(page.from, page.items, page.note, originOf(NAME, home.log), home.logKey);
    if (!next.ok) throw new Error(`${next.error.code} at ${next.error.seq}`);
    tail = next.value.tail;
    const given = page.bundle && parseHeader(page.bundle.a, page.bundle.r);
    if (given?.ok) for (const seq of numbersIn(given.value.author.covers ?? [])) here.add(seq);
    for (const { seq, header, ...entry } of next.value.entries) {
      const covers = header && bundles.covers.get(toHex(header.authorBytes));
      if (covers) bundles.leaves.set(seq, { leaf: toId(header.leaf), covers });
      // Every body is whole, or was dropped for a bundle that goes ahead of it; where both answered it is dropped.
      const isGone = header !== null && "body" in entry && entry.body === null;
      if (isGone && !covers) expect(here.has(seq)).toBe(true);
      if (bundles.settled.has(seq)) expect(isGone).toBe(true);
    }
    for (const item of page.items) authors.push(item instanceof Uint8Array ? "leaf" : toHex(item.a));
  }
  client.close();
  expect(tail.verified?.checkpoint.size).toBe(size);
  return { tail, authors };
}

test(`[W2] [L8e] killed ${ROUNDS} times at random moments, the relay keeps everything that it acknowledged, in one unbroken log, but for bodies whose bundle both parents answered for`, async () => {
  let relay = await boot();
  const homes = [
    await foundHousehold(dialSocket(relay.origin), { relay: NAME, time: Date.now() }),
    await foundHousehold(dialSocket(relay.origin), { relay: NAME, time: Date.now(), names: ["carol", "dan"] }),
  ];
  const bundlesOf = new Map(homes.map((home) => [home, new Bundles()] as const));
  const bundles = (home: TestHousehold): Bundles => bundlesOf.get(home) ?? new Bundles();
  const pushers: Pusher[] = homes.flatMap((home) =>
    [home.alice, home.bob].map((who) => ({ home, who, bundles: bundles(home), promised: new Map<number, string>(), unsure: [], count: 0 })),
  );
  for (let round = 0; round < ROUNDS; round++) {
    const pushing = pushers.map((pusher) => pushUntilCut(relay, pusher));
    await new Promise((resolve) => setTimeout(resolve, 150 + below(900)));
    await relay.end("SIGKILL");
    await Promise.all(pushing);
    relay = await boot();
    for (const home of homes) {
      const { authors } = await readAll(relay, home, bundles(home));
      for (const pusher of pushers.filter((p) => p.home === home))
        for (const [seq, author] of pusher.promised) expect(authors[seq]).toBe(author);
      // Nothing stands twice.
      expect(new Set(authors).size).toBe(authors.length);
    }
  }
  // Some bodies were dropped under the kills, else the rounds say nothing of bundles.
  for (const home of homes) expect(bundles(home).settled.size).toBeGreaterThan(0);
  expect(pushers.reduce((sum, p) => sum + p.promised.size, 0)).toBeGreaterThan(ROUNDS * pushers.length);
  expect(await relay.end("SIGTERM")).toBe(0);
});
