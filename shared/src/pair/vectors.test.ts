import { beforeAll, describe, expect, test } from "vitest";
import { fromHex, toHex } from "../base/bytes.ts";
import { boxKeyPair } from "../crypto/box.ts";
import { initCrypto } from "../crypto/init.ts";
import { pairCodeLink, pairCodeText, readPairCode, type PairSecret } from "./code.ts";
import { boxesOf, commitmentOf, firstKey, openItem, sessionOf } from "./keys.ts";
import { pairMessageCodec } from "./messages.ts";
import vectors from "./vectors/pair.json" with { type: "json" };

beforeAll(initCrypto);

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

describe("the published exchange", () => {
  const secret = bytes(vectors.secret) as PairSecret;

  test("[P1][P2] the code, its QR text and the mailboxes", () => {
    expect(pairCodeText(secret)).toBe(vectors.code);
    expect(pairCodeLink(vectors.relay, secret)).toBe(vectors.qr);
    expect(readPairCode(vectors.qr)).toEqual({ ok: true, value: { secret, relay: vectors.relay } });
    expect(boxesOf(secret)).toEqual({ toOld: vectors.toOld, toNew: vectors.toNew });
    expect(toHex(firstKey(secret))).toBe(vectors.firstKey);
  });

  test("[P4] commitment, session key and digits, from either side", () => {
    const oldPair = boxKeyPair(bytes(vectors.oldSecret));
    const newPair = boxKeyPair(bytes(vectors.newSecret));
    const nonce = bytes(vectors.nonce);
    expect([toHex(oldPair.publicKey), toHex(newPair.publicKey)]).toEqual([vectors.oldKey, vectors.newKey]);
    const commitment = commitmentOf(newPair.publicKey, nonce);
    expect(toHex(commitment)).toBe(vectors.commitment);
    const transcript = { secret, commitment, oldKey: oldPair.publicKey, newKey: newPair.publicKey, nonce };
    for (const session of [
      sessionOf(transcript, oldPair.secretKey, newPair.publicKey),
      sessionOf(transcript, newPair.secretKey, oldPair.publicKey),
    ])
      expect([session && toHex(session.key), session?.digits]).toEqual([vectors.sessionKey, vectors.digits]);
  });

  test("[P3] an item opens in its place and nowhere else", () => {
    const item = bytes(vectors.item);
    const box = boxesOf(secret);
    const opened = openItem(firstKey(secret), box.toOld, 0, item);
    expect(opened && toHex(opened)).toBe(vectors.message);
    expect(pairMessageCodec.decode(bytes(vectors.message))).toMatchObject({ ok: true, value: { t: "commit", v: 1 } });
    expect(openItem(firstKey(secret), box.toOld, 1, item)).toBeUndefined();
    expect(openItem(firstKey(secret), box.toNew, 0, item)).toBeUndefined();
  });
});
