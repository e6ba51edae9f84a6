import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { nodeCrypto } from "../../node/native-crypto.ts";
import { edges, honest, wrong } from "../../test/edge-signatures.ts";
import { toHex } from "../base/bytes.ts";
import { domainBytes } from "./domain.ts";
import { hash, sha256 } from "./hash.ts";
import { initCrypto } from "./init.ts";
import { signerLater, verifyLater } from "./later.ts";
import { useNativeCrypto, type NativeCrypto } from "./native.ts";
import { signKeyPair, signRaw, verify } from "./sign.ts";
import { counting, unhex } from "./testing.ts";
import type { SignatureCheck } from "./verify-many.ts";
import rfc8032 from "./vectors/rfc8032.json" with { type: "json" };
import nist from "./vectors/sha256.json" with { type: "json" };
import small from "./vectors/small-order.json" with { type: "json" };
import speccheck from "./vectors/speccheck.json" with { type: "json" };

beforeAll(initCrypto);
afterEach(() => useNativeCrypto(undefined));

const later = (checks: readonly SignatureCheck[]): Promise<boolean[]> =>
  Promise.all(checks.map((c) => verifyLater("change", c.message, c.signature, c.publicKey)));
const normative = (checks: readonly SignatureCheck[]): boolean[] =>
  checks.map((c) => verify("change", c.message, c.signature, c.publicKey));

/** The published cases: their messages carry no domain, so under ours none may hold; what counts is that both ways say the same. */
const published = (): SignatureCheck[] => [
  ...speccheck.cases.map((c) => ({ message: unhex(c.message), signature: unhex(c.signature), publicKey: unhex(c.publicKey) })),
  ...[...small.ed25519.canonical, ...small.ed25519.nonCanonical].flatMap((key) => honest(2).map((c) => ({ ...c, publicKey: unhex(key) }))),
];

describe("with Node's OpenSSL", () => {
  beforeEach(() => useNativeCrypto(nodeCrypto));

  it("[K1] every verdict is libsodium's", async () => {
    const checks = [...honest(20), ...wrong(), ...edges(), ...published(), ...honest(5)];
    const expected = normative(checks);
    expect(expected.filter(Boolean).length).toBe(25);
    expect(await later(checks)).toEqual(expected);
    // A second time, with the keys that were kept.
    expect(await later(checks)).toEqual(expected);
  });

  it("[E7] what it signs is what libsodium signs", async () => {
    for (const c of rfc8032.cases) {
      const pair = signKeyPair(unhex(c.seed));
      expect(toHex(await signerLater(pair.secretKey)(unhex(c.message)))).toBe(c.signature);
    }
    const { secretKey } = signKeyPair(counting(32));
    const one = await signerLater(secretKey)(counting(99));
    expect(one).toEqual(signRaw(counting(99), secretKey));
  });

  it.each(nist.cases)("[E6] SHA-256 of the NIST example $name", ({ text, repeat, digest }) => {
    expect(toHex(sha256(new TextEncoder().encode(text.repeat(repeat))))).toBe(digest);
  });

  it("[E6] hashes are the ones that libsodium gives", () => {
    const given = [0, 1, 63, 64, 65, 4_096].map((n) => hash("body", counting(n)));
    useNativeCrypto(undefined);
    expect(given).toEqual([0, 1, 63, 64, 65, 4_096].map((n) => hash("body", counting(n))));
  });
});

describe("with other platforms", () => {
  const asked: string[] = [];
  const yes: NativeCrypto = {
    ...nodeCrypto,
    verifyKey: toHex,
    verify: (_key, _message, signature) => {
      asked.push(toHex(signature));
      return Promise.resolve(true);
    },
  };

  it("[K1] one that says yes to everything is not asked at the edges", async () => {
    useNativeCrypto(yes);
    expect(await later(edges())).toEqual(edges().map(() => false));
    expect(asked).toEqual([]);
    await later(honest(3));
    expect(asked).toHaveLength(3);
  });

  it("[K1] a no is not the last word, and without a platform libsodium decides alone", async () => {
    const checks = [...honest(4), ...wrong(), ...edges()];
    useNativeCrypto({ ...nodeCrypto, verify: () => Promise.resolve(false) });
    expect(await later(checks)).toEqual(normative(checks));
    useNativeCrypto(undefined);
    expect(await later(checks)).toEqual(normative(checks));
  });

  it("[E7] a signer without a platform signs all the same", async () => {
    const { secretKey } = signKeyPair(counting(32));
    expect(await signerLater(secretKey)(domainBytes("entry"))).toEqual(signRaw(domainBytes("entry"), secretKey));
  });
});
