import { describe, expect, it } from "vitest";
import { lengthOf, strengthOf } from "./strength.ts";

describe("the strength of a passphrase", () => {
  it("[passphrase] knows passwords of breaches as a whole, offline", async () => {
    expect((await strengthOf("unbelievable", [])).known).toBe(true);
    expect((await strengthOf("password1234", [])).score).toBeLessThan(2);
    expect(await strengthOf("otter paints nine quiet lamps", [])).toEqual({ score: 4, known: false });
  });

  it("[passphrase] counts characters as people do", () => {
    expect(lengthOf("zwölf Zeichen")).toBe(13);
    expect(lengthOf("👩‍🚀 abc")).toBeLessThan(8);
  });
});
