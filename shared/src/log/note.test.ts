import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { concat, fromBase64, toBase64, toHex, utf8 } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import { signKeyPair, type SignKeyPair } from "../crypto/sign.ts";
import {
  formatNote,
  formatVerifierKey,
  isNoteName,
  MAX_NOTE_BYTES,
  noteKey,
  openNote,
  parseNote,
  parseVerifierKey,
  signNote,
  type NoteKey,
} from "./note.ts";
import vectors from "./vectors/notes.json" with { type: "json" };

beforeAll(initCrypto);

const SEED = 8032;
const { go, c2sp } = vectors;
const goNote = `${go.text}\n${go.signatureLine}`;
const pair = (n: number): SignKeyPair => signKeyPair(new Uint8Array(32).fill(n));

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("not there");
  return value;
}
const goKey = (): NoteKey => must(parseVerifierKey(go.verifierKey));
const keyOf = (name: string, n: number): NoteKey => must(noteKey(name, pair(n).publicKey));
const open = (note: string, ...keys: NoteKey[]): unknown => {
  const opened = openNote(note, keys);
  return opened.ok ? opened.value.signers.map((k) => k.name) : opened.error.code;
};
const parse = (note: string): unknown => {
  const parsed = parseNote(note);
  return parsed.ok ? parsed.value.signatures.length : parsed.error.code;
};
/** A line that is formed like a signature by nobody in particular. */
const line = (name = "someone", length = 68): string => `— ${name} ${toBase64(new Uint8Array(length).fill(7))}\n`;

describe("published notes", () => {
  it("[L5] the note of Go's sumdb opens with its key, and its signer makes it to the byte", () => {
    expect(openNote(goNote, [goKey()])).toEqual({ ok: true, value: { text: go.text, signers: [goKey()] } });
    const [, base64 = ""] = /^PRIVATE\+KEY\+PeterNeumann\+c74f20a3\+(.+)$/.exec(go.signerKey) ?? [];
    const { secretKey } = signKeyPair(must(fromBase64(base64)).slice(1));
    expect(signNote(go.text, "PeterNeumann", secretKey)).toBe(goNote);
  });

  it("[L5] the examples of the C2SP texts have the form, and are written back to the byte", () => {
    for (const example of [c2sp.note, { name: c2sp.checkpoint.origin, note: c2sp.checkpoint.note }]) {
      const parsed = parseNote(example.note);
      expect(parsed.ok && parsed.value.signatures.map((s) => [s.name, s.id.length, s.signature.length])).toEqual([[example.name, 4, 64]]);
      expect(parsed.ok && formatNote(parsed.value)).toBe(example.note);
    }
    // The blank line that counts is the last one.
    expect(parseNote(c2sp.note.note)).toMatchObject({ ok: true, value: { text: c2sp.note.note.slice(0, c2sp.note.note.indexOf("\n— ")) } });
  });

  it("[L5] verifier keys read and write alike", () => {
    expect(formatVerifierKey(goKey())).toBe(go.verifierKey);
    expect(toHex(goKey().id)).toBe("c74f20a3");
    for (const wrong of vectors.wrongVerifierKeys) expect(parseVerifierKey(wrong)).toBeUndefined();
  });

  it("[L5] no part of a verifier key and no neighbour of it is one", () => {
    const text = go.verifierKey;
    for (let i = 0; i <= text.length; i++) {
      for (let j = i + 1; j <= text.length; j++) {
        if (j - i !== text.length) expect(parseVerifierKey(text.slice(i, j))).toBeUndefined();
      }
      if (i === text.length) continue;
      const next = String.fromCharCode(text.charCodeAt(i) + 1);
      expect(parseVerifierKey(text.slice(0, i) + next + text.slice(i + 1))).toBeUndefined();
    }
  });

  it("[K1] a point of small order is no verifier key", () => {
    const key = must(noteKey("weak", concat(Uint8Array.of(1), new Uint8Array(31))));
    expect(parseVerifierKey(formatVerifierKey(key))).toBeUndefined();
  });
});

describe("opening a note", () => {
  it("[L5] signatures by unknown keys are ignored, before and after the known one", () => {
    const note = `${go.text}\n${line()}${go.signatureLine}${line("PeterNeumann")}`;
    expect(open(note, goKey())).toEqual(["PeterNeumann"]);
    expect(open(note, keyOf("someone", 1))).toBe("note-unknown-key");
    expect(open(note)).toBe("note-unknown-key");
  });

  it("[L5] the same key under another name, and another key under the same name, are unknown", () => {
    const note = signNote("text\n", "relay/one", pair(1).secretKey);
    expect(open(note, keyOf("relay/one", 1))).toEqual(["relay/one"]);
    expect(open(note, keyOf("relay/two", 1))).toBe("note-unknown-key");
    expect(open(note, keyOf("relay/one", 2))).toBe("note-unknown-key");
  });

  it("[L5] a wrong signature that names a known key refuses the note, also beside right ones", () => {
    const right = signNote("text\n", "a", pair(1).secretKey);
    const other = signNote("text\n", "b", pair(2).secretKey);
    const both = right + other.slice("text\n\n".length);
    expect(open(both, keyOf("a", 1), keyOf("b", 2))).toEqual(["a", "b"]);
    const wrongB = signNote("next\n", "b", pair(2).secretKey).slice("next\n\n".length);
    expect(open(right + wrongB, keyOf("a", 1), keyOf("b", 2))).toBe("note-signature");
    expect(open(right + wrongB, keyOf("a", 1))).toEqual(["a"]);
    const cut = `text\n\n— a ${toBase64(concat(keyOf("a", 1).id, new Uint8Array(63)))}\n`;
    expect(open(cut, keyOf("a", 1))).toBe("note-signature");
  });

  it("[L5] with any one letter changed it does not open", () => {
    fc.assert(
      fc.property(fc.nat(goNote.length - 1), fc.integer({ min: 0x20, max: 0x17f }), (at, code) => {
        const letter = String.fromCharCode(code);
        fc.pre(letter !== goNote[at]);
        expect(openNote(goNote.slice(0, at) + letter + goNote.slice(at + 1), [goKey()]).ok).toBe(false);
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });
});

describe("the form of a note", () => {
  const text = "text\n";

  it("[L5] what breaks the form is refused", () => {
    const b64 = toBase64(new Uint8Array(68));
    const wrong = [
      "",
      "\n",
      text,
      `${text}\n`,
      `${text}${line()}`,
      `${text}\n${line().slice(0, -1)}`,
      `${text}\n${line()}\n`,
      `${text}\n${line()}more\n`,
      `${text}\n${line()} `,
      `${text}\n—${line().slice(2)}`,
      `${text}\n-${line().slice(1)}`,
      `${text}\n ${line()}`,
      `${text}\n— ${b64}\n`,
      `${text}\n—  ${b64}\n`,
      `${text}\n— a  ${b64}\n`,
      `${text}\n— a ${b64} \n`,
      `${text}\n— a+b ${b64}\n`,
      `${text}\n— a\u00a0b ${b64}\n`,
      `${text}\n— a\u0085b ${b64}\n`,
      `${text}\n— a\u2003b ${b64}\n`,
      `${text}\n— a ${b64.replaceAll("=", "")}\n`,
      `${text}\n— a ${b64.replace("AAA=", "AAB=")}\n`,
      `${text}\n— a !${b64.slice(1)}\n`,
      `${text}\n— a ${toBase64(new Uint8Array(4))}\n`,
      `te\u0000xt\n\n${line()}`,
      `te\txt\n\n${line()}`,
      `text\r\n\n${line()}`,
      `te\ud800xt\n\n${line()}`,
    ];
    expect(wrong.filter((note) => parse(note) !== "note-malformed")).toEqual([]);
    expect(parse(`${text}\n${line()}`)).toBe(1);
    expect(parse(`\ufeff${text}\n${line()}`)).toBe(1);
  });

  it("[L5] 16 signatures are taken, 17 refused", () => {
    expect(parse(`${text}\n${line().repeat(16)}`)).toBe(16);
    expect(parse(`${text}\n${line().repeat(17)}`)).toBe("note-too-many-signatures");
  });

  it("[E2] 8,192 bytes are taken, one more refused, and bytes count rather than letters", () => {
    const rest = `\n\n${line()}`;
    const room = MAX_NOTE_BYTES - utf8(rest).length;
    expect(parse(`${"a".repeat(room)}${rest}`)).toBe(1);
    expect(parse(`${"a".repeat(room + 1)}${rest}`)).toBe("note-too-long");
    expect(parse(`${"ü".repeat(room / 2 + 1)}${rest}`)).toBe("note-too-long");
    expect(parse("a".repeat(100_000))).toBe("note-too-long");
  });

  it("[L5] any text of whole lines is signed, opened and comes back", () => {
    const lines = fc.array(fc.string({ unit: "grapheme", maxLength: 40 }), { maxLength: 8 }).map((all) => `${all.join("\n")}\n`);
    fc.assert(
      fc.property(lines, (signed) => {
        fc.pre(![...utf8(signed)].some((b) => b < 0x20 && b !== 0x0a));
        const opened = openNote(signNote(signed, "relay/name", pair(3).secretKey), [keyOf("relay/name", 3)]);
        expect(opened.ok && opened.value.text).toBe(signed);
      }),
      { seed: SEED },
    );
  });

  it("[L5] a text or name that a note cannot carry is never signed", () => {
    const { secretKey } = pair(1);
    expect(() => signNote("no newline", "a", secretKey)).toThrow();
    expect(() => signNote("control\u0007\n", "a", secretKey)).toThrow();
    expect(() => signNote("text\n", "a b", secretKey)).toThrow();
    expect(() => signNote("text\n", "", secretKey)).toThrow();
  });

  it("[L5] names have no spaces, controls or plus", () => {
    expect(["a", "relay.example/0123", "ünï/日本"].filter(isNoteName).length).toBe(3);
    expect(["", " ", "a b", "a+b", "a\n", "a\u0000", "a\u0085", "\u3000", "\ud800"].filter(isNoteName)).toEqual([]);
    expect(noteKey("a", new Uint8Array(31))).toBeUndefined();
  });
});
