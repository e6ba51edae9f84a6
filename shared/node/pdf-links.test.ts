import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { PDF_CASES } from "../test/pdf-cases.ts";
import { json, linksOf, textIn, textOf, writePdfs, type Linked, type Outline } from "../test/pdf-read.ts";
import { initCrypto } from "../src/crypto/init.ts";

// What qpdf reads back of links and bookmarks, held against what is printed where they lead.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

let folder: string;
beforeAll(async () => {
  await initCrypto();
  folder = mkdtempSync(path.join(tmpdir(), "countersign-pdf-"));
  const { letters, names, many } = PDF_CASES;
  await writePdfs(folder, "serial", { style: "serial", prefix: "CS-", from: 995 }, letters);
  await writePdfs(folder, "sections", { style: "sections", from: "B" }, letters);
  await writePdfs(folder, "names", { style: "serial", prefix: "CS-", from: 1 }, names);
  await writePdfs(folder, "many", { style: "serial", prefix: "CS-", from: 1 }, many);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const at = (name: string, report: string): string => path.join(folder, `${name}-${report}.pdf`);

/** Points below the place to which a link leads. */
const BELOW = 60;
const WIDTH = 612;
const LETTERS = 12;
const placeOf = (file: string, page: number, y: number): string => textIn(file, page, [0, y - BELOW, WIDTH, y]).replace(/\s+/g, "");
/** The first letters of a title as it is printed, without what the list adds to it or cuts off. */
const beginning = (title: string): string =>
  title
    .replace(/^\d+\. /, "")
    .replace(/…$/, "")
    .replace(/\s+/g, "")
    .slice(0, LETTERS);
/** Headings that the index of a report calls otherwise. */
const CALLED: Readonly<Record<string, string>> = { "Set aside": "Changes that broke a rule and were set aside" };

const REPLY = /^answers no\. (\d+)$/;
/** Of links to what a message answers, of which a long thread has hundreds, so many are looked at. */
const REPLIES = 12;

describe("links and bookmarks, as other programs read them", () => {
  const cases = [
    ["serial", "messages"],
    ["sections", "messages"],
    ["serial", "expenses"],
    ["sections", "expenses"],
    ["serial", "history"],
    ["sections", "certificate"],
    ["names", "messages"],
    ["many", "messages"],
  ] as const;

  it.each(cases)(
    "[S6] in %s-%s each line of the index leads to where its record begins, on the page whose label it names",
    (name, report) => {
      const file = at(name, report);
      const { pages, links } = linksOf(file);
      const marks = json(file).outlines.flatMap(function flat(o): readonly Outline[] {
        return [o, ...o.kids.flatMap(flat)];
      });
      // The index stands on the pages before the first record.
      const first = Math.min(...links.map((l) => pages.indexOf(l.to) + 1));
      const index = links.filter((l) => l.page < first);
      expect(index.length).toBe(marks.length - 1);
      for (const link of index) {
        const line = textIn(file, link.page, link.rect);
        const [, title = "", label = ""] = /^(.*?)[\s.]*(\S+)$/.exec(line) ?? [];
        const target = pages.indexOf(link.to) + 1;
        const printed = textOf(file, target).split("\n");
        expect(
          printed.map((l) => l.trim()),
          line,
        ).toContain(label);
        const [named = ""] = title.split(/: | · |  /);
        expect(placeOf(file, target, link.y), line).toContain(beginning(CALLED[named] ?? named));
        const mark = marks.find((m) => m.destpageposfrom1 === target && Math.abs(Number(m.dest[3]) - link.y) < 1);
        expect(mark, `a bookmark for ${line}`).toBeDefined();
      }
    },
  );

  it.each(cases)("[S6] in %s-%s each bookmark leads to what it is called", (name, report) => {
    const file = at(name, report);
    const [top, ...rest] = json(file).outlines.flatMap(function flat(o): readonly Outline[] {
      return [o, ...o.kids.flatMap(flat)];
    });
    expect(top?.destpageposfrom1).toBe(1);
    for (const { title, dest, destpageposfrom1 } of rest)
      expect(placeOf(file, destpageposfrom1, Number(dest[3])), title).toContain(beginning(CALLED[title] ?? title));
  });

  it.each(["serial", "sections", "many"])("[S6] in %s what a message answers is where its link leads", (name) => {
    const file = at(name, "messages");
    const { pages, links } = linksOf(file);
    const replies = links.flatMap((link): readonly (readonly [Linked, string])[] => {
      const [left, low, right, high] = link.rect;
      // Links of the index are as wide as the page's text.
      return right - left > WIDTH / 2 || high < low ? [] : [[link, REPLY.exec(textIn(file, link.page, link.rect))?.[1] ?? ""]];
    });
    const step = Math.max(1, Math.floor(replies.length / REPLIES));
    for (const [link, number] of replies.filter((_, i) => i % step === 0))
      expect(placeOf(file, pages.indexOf(link.to) + 1, link.y)).toContain(`No.${number}·`);
    expect(replies.length).toBeGreaterThan(5);
  });

  it("[S6] page one leads to the first page of every other report", () => {
    const { files } = linksOf(at("serial", "START-HERE"));
    expect(files).toEqual(["report/messages.pdf", "report/expenses.pdf", "report/history.pdf", "certificate.pdf"]);
  });
});
