import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newPairSecret, pairCodeLink, pairCodeText, readPairCode, type PairSecret } from "./code.ts";

const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((b) => b as PairSecret);

describe("the code of an old device", () => {
  test("[P1] has 26 letters in groups, and reads back however it was typed", () => {
    fc.assert(
      fc.property(bytes, (secret) => {
        const text = pairCodeText(secret);
        expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{2}$/);
        for (const typed of [
          text,
          text.toLowerCase(),
          text.replace(/-/g, " "),
          ` ${text.replace(/-/g, "")}\n`,
          text.replace(/0/g, "o").replace(/1/g, "l"),
        ])
          expect(readPairCode(typed)).toEqual({ ok: true, value: { secret } });
      }),
    );
  });

  test("[P1] a scanned one names its relay", () => {
    fc.assert(
      fc.property(bytes, fc.constantFrom("https://relay.example", "http://localhost:8420", "https://[::1]:9000"), (secret, relay) => {
        expect(readPairCode(pairCodeLink(relay, secret))).toEqual({ ok: true, value: { secret, relay } });
      }),
    );
    expect(() =>
      pairCodeLink(
        "relay",
        newPairSecret((n) => new Uint8Array(n)),
      ),
    ).toThrow();
  });

  test("[P1] refuses everything else, and tells another version", () => {
    const text = pairCodeText(newPairSecret((n) => new Uint8Array(n).fill(7)));
    const code = (typed: string): string => {
      const read = readPairCode(typed);
      return read.ok ? "read" : read.error.code;
    };
    expect(code(`countersign-device:2:https://relay.example:${text}`)).toBe("code-other-version");
    for (const bad of [
      "",
      text.slice(1),
      `${text}A`,
      text.replace(/^./, "U"),
      `${text.slice(0, -1)}Z`,
      "x".repeat(600),
      `countersign-device:1:ftp://a:${text}`,
      `countersign-device:1:${text}`,
    ])
      expect(code(bad), bad).toBe("code-not-code");
    fc.assert(fc.property(fc.string(), (any) => typeof readPairCode(any).ok === "boolean"));
  });
});
