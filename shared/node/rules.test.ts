import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** A rule where it is laid down: its number in bold letters begins a line of a list. */
const LAID_DOWN = /^- \*\*([A-Z]{1,2}\d+[a-z]?)\*\*/gm;
/** A test's title, and the rules at its beginning. */
const TITLE = /\b(?:it|test)(?:\.each(?:<[^;]*?>)?\([^;]*?\))?\(\s*["`]((?:\[[^\]\n]+\] ?)+)/g;
const NUMBER = /\b[A-Z]{1,2}\d+[a-z]?\b/g;

async function texts(folder: string, is: RegExp): Promise<readonly string[]> {
  const names = await readdir(join(ROOT, folder), { recursive: true });
  const ours = names.filter((name) => is.test(name) && !name.includes("node_modules"));
  return Promise.all(ours.map((name) => readFile(join(ROOT, folder, name), "utf8")));
}

it("every rule of the documents has one number and a test that carries it, and no test names another", async () => {
  const rules = (await texts("docs", /^[^/]+\.md$/)).flatMap((text) => [...text.matchAll(LAID_DOWN)].map(([, rule = ""]) => rule));
  expect(rules.length).toBeGreaterThan(150);
  expect(rules.filter((rule, i) => rules.indexOf(rule) !== i)).toEqual([]);
  const tests = await Promise.all(
    ["shared", "web", "sync-server", "desktop", "e2e"].map((part) => texts(part, /\.(?:test|spec|story)\.tsx?$/)),
  );
  const titles = tests.flat().flatMap((text) => [...text.matchAll(TITLE)].flatMap(([, named = ""]) => named.match(NUMBER) ?? []));
  const carried = new Set(titles);
  expect(rules.filter((rule) => !carried.has(rule))).toEqual([]);
  const known = new Set(rules);
  expect([...carried].filter((rule) => !known.has(rule)).sort()).toEqual([]);
});
