import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { CHECKPOINT, devices, raw } from "../../test/book.ts";
import { formatCheckpointField, parseCheckpointField } from "../books/checkpoint-field.ts";
import { parseChange } from "../books/chunk.ts";
import { encode } from "../cbor/cbor.ts";
import { initCrypto } from "../crypto/init.ts";
import { signKeyPair } from "../crypto/sign.ts";
import { parseRelayPart } from "../entry/header.ts";
import { formatCheckpoint, parseCheckpoint } from "../log/checkpoint.ts";
import { cosign, openCosignatures, witnessKey } from "../log/cosignature.ts";
import { noteKey, signNote } from "../log/note.ts";
import { isoIn } from "../snapshot/zone.ts";
import { idBytes, toBase64url } from "./bytes.ts";
import { MAX_TIME } from "./time.ts";

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

// Each of these came into a table or a page of whoever exported or checked, where a date that cannot be written stopped everything.
describe("a time after the year 9999", () => {
  const late = MAX_TIME + 1;

  it("[E12] the last moment is one that can be written down", () => {
    expect(isoIn(MAX_TIME, "UTC")).toBe("9999-12-31T23:59:59+00:00");
    expect(new Date(MAX_TIME).toISOString()).toBe("9999-12-31T23:59:59.999Z");
  });

  it("[E12] is in no change that is accepted, nor one before 1970", () => {
    const at = (time: number): string => {
      const parsed = parseChange(raw(devices().alicePhone, { time }));
      return parsed.ok ? "ok" : parsed.error.code;
    };
    expect([0, Math.floor(MAX_TIME / 1000)].map(at)).toEqual(["ok", "ok"]);
    expect([-1, late / 1000, 2 ** 50].map(at)).toEqual(["change-encoding", "change-encoding", "change-encoding"]);
  });

  it("[E12] is named by no change as its checkpoint's", () => {
    const { size, root, charterHead } = CHECKPOINT;
    const named = (t: number): string => `cs1.${toBase64url(encode({ n: size, r: idBytes(root), t, h: idBytes(charterHead) }))}`;
    expect(named(CHECKPOINT.time)).toBe(formatCheckpointField(CHECKPOINT));
    expect(parseCheckpointField(named(MAX_TIME)).ok).toBe(true);
    expect(parseCheckpointField(named(late))).toMatchObject({ error: { code: "change-checkpoint" } });
  });

  it("[E12] is a relay's in no header and no checkpoint, and no witness's", () => {
    const part = (t: number) => parseRelayPart(encode({ n: 0, cn: 0, p: new Uint8Array(32), t }));
    expect([part(MAX_TIME).ok, part(late).ok]).toEqual([true, false]);
    const text = (time: number): string => formatCheckpoint({ origin: "r.example/x", size: 1, root: new Uint8Array(32), time });
    expect([parseCheckpoint(text(MAX_TIME))?.time, parseCheckpoint(text(late))]).toEqual([MAX_TIME, undefined]);
    const relay = signKeyPair(new Uint8Array(32).fill(1));
    const witness = signKeyPair(new Uint8Array(32).fill(2));
    const key = witnessKey("w.example", witness.publicKey);
    if (!key || !noteKey("r.example/x", relay.publicKey)) throw new Error("names of keys");
    const note = signNote(text(1), "r.example/x", relay.secretKey);
    const times = [7, 2 ** 50].map((s) => openCosignatures(note + cosign(text(1), key, witness.secretKey, s), [key]).map((c) => c.time));
    expect(times).toEqual([[7_000], []]);
  });
});
