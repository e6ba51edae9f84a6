import { beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../test/random.ts";
import { toHex } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import {
  createVault,
  decodeHeader,
  encodeHeader,
  MAX_HINT,
  MAX_WAYS,
  unlock,
  unlockWithSheet,
  unlockWithWay,
  waitAfter,
  withoutWay,
  withPassphrase,
  withWay,
  type VaultHeader,
} from "./slots.ts";

const CHEAP = { memKiB: 8, passes: 1 };
const PASS = "correct horse battery staple";
const SHEET = new Uint8Array(32).fill(3);
const random = seededRandom("slots");

beforeAll(async () => {
  await initCrypto();
});

const made = () => createVault(PASS, SHEET, random, CHEAP);
const open = (h: VaultHeader, passphrase: string, now = 0) => unlock(h, passphrase, now, CHEAP);
const codeOf = ({ result }: ReturnType<typeof open>): string | undefined => (result.ok ? undefined : result.error.code);

describe("the vault's slots", () => {
  it("[vault] give the same key for the passphrase and for the sheet, over a restart", () => {
    const { key, header } = made();
    const stored = decodeHeader(encodeHeader(header));
    if (!stored.ok) throw new Error("a header");
    const { result } = open(stored.value, PASS);
    expect(result.ok && result.value).toEqual(key);
    expect(unlockWithSheet(stored.value, SHEET)).toEqual(key);
    expect(unlockWithSheet(stored.value, new Uint8Array(32))).toBeUndefined();
  });

  it("[vault] take a passphrase in whatever way its characters are written", () => {
    const { header } = createVault("Grüße aus Wien", SHEET, random, CHEAP);
    expect(open(header, "Gru\u0308ße aus Wien").result.ok).toBe(true);
  });

  it("[vault] make whoever guesses wait longer and longer, from the fourth try on", () => {
    expect([0, 1, 2, 3, 4, 5, 20].map(waitAfter)).toEqual([0, 0, 0, 5_000, 10_000, 20_000, 3_600_000]);
    let { header } = made();
    let now = 1_000;
    for (let tries = 1; tries <= 5; tries++) {
      const tried = open(header, "wrong wrong wrong", now);
      expect(codeOf(tried)).toBe("passphrase-wrong");
      expect(tried.header.wrong).toBe(tries);
      ({ header } = tried);
      if (header.wait > now) {
        // Even the right one has to wait, and asking early costs nothing.
        const early = open(header, PASS, header.wait - 1);
        expect(codeOf(early)).toBe("passphrase-wait");
        expect(early.header).toEqual(header);
      }
      now = Math.max(now, header.wait);
    }
    const right = open(header, PASS, now);
    expect(right.result.ok).toBe(true);
    expect(right.header).toMatchObject({ wrong: 0, wait: 0 });
  });

  it.each([
    ["less memory than allowed", { mem: 7 }],
    ["fewer passes than allowed", { passes: 0 }],
    ["memory that would bring the device down", { mem: 2 ** 30 }],
    ["passes that would never end", { passes: 1_000_000 }],
  ])("[vault] refuse a stored slot with %s before any work", (_name, change) => {
    const { header } = made();
    const tried = open({ ...header, pass: { ...header.pass, ...change } }, PASS);
    expect(codeOf(tried)).toBe("slot-downgrade");
    expect(tried.header.wrong).toBe(0);
  });

  it("[vault] refuse cheap parameters by default", () => {
    const { result } = unlock(made().header, PASS, 0);
    expect(!result.ok && result.error.code).toBe("slot-downgrade");
  });

  it("[vault] are verified by opening: another cost, salt or box opens nothing", () => {
    const { header } = made();
    const other = made().header;
    expect(codeOf(open({ ...header, pass: { ...header.pass, salt: other.pass.salt } }, PASS))).toBe("passphrase-wrong");
    expect(codeOf(open({ ...header, pass: { ...header.pass, mem: 16 } }, PASS))).toBe("passphrase-wrong");
    // The sheet's box in the passphrase's place: each box is bound to its slot.
    expect(unlockWithSheet({ ...header, sheet: header.pass.box }, SHEET)).toBeUndefined();
  });

  it("[vault] further ways open the same key, each on its own, until they are taken away", () => {
    const { key, header } = made();
    const add = (h: VaultHeader, kind: "passkey" | "system", secret: Uint8Array): VaultHeader => {
      const more = withWay(h, key, { kind, secret, hint: Uint8Array.of(1, 2), made: 5 }, random);
      if (!more) throw new Error("room for a way");
      const stored = decodeHeader(encodeHeader(more));
      if (!stored.ok) throw new Error("a header");
      return stored.value;
    };
    const secrets = [new Uint8Array(32).fill(8), new Uint8Array(32).fill(9)] as const;
    const both = add(add(header, "passkey", secrets[0]), "system", secrets[1]);
    const [first = "", second = ""] = (both.more ?? []).map((w) => toHex(w.id));
    expect(unlockWithWay(both, first, secrets[0])).toEqual(key);
    expect(unlockWithWay(both, second, secrets[1])).toEqual(key);
    expect(unlockWithWay(both, first, secrets[1])).toBeUndefined();
    expect(unlockWithWay(both, "00".repeat(16), secrets[0])).toBeUndefined();
    // A box in another way's place: each is bound to its own id and kind.
    const swapped = both.more?.map((w, i, all) => ({ ...w, box: all[1 - i]?.box ?? w.box }));
    expect(swapped && unlockWithWay({ ...both, more: swapped }, first, secrets[0])).toBeUndefined();
    const one = withoutWay(both, first);
    expect(unlockWithWay(one, first, secrets[0])).toBeUndefined();
    expect(unlockWithWay(one, second, secrets[1])).toEqual(key);
    expect(withoutWay(one, second)).toEqual(header);
    expect(open(both, PASS).result.ok).toBe(true);
  });

  it("[vault] a vault has room for eight further ways", () => {
    const { key, header } = made();
    let h = header;
    for (let i = 0; i < MAX_WAYS; i++) {
      const next = withWay(h, key, { kind: "passkey", secret: random(32), hint: new Uint8Array(MAX_HINT), made: i }, random);
      if (!next) throw new Error("room for a way");
      h = next;
    }
    expect(decodeHeader(encodeHeader(h)).ok).toBe(true);
    expect(withWay(h, key, { kind: "passkey", secret: random(32), hint: new Uint8Array(), made: 9 }, random)).toBeUndefined();
  });

  it("[vault] a new passphrase opens, the old one does not, the sheet still does", () => {
    const { key, header } = made();
    const changed = withPassphrase(header, key, "another long passphrase", random, CHEAP);
    expect(codeOf(open(changed, PASS))).toBe("passphrase-wrong");
    const { result } = open(changed, "another long passphrase");
    expect(result.ok && result.value).toEqual(key);
    expect(unlockWithSheet(changed, SHEET)).toEqual(key);
  });
});
