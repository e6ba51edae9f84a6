import { expect, it } from "vitest";
import { systemRandom } from "./random.ts";

it("[E8] gives as many bytes as asked, beyond what the platform gives at once, and not the same ones again", () => {
  for (const n of [0, 1, 24, 65_536, 65_537, 200_000]) expect(systemRandom(n).length).toBe(n);
  const long = systemRandom(200_000);
  // Each stretch was filled: 32 bytes of zeros have the odds of a guessed key.
  for (let at = 0; at < long.length; at += 32) expect(long.subarray(at, at + 32).some((b) => b !== 0)).toBe(true);
  expect(systemRandom(32)).not.toEqual(systemRandom(32));
});
