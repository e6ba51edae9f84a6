import sodium from "libsodium-wrappers-sumo";
import { beforeAll, expect, it } from "vitest";
import { concat, toHex, utf8 } from "../base/bytes.ts";
import { domainBytes } from "./domain.ts";
import { initCrypto } from "./init.ts";
import { systemRandom } from "./random.ts";
import { seal, unseal } from "./seal.ts";
import { counting, flipped, unhex } from "./testing.ts";
import xchacha from "./vectors/xchacha.json" with { type: "json" };

beforeAll(initCrypto);

const key = counting(32);
const ad = utf8("where it stands");
const message = utf8("an example");

it("[E8] the cipher is AEAD_XChaCha20_Poly1305 of draft-irtf-cfrg-xchacha-03", () => {
  const c = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
    unhex(xchacha.message),
    unhex(xchacha.ad),
    null,
    unhex(xchacha.nonce),
    unhex(xchacha.key),
  );
  expect(toHex(c)).toBe(xchacha.ciphertext + xchacha.tag);
});

it("[E8] a seal is nonce, ciphertext and tag, over the domain and the associated data", () => {
  const nonce = counting(24, 64);
  const asked: number[] = [];
  const sealed = seal("body-seal", key, ad, message, (n) => {
    asked.push(n);
    return nonce;
  });
  expect(asked).toEqual([24]);
  const cipher = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(message, concat(domainBytes("body-seal"), ad), null, nonce, key);
  expect(sealed).toEqual(concat(nonce, cipher));
  expect(sealed.length).toBe(message.length + 40);
});

it("[E8] a seal opens only under its own name, key and associated data", () => {
  const sealed = seal("body-seal", key, ad, message, systemRandom);
  expect(unseal("body-seal", key, ad, sealed)).toEqual(message);
  expect(unseal("vault-row", key, ad, sealed)).toBeUndefined();
  expect(unseal("body-seal", counting(32, 1), ad, sealed)).toBeUndefined();
  expect(unseal("body-seal", key, utf8("elsewhere"), sealed)).toBeUndefined();
});

it("[E8] no bit may change and no byte be missing or added", () => {
  const sealed = seal("body-seal", key, ad, message, systemRandom);
  for (let bit = 0; bit < sealed.length * 8; bit++) expect(unseal("body-seal", key, ad, flipped(sealed, bit))).toBeUndefined();
  for (let n = 0; n < sealed.length; n++) expect(unseal("body-seal", key, ad, sealed.subarray(0, n))).toBeUndefined();
  expect(unseal("body-seal", key, ad, concat(sealed, new Uint8Array(1)))).toBeUndefined();
});

it("[E8] an empty message can be sealed; a key of another length opens nothing", () => {
  const sealed = seal("body-seal", key, new Uint8Array(), new Uint8Array(), systemRandom);
  expect(unseal("body-seal", key, new Uint8Array(), sealed)).toEqual(new Uint8Array());
  expect(unseal("body-seal", key.subarray(1), new Uint8Array(), sealed)).toBeUndefined();
  expect(() => seal("body-seal", key.subarray(1), ad, message, systemRandom)).toThrow();
});
