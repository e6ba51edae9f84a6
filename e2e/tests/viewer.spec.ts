import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { chromium, expect, test, type Browser, type Page } from "@playwright/test";
import { initCrypto } from "@countersign/shared/crypto/init";
import { initAutomergeNode } from "@countersign/shared/node/automerge";
import { expenseDraft } from "@countersign/shared/sample/acts";
import { sampleOf } from "@countersign/shared/sample/sample";
import { sourceOf } from "@countersign/shared/sample/source";
import { sourceOfBytes } from "@countersign/shared/snapshot/bytes-io";
import { writeSnapshot } from "@countersign/shared/snapshot/write";
import { openZip } from "@countersign/shared/snapshot/zip-read";
import { HOUSEHOLD_ZONE, makeHousehold } from "../../shared/test/household.ts";
import { axeFindings } from "../src/axe.ts";
import { CHROMIUM, CHROMIUM_ARGS } from "../src/browser.ts";
import { Firefox } from "../src/firefox.ts";
import { ROOT, tempFolder } from "../src/paths.ts";

/** data/verify.html as a lawyer opens it: from a folder, by double click, with no network. */

const PAGE = "data/verify.html";
let browser: Browser;
let folder = "";

const HOSTILE =
  '<script>document.title = "run"</script><img src="https://example.org/x.png" onerror="document.title = 1"> \u202egnp.exe\u2066 end';
const HUGE = `${"very long ".repeat(1_900)}the end of it`;

/** The small household, in which somebody also wrote what is meant to harm. */
function withHostile(): Parameters<typeof sourceOf>[0] {
  const { family } = makeHousehold();
  for (const text of [HOSTILE, HUGE]) family.send(family.b, { at: (family.now += 60_000) - 1_000, text, subject: HOSTILE });
  // And one whose clock was turned back by three days.
  const at = (family.now += 60_000) - 3 * 24 * 3_600_000;
  family.write(family.first(family.b), [
    expenseDraft({ at, amount: 2_000, currency: "EUR", category: "School", title: "Paints", spent: "2026-02-27", share: 5_000, files: [] }),
  ]);
  return sampleOf(family, HOUSEHOLD_ZONE);
}

test.beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  const viewer = new Uint8Array(readFileSync(path.join(ROOT, "web/dist/viewer.html")));
  const made = await writeSnapshot(
    { ...sourceOf(withHostile()), viewer },
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
  await expect(page.getByText("29 records", { exact: true })).toBeVisible({ timeout: 60_000 });
  return { page, asked, wrong };
}

test("[S19] opens from a folder without a network, verdict first, and asks for nothing", async () => {
  const { page, asked, wrong } = await opened();
  await expect(page.getByText("can't vouch for itself")).toBeVisible();
  await expect(page.getByText("Complete in its scope: Good")).toBeVisible();
  await expect(page.getByText("Unchanged: Good, with remarks")).toBeVisible();
  // What takes time is done by a worker, although a page from a folder can load none.
  expect(page.workers()).toHaveLength(1);
  await page.getByLabel("Kind").selectOption({ label: "Expenses" });
  await expect(page.getByText("6 records", { exact: true })).toBeVisible();
  await page.getByLabel("Search").fill("nothing says this");
  await expect(page.getByText("Nothing matches.")).toBeVisible();
  // The worker's script is the page's own, as a blob.
  expect(asked.filter((url) => !url.startsWith(`file://${folder}`) && !url.startsWith("blob:null/"))).toEqual([]);
  expect(wrong).toEqual([]);
  expect(await axeFindings(page)).toEqual([]);
  await page.context().close();
});

test("[S19] shows hostile text as text, and runs or loads nothing that is put into the page", async () => {
  const { page, wrong } = await opened();
  await page.getByLabel("Search").fill("onerror");
  await expect(page.getByText("2 records", { exact: true })).toBeVisible();
  await expect(page.locator("article").first()).toContainText('<script>document.title = "run"</script><img');
  await expect(page.locator("article").first()).toContainText("[U+202E]gnp.exe[U+2066] end");
  await expect(page.locator("article").last()).not.toContainText("the end of it");
  await page.getByRole("button", { name: "Show all 19,013 characters" }).click();
  await expect(page.locator("article").last()).toContainText("the end of it");
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

test("[S19] narrows the record by person, thread and day, and takes it all back", async () => {
  const { page, wrong } = await opened();
  const count = async (text: string): Promise<void> => {
    await expect(page.getByText(text, { exact: true })).toBeVisible();
  };
  await page.getByLabel("Thread").selectOption({ label: 'Dentist; "new" time' });
  await count("7 records");
  await page.getByLabel("Person").selectOption({ label: "Ben" });
  await count("4 records");
  await page.getByLabel("From").fill("2026-03-03");
  await count("One record");
  await page.getByLabel("To").fill("2026-03-02");
  await count("Nothing matches.");
  await page.getByRole("button", { name: "Show everything" }).click();
  await count("29 records");
  await expect(page.getByLabel("Thread")).toHaveValue("");
  // Only what is in sight exists; the last record is there once somebody goes to it.
  expect(await page.locator("article").count()).toBeLessThan(29);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await expect(page.locator('article[aria-posinset="29"]')).toBeVisible();
  expect(wrong).toEqual([]);
  await page.context().close();
});

test("[S4][S43][S44] says of each record and of what was set aside when, by which device, whose clock is off, and what shows that another's device had it", async () => {
  const { page, wrong } = await opened();
  await page.getByLabel("Kind").selectOption({ label: "Expenses" });
  await expect(page.getByText("6 records", { exact: true })).toBeVisible();
  await page.getByLabel("Search").fill("Paints");
  await expect(page.getByText("One record", { exact: true })).toBeVisible();
  await expect(page.locator("article")).toContainText("The author’s clock says 3 days earlier than the relay.");
  await expect(page.locator("article")).not.toContainText("The other's device had it");
  await page.getByLabel("Search").fill("Jacket");
  await expect(page.locator("article")).toContainText("The other's device had it");
  await expect(page.locator("article")).toContainText(
    /Ben’s device had this by .* which holds this one\. That it was opened, this does not show\./,
  );
  await page.getByLabel("Search").fill("");
  await page.getByLabel("Kind").selectOption({ label: "Set aside" });
  await expect(page.getByText("One record", { exact: true })).toBeVisible();
  for (const fact of ["Written at (the author's clock)", "Logged between (the relay's clock)", "Device key"])
    await expect(page.locator("article")).toContainText(fact);
  expect(wrong).toEqual([]);
  await page.context().close();
});

test("[S19] prints every record that was chosen, in whole, and says what was chosen", async () => {
  const { page } = await opened();
  const printed = async (): Promise<string> => {
    const file = path.join(folder, "printed.pdf");
    await page.pdf({ path: file, format: "A4" });
    return spawnSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" }).stdout;
  };
  const whole = await printed();
  expect(whole).toContain("29 of 29 records");
  for (const text of [
    "rubber boots",
    "Friday, note 6",
    "Dentist, note 6",
    "two lines",
    "Class trip",
    "Glasses",
    "the end of it",
    "All noted.",
  ])
    expect(whole, text).toContain(text);
  await page.getByLabel("Kind").selectOption({ label: "Expenses" });
  await expect(page.getByText("6 records", { exact: true })).toBeVisible();
  const some = await printed();
  expect(some).toContain("6 of 29 records · Kind: Expenses");
  expect(some).toContain("Glasses");
  expect(some).not.toContain("rubber boots");
  // The button lays it out first; afterwards the screen is as it was.
  await page.evaluate(() => {
    window.print = () => {
      document.title = `${String(document.querySelectorAll(".paper article").length)} on paper`;
      dispatchEvent(new Event("afterprint"));
    };
  });
  await page.getByRole("button", { name: "Print these records" }).click();
  await expect(page).toHaveTitle("6 on paper");
  await expect(page.getByText("6 records", { exact: true })).toBeVisible();
  await expect(page.locator(".paper article")).toHaveCount(0);
  await page.context().close();
});

test("[S19] can be stopped, and checks anew when asked", async () => {
  const page = await (await browser.newContext({ offline: true })).newPage();
  // A hand that is quicker than any machine, once.
  await page.addInitScript(() => {
    const watch = new MutationObserver(() => {
      const stop = Array.from(document.querySelectorAll("button")).find((b) => b.textContent === "Stop");
      if (!stop) return;
      watch.disconnect();
      stop.click();
    });
    watch.observe(document, { childList: true, subtree: true });
  });
  await page.goto(`file://${path.join(folder, PAGE)}`);
  await expect(page.getByRole("alert")).toContainText("Stopped.", { timeout: 60_000 });
  await page.getByRole("button", { name: "Check again" }).click();
  await expect(page.getByText("29 records", { exact: true })).toBeVisible({ timeout: 60_000 });
  await page.context().close();
});

test("[S19] checks in the page itself where a browser starts no worker for it", async () => {
  const page = await (await browser.newContext({ offline: true })).newPage();
  await page.addInitScript(() => {
    Object.defineProperty(window, "Worker", {
      value: () => {
        throw new Error("no workers here");
      },
    });
  });
  await page.goto(`file://${path.join(folder, PAGE)}`);
  await expect(page.getByText("29 records", { exact: true })).toBeVisible({ timeout: 60_000 });
  expect(page.workers()).toHaveLength(0);
  await expect(page.getByText("Complete in its scope: Good")).toBeVisible();
  await page.getByLabel("Search").fill("onerror");
  await expect(page.getByText("2 records", { exact: true })).toBeVisible();
  await page.context().close();
});

test("[S19] fits a narrow screen, and reads in the dark", async () => {
  const { page } = await opened();
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(27, 26, 24)");
  expect(await axeFindings(page)).toEqual([]);
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

test("[S19] Firefox opens it from a folder without a network: the verdict, search, hostile text as text, the whole file", async () => {
  // A second browser starts here, on a machine that may be busy with the first.
  test.setTimeout(240_000);
  const firefox = await Firefox.open();
  try {
    await firefox.goto(`file://${path.join(folder, PAGE)}`);
    const says = (text: string): Promise<void> => firefox.until(`document.body.innerText.includes(${JSON.stringify(text)})`);
    await says("29 records");
    expect(await firefox.workers()).toBe(1);
    await says("Complete in its scope: Good");
    await says("Unchanged: Good, with remarks");
    await firefox.type("#search", "onerror");
    await says("2 records");
    await says("[U+202E]gnp.exe[U+2066] end");
    expect(await firefox.evaluate('document.querySelectorAll("article script, article img").length')).toBe(0);
    expect(await firefox.evaluate("document.title")).toBe("A snapshot of a shared record");
    await firefox.choose("#whole", path.join(folder, "whole.zip"));
    await says("Verdict on the file whole.zip");
    await says("29 records");
    await says("files under data/ have the SHA-256");
    expect(firefox.asked.filter((url) => !/^(?:file|data|blob):/.test(url))).toEqual([]);
    expect(firefox.wrong).toEqual([]);
  } finally {
    await firefox.close();
  }
});
