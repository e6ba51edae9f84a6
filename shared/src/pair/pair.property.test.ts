import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { BODY, CONTENTS, Exchange, KEYS, LONG, SIGNATURE } from "../../test/pair-exchange.ts";
import { seededRandom } from "../../test/random.ts";
import { equalBytes } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import { PairChannel } from "./channel.ts";
import { newPairSecret } from "./code.ts";
import { pairMessageCodec, type PairMessage } from "./messages.ts";
import { NewSide } from "./new-side.ts";
import { OldSide } from "./old-side.ts";

beforeAll(initCrypto);

describe("two devices and an honest relay", () => {
  test("[P5][P6] come to the end with the same digits and the whole contents", () => {
    const x = new Exchange(1).run();
    expect([x.old.at, x.fresh.at, x.answer, x.oldFault, x.newFault]).toEqual(["done", "done", "right", undefined, undefined]);
    expect(x.digits).toMatch(/^\d{6}$/);
    expect(x.contents).toEqual(CONTENTS);
  });

  test("[P6] contents of more than one item come in parts", () => {
    const x = new Exchange(1);
    x.whole = LONG;
    x.run();
    expect([x.fresh.at, x.contents && equalBytes(x.contents, LONG)]).toEqual(["done", true]);
  });

  test("[P3] an item that comes twice is passed over: a put that was tried again", () => {
    const x = new Exchange(2).run((item) => [item, item]);
    expect([x.old.at, x.fresh.at]).toEqual(["done", "done"]);
  });

  test("[P5] three wrong tries, then the code is dead on both sides and nothing was given away", () => {
    const x = new Exchange(3);
    x.typed = (digits) => String((Number(digits) + 1) % 1_000_000).padStart(6, "0");
    x.run();
    expect(x.answer).toBe("dead");
    expect(x.old.at).toBe("ended");
    expect(x.newFault).toEqual({ code: "pair-ended", why: "digits" });
    expect(x.contents).toBeUndefined();
    x.typed = (digits) => digits;
    expect(x.old.tryDigits(x.digits ?? "").answer).toBe("dead");
  });

  test("[P5] the tries are counted over the whole exchange, and spaces in the digits do not matter", () => {
    const x = new Exchange(4);
    x.typed = undefined;
    x.run();
    const digits = x.digits ?? "";
    expect(x.old.tryDigits("")).toEqual({ answer: "wrong", left: 2 });
    expect(x.old.tryDigits("12345")).toEqual({ answer: "wrong", left: 1 });
    expect(x.old.tryDigits(`${digits.slice(0, 3)} ${digits.slice(3)}`)).toEqual({ answer: "right" });
  });

  test("[P5] either side can end it, at any step, and the other hears why", () => {
    fc.assert(
      fc.property(fc.nat(12), fc.boolean(), (step, byOld) => {
        const x = new Exchange(5);
        let seen = 0;
        x.run((item) => {
          if (seen++ === step) (byOld ? x.old : x.fresh).end("pair-cancelled");
          return [item];
        });
        const other = byOld ? x.fresh : x.old;
        if (other.at === "done") return;
        expect(byOld ? x.newFault : x.oldFault).toEqual(seen > step ? { code: "pair-ended", why: "cancelled" } : undefined);
      }),
    );
  });
});

/** One thing that a hostile relay, or somebody with the code, does to one item. */
const meddling = fc.record({
  to: fc.constantFrom<"old" | "new">("old", "new"),
  n: fc.nat(5),
  what: fc.oneof(
    fc.record({ type: fc.constant("drop" as const) }),
    fc.record({ type: fc.constant("flip" as const), at: fc.nat(), bit: fc.nat(7) }),
    fc.record({ type: fc.constant("garbage" as const), bytes: fc.uint8Array({ maxLength: 300 }) }),
    fc.record({ type: fc.constant("earlier" as const), n: fc.nat(5) }),
    fc.record({ type: fc.constant("reflect" as const) }),
    fc.record({ type: fc.constant("swap" as const) }),
  ),
});

describe("a relay that meddles", () => {
  test("[P3] dropped, altered, reordered, replayed and reflected items: never wrong contents, never an exception", () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.array(meddling, { minLength: 1, maxLength: 3 }), (seed, acts) => {
        const x = new Exchange(seed);
        let held: Uint8Array | undefined;
        const relay = { hasTouched: false };
        x.run((item, to, n) => {
          const act = acts.find((a) => a.to === to && a.n === n);
          const out: Uint8Array[] = [item];
          if (held) {
            out.push(held);
            held = undefined;
          }
          if (!act) return out;
          const box = to === "old" ? x.toOld : x.toNew;
          const other = to === "old" ? x.toNew : x.toOld;
          switch (act.what.type) {
            case "drop":
              relay.hasTouched = true;
              return out.slice(1);
            case "flip": {
              const bad = item.slice();
              const at = act.what.at % bad.length;
              bad[at] = (bad[at] ?? 0) ^ (1 << act.what.bit);
              relay.hasTouched = true;
              return [bad, ...out.slice(1)];
            }
            case "garbage":
              relay.hasTouched = true;
              return [act.what.bytes, ...out];
            case "earlier": {
              const again = box[act.what.n];
              if (again && act.what.n < n) return [again, ...out];
              return out;
            }
            case "reflect": {
              const own = other[0];
              if (own) relay.hasTouched = true;
              return own ? [own, ...out] : out;
            }
            case "swap":
              held = item;
              return out.slice(1);
          }
        });
        const bothDone = x.old.at === "done" && x.fresh.at === "done";
        if (x.contents) expect(x.contents).toEqual(CONTENTS);
        // What was altered, left out or put in ends it on the side that sees it, or stops it; nobody is done with half of it.
        if (relay.hasTouched) expect(bothDone).toBe(false);
        if (x.fresh.at === "done") expect(x.old.at).toBe("done");
      }),
      { numRuns: 400 },
    );
  });

  test("[P3] an altered item ends it with a closed code on both sides", () => {
    const x = new Exchange(7).run((item, to, n) => (to === "old" && n === 1 ? [item.with(60, (item[60] ?? 0) ^ 1)] : [item]));
    expect(x.oldFault).toEqual({ code: "pair-broken" });
    expect(x.newFault).toEqual({ code: "pair-ended", why: "broken" });
    expect(x.contents).toBeUndefined();
  });

  test("[P5] any message out of its turn is refused", () => {
    const messages: PairMessage[] = [
      { t: "ready", v: 1 },
      { t: "commit", v: 1, c: new Uint8Array(32) },
      { t: "key", k: new Uint8Array(32) },
      { t: "open", k: new Uint8Array(32), n: new Uint8Array(32) },
      { t: "part", i: 0, of: 1, b: new Uint8Array() },
      { t: "keys", ...KEYS },
      { t: "ask", b: [BODY] },
      { t: "signed", s: [SIGNATURE] },
      { t: "done" },
    ];
    const secret = newPairSecret(seededRandom(String(8)));
    for (const message of messages) {
      const random = seededRandom(String(9));
      const old = new OldSide(secret, random, () => undefined);
      const asNew = new PairChannel(secret, "new", random).seal(message);
      if (message.t !== "commit") expect(old.receive(asNew), message.t).toEqual({ ok: false, error: { code: "pair-broken" } });
      const fresh = new NewSide(secret, random, () => undefined);
      const asOld = new PairChannel(secret, "old", random).seal(message);
      if (message.t !== "ready") expect(fresh.receive(asOld), message.t).toEqual({ ok: false, error: { code: "pair-broken" } });
    }
  });

  test("[P5] another version is told as such", () => {
    const secret = newPairSecret(seededRandom(String(10)));
    const random = seededRandom(String(11));
    const old = new OldSide(secret, random, () => undefined);
    expect(old.receive(new PairChannel(secret, "new", random).seal({ t: "commit", v: 2, c: new Uint8Array(32) }))).toEqual({
      ok: false,
      error: { code: "pair-version" },
    });
    const fresh = new NewSide(secret, random, () => undefined);
    expect(fresh.receive(new PairChannel(secret, "old", random).seal({ t: "ready", v: 2 }))).toEqual({
      ok: false,
      error: { code: "pair-version" },
    });
  });

  test("[E2] hostile bytes never get further than the codec", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => typeof pairMessageCodec.decode(bytes).ok === "boolean"));
  });
});
