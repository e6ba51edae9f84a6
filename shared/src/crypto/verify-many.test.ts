import { beforeAll, describe, expect, it } from "vitest";
import { concat, toHex } from "../base/bytes.ts";
import { domainBytes } from "./domain.ts";
import { edges, honest, wrong } from "../../test/edge-signatures.ts";
import { initCrypto } from "./init.ts";
import { verify } from "./sign.ts";
import { verifyMany, type SignatureCheck, type VerifySubtle } from "./verify-many.ts";

beforeAll(initCrypto);

/** A subtle that takes every key and says yes to everything: what it is asked shows what is left to the platform. */
function yes(asked: string[] = []): VerifySubtle {
  return {
    importKey: (_format, key) => Promise.resolve(toHex(key)),
    verify: (_algorithm, _key, signature) => {
      asked.push(toHex(signature));
      return Promise.resolve(true);
    },
  };
}
const no: VerifySubtle = { importKey: () => Promise.resolve("key"), verify: () => Promise.resolve(false) };
const noEd25519: VerifySubtle = {
  importKey: () => Promise.reject(new Error("NotSupportedError")),
  verify: () => Promise.reject(new Error("not asked")),
};

const verdicts = (checks: readonly SignatureCheck[]): boolean[] => checks.map((c) => verify("change", c.message, c.signature, c.publicKey));

describe("with the platform's WebCrypto", () => {
  it("[K1] more than are in flight at a time, each has its own verdict", async () => {
    const checks = [...honest(150), ...wrong(), ...edges(), ...honest(3)];
    const expected = verdicts(checks);
    expect(expected.filter(Boolean).length).toBe(153);
    expect(await verifyMany("change", checks)).toEqual(expected);
    expect(await verifyMany("change", [])).toEqual([]);
  });

  it("[K1] the platform would take a signature that libsodium refuses", async () => {
    // Else the next tests guard against nothing here.
    const { subtle } = globalThis.crypto;
    const taken = await Promise.all(
      edges().map(async (c) => {
        try {
          const key = await subtle.importKey("raw", Uint8Array.from(c.publicKey), { name: "Ed25519" }, false, ["verify"]);
          return await subtle.verify(
            { name: "Ed25519" },
            key,
            Uint8Array.from(c.signature),
            concat(domainBytes("change"), c.message).slice(),
          );
        } catch {
          return false;
        }
      }),
    );
    expect(taken).toContain(true);
    expect(verdicts(edges())).not.toContain(true);
  });

  it("[E7] another domain is another signature", async () => {
    expect(await verifyMany("entry", honest(2))).toEqual([false, false]);
  });
});

describe("with other platforms", () => {
  it("[K1] a platform that says yes to everything is not asked about what libsodium refuses at the edges", async () => {
    const asked: string[] = [];
    expect(await verifyMany("change", edges(), yes(asked))).toEqual(edges().map(() => false));
    expect(asked).toEqual([]);
  });

  it("[K1] honest signatures are left to it", async () => {
    const asked: string[] = [];
    const checks = honest(70);
    expect(await verifyMany("change", checks, yes(asked))).toEqual(checks.map(() => true));
    expect(asked.toSorted()).toEqual(checks.map((c) => toHex(c.signature)).toSorted());
  });

  it("[K1] its no is not the last word", async () => {
    const checks = [...honest(3), ...wrong()];
    expect(await verifyMany("change", checks, no)).toEqual(verdicts(checks));
  });

  it("[K1] without Ed25519 libsodium decides alone", async () => {
    const checks = [...honest(3), ...wrong(), ...edges()];
    expect(await verifyMany("change", checks, noEd25519)).toEqual(verdicts(checks));
  });
});
