import { beforeAll, expect, it } from "vitest";
import { concat, toHex, utf8 } from "../base/bytes.ts";
import { domainBytes } from "./domain.ts";
import { hash, sha256, Sha256 } from "./hash.ts";
import { initCrypto } from "./init.ts";
import { counting, unhex } from "./testing.ts";
import nist from "./vectors/sha256.json" with { type: "json" };
import vectors from "./vectors/countersign.json" with { type: "json" };

beforeAll(initCrypto);

it.each(nist.cases)("[E6] SHA-256 of the NIST example $name", ({ text, repeat, digest }) => {
  const message = utf8(text.repeat(repeat));
  expect(toHex(sha256(message))).toBe(digest);
  const pieces = new Sha256();
  for (let at = 0; at < message.length; at += 100_003) pieces.update(message.subarray(at, at + 100_003));
  expect(toHex(pieces.digest())).toBe(digest);
});

it.each(vectors.hash)("[E6] H of $name as another implementation has it", ({ name, parts, digest }) => {
  expect(toHex(hash(name as "statement", ...parts.map(unhex)))).toBe(digest);
});

it("[E6] the name changes the hash, and parts are only joined", () => {
  const m = counting(70);
  expect(hash("body", m)).toEqual(sha256(concat(domainBytes("body"), m)));
  expect(hash("body", m)).not.toEqual(hash("statement", m));
  expect(hash("body", m.subarray(0, 32), m.subarray(32))).toEqual(hash("body", m));
});

it("[E6] a hash that was taken takes no more bytes", () => {
  const pieces = new Sha256().update(counting(3));
  pieces.digest();
  expect(() => pieces.update(counting(3))).toThrow();
  expect(() => pieces.digest()).toThrow();
});
