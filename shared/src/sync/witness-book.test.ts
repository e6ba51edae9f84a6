import { beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../test/random.ts";
import type { LogId } from "../base/ids.ts";
import { initCrypto } from "../crypto/init.ts";
import { signKeyPair, type SignKeyPair } from "../crypto/sign.ts";
import { signCheckpoint } from "../log/checkpoint.ts";
import { cosign, formatWitnessKey, openCosignatures, parseWitnessKey, withCosignatures, witnessKey } from "../log/cosignature.ts";
import { MAX_NOTE_SIGNATURES, openNote, noteKey, type NoteKey } from "../log/note.ts";
import { MemoryStore } from "../vault/memory-store.ts";
import type { Ports } from "./ports.ts";
import { WitnessBook } from "./witness-book.ts";

const LOG = "ab".repeat(32) as LogId;
const ORIGIN = `relay.example/${LOG}`;
const ports = { clock: { now: () => 5_000 }, random: seededRandom("witnesses") } as unknown as Ports;
let log: SignKeyPair;
let pair: SignKeyPair;
let key: NoteKey;
let text: string;
let note: string;

const keyOf = (name: string, of: SignKeyPair): NoteKey => {
  const made = witnessKey(name, of.publicKey);
  if (!made) throw new Error("a key");
  return made;
};

beforeAll(async () => {
  await initCrypto();
  log = signKeyPair(new Uint8Array(32).fill(1));
  pair = signKeyPair(new Uint8Array(32).fill(2));
  key = keyOf("w.example/witness", pair);
  note = signCheckpoint({ origin: ORIGIN, size: 7, root: new Uint8Array(32).fill(6), time: 900 }, log.secretKey);
  text = note.slice(0, note.indexOf("\n\n") + 1);
});

describe("cosignatures", () => {
  it("[WT3] the line over a checkpoint is always the same, as the specification lays it out", () => {
    // Key id and signature as node:crypto makes them: SHA-256(name, newline, 0x04, key); header line, time line, the note's text.
    expect(formatWitnessKey(key)).toBe("w.example/witness+7af71d80+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU");
    expect(cosign(text, key, pair.secretKey, 1_679_315_147)).toBe(
      "\u2014 w.example/witness evcdgAAAAABkGFDLpSwwuF4TYAus6RyOF8O3piZSOuvrMP3Xj+Ov7hW9w9eTvmKM2K+97UrnyeeNQbX2cdjYYdPh1F1XKsaCaQsgCQ==\n",
    );
    expect(parseWitnessKey(formatWitnessKey(key))).toEqual(key);
  });

  it("[WT3] hold only under the witness's key, over this text, at this time; others are ignored", () => {
    const line = cosign(text, key, pair.secretKey, 100);
    const cosigned = withCosignatures(note, line, [key]) ?? "";
    expect(openCosignatures(cosigned, [key])).toEqual([{ key, time: 100_000 }]);
    const other = keyOf("other.example/witness", pair);
    expect(openCosignatures(cosigned, [other])).toEqual([]);
    expect(openCosignatures(cosigned, [])).toEqual([]);
    expect(openCosignatures(cosigned.replace("time 900", "time 901"), [key])).toEqual([]);
    expect(withCosignatures(note, cosign(text.replace("7", "8"), key, pair.secretKey, 100), [key])).toBeUndefined();
    expect(withCosignatures(note, line, [other])).toBeUndefined();
    expect(withCosignatures(note, "nonsense\n", [key])).toBeUndefined();
    // Twice the same witness is one line.
    expect(withCosignatures(note, line + cosign(text, key, pair.secretKey, 200), [key])).toBe(cosigned);
    const logKey = noteKey(ORIGIN, log.publicKey);
    expect(openNote(cosigned, logKey ? [logKey] : []).ok).toBe(true);
  });

  it("[WT3] more lines than a note may have are not taken", () => {
    const many = Array.from({ length: MAX_NOTE_SIGNATURES }, (_, i) => keyOf(`w${String(i)}.example`, pair));
    const lines = many.map((k) => cosign(text, k, pair.secretKey, 1)).join("");
    expect(withCosignatures(note, lines, many)).toBeUndefined();
  });

  it("[K1] keys of another type, id or form are none", () => {
    const good = formatWitnessKey(key);
    for (const bad of [
      "",
      good.slice(1),
      good.replace("+BI", "+AY"),
      good.replace("7af71d80", "7af71d81"),
      `${good}=`,
      good.replace("w.", "w+"),
    ])
      expect(parseWitnessKey(bad), bad).toBeUndefined();
  });
});

describe("the witnesses of a log", () => {
  const verified = (cosigned: string) => ({
    checkpoint: { origin: ORIGIN, size: 7, root: new Uint8Array(32).fill(6), time: 900 },
    note: cosigned,
  });

  it("[WT5] are pinned at first sight; a later key under the same name is not taken", async () => {
    const store = new MemoryStore();
    const book = await WitnessBook.load(LOG, store, ports);
    const impostor = keyOf("w.example/witness", signKeyPair(new Uint8Array(32).fill(9)));
    const first = book.learn([formatWitnessKey(key), "nonsense"]);
    await store.commit(first.writes);
    first.kept();
    expect(book.learn([formatWitnessKey(impostor)]).writes).toEqual([]);
    const again = await WitnessBook.load(LOG, store.reopened(), ports);
    expect(again.all).toEqual([{ name: "w.example/witness", key: formatWitnessKey(key), since: 5_000 }]);
  });

  it("[WT5] are shown with the last checkpoint that they signed, over restarts", async () => {
    const store = new MemoryStore();
    const book = await WitnessBook.load(LOG, store, ports);
    for (const step of [
      () => book.learn([formatWitnessKey(key)]),
      () => book.saw(verified(withCosignatures(note, cosign(text, key, pair.secretKey, 100), [key]) ?? "")),
      () => book.saw(verified(withCosignatures(note, cosign(text, key, pair.secretKey, 50), [key]) ?? "")),
    ]) {
      const done = step();
      await store.commit(done.writes);
      done.kept();
    }
    expect(book.saw(verified(note)).writes).toEqual([]);
    expect((await WitnessBook.load(LOG, store.reopened(), ports)).all[0]?.seen).toEqual({ size: 7, time: 100_000 });
  });
});
