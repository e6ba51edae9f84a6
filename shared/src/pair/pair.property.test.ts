import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../test/random.ts";
import { equalBytes } from "../base/bytes.ts";
import type { DeviceId, LogId, Signature } from "../base/ids.ts";
import type { BoxKeyId } from "../charter/types.ts";
import { initCrypto } from "../crypto/init.ts";
import type { PairFault } from "./channel.ts";
import { PairChannel } from "./channel.ts";
import { newPairSecret, type PairSecret } from "./code.ts";
import { commitmentOf, sessionOf } from "./keys.ts";
import { PART_BYTES, pairMessageCodec, type PairMessage } from "./messages.ts";
import { NewSide } from "./new-side.ts";
import { OldSide } from "./old-side.ts";
import { boxKeyPair } from "../crypto/box.ts";

beforeAll(initCrypto);

const KEYS = {
  name: "Phone",
  level: 1,
  d: [{ l: "1".repeat(64) as LogId, s: "2".repeat(64) as DeviceId, x: "3".repeat(64) as BoxKeyId }],
  h: [],
};
const BODY = new Uint8Array([1, 2, 3]);
const SIGNATURE = new Uint8Array(64).fill(9) as Signature;
const CONTENTS = new Uint8Array(300).fill(5);
const LONG = new Uint8Array(PART_BYTES + 100).fill(6);

/** What the two mailboxes hold, what each side took in of them, and what came of it. */
class Exchange {
  readonly toOld: Uint8Array[] = [];
  readonly toNew: Uint8Array[] = [];
  readonly old: OldSide;
  readonly fresh: NewSide;
  digits: string | undefined;
  contents: Uint8Array | undefined;
  oldFault: PairFault | undefined;
  newFault: PairFault | undefined;
  answer: string | undefined;
  whole = CONTENTS;
  /** The digits that the person types; those of the new device by default. */
  typed: ((digits: string) => string) | undefined = (digits) => digits;

  constructor(seed: number, secret: PairSecret = newPairSecret(seededRandom(String(seed)))) {
    this.old = new OldSide(secret, seededRandom(String(seed + 1)), (item) => this.toNew.push(item));
    this.fresh = new NewSide(secret, seededRandom(String(seed + 2)), (item) => this.toOld.push(item));
    this.old.start();
  }

  giveOld(item: Uint8Array): void {
    const event = this.old.receive(item);
    if (!event.ok) this.oldFault ??= event.error;
    else if (event.value?.type === "keys") this.old.ask([BODY]);
    else if (event.value?.type === "signed") this.old.done();
  }

  giveNew(item: Uint8Array): void {
    const event = this.fresh.receive(item);
    if (!event.ok) this.newFault ??= event.error;
    else if (event.value?.type === "digits") this.digits = event.value.digits;
    else if (event.value?.type === "contents") {
      this.contents = event.value.bytes;
      this.fresh.keys(KEYS);
    } else if (event.value?.type === "ask") this.fresh.signed([SIGNATURE]);
  }

  type(): void {
    if (this.old.at !== "digits" || this.digits === undefined || !this.typed) return;
    this.answer = this.old.tryDigits(this.typed(this.digits)).answer;
    if (this.answer === "right") this.old.contents(this.whole);
  }

  /** Hands over what is in the boxes as a relay may: honest by default. */
  run(relay: (item: Uint8Array, to: "old" | "new", n: number) => readonly Uint8Array[] = (item) => [item]): this {
    let o = 0;
    let n = 0;
    for (let i = 0; i < 200; i++) {
      const oldItem = this.toOld[o];
      const newItem = this.toNew[n];
      if (newItem) for (const item of relay(newItem, "new", n++)) this.giveNew(item);
      else if (oldItem) for (const item of relay(oldItem, "old", o++)) this.giveOld(item);
      else if (this.old.at === "digits" && this.digits !== undefined && this.typed) this.type();
      else break;
    }
    return this;
  }
}

describe("two devices and an honest relay", () => {
  test("[C3] come to the end with the same digits and the whole contents", () => {
    const x = new Exchange(1).run();
    expect([x.old.at, x.fresh.at, x.answer, x.oldFault, x.newFault]).toEqual(["done", "done", "right", undefined, undefined]);
    expect(x.digits).toMatch(/^\d{6}$/);
    expect(x.contents).toEqual(CONTENTS);
  });

  test("[C3] contents of more than one item come in parts", () => {
    const x = new Exchange(1);
    x.whole = LONG;
    x.run();
    expect([x.fresh.at, x.contents && equalBytes(x.contents, LONG)]).toEqual(["done", true]);
  });

  test("[C3] an item that comes twice is passed over: a put that was tried again", () => {
    const x = new Exchange(2).run((item) => [item, item]);
    expect([x.old.at, x.fresh.at]).toEqual(["done", "done"]);
  });

  test("[C3] three wrong tries, then the code is dead on both sides and nothing was given away", () => {
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

  test("[C3] the tries are counted over the whole exchange, and spaces in the digits do not matter", () => {
    const x = new Exchange(4);
    x.typed = undefined;
    x.run();
    const digits = x.digits ?? "";
    expect(x.old.tryDigits("")).toEqual({ answer: "wrong", left: 2 });
    expect(x.old.tryDigits("12345")).toEqual({ answer: "wrong", left: 1 });
    expect(x.old.tryDigits(`${digits.slice(0, 3)} ${digits.slice(3)}`)).toEqual({ answer: "right" });
  });

  test("[C3] either side can end it, at any step, and the other hears why", () => {
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
  test("[C3] dropped, altered, reordered, replayed and reflected items: never wrong contents, never an exception", () => {
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

  test("[C3] an altered item ends it with a closed code on both sides", () => {
    const x = new Exchange(7).run((item, to, n) => (to === "old" && n === 1 ? [item.with(60, (item[60] ?? 0) ^ 1)] : [item]));
    expect(x.oldFault).toEqual({ code: "pair-broken" });
    expect(x.newFault).toEqual({ code: "pair-ended", why: "broken" });
    expect(x.contents).toBeUndefined();
  });

  test("[C3] any message out of its turn is refused", () => {
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

  test("[C3] another version is told as such", () => {
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

describe("somebody in the middle who has the code", () => {
  /** Talks to each side as the other one, with keys of their own. */
  function middle(seed: number): { oldDigits: string; newDigits: string | undefined; old: OldSide } {
    const secret = newPairSecret(seededRandom(String(seed)));
    const random = seededRandom(String(seed + 7));
    const x = new Exchange(seed, secret);
    const asNew = new PairChannel(secret, "new", random);
    const asOld = new PairChannel(secret, "old", random);
    const mine = boxKeyPair(random(32));
    const nonce = random(32);
    const commitment = commitmentOf(mine.publicKey, nonce);
    // To the old device: commit, learn its key, open.
    x.giveOld(asNew.seal({ t: "commit", v: 1, c: commitment }));
    const answers = new PairChannel(secret, "new", random);
    const seen = x.toNew.map((item) => answers.open(item)).map((m) => (m.ok ? m.value : undefined));
    const key = seen.find((m) => m?.t === "key");
    if (key?.t !== "key") throw new Error("a key");
    x.giveOld(asNew.seal({ t: "open", k: mine.publicKey, n: nonce }));
    const session = sessionOf({ secret, commitment, oldKey: key.k, newKey: mine.publicKey, nonce }, mine.secretKey, key.k);
    // To the new device: a key of one's own.
    x.giveNew(asOld.seal({ t: "ready", v: 1 }));
    x.giveNew(asOld.seal({ t: "key", k: mine.publicKey }));
    return { oldDigits: session?.digits ?? "", newDigits: x.digits, old: x.old };
  }

  test("[C3] swapped keys give other digits on the two devices, and the person's typing ends it", () => {
    for (let seed = 0; seed < 50; seed++) {
      const { oldDigits, newDigits, old } = middle(seed * 10);
      expect(newDigits).toMatch(/^\d{6}$/);
      expect(newDigits).not.toBe(oldDigits);
      for (const left of [2, 1]) expect(old.tryDigits(newDigits ?? "")).toEqual({ answer: "wrong", left });
      expect(old.tryDigits(newDigits ?? "")).toEqual({ answer: "dead" });
    }
  });

  test("[C3] a key that was not committed to is refused, so that digits cannot be searched for", () => {
    const secret = newPairSecret(seededRandom(String(77)));
    const random = seededRandom(String(78));
    const old = new OldSide(secret, random, () => undefined);
    const asNew = new PairChannel(secret, "new", random);
    const nonce = random(32);
    old.receive(asNew.seal({ t: "commit", v: 1, c: commitmentOf(boxKeyPair(random(32)).publicKey, nonce) }));
    const other = boxKeyPair(random(32)).publicKey;
    expect(old.receive(asNew.seal({ t: "open", k: other, n: nonce }))).toEqual({ ok: false, error: { code: "pair-key" } });
  });

  test("[K1] a key of small order is refused", () => {
    const secret = newPairSecret(seededRandom(String(79)));
    const random = seededRandom(String(80));
    const fresh = new NewSide(secret, random, () => undefined);
    const asOld = new PairChannel(secret, "old", random);
    fresh.receive(asOld.seal({ t: "ready", v: 1 }));
    expect(fresh.receive(asOld.seal({ t: "key", k: new Uint8Array(32) }))).toEqual({ ok: false, error: { code: "pair-key" } });
  });

  test("[C3] the code alone ends an exchange under way, and does nothing else to it", () => {
    const x = new Exchange(81);
    x.typed = undefined;
    x.run();
    const secret = newPairSecret(seededRandom(String(81)));
    const forged = (message: PairMessage): Uint8Array => {
      const channel = new PairChannel(secret, "new", seededRandom(String(82)));
      for (const item of ["commit", "open"]) channel.seal({ t: "end", why: item === "commit" ? "cancelled" : "broken" });
      return channel.seal(message);
    };
    expect(x.old.receive(forged({ t: "keys", ...KEYS }))).toEqual({ ok: false, error: { code: "pair-broken" } });
    // The old one's next message, from somebody who has no more than the code.
    const asOld = new PairChannel(secret, "old", seededRandom("83"));
    for (const why of ["cancelled", "broken"] as const) asOld.seal({ t: "end", why });
    x.giveNew(asOld.seal({ t: "part", i: 0, of: 1, b: CONTENTS }));
    expect([x.newFault, x.contents]).toEqual([{ code: "pair-broken" }, undefined]);
    const y = new Exchange(81);
    y.typed = undefined;
    y.run();
    expect(y.old.receive(forged({ t: "end", why: "cancelled" }))).toEqual({ ok: false, error: { code: "pair-ended", why: "cancelled" } });
  });
});
