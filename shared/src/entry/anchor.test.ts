import { beforeAll, describe, expect, it } from "vitest";
import type { DeviceId, LogId } from "../base/ids.ts";
import { toHex, utf8 } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import { signKeyPair, type SignKeyPair } from "../crypto/sign.ts";
import { openCheckpoint, signCheckpoint } from "../log/checkpoint.ts";
import { cosign, formatWitnessKey, withCosignatures, witnessKey } from "../log/cosignature.ts";
import type { NoteKey } from "../log/note.ts";
import { isAnchorEntry, makeAnchor, MAX_ANCHOR, openAnchor, readAnchor } from "./anchor.ts";
import { bodyMatches, ENTRY_KIND, makeAuthorPart, type NO_BOOK, parseAuthorPart, type AuthorPart } from "./header.ts";

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
const entry = (anchor = { note: cosigned, keys: [formatWitnessKey(key)] }) =>
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
