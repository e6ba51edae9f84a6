import { expect, it } from "vitest";
import { toHex } from "../base/bytes.ts";
import { DOMAINS, domainBytes } from "./domain.ts";
import vectors from "./vectors/countersign.json" with { type: "json" };

it("[E5] D(name) is countersign/v1/, the name and a zero byte", () => {
  expect(toHex(domainBytes("entry"))).toBe(vectors.domain.bytes);
});

it("[E5] no domain is the beginning of another", () => {
  const all = DOMAINS.map((name) => toHex(domainBytes(name)));
  for (const a of all) expect(all.filter((b) => b.startsWith(a))).toEqual([a]);
});
