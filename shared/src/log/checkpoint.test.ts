import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { fromHex, toHex } from "../base/bytes.ts";
import { MAX_TIME } from "../base/time.ts";
import { initCrypto } from "../crypto/init.ts";
import { signKeyPair, type SignKeyPair } from "../crypto/sign.ts";
import { formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { formatVerifierKey, noteKey, signNote } from "./note.ts";
import fixed from "./vectors/checkpoint.json" with { type: "json" };
import { c2sp } from "./vectors/notes.json" with { type: "json" };

beforeAll(initCrypto);

const SEED = 4648;
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);
const pair = (): SignKeyPair => signKeyPair(bytes(fixed.seed));
const checkpoint = (): Checkpoint => ({ origin: fixed.origin, size: fixed.size, root: bytes(fixed.root), time: fixed.time });
const open = (note: string, origin = fixed.origin, key: Uint8Array = pair().publicKey): unknown => {
  const opened = openCheckpoint(note, origin, key);
  return opened.ok ? opened.value : opened.error.code;
};
/** A text that the log key really signed. */
const signed = (text: string): string => signNote(text, fixed.origin, pair().secretKey);

describe("checkpoints", () => {
  it("[L5] the fixed vector is made and read to the byte", () => {
    expect(toHex(pair().publicKey)).toBe(fixed.logKey);
    expect(formatCheckpoint(checkpoint())).toBe(fixed.text);
    expect(signCheckpoint(checkpoint(), pair().secretKey)).toBe(fixed.note);
    expect(open(fixed.note)).toEqual(checkpoint());
    const key = noteKey(fixed.origin, pair().publicKey);
    expect(key && formatVerifierKey(key)).toBe(fixed.verifierKey);
  });

  it("[L5] any checkpoint comes back as it was signed", () => {
    const uint = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(uint, fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.integer({ min: 0, max: MAX_TIME }), (size, root, time) => {
        const c = { origin: fixed.origin, size, root, time };
        expect(open(signCheckpoint(c, pair().secretKey))).toEqual(c);
      }),
      { seed: SEED },
    );
  });

  it("[L5] another relay's name, another log or another key do not open it", () => {
    expect(open(fixed.note, `other.${fixed.origin}`)).toBe("note-unknown-key");
    expect(open(fixed.note, fixed.origin.replace(/.$/, "0"))).toBe("note-unknown-key");
    expect(open(fixed.note, fixed.origin, signKeyPair(new Uint8Array(32)).publicKey)).toBe("note-unknown-key");
    const forOther = formatCheckpoint({ ...checkpoint(), origin: "relay.example/other" });
    expect(open(signed(forOther))).toBe("checkpoint-origin");
  });

  it("[L5] a changed size, root or time does not open", () => {
    for (const [from, to] of [
      ["\n8\n", "\n9\n"],
      ["Xcna", "Xcnb"],
      ["time 1772366400123", "time 1772366400124"],
    ] as const) {
      expect(fixed.note).toContain(from);
      expect(open(fixed.note.replace(from, to))).toBe("note-signature");
    }
  });

  it("[L5] a key or origin that no note can have is an error and no exception", () => {
    expect(open(fixed.note, "a b")).toBe("checkpoint-key");
    expect(open(fixed.note, "")).toBe("checkpoint-key");
    expect(open(fixed.note, fixed.origin, new Uint8Array(31))).toBe("checkpoint-key");
  });

  it("[L5] what the log key signed in another form is refused", () => {
    const { origin } = fixed;
    const root = fixed.text.split("\n")[2] ?? "";
    const wrong = [
      `${origin}\n8\n${root}\n`,
      `${origin}\n8\n${root}\ntime 1\nmore\n`,
      `${origin}\n8\n${root}\nmore\ntime 1\n`,
      `${origin}\n8\n${root}\ntime 1\ntime 1\n`,
      `${origin}\n8\n${root}\ntime 1\n\n`,
      `${origin}\n8\n${root}\nTime 1\n`,
      `${origin}\n8\n${root}\ntime  1\n`,
      `${origin}\n8\n${root}\ntime 01\n`,
      `${origin}\n8\n${root}\ntime -1\n`,
      `${origin}\n8\n${root}\ntime 1.0\n`,
      `${origin}\n8\n${root}\ntime 1 \n`,
      `${origin}\n8\n${root}\ntime ٣\n`,
      `${origin}\n08\n${root}\ntime 1\n`,
      `${origin}\n+8\n${root}\ntime 1\n`,
      `${origin}\n8e1\n${root}\ntime 1\n`,
      `${origin}\n 8\n${root}\ntime 1\n`,
      `${origin}\n\n${root}\ntime 1\n`,
      `${origin}\n9007199254740992\n${root}\ntime 1\n`,
      `${origin}\n8\n${root.slice(4)}\ntime 1\n`,
      `${origin}\n8\n${root.slice(0, -1)}\ntime 1\n`,
      `${origin}\n8\n${root.replace("yg=", "yh=")}\ntime 1\n`,
      `${origin}\n8\n${root.replaceAll("+", "-")}\ntime 1\n`,
      `\n${origin}\n8\n${root}\ntime 1\n`,
    ];
    expect(wrong.filter((text) => open(signed(text)) !== "checkpoint-malformed")).toEqual([]);
    expect(open(signed(`${origin}\n0\n${root}\ntime 0\n`))).toMatchObject({ size: 0, time: 0 });
    expect(open(signed(`${origin}\n9007199254740991\n${root}\ntime 1\n`))).toMatchObject({ size: Number.MAX_SAFE_INTEGER });
  });

  it("[L5] the C2SP example has no time and so is no checkpoint of this protocol", () => {
    const text = c2sp.checkpoint.note.slice(0, c2sp.checkpoint.note.indexOf("\n— "));
    expect(parseCheckpoint(text)).toBeUndefined();
    expect(parseCheckpoint(`${text}time 5\n`)).toMatchObject({ origin: c2sp.checkpoint.origin, size: c2sp.checkpoint.size, time: 5 });
  });

  it("[L5] what could not be read again is never signed", () => {
    const { secretKey } = pair();
    for (const wrong of [
      { size: -1 },
      { size: 1.5 },
      { size: 2 ** 53 },
      { root: new Uint8Array(31) },
      { time: Number.NaN },
      { origin: "a\nb" },
      { origin: "a b" },
    ]) {
      expect(() => signCheckpoint({ ...checkpoint(), ...wrong }, secretKey)).toThrow();
    }
  });
});
