import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { unpack } from "../../test/bundle.ts";
import { makeHousehold } from "../../test/household.ts";
import { fromUtf8 } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import { sourceOf } from "../sample/source.ts";
import { CHECKS } from "./checks.ts";
import { SNAPSHOT_SENTENCES } from "./codes.ts";
import { PATH } from "./paths.ts";
import { RENDER_VERSION } from "./statement.ts";
import { writeSnapshot } from "./write.ts";

const docs = join(import.meta.dirname, "../../../docs");
const read = (name: string): string => readFileSync(join(docs, name), "utf8");
/** The cells of a document's table rows that begin with a code. */
const rowsOf = (text: string): string[][] =>
  [...text.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(([, key = "", rest = ""]) => [key, ...rest.split(" | ")]);

const [checks = "", files = ""] = read("checks.md").split("\n## Files that are no snapshot\n");
/** Only the table of five columns. */
const listed = rowsOf(checks).filter((row) => row.length === 5);

/** The cells of a table's row, with names of columns alone. */
const named = (cell: string): string[] =>
  [...cell.replace(/\([^)]*\)/g, "").matchAll(/`([A-Za-z]+)`|\b(proof)\b/g)].flatMap(([, name, proof]) =>
    proof ? ["claimed", "notBefore", "notAfter", "stampedBy", "others", "had", "entry", "device", "change"] : [name ?? ""],
  );

describe("tables and lines in docs/snapshot-format.md", () => {
  let files: ReadonlyMap<string, Uint8Array>;
  const text = (path: string): string => fromUtf8(files.get(path) ?? new Uint8Array()) ?? "";

  beforeAll(async () => {
    await Promise.all([initCrypto(), initAutomergeNode()]);
    const scope = { threads: "all", expenses: "all", settlement: "include", files: true } as const;
    const made = await writeSnapshot(sourceOf(makeHousehold()), scope);
    if (!made.ok) throw new Error(made.error.code);
    files = await unpack(made.value.bytes);
  }, 60_000);

  it("[S34] each table begins with its columns, and each row has as many cells", () => {
    const format = read("snapshot-format.md");
    const [, proof = "", keys = ""] = /^Here proof is `([^`]+)` and keys is `([^`]+)`/m.exec(format) ?? [];
    const tables = [...format.matchAll(/^\| `([a-z-]+\.csv)` \| (.*) \|$/gm)];
    expect(tables.map(([, name]) => `data/csv/${name ?? ""}`).toSorted()).toEqual(
      [...files.keys()].filter((f) => f.endsWith(".csv")).toSorted(),
    );
    for (const [, name = "", cell = ""] of tables) {
      const columns = cell
        .replaceAll("`", "")
        .split(",")
        .map((c) => (c === "proof" ? proof : c === "keys" ? keys : c))
        .join(",");
      expect(text(`data/csv/${name}`).split("\r\n")[0]).toBe(`\ufeff${columns}`);
    }
  });

  it("[S34] each line of records.jsonl has its keys in their order", () => {
    const format = read("snapshot-format.md");
    const keysOf = (row: string): string[] => named(new RegExp(`^\\| ${row} \\| (.*) \\|$`, "m").exec(format)?.[1] ?? "");
    const lines = text(PATH.records)
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(new Set(lines.map((l) => l["record"]))).toEqual(new Set(["message", "expense", "set-aside"]));
    for (const line of lines) expect(Object.keys(line)).toEqual(["record", ...keysOf(`\`${String(line["record"])}\``)]);
    const steps = lines.flatMap((l) => (l["steps"] ?? []) as Record<string, unknown>[]);
    expect(steps.length).toBeGreaterThan(5);
    for (const step of steps) expect(Object.keys(step)).toEqual(keysOf("– a step"));
    for (const file of lines.flatMap((l) => (l["files"] ?? []) as object[])) {
      expect(`{ ${Object.keys(file).join(", ")} }`).toBe(/A file is `([^`]+)`/.exec(format)?.[1]);
    }
  });
});

describe("the list of checks in docs/checks.md", () => {
  it("[S7] has every check with its part, its sentence and what it can't show, and no other", () => {
    expect(listed.map(([key, part, , sentence, cant]) => [key, part, sentence, cant])).toEqual(
      Object.entries(CHECKS).map(([key, [part, says, cant = "–"]]) => [key, part, says, cant]),
    );
  });

  it("[S7] says of every check that can be good what it can't show", () => {
    expect(listed.filter(([, , state = ""]) => state.includes("good")).map(([key]) => key)).toEqual(
      listed.filter(([, , , , cant]) => cant !== "–").map(([key]) => key),
    );
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
