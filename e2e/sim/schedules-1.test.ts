import fc from "fast-check";
import { beforeAll, describe, test } from "vitest";
import { makeFamily } from "./family.ts";
import { PARAMETERS, playSchedule, RUNS, scheduleArbitrary } from "./rounds.ts";
import type { Saved } from "./world.ts";

// The schedules are played in two files, so that two processors share them.
describe("two parents with two devices each, whatever happens", () => {
  let saved: Saved;
  beforeAll(async () => {
    saved = await makeFamily(1);
  });

  test("[X3] nothing that was answered 'saved' is lost, all replicas end alike, and nobody is reproached", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), scheduleArbitrary, async (seed, steps) => {
        // Now and then a device from the recovery sheet joins in at the end.
        await playSchedule(saved, seed, steps, seed % 8 === 0);
      }),
      { numRuns: Math.ceil(RUNS / 2), ...PARAMETERS },
    );
  });
});
