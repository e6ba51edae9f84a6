import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { tempFolder } from "./paths.ts";
import { findPlanted } from "./planted.ts";

/** The search itself can fail: each form in which a word is written down on purpose is found, wherever it stands. */
const WORD = "Zahnärztin am Montag";
const around = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 255, 7]), bytes, Buffer.from([1, 0])]);
const base64 = (before: string): string => Buffer.from(`${before}${WORD}.`, "utf8").toString("base64");

const PLANTED: Readonly<Record<string, Buffer>> = {
  "utf-8": Buffer.from(WORD, "utf8"),
  "utf-16le": Buffer.from(WORD, "utf16le"),
  "utf-16be": Buffer.from(WORD, "utf16le").swap16(),
  "base64 1": Buffer.from(base64("")),
  "base64 2": Buffer.from(base64("x")),
  "base64 3": Buffer.from(base64("xy")),
  base64url: Buffer.from(base64("x").replaceAll("+", "-").replaceAll("/", "_")),
  url: Buffer.from(encodeURIComponent(WORD)),
  "url of a form": Buffer.from(new URLSearchParams({ q: WORD }).toString()),
  hex: Buffer.from(Buffer.from(WORD, "utf8").toString("hex")),
  json: Buffer.from(JSON.stringify({ WORD }).replace("ä", "\\u00e4")),
  lower: Buffer.from(WORD.toLowerCase()),
};

it.each(Object.entries(PLANTED))("[threats] a word that was planted as %s is found", (name, bytes) => {
  const folder = tempFolder("planted");
  mkdirSync(path.join(folder, "deep", "er"), { recursive: true });
  const file = path.join(folder, "deep", "er", "leveldb.log");
  writeFileSync(file, around(bytes));
  expect(
    findPlanted(folder, [WORD, "another word"]).map((found) => [found.word, found.file]),
    name,
  ).toContainEqual([WORD, file]);
});

it("[threats] a word in the name of a file is found, and nothing where there is nothing", () => {
  const folder = tempFolder("planted");
  writeFileSync(path.join(folder, `${WORD}.txt`), "");
  expect(findPlanted(folder, [WORD])).toHaveLength(1);
  expect(findPlanted(folder, ["another word"])).toEqual([]);
  expect(() => findPlanted(folder, ["short"])).toThrow("too short");
});
