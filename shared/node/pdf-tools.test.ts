import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { LONG_NAME, MANY, PDF_CASES, TEXTS, UNBROKEN } from "../test/pdf-cases.ts";
import { json, textOf, tool, writePdfs } from "../test/pdf-read.ts";
import { MAX_CHILD } from "../src/kinds/children.ts";
import { initCrypto } from "../src/crypto/init.ts";

// What stock tools say of the pages. They come with `qpdf` and `poppler-utils` (scripts/lib/system.mjs).
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const { letters: MODEL, ...OTHERS } = PDF_CASES;
const REPORTS = ["START-HERE", "messages", "expenses", "history", "certificate"] as const;

let folder: string;
beforeAll(async () => {
  await initCrypto();
  folder = mkdtempSync(path.join(tmpdir(), "countersign-pdf-"));
  await writePdfs(folder, "serial", { style: "serial", prefix: "CS-", from: 995 }, MODEL);
  await writePdfs(folder, "none", { style: "none" }, MODEL);
  await writePdfs(folder, "sections", { style: "sections", from: "B" }, MODEL);
  for (const [name, model] of Object.entries(OTHERS)) await writePdfs(folder, name, { style: "serial", prefix: "CS-", from: 1 }, model);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const at = (style: string, report: string): string => path.join(folder, `${style}-${report}.pdf`);

const STREAM = "\nstream\n";

describe("the pages, as other programs see them", () => {
  it.each(REPORTS)("[S6] %s.pdf is sound, and every font is inside", (report) => {
    for (const style of ["serial", "sections"]) {
      expect(tool("qpdf", "--check", at(style, report))).toContain("No syntax or stream encoding errors found");
      const fonts = tool("pdffonts", at(style, report)).trimEnd().split("\n").slice(2);
      expect(fonts.length).toBeGreaterThan(0);
      for (const line of fonts) expect(line).toMatch(/ yes +(?:yes|no) +(?:yes|no) +\d+ +\d+$/);
    }
  });

  it("[S8] what is cut short or damaged qpdf refuses, and pdftotext does not read as it was", () => {
    const good = readFileSync(at("serial", "messages"));
    const damaged = Buffer.from(good);
    // The beginning of each packed stream: letters, pages and what is beside them.
    for (let from = good.indexOf(STREAM); from !== -1; from = good.indexOf(STREAM, from + 1))
      damaged.fill(0x55, from + STREAM.length, from + STREAM.length + 8);
    const text = tool("pdftotext", at("serial", "messages"), "-");
    for (const [name, bytes] of [
      ["short", good.subarray(0, good.length >> 1)],
      ["damaged", damaged],
    ] as const) {
      const file = path.join(folder, `${name}.pdf`);
      writeFileSync(file, bytes);
      expect(spawnSync("qpdf", ["--check", file]).status, name).not.toBe(0);
      expect(spawnSync("pdftotext", [file, "-"], { encoding: "utf8" }).stdout, name).not.toBe(text);
    }
  });

  it.each(["none", "serial", "sections"] as const)("[S6] each report in the style '%s' has the labels of that style", (style) => {
    for (const report of REPORTS) {
      const { pages, pagelabels } = json(at(style, report));
      expect(pages.length).toBeGreaterThan(0);
      const labels = pagelabels.map((l) => JSON.stringify(l.label["/P"] ?? ""));
      if (style === "none") expect(new Set(labels), report).toEqual(new Set(pagelabels.length === 0 ? [] : ['""']));
      else
        expect(labels.every((l) => (style === "serial" ? /^"u:CS-0+"$/ : /^"u:[B-F]"$/).test(l)) && labels.length > 0, report).toBe(true);
    }
  });

  it("[S6] labels read back as they are printed: a running number, or a letter for each report", () => {
    const serial = json(at("serial", "START-HERE")).pagelabels;
    expect(serial[0]?.label).toMatchObject({ "/P": "u:CS-000", "/S": "/D", "/St": 995 });
    const pages = json(at("serial", "START-HERE")).pages.length;
    expect(textOf(at("serial", "START-HERE"))).toContain("CS-000995");
    expect(textOf(at("serial", "messages"))).toContain(`CS-${String(995 + pages).padStart(6, "0")}`);
    // The number of digits changes within the report.
    expect(json(at("serial", "messages")).pagelabels.map((l) => l.label["/P"])).toEqual(["u:CS-000", "u:CS-00"]);
    const letters = REPORTS.map((r) => json(at("sections", r)).pagelabels[0]?.label["/P"]);
    expect(letters).toEqual(["u:B", "u:C", "u:D", "u:E", "u:F"]);
    expect(textOf(at("sections", "expenses"))).toMatch(/^D1$/m);
  });

  it("[S6] bookmarks lead to the page that the index names", () => {
    const file = at("sections", "messages");
    const { outlines } = json(file);
    expect(outlines.map((o) => o.title)).toEqual(["Messages", "School run", "Long"]);
    const long = outlines.at(-1);
    expect(long?.kids.map((k) => k.title)).toEqual(["2026-03"]);
    expect(textOf(file).replace(/\s+/g, " ")).toContain(`C${String(long?.destpageposfrom1)}`);
    const page = String(long?.destpageposfrom1);
    expect(tool("pdftotext", "-f", page, "-l", page, file, "-")).toContain("60 shown");
  });

  it("[S1] the text can be read out in the order in which it was written, in every language", () => {
    const text = textOf(at("serial", "messages")).replace(/\s+/g, " ");
    for (const written of TEXTS.slice(0, -1)) expect(text.replaceAll(" ", ""), written).toContain(written.replaceAll(" ", ""));
    expect(text.replaceAll(" ", "")).toContain("abc[U+202E]def[U+E0041]ghi[U+10FFFF]");
  });

  it("[S4] each page has its zone and number, each message three facts in columns of their own", () => {
    for (const report of REPORTS) {
      const pages = tool("pdftotext", "-layout", at("serial", report), "-").split("\f").slice(0, -1);
      pages.forEach((page, i) => {
        expect(page).toContain("Times in Europe/Vienna");
        expect(page).toContain(`Page ${String(i + 1)} of ${String(pages.length)}`);
      });
    }
    const columns = tool("pdftotext", "-layout", at("serial", "messages"), "-");
    expect(columns).toMatch(/Author’s clock +Logged not before +Logged not after +Delivered +Viewed/);
    expect(columns).toMatch(/\d{4}-\d\d-\d\d +\w{3} \d{4}-\d\d-\d\d +\w{3} \d{4}-\d\d-\d\d +no receipt +no receipt/);
  });

  it("[S6] England's style has no letter under 12 points, and A4 paper; the American one has letter paper", () => {
    const sizes = [
      ...tool("pdftotext", "-bbox-layout", at("sections", "messages"), "-").matchAll(/<page width="([\d.]+)" height="([\d.]+)"/g),
    ];
    expect(new Set(sizes.map((m) => `${m[1] ?? ""} ${m[2] ?? ""}`))).toEqual(new Set(["595.280000 841.890000"]));
    const content = tool("qpdf", "--qdf", "--object-streams=disable", at("sections", "messages"), "-");
    const fonts = [...content.matchAll(/\/F\d+ ([\d.]+) Tf/g)].map((m) => Number(m[1]));
    expect(fonts.length).toBeGreaterThan(100);
    // A code in its frame is no letter of the record's own.
    expect(Math.min(...fonts.filter((size) => size !== 9))).toBe(12);
    expect(tool("pdfinfo", at("serial", "messages"))).toContain("612 x 792");
  });

  it("[S6] a name of 200 characters is printed whole, within the page's edges, and begins a bookmark", () => {
    for (const report of REPORTS) expect(tool("qpdf", "--check", at("names", report))).toContain("No syntax");
    for (const report of ["START-HERE", "messages", "expenses"]) {
      const text = textOf(at("names", report)).replace(/\s+/g, "");
      expect(text, report).toContain(LONG_NAME.replace(/\s+/g, ""));
    }
    const letters = textOf(at("names", "messages")).replace(/\s+/g, "");
    expect(letters).toContain(UNBROKEN);
    expect(letters).toContain(UNBROKEN.slice(0, MAX_CHILD) + ",Mia");
    expect(textOf(at("names", "expenses")).replace(/\s+/g, "")).toContain(UNBROKEN);
    // In the narrow list beside the pages its beginning is enough.
    expect(json(at("names", "messages")).outlines.at(-1)?.title).toMatch(/^Maximiliane Theodora von und zu Hohenfels.*…$/);
    for (const report of REPORTS) {
      const words = tool("pdftotext", "-bbox", at("names", report), "-").matchAll(/<word xMin="([\d.-]+)" .*? xMax="([\d.-]+)"/g);
      for (const [word, from, to] of words) expect(Number(from) >= 50 && Number(to) <= 612 - 50, word).toBe(true);
    }
  });

  it("[S6] an empty record has its pages, and they say that nothing is there", () => {
    for (const report of REPORTS) expect(tool("qpdf", "--check", at("empty", report))).toContain("No syntax");
    expect(textOf(at("empty", "messages"))).toContain("No messages are in this snapshot.");
    expect(textOf(at("empty", "expenses"))).toContain("No expenses are in this snapshot.");
    expect(json(at("empty", "messages")).outlines.map((o) => o.title)).toEqual(["Messages"]);
  });

  it("[S6] 2,000 messages of one thread have their months as bookmarks, a label on each page, and stand there once each", () => {
    const file = at("many", "messages");
    const { pages, outlines, pagelabels } = json(file);
    const months = outlines.find((o) => o.title === "All")?.kids ?? [];
    expect(months.length).toBeGreaterThan(3);
    const places = months.map((m) => m.destpageposfrom1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    const printed = tool("pdftotext", file, "-").split("\f").slice(0, -1);
    expect(printed).toHaveLength(pages.length);
    const first = Number(pagelabels[0]?.label["/St"]);
    printed.forEach((page, i) => {
      expect(page).toContain(`CS-${String(first + i).padStart(6, "0")}`);
    });
    const numbers = [...textOf(file).matchAll(/^No\. (\d+) · /gm)].map((m) => Number(m[1]));
    expect(numbers).toEqual(Array.from({ length: MANY }, (_, i) => i + 1));
  });

  it("[S6] there is a form for each rule and law by itself, each on one page with its signature, and fields of its own", () => {
    const file = at("serial", "certificate");
    const pages = tool("pdftotext", file, "-").split("\f").slice(0, -1);
    const [, copy, process, england, australia] = pages.map((page) => page.replace(/\s+/g, " "));
    expect(pages).toHaveLength(5);
    expect(copy).toMatch(/Rule of Evidence 902\(14\).*SHA-256.*penalty of perjury.*Signature/);
    expect(copy).not.toContain("902(13)");
    expect(process).toMatch(/Rule of Evidence 902\(13\).*accurate result.*penalty of perjury.*Signature/);
    expect(process).not.toContain("902(14)");
    expect(england).toMatch(/England and Wales.*Signature/);
    expect(australia).toMatch(/sections 48, 146 and 147.*section 161.*Signature/);
    // England's style has larger letters: Australia's form, which nobody files with them, goes on there.
    const large = tool("pdftotext", at("sections", "certificate"), "-").split("\f").slice(0, -1);
    expect(large[3]).toMatch(/England and Wales: statement[^]*Signature/);
  });

  it("[S24] page one has the remarks that a first reader should know of", () => {
    expect(textOf(at("serial", "START-HERE"))).not.toContain("What else a reader should know");
    const text = textOf(at("names", "START-HERE")).replace(/\s+/g, "");
    expect(text).toContain("Whatelseareadershouldknow3entriesthatבןsentdidnotopen");
  });

  it("[S6] every page shows on which day it was exported, however long the names are", () => {
    for (const style of ["serial", "sections", "none", "names"])
      for (const report of REPORTS)
        for (const [i, page] of tool("pdftotext", at(style, report), "-").split("\f").slice(0, -1).entries())
          expect(page, `${style} ${report} ${String(i + 1)}`).toMatch(/^Exported 2027-03-11 by /m);
  });

  it("[S7] page one says which days the record has", () => {
    expect(textOf(at("serial", "START-HERE")).replace(/\s+/g, " ")).toContain("Days: all, 2026-03-01 to 2027-03-11 by the relay’s clock.");
  });

  it("[S7] no page claims more than can be shown", () => {
    const claims =
      /\bverified\b|tamper.?proof|court.?approved|\badmissible\b|legally binding|\bcertified\b|proof of reading|\bnot read\b|!/i;
    for (const report of REPORTS) {
      const own = textOf(at("serial", report));
      expect(claims.exec(own)?.[0], report).toBeUndefined();
    }
  });

  it("[S1] has nothing of this machine's day in it", () => {
    expect(tool("pdfinfo", "-isodates", at("serial", "messages"))).toContain("CreationDate:    2027-03-11T08:00:00Z");
  });
});
