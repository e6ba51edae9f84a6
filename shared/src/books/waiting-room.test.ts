import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChangeHash } from "../base/ids.ts";
import { WaitingRoom } from "./waiting-room.ts";

const SEED = 20_261_126;
const hashOf = (n: number): ChangeHash => n.toString(16).padStart(64, "0") as ChangeHash;

/** The same rule said plainly: look through all that waits, each time. */
class Plain {
  #all: { readonly item: number; missing: readonly number[] }[] = [];

  wait(item: number, missing: readonly number[]): void {
    this.#all.push({ item, missing });
  }

  release(n: number): readonly number[] {
    for (const w of this.#all) w.missing = w.missing.filter((m) => m !== n);
    const released = this.#all.filter((w) => w.missing.length === 0).map((w) => w.item);
    this.#all = this.#all.filter((w) => w.missing.length > 0);
    return released;
  }

  get all(): readonly { readonly item: number; readonly missing: readonly number[] }[] {
    return this.#all;
  }
}

const plainly = (room: WaitingRoom<number>): unknown =>
  Array.from(room.all, ({ item, missing }) => ({ item, missing: [...missing].sort() }));
const told = (plain: Plain): unknown => plain.all.map(({ item, missing }) => ({ item, missing: [...new Set(missing)].map(hashOf).sort() }));

const act = fc.oneof(
  fc.record({ wait: fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }) }),
  fc.record({ release: fc.nat(12) }),
  fc.constant({ copy: true as const }),
);

describe("changes that wait for others", () => {
  it("[X4] come out in the order in which they came, once all that they wait for was judged, and a copy goes its own way", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        let room = new WaitingRoom<number>();
        const plain = new Plain();
        const left: (readonly [WaitingRoom<number>, unknown])[] = [];
        for (const [n, a] of acts.entries()) {
          if ("wait" in a) {
            room.wait(n, a.wait.map(hashOf));
            plain.wait(n, a.wait);
          } else if ("release" in a) expect(room.release(hashOf(a.release))).toEqual(plain.release(a.release));
          else {
            left.push([room, plainly(room)]);
            room = room.copy();
          }
          expect(plainly(room)).toEqual(told(plain));
        }
        for (const [before, all] of left) expect(plainly(before)).toEqual(all);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it("[X4] cost nothing to those that wait for something else, however many they are", () => {
    const room = new WaitingRoom<number>();
    const many = 100_000;
    // Looking through all of them for each would be ten thousand million looks.
    let early = 0;
    for (let n = 0; n < many; n++) {
      room.wait(n, [hashOf(0), hashOf(n + 1)]);
      early += room.release(hashOf(n + 1)).length;
    }
    expect(early).toBe(0);
    expect(room.release(hashOf(0)).length).toBe(many);
    expect([...room.all]).toEqual([]);
  });
});
