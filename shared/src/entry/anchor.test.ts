import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { DeviceId, LogId } from "../base/ids.ts";
import { fromBase64, fromHex, toHex, utf8 } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import { signKeyPair, type SignKeyPair } from "../crypto/sign.ts";
import { openCheckpoint, signCheckpoint } from "../log/checkpoint.ts";
import { cosign, formatWitnessKey, withCosignatures, witnessKey } from "../log/cosignature.ts";
import type { NoteKey } from "../log/note.ts";
import { isAnchorEntry, makeAnchor, MAX_ANCHOR, openAnchor, openToken, readAnchor, stampedText, type Anchor } from "./anchor.ts";
import { bodyMatches, ENTRY_KIND, makeAuthorPart, type NO_BOOK, parseAuthorPart, type AuthorPart } from "./header.ts";
import vectors from "./vectors/anchor.json" with { type: "json" };

const LOG = "cd".repeat(32) as LogId;
const ORIGIN = `relay.example/${LOG}`;
let log: SignKeyPair;
let device: SignKeyPair;
let witness: SignKeyPair;
let key: NoteKey;
let cosigned: string;

beforeAll(async () => {
  await initCrypto();
  [log, device, witness] = [1, 2, 3].map((n) => signKeyPair(new Uint8Array(32).fill(n))) as [SignKeyPair, SignKeyPair, SignKeyPair];
  const made = witnessKey("w.example/witness", witness.publicKey);
  if (!made) throw new Error("a key");
  key = made;
  const note = signCheckpoint({ origin: ORIGIN, size: 9, root: new Uint8Array(32).fill(8), time: 700 }, log.secretKey);
  const text = note.slice(0, note.indexOf("\n\n") + 1);
  cosigned = withCosignatures(note, cosign(text, key, witness.secretKey, 42), [key]) ?? "";
});

const authorOf = (a: Uint8Array): AuthorPart => {
  const read = parseAuthorPart(a);
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
};
const entry = (anchor: Anchor = { note: cosigned, keys: [formatWitnessKey(key)] }) =>
  makeAnchor({ log: LOG, device: toHex(device.publicKey) as DeviceId, epoch: 3, anchor, secret: device.secretKey });

describe("an anchor", () => {
  it("[L11] carries a cosigned checkpoint, open, bound to its header, and shows who signed when", () => {
    const { a, b } = entry();
    const author = authorOf(a);
    expect(bodyMatches(author, b) && isAnchorEntry(author, b)).toBe(true);
    const anchor = readAnchor(author, b);
    expect(anchor && openAnchor(anchor, openCheckpoint(anchor.note, ORIGIN, log.publicKey))).toMatchObject({
      checkpoint: { size: 9, time: 700 },
      cosigned: [{ key: formatWitnessKey(key), name: "w.example/witness", time: 42_000 }],
    });
  });

  it("[L11] of another form, channel, book, commitment or length is none", () => {
    const { a, b } = entry();
    const author = authorOf(a);
    expect(readAnchor({ ...author, channel: "messages" }, b)).toBeUndefined();
    expect(readAnchor({ ...author, kind: ENTRY_KIND.changes }, b)).toBeUndefined();
    expect(readAnchor({ ...author, book: "1".repeat(64) as typeof NO_BOOK }, b)).toBeUndefined();
    expect(readAnchor(author, b.subarray(1))).toBeUndefined();
    expect(isAnchorEntry(author, new Uint8Array(MAX_ANCHOR + 1))).toBe(false);
    const junk = utf8("junk");
    const placed = { ...author, commitment: author.commitment };
    expect(readAnchor(authorOf(makeAuthorPart(placed, junk, device.secretKey)), junk)).toBeUndefined();
  });

  it("[L11] over a checkpoint of another key or log, or with a line of nobody named, shows nothing", () => {
    const read = (anchor: Parameters<typeof openAnchor>[0]) => openAnchor(anchor, openCheckpoint(anchor.note, ORIGIN, log.publicKey));
    const keys = [formatWitnessKey(key)];
    expect(openAnchor({ note: cosigned, keys }, openCheckpoint(cosigned, ORIGIN, device.publicKey))).toBeUndefined();
    expect(openAnchor({ note: cosigned, keys }, openCheckpoint(cosigned, `other.example/${LOG}`, log.publicKey))).toBeUndefined();
    const impostor = witnessKey("w.example/witness", device.publicKey);
    expect(read({ note: cosigned, keys: impostor ? [formatWitnessKey(impostor)] : [] })?.cosigned).toEqual([]);
    expect(read({ note: cosigned, keys: ["nonsense"] })?.cosigned).toEqual([]);
    expect(read({ note: cosigned.split("\n").slice(0, -2).join("\n") + "\n", keys })?.cosigned).toEqual([]);
  });
});

describe("an anchor with a time stamp", () => {
  const read = ({ a, b }: { readonly a: string; readonly b: string }): Anchor | undefined =>
    readAnchor(authorOf(fromHex(a) ?? new Uint8Array()), fromHex(b) ?? new Uint8Array());
  const { expected } = vectors;

  it("[L11] is laid out as the vectors have it, and shows who cosigned and who stamped when", async () => {
    const anchor = read(vectors.both);
    expect(anchor).toEqual({ note: vectors.note, keys: vectors.keys, token: fromBase64(vectors.token) });
    const made =
      anchor && makeAnchor({ log: LOG, device: toHex(device.publicKey) as DeviceId, epoch: 3, anchor, secret: device.secretKey });
    expect(made && { a: toHex(made.a), b: toHex(made.b) }).toEqual(vectors.both);
    const opened = anchor && openAnchor(anchor, openCheckpoint(anchor.note, ORIGIN, log.publicKey));
    expect(opened).toMatchObject({ checkpoint: { size: expected.size }, cosigned: expected.cosigned });
    expect(anchor && (await openToken(anchor))).toEqual({ ok: true, value: expected.stamped });
  });

  it("[L11] needs no witness, and the further lines of a note do not change what is stamped", async () => {
    const anchor = read(vectors.stampOnly);
    expect(anchor?.keys).toEqual([]);
    expect(anchor && (await openToken(anchor))).toEqual({ ok: true, value: expected.stamped });
    expect(stampedText(anchor?.note ?? "")).toEqual(utf8(vectors.text));
    expect(stampedText(vectors.note)).toEqual(utf8(vectors.text));
  });

  it("[L11] a token over something else, a spoilt one and none at all bound nothing, and the witness's line beside it still counts", async () => {
    const anchor = read(vectors.otherText);
    expect(anchor && (await openToken(anchor))).toMatchObject({ ok: false, error: { code: vectors.otherText.code } });
    expect(anchor && openAnchor(anchor, openCheckpoint(anchor.note, ORIGIN, log.publicKey))?.cosigned).toHaveLength(1);
    const token = fromBase64(vectors.token) ?? new Uint8Array();
    for (const spoilt of [
      token.slice(0, -1),
      token.map((b, i) => (i === token.length - 4 ? b ^ 1 : b)),
      utf8("no token"),
      new Uint8Array(1),
    ]) {
      const opened = await openToken({ note: vectors.note, keys: [], token: spoilt });
      expect(opened?.ok).toBe(false);
    }
    expect(await openToken({ note: cosigned, keys: [] })).toBeUndefined();
  });

  it("[L11] with neither key nor token, or a token that is too long, is none", () => {
    const tooLong = new Uint8Array(16_385);
    expect(() => entry({ note: cosigned, keys: [] })).toThrow();
    expect(() => entry({ note: cosigned, keys: [], token: tooLong })).toThrow();
  });

  it("[L11] openssl ts -verify takes the text and the token as they are", () => {
    const folder = mkdtempSync(join(tmpdir(), "countersign-anchor-"));
    const at = (name: string, content: string | Uint8Array): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    try {
      const token = at("9.tsr", fromBase64(vectors.token) ?? new Uint8Array());
      const run = (text: string): string =>
        execFileSync(
          "openssl",
          ["ts", "-verify", "-data", at("9.txt", text), "-in", token, "-CAfile", at("root.pem", vectors.root), "-no_check_time"],
          {
            encoding: "utf8",
            stdio: ["ignore", "pipe", "pipe"],
          },
        );
      expect(run(vectors.text)).toContain("OK");
      expect(() => run(`${vectors.text}x`)).toThrow();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
