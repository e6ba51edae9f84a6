import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inRoot } from "./paths.mjs";

const WORKSPACES = [".", "shared", "web", "desktop", "sync-server", "e2e"];

/** @returns {Set<string>} */
function used() {
  const names = WORKSPACES.flatMap((folder) => {
    const about = JSON.parse(readFileSync(inRoot(folder, "package.json"), "utf8"));
    return Object.keys({ ...about.dependencies, ...about.devDependencies });
  });
  return new Set(names);
}

/** The names in the first column of the document's tables. @returns {Set<string>} */
function explained() {
  const rows = readFileSync(inRoot("docs", "dependencies.md"), "utf8").split("\n");
  const first = rows.filter((row) => row.startsWith("| `")).map((row) => row.split("|")[1] ?? "");
  return new Set(first.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "")));
}

describe("docs/dependencies.md", () => {
  it("[dependencies] gives a reason for each package, and for none that is gone", () => {
    expect([...used()].sort()).toEqual([...explained()].sort());
  });

  it("[dependencies] every version is exact", () => {
    for (const folder of WORKSPACES) {
      const about = JSON.parse(readFileSync(inRoot(folder, "package.json"), "utf8"));
      for (const version of Object.values({ ...about.dependencies, ...about.devDependencies }))
        expect(version).toMatch(/^(npm:[a-z]+@)?\d+\.\d+\.\d+$/);
    }
  });
});
