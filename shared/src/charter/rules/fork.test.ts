import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { toHex, toId } from "../../base/bytes.ts";
import type { Hex32 } from "../../base/ids.ts";
import { initCrypto } from "../../crypto/init.ts";
import { signKeyPair, type SignKeyPair } from "../../crypto/sign.ts";
import { signCheckpoint } from "../../log/checkpoint.ts";
import { MerkleTree } from "../../log/tree.ts";
import { RELAY, together, type TestLog } from "../../../test/people.ts";
import { seededRandom } from "../../../test/random.ts";
import { relaysForked } from "../query.ts";
import type { ForkNamed, LogKeyId } from "../types.ts";

beforeAll(initCrypto);

const logKey = toId<LogKeyId>(signKeyPair(seededRandom("new relay")(32)).publicKey);
const leafOf = (n: number, branch: number): Uint8Array => new Uint8Array(32).fill(n).fill(branch, 31);

/** A tree of `size` leaves that is common up to `shared`. */
const treeOf = (size: number, shared: number, branch: number): MerkleTree =>
  MerkleTree.of(Array.from({ length: size }, (_, n) => leafOf(n, n < shared ? 0 : branch)));

/** A fork as an honest device names it. */
function named(log: TestLog, kept: MerkleTree, given: MerkleTree, key: SignKeyPair = log.relayKey): ForkNamed {
  const note = signCheckpoint(
    { origin: `${RELAY}/${log.charter.log}`, size: given.size, root: given.root(), time: log.charter.at.time },
    key.secretKey,
  );
  const [small, large] = given.size <= kept.size ? [given, kept] : [kept, given];
  const r = large.rootAt(small.size);
  const p = large.consistency(small.size);
  if (!r.ok || !p.ok) throw new Error("a proof");
  return { note, r: toHex(r.value) as Hex32, p: p.value };
}

function verdictOf(log: TestLog, by: Parameters<TestLog["make"]>[2], kept: MerkleTree, fork: ForkNamed): string {
  const root = toHex(kept.root()) as Hex32;
  return log.verdict(log.make("move-log", { size: kept.size, root, relay: "new.example", logKey, fork }, by));
}

describe("a move that heals a fork", () => {
  test("[C8h] names the head that is given up, and with the consent its relay counts as forked", () => {
    const { log, alice, bob } = together();
    const kept = treeOf(log.next.seq, 2, 1);
    const fork = named(log, kept, treeOf(log.next.seq + 3, 2, 2));
    const root = toHex(kept.root()) as Hex32;
    const to = log.say("move-log", { size: kept.size, root, relay: "new.example", logKey, fork }, bob.phone);
    expect(relaysForked(log.charter)).toEqual([]);
    log.say("consent", { to }, alice.phone);
    const at = log.charter.at.seq;
    expect(relaysForked(log.charter).map((r) => r.relay)).toEqual([RELAY]);
    expect(relaysForked(log.charter, at)).toEqual([]);
    expect(relaysForked(log.charter, at + 1)).toHaveLength(1);
  });

  test("[C8h] whatever the sizes: a fork is one, and what is the same history is none (property)", () => {
    const { log, bob } = together();
    const size = log.next.seq;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: size }), fc.integer({ min: 1, max: 40 }), fc.nat(40), (n, other, at) => {
        const shared = at % Math.min(n, other);
        const kept = treeOf(n, shared, 1);
        expect(verdictOf(log, [bob.phone], kept, named(log, kept, treeOf(other, shared, 2)))).toBe("ok");
        const same = treeOf(Math.max(n, other), Math.max(n, other), 1);
        const whole = treeOf(n, n, 1);
        expect(verdictOf(log, [bob.phone], whole, named(log, whole, other <= n ? treeOf(other, other, 1) : same))).toBe(
          "charter-move-fork",
        );
      }),
      { numRuns: 60 },
    );
  });

  test("[C8h] a head that the relay never signed, or without its proof, is none", () => {
    const { log, bob } = together();
    const kept = treeOf(log.next.seq, 2, 1);
    const given = treeOf(log.next.seq, 2, 2);
    const good = named(log, kept, given);
    const by = [bob.phone];
    expect(verdictOf(log, by, kept, good)).toBe("ok");
    expect(verdictOf(log, by, kept, named(log, kept, given, signKeyPair(seededRandom("somebody")(32))))).toBe("charter-move-fork");
    expect(verdictOf(log, by, kept, { ...good, note: "" })).toBe("charter-move-fork");
    expect(verdictOf(log, by, kept, { ...good, r: toHex(given.root()) as Hex32 })).toBe("charter-move-fork");
    const shorter = named(log, kept, treeOf(2, 1, 2));
    expect(verdictOf(log, by, kept, shorter)).toBe("ok");
    expect(verdictOf(log, by, kept, { ...shorter, p: [] })).toBe("charter-move-fork");
  });
});
