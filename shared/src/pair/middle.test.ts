import { beforeAll, describe, expect, test } from "vitest";
import { CONTENTS, Exchange, KEYS } from "../../test/pair-exchange.ts";
import { seededRandom } from "../../test/random.ts";
import { boxKeyPair } from "../crypto/box.ts";
import { initCrypto } from "../crypto/init.ts";
import { PairChannel } from "./channel.ts";
import { newPairSecret } from "./code.ts";
import { commitmentOf, sessionOf } from "./keys.ts";
import type { PairMessage } from "./messages.ts";
import { NewSide } from "./new-side.ts";
import { OldSide } from "./old-side.ts";

beforeAll(initCrypto);

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

  test("[P4] swapped keys give other digits on the two devices, and the person's typing ends it", () => {
    for (let seed = 0; seed < 50; seed++) {
      const { oldDigits, newDigits, old } = middle(seed * 10);
      expect(newDigits).toMatch(/^\d{6}$/);
      expect(newDigits).not.toBe(oldDigits);
      for (const left of [2, 1]) expect(old.tryDigits(newDigits ?? "")).toEqual({ answer: "wrong", left });
      expect(old.tryDigits(newDigits ?? "")).toEqual({ answer: "dead" });
    }
  });

  test("[P4] a key that was not committed to is refused, so that digits cannot be searched for", () => {
    const secret = newPairSecret(seededRandom(String(77)));
    const random = seededRandom(String(78));
    const old = new OldSide(secret, random, () => undefined);
    const asNew = new PairChannel(secret, "new", random);
    const nonce = random(32);
    old.receive(asNew.seal({ t: "commit", v: 1, c: commitmentOf(boxKeyPair(random(32)).publicKey, nonce) }));
    const other = boxKeyPair(random(32)).publicKey;
    expect(old.receive(asNew.seal({ t: "open", k: other, n: nonce }))).toEqual({ ok: false, error: { code: "pair-key" } });
  });

  test("[K1][P4] a key of small order is refused", () => {
    const secret = newPairSecret(seededRandom(String(79)));
    const random = seededRandom(String(80));
    const fresh = new NewSide(secret, random, () => undefined);
    const asOld = new PairChannel(secret, "old", random);
    fresh.receive(asOld.seal({ t: "ready", v: 1 }));
    expect(fresh.receive(asOld.seal({ t: "key", k: new Uint8Array(32) }))).toEqual({ ok: false, error: { code: "pair-key" } });
  });

  test("[P3] the code alone ends an exchange under way, and does nothing else to it", () => {
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
