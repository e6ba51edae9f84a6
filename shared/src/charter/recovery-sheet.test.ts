import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { toHex } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import { isBoxKey, isSignKey } from "../crypto/points.ts";
import { seededRandom } from "../../test/random.ts";
import {
  newSheetSeed,
  parseSheetCode,
  readSheetWords,
  recoveryKeys,
  sheetCode,
  sheetUnlockKey,
  sheetWords,
  type SheetSeed,
} from "./recovery-sheet.ts";

beforeAll(initCrypto);

const seed = () => newSheetSeed(seededRandom("sheet"));
const RELAY = "http://127.0.0.1:8420";

describe("the words of a sheet", () => {
  test("[C9] twelve BIP-39 words stand for sixteen bytes, as the standard's vectors say", () => {
    const zero = sheetWords(new Uint8Array(16) as SheetSeed);
    expect(zero).toEqual([...Array<string>(11).fill("abandon"), "about"]);
    const ones = sheetWords(new Uint8Array(16).fill(0x7f) as SheetSeed);
    expect(ones.join(" ")).toBe("legal winner thank year wave sausage worth useful legal winner thank yellow");
    expect(readSheetWords(ones)).toEqual({ ok: true, value: new Uint8Array(16).fill(0x7f) });
  });

  test("[C9] what is printed is read back, however it is typed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const words = sheetWords(Uint8Array.from(bytes) as SheetSeed);
        expect(readSheetWords(words.map((w, i) => (i % 2 ? ` ${w.toUpperCase()} ` : w)))).toEqual({
          ok: true,
          value: Uint8Array.from(bytes),
        });
      }),
    );
  });

  test("[C9] a word that is not in the list is named by its place", () => {
    const words = sheetWords(seed());
    expect(readSheetWords(words.with(3, "abandom").with(7, ""))).toEqual({ ok: false, error: { code: "sheet-word", at: [3, 7] } });
    expect(readSheetWords(words.slice(1))).toEqual({ ok: false, error: { code: "sheet-count", at: [] } });
    expect(readSheetWords([...words, "zoo"])).toEqual({ ok: false, error: { code: "sheet-count", at: [] } });
  });

  test("[C9] words that fit no sheet point at those that are easily misread", () => {
    const words = sheetWords(new Uint8Array(16).fill(0x7f) as SheetSeed);
    // "wave" for "cave", "save", "have" …: one letter.
    const wrong = readSheetWords(words.with(4, "cave"));
    if (wrong.ok) throw new Error("a checksum should fail");
    expect(wrong.error.code).toBe("sheet-checksum");
    expect(wrong.error.at).toContain(4);
    // Two words swapped: nothing near to point at need be found, but it is refused.
    const swapped = words.with(0, words[1] ?? "").with(1, words[0] ?? "");
    expect(readSheetWords(swapped)).toMatchObject({ ok: false, error: { code: "sheet-checksum" } });
  });
});

describe("the keys of a sheet", () => {
  test("[C9] each purpose has keys of its own, the same each time", () => {
    const purposes = ["personal", "household/0", "household/1"] as const;
    const all = purposes.map((p) => recoveryKeys(seed(), p));
    expect(new Set(all.flatMap((k) => [k.keys.sign, k.keys.box])).size).toBe(6);
    expect(recoveryKeys(seed(), "household/1").keys).toEqual(all[2]?.keys);
    expect(all.every((k) => isSignKey(k.sign.publicKey) && isBoxKey(k.box.publicKey))).toBe(true);
    expect(sheetUnlockKey(seed())).toHaveLength(32);
    expect(sheetUnlockKey(seed())).not.toEqual(sheetUnlockKey(newSheetSeed(seededRandom("other"))));
  });

  test("[C9] they are those of the protocol, fixed for ever", () => {
    const keys = recoveryKeys(new Uint8Array(16) as SheetSeed, "household/0").keys;
    expect([keys.sign, keys.box, toHex(sheetUnlockKey(new Uint8Array(16) as SheetSeed))]).toEqual([
      // Computed with Python's hashlib and OpenSSL.
      "a4de51fa4964a8f690cb54b83667164a4bc53c5f37c6498db56af49f410fea03",
      "22c2bc785ff37926ffcbafbd23122479e280e8fe88df0c5c447a03bf22fcd939",
      "36f502ffc35194f842a82afaf376f72bd1e76fee768b711efe3fd15c14118e1e",
    ]);
  });
});

describe("the code of a sheet", () => {
  test("[C9] relay and words are read back from the QR code", () => {
    const text = sheetCode(RELAY, seed());
    expect(text).toBe(`countersign-sheet:1:${RELAY}:${sheetWords(seed()).join(" ")}`);
    expect(parseSheetCode(`${text}\n`)).toEqual({ ok: true, value: { relay: RELAY, seed: seed() } });
    expect(() => sheetCode("relay", seed())).toThrow();
  });

  test("[C9] other texts, versions and words are told apart", () => {
    const text = sheetCode(RELAY, seed());
    const code = (t: string): string => {
      const parsed = parseSheetCode(t);
      return parsed.ok ? "ok" : parsed.error.code;
    };
    expect(code("")).toBe("sheet-not-sheet");
    expect(code("countersign-card:1:x")).toBe("sheet-not-sheet");
    expect(code(text.replace(RELAY, "javascript:x"))).toBe("sheet-not-sheet");
    expect(code(`countersign-sheet:1:${sheetWords(seed()).join(" ")}`)).toBe("sheet-not-sheet");
    expect(code(text.replace(":1:", ":2:"))).toBe("sheet-other-version");
    expect(code(text.slice(0, text.lastIndexOf(" ")))).toBe("sheet-count");
    expect(code(`${text}x`)).toBe("sheet-word");
    expect(code(text + " ".repeat(20) + "x".repeat(2000))).toBe("sheet-not-sheet");
  });
});
