import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { chromium, expect, test, type Browser, type Page } from "@playwright/test";
import { initCrypto } from "@countersign/shared/crypto/init";
import { initAutomergeNode } from "@countersign/shared/node/automerge";
import { sourceOf } from "@countersign/shared/sample/source";
import { sourceOfBytes } from "@countersign/shared/snapshot/bytes-io";
import { writeSnapshot } from "@countersign/shared/snapshot/write";
import { openZip } from "@countersign/shared/snapshot/zip-read";
import { makeHousehold } from "../../shared/test/household.ts";
import { axeFindings } from "../src/axe.ts";
import { CHROMIUM, CHROMIUM_ARGS } from "../src/browser.ts";
import { ROOT, tempFolder } from "../src/paths.ts";

/** data/verify.html as a lawyer opens it: from a folder, by double click, with no network. */

const PAGE = "data/verify.html";
let browser: Browser;
let folder = "";

test.beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  const viewer = new Uint8Array(readFileSync(path.join(ROOT, "web/dist/viewer.html")));
  const made = await writeSnapshot(
    { ...sourceOf(makeHousehold()), viewer },
    { threads: "all", expenses: "all", settlement: "include", files: true },
  );
  if (!made.ok) throw new Error(made.error.code);
  const zip = await openZip(sourceOfBytes(made.value.bytes));
  if (!zip.ok) throw new Error(zip.error.code);
  folder = tempFolder("viewer");
  mkdirSync(path.join(folder, "data"));
  writeFileSync(path.join(folder, PAGE), (await zip.value.read(PAGE)) ?? "");
  writeFileSync(path.join(folder, "whole.zip"), made.value.bytes);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS });
});
test.afterAll(() => browser.close());

async function opened(): Promise<{ page: Page; asked: string[]; wrong: string[] }> {
  const context = await browser.newContext({ offline: true, viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  const [asked, wrong]: [string[], string[]] = [[], []];
  page.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (message) => (message.type() === "error" ? wrong.push(message.text()) : undefined));
  await page.goto(`file://${path.join(folder, PAGE)}`);
  await page.getByRole("heading", { name: "The record" }).waitFor({ timeout: 60_000 });
  return { page, asked, wrong };
}

test("[S19] opens from a folder without a network, verdict first, and asks for nothing", async () => {
  const { page, asked, wrong } = await opened();
  await expect(page.getByText("can't vouch for itself")).toBeVisible();
  await expect(page.getByText("Complete in its scope: Good")).toBeVisible();
  await expect(page.getByText("Unchanged: Good, with remarks")).toBeVisible();
  await expect(page.getByText("26 records")).toBeVisible();
  await page.getByLabel("Kind").selectOption({ label: "Expenses" });
  await expect(page.getByText("5 records")).toBeVisible();
  await page.getByLabel("Search").fill("nothing says this");
  await expect(page.getByText("Nothing matches.")).toBeVisible();
  expect(asked.filter((url) => !url.startsWith(`file://${folder}`))).toEqual([]);
  expect(wrong).toEqual([]);
  expect(await axeFindings(page)).toEqual([]);
  await page.context().close();
});

test("[S19] shows hostile text as text, and runs or loads nothing that is put into the page", async () => {
  const { page, wrong } = await opened();
  await page.getByLabel("Search").fill("<b>");
  await expect(page.locator("article").first()).toContainText("<b>");
  expect(await page.locator("article b, article script, article img").count()).toBe(0);
  expect(await page.locator("article").allTextContents()).not.toContainEqual(expect.stringMatching(/[\u202a-\u202e\u2066-\u2069]/));
  expect(wrong).toEqual([]);
  // Evaluated code passes the policy by; what runs later does not.
  const ran = await page.evaluate(
    () =>
      new Promise<string[]>((done) => {
        setTimeout(() => {
          const script = document.createElement("script");
          script.textContent = "document.title = 'run'";
          document.body.append(script);
          const image = new Image();
          image.onerror = () => done([document.title]);
          image.onload = () => done(["loaded"]);
          image.src = "https://example.org/x.png";
        }, 0);
      }),
  );
  expect(ran).toEqual(["A snapshot of a shared record"]);
  await page.context().close();
});

test("[S19] checks the whole file once it is chosen", async () => {
  const { page, wrong } = await opened();
  await page.getByLabel("Check the whole snapshot file").setInputFiles(path.join(folder, "whole.zip"));
  await expect(page.getByRole("heading", { name: "Verdict on the file whole.zip" })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/files under data\/ have the SHA-256/)).toBeVisible();
  await page
    .getByLabel("Check the whole snapshot file")
    .setInputFiles({ name: "x.zip", mimeType: "application/zip", buffer: Buffer.from("no archive at all") });
  await expect(page.getByRole("alert")).toContainText("not a ZIP archive");
  expect(wrong).toEqual([]);
  await page.context().close();
});
