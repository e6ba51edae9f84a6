/**
 * Random lives of a household: two parents with two devices each, a sheet each, and eve, who say lawful and unlawful things in any order.
 * On failure fast-check prints the seed and the path that repeat it.
 */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { MemberId } from "../base/ids.ts";
import { initCrypto } from "../crypto/init.ts";
import { life, live, LIFE_CHANNELS, LIFE_TYPES } from "../../test/lives.ts";
import type { TestDevice } from "../../test/people.ts";
import { parseSigned } from "./codec.ts";
import { extendCharter, foundCharter } from "./evaluate.ts";
import {
  channelsNeedingEpoch,
  comparedOf,
  currentEpoch,
  deviceAt,
  devicesOf,
  everyone,
  isClosed,
  isProvisional,
  levelAt,
  mayRead,
  mayWrite,
  parentsOf,
  readersOf,
  recoveryKeyOf,
  relayNameAt,
  seniorOf,
} from "./query.ts";
import type { Charter } from "./state.ts";
import type { Position, SignedStatement } from "./types.ts";

beforeAll(initCrypto);

/** What the charter says of everybody for the entry at `at`. */
function facts(charter: Charter, devices: readonly TestDevice[], at: Position) {
  return {
    parents: parentsOf(charter, at).map((m) => [
      m.id,
      isProvisional(charter, m.id, at),
      seniorOf(charter, m.id, at),
      recoveryKeyOf(charter, m.id, at),
    ]),
    compared: parentsOf(charter, at).map((m) => comparedOf(charter, m.id, at)?.since),
    devices: devices.map((d) => [
      deviceAt(charter, d.id, at) !== undefined,
      mayRead(charter, d.id, "messages", at),
      mayWrite(charter, d.id, "messages", at),
    ]),
    readers: readersOf(charter, "messages", at)
      .map((r) => r.id)
      .toSorted(),
    epochs: LIFE_CHANNELS.map((channel) => currentEpoch(charter, channel, at)?.epoch),
    level: levelAt(charter, at),
    closed: isClosed(charter, at),
    relay: relayNameAt(charter, at.seq),
  };
}

/** What nobody but the member may change about a confirmed member. */
const standing = (charter: Charter, id: MemberId, at: Position) => ({
  present: charter.parents.includes(id),
  active: devicesOf(charter, id)
    .filter((d) => !d.revoked)
    .map((d) => d.id),
  recovery: recoveryKeyOf(charter, id, at),
  waits: charter.pending.filter((p) => p.member === id).map((p) => p.id),
});

/** The member in whose name a statement was made: of its first signer before or, where it came in by it, after. */
const actor = (after: Charter, signed: SignedStatement): MemberId | undefined =>
  everyone(after).find((m) =>
    signed.signatures.some(
      (s) => devicesOf(after, m.id).some((d) => d.id === s.key) || m.recoveries.tail.some((r) => r.keys.sign === s.key),
    ),
  )?.id;

describe("random lives", () => {
  test("[C1] nobody but a member changes what a confirmed member is and has", () => {
    fc.assert(
      fc.property(life, (steps) => {
        live(steps, (before, after, signed, at) => {
          const by = actor(after, signed);
          expect(by).toBeDefined();
          for (const id of before.parents) {
            if (id === by || everyone(before).find((m) => m.id === id)?.confirmed === undefined) continue;
            expect(standing(after, id, at)).toEqual(standing(before, id, at));
          }
          expect(after.parents.length).toBeLessThanOrEqual(2);
        });
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  test("[K4] every epoch goes to exactly the readers, and after it the channel owes none", () => {
    fc.assert(
      fc.property(life, (steps) => {
        live(steps, (before, after, signed, at) => {
          const { statement } = signed;
          if (statement.type !== "open-epoch") return;
          for (const { channel, epoch, wraps } of statement.epochs) {
            expect(wraps.map((x) => x.to).toSorted()).toEqual(
              readersOf(before, channel, at)
                .map((r) => r.id)
                .toSorted(),
            );
            expect(currentEpoch(after, channel)?.epoch).toBe(epoch);
            expect(epoch).toBe((currentEpoch(before, channel)?.epoch ?? -1) + 1);
            const next = { seq: at.seq + 1, time: at.time };
            expect(channelsNeedingEpoch(after, next).filter((o) => o.channel === channel)).toEqual([]);
          }
        });
      }),
      { numRuns: 20 },
    );
  }, 120_000);

  test("[K3] who loses a channel is never among the readers, and every key they had is owed a new one", () => {
    fc.assert(
      fc.property(life, (steps) => {
        live(steps, (_before, after, _signed, at) => {
          const next = { seq: at.seq + 1, time: at.time };
          const readers = new Set<string>(readersOf(after, "messages", next).map((r) => r.id));
          for (const member of everyone(after)) {
            for (const device of devicesOf(after, member.id)) {
              expect(readers.has(device.id)).toBe(deviceAt(after, device.id, next) !== undefined);
            }
          }
          const current = currentEpoch(after, "messages");
          const lost = current?.recipients.some((id) => !readers.has(id)) ?? false;
          const owed = channelsNeedingEpoch(after, next).some((o) => o.channel === "messages" && o.blocks);
          if (lost && !after.closed && after.parents.length > 0) expect(owed).toBe(true);
        });
      }),
      { numRuns: 20 },
    );
  }, 120_000);

  test("[C6] what is said of a place is never changed by what follows", () => {
    fc.assert(
      fc.property(life, (steps) => {
        const { w, prefixes } = live(steps, () => undefined);
        const last = w.log.charter;
        prefixes.forEach(({ charter, at }, i) => {
          // The place of the entry that came next, as it looked before it, and the place right after the one before.
          const places = [at, { seq: charter.at.seq + 1, time: charter.at.time }];
          for (const place of places)
            expect(facts(last, w.devices, place), `after ${i} statements`).toEqual(facts(charter, w.devices, place));
        });
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  test("[C10] evaluating the same bytes again gives an equal charter, and no level falls", () => {
    fc.assert(
      fc.property(life, (steps) => {
        let level = 0;
        const { w } = live(steps, (_before, after, _signed, at) => {
          const now = levelAt(after, { seq: at.seq + 1, time: at.time });
          expect(now).toBeGreaterThanOrEqual(level);
          level = now;
        });
        let again: Charter | undefined;
        for (const { signed, at } of w.log.entries) {
          const parsed = parseSigned(Uint8Array.from(signed.bytes));
          if (!parsed.ok) throw new Error(parsed.error.code);
          const next = again === undefined ? foundCharter(parsed.value, at) : extendCharter(again, parsed.value, at);
          if (!next.ok) throw new Error(next.error.code);
          again = next.value;
        }
        expect(again).toEqual(w.log.charter);
        expect(structuredClone(w.log.charter)).toEqual(w.log.charter);
      }),
      { numRuns: 20 },
    );
  }, 120_000);

  test("[C10] these lives are no empty ones: every type of statement stands in some, and most rules are broken in some", () => {
    const stood = new Set<string>();
    const codes = new Set<string>();
    for (const steps of fc.sample(life, { seed: 7, numRuns: 50 })) {
      const lived = live(steps, () => undefined);
      for (const type of lived.stood) stood.add(type);
      for (const code of lived.codes) codes.add(code);
    }
    expect(LIFE_TYPES.filter((type) => !stood.has(type))).toEqual([]);
    expect(codes.size).toBeGreaterThan(22);
  }, 120_000);
});
