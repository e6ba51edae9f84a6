import { describe, expect, it } from "vitest";
import { en } from "./en.ts";

const sources = Object.entries(
  import.meta.glob<string>(["../**/*.{ts,tsx}", "../../../desktop/src/*.ts", "!../**/*.test.{ts,tsx}", "!./en/**", "!../engine/fake/**"], {
    query: "?raw",
    import: "default",
    eager: true,
  }),
).map(([, text]) => text);

/** Every piece of text in the sources that could name a word: in quotes, or in backticks with something put into it. */
const quoted = new Set(
  sources.flatMap((text) => [...text.matchAll(/["'`]([a-z][\w.-]*\.[\w.-]+|[a-z]\w*)["'`]/gi)].map(([, name]) => name)),
);
const made = sources
  .flatMap((text) => [...text.matchAll(/`([a-z][\w-]*\.[^`\s]*\$\{[^`]*)`/gi)].map(([, name = ""]) => name))
  .map(
    (name) =>
      new RegExp(
        `^${name
          .replace(/\$\{[^}]*\}/g, "\0")
          .replace(/[.*+?^$()|[\]\\{}]/g, "\\$&")
          .replaceAll("\0", ".+")}$`,
      ),
  );

const isUsed = (key: string): boolean => quoted.has(key) || made.some((pattern) => pattern.test(key));

describe("the word catalogue", () => {
  it("[words] holds no word that nothing shows", () => {
    expect(Object.keys(en).filter((key) => !isUsed(key))).toEqual([]);
  });

  it("[words] a word that nothing shows is found", () => {
    expect(isUsed("do.cancel")).toBe(true);
    expect(isUsed("do.nothing-of-the-kind")).toBe(false);
  });
});
