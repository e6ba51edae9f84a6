import { describe, expect, it } from "vitest";
import { ALEX, HOME, NOW, SAM, own, together } from "../engine/fake/household.ts";
import { proof } from "../engine/fake/sample.ts";
import { clockWords, columnsOf } from "./proofColumns.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const off = (clockBy: number, mine = false): string | undefined => clockWords({ clockOff: true, clockBy }, mine);

describe("a proof's three columns", () => {
  it("[H4] a clock that is off is said with its distance, earlier or later", () => {
    expect(off(-72 * HOUR)).toBe("Their clock says 3 days earlier than the relay");
    expect(off(36 * HOUR)).toBe("Their clock says 36 hours later than the relay");
    expect(off(-15 * MINUTE, true)).toBe("Your clock says 15 minutes earlier than the relay");
    expect(clockWords({ clockBy: -5 * MINUTE }, false)).toBeUndefined();
  });

  it("[H4] keep the claim, the relay's interval with what bounds it, and the other side apart", () => {
    const [claim, relay, other] = columnsOf({ ...proof(HOME, ALEX, NOW, "sent"), claimed: NOW }, together);
    expect(claim?.why).toEqual(["A claim: nobody else stamped it."]);
    expect(relay?.why).toContain("Stamped by relay.example.org.");
    expect(relay?.why).toContain("Nobody but the relay says when this was: its times are its word alone.");
    expect(relay?.why.some((w) => w.startsWith("Not before: the change names the log when it had"))).toBe(true);
    expect(other?.title).toBe("Sam's devices");
    expect(other?.says[0]).toBe("No receipt");
    expect(other?.says[1]).toMatch(/^Sam's device had this by /);
    expect(other?.why.at(-1)).toBe("That it was opened, this does not show.");
  });

  it("[H4] an anchor takes the place of the relay's bare word", () => {
    const stamp = {
      side: "not-after",
      kind: "timestamp",
      by: "Stamp Example",
      at: NOW,
      seq: 12,
      key: `sha256:${"1f".repeat(32)}`,
    } as const;
    const witness = {
      side: "not-before",
      kind: "cosignature",
      by: "w.example/witness",
      at: NOW,
      seq: 8,
      key: "w.example/witness+5c1e09aa+BK",
    } as const;
    const [, relay] = columnsOf({ ...proof(HOME, SAM, NOW), bounds: [witness, stamp] }, together);
    expect(relay?.why.at(-2)).toMatch(
      /^Written after .*: it follows what w\.example\/witness, another relay, had signed by its own clock \(entry 8, key 5c1e09aa\)\.$/,
    );
    expect(relay?.why.at(-1)).toMatch(
      /^In the log by .*: Stamp Example, a time-stamp authority, stamped it then \(entry 12, certificate 1f1f1f1f1f1f…\)\.$/,
    );
    expect(relay?.why.join()).not.toContain("Nobody but the relay");
  });

  it("[H4] of the other's record the third column speaks of one's own devices; a personal log has none", () => {
    const [, , mine] = columnsOf(proof(HOME, SAM, NOW, "viewed"), together);
    expect(mine?.title).toBe("Your devices");
    expect(mine?.says.some((s) => s.startsWith("Delivered to your device by"))).toBe(true);
    expect(columnsOf(proof(own.log, ALEX, NOW), own)).toHaveLength(2);
  });
});
