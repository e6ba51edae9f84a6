import { describe, expect, it } from "vitest";
import { relayAddress } from "./relay.ts";
import { sheetWords } from "./words.ts";

describe("typing a recovery sheet", () => {
  it("[sheet] reads words however they are typed", () => {
    expect(sheetWords(" 1. Abandon\n2. ladder,  ORANGE ")).toEqual(["abandon", "ladder", "orange"]);
    expect(sheetWords("countersign-sheet:abandon ladder")).toEqual(["abandon", "ladder"]);
    expect(sheetWords("")).toEqual([]);
  });

  it("[relay] takes https, and http on this machine only", () => {
    expect(
      ["https://relay.example", " https://relay.example:8443 ", "http://localhost:8787", "http://127.0.0.1:1"].map(relayAddress),
    ).toEqual(Array(4).fill(true));
    expect(["http://relay.example", "relay.example", "", "javascript:alert(1)", "wss://x"].map(relayAddress)).toEqual(Array(5).fill(false));
  });
});
