import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CHECKS } from "./checks.ts";
import { SNAPSHOT_SENTENCES } from "./codes.ts";
import { RENDER_VERSION } from "./statement.ts";

const docs = join(import.meta.dirname, "../../../docs");
const read = (name: string): string => readFileSync(join(docs, name), "utf8");
/** The cells of a document's table rows that begin with a code. */
const rowsOf = (text: string): string[][] =>
  [...text.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(([, key = "", rest = ""]) => [key, ...rest.split(" | ")]);

const [checks = "", files = ""] = read("checks.md").split("\n## Files that are no snapshot\n");
/** Only the table of four columns. */
const listed = rowsOf(checks).filter((row) => row.length === 4);

describe("the list of checks in docs/checks.md", () => {
  it("[S7] has every check with its part and its sentence, and no other", () => {
    expect(listed.map(([key, part, , sentence]) => [key, part, sentence])).toEqual(Object.entries(CHECKS).map(([key, of]) => [key, ...of]));
  });

  it("[S7] has for each the state in which the verifier says it", () => {
    const sources = readdirSync(import.meta.dirname).filter((f) => f.endsWith(".ts") && !f.endsWith(".test.ts"));
    const source = sources.map((f) => readFileSync(join(import.meta.dirname, f), "utf8")).join("\n");
    const states = new Map<string, Set<string>>();
    const saw = (key: string, state: string): void => void states.set(key, (states.get(key) ?? new Set()).add(state));
    for (const [, key = "", state = ""] of source.matchAll(/checks\.add\("([A-Za-z-]+)", "(good|remarks)"/g))
      saw(key, state === "good" ? state : "remark");
    for (const [, key = ""] of source.matchAll(/checks\.failed\("([A-Za-z-]+)"/g)) saw(key, "failed");
    // Which of the two a file is, one function says (`payloadFault`).
    saw("file-changed", "failed");
    expect(Object.fromEntries(listed.map(([key = "", , state = ""]) => [key, state]))).toEqual(
      Object.fromEntries([...states].map(([key, s]) => [key, [...s].join(" or ")])),
    );
  });

  it("[S7] has every code of a file that cannot be read, with its sentence, and no other", () => {
    expect(Object.fromEntries(rowsOf(files))).toEqual(SNAPSHOT_SENTENCES);
  });

  it("[S39] the document describes the render version that is written", () => {
    expect(/the render version that this document describes is (\d+)/.exec(read("snapshot-format.md"))?.[1]).toBe(String(RENDER_VERSION));
  });
});
