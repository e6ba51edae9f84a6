import { newSheetSeed, sheetCode, sheetWords } from "@countersign/shared/charter/recovery-sheet";
import { describe, expect, it } from "vitest";
import { relayAddress } from "./relay.ts";
import { readSheetText } from "./words.ts";

describe("typing a recovery sheet", () => {
  it("[sheet] reads words however they are typed", () => {
    expect(readSheetText(" 1. Abandon\n2. ladder,  ORANGE ")).toEqual({ words: ["abandon", "ladder", "orange"] });
    expect(readSheetText("1: abandon 2: ladder")).toEqual({ words: ["abandon", "ladder"] });
    expect(readSheetText("")).toEqual({ words: [] });
  });

  it("[sheet] reads the code that the app prints, with the relay in it", () => {
    const seed = newSheetSeed((n) => new Uint8Array(n).fill(7));
    for (const relay of ["https://relay.example", "http://localhost:8420", "https://[2001:db8::1]:8443"])
      expect(readSheetText(` ${sheetCode(relay, seed)}\n`)).toEqual({ words: sheetWords(seed), relay });
  });

  it("[relay] takes https, and http on this machine only", () => {
    expect(
      ["https://relay.example", " https://relay.example:8443 ", "http://localhost:8787", "http://127.0.0.1:1"].map(relayAddress),
    ).toEqual(Array(4).fill(true));
    expect(["http://relay.example", "relay.example", "", "javascript:alert(1)", "wss://x"].map(relayAddress)).toEqual(Array(5).fill(false));
  });
});
