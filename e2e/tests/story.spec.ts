/** Two parents and a lawyer: the whole of it, on real parts (a relay process, Electron, Chromium, the command line, stock tools). */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { crashBrowser, launchBrowser } from "../src/browser.ts";
import { launchDesktop, type Desktop } from "../src/desktop.ts";
import { countersign, qpdfCheck, spoil, stockTools } from "../src/lawyer.ts";
import { tempFolder } from "../src/paths.ts";
import { greyPng } from "../src/picture.ts";
import { findPlanted, plantedIn } from "../src/planted.ts";
import {
  addExpense,
  confirmSheet,
  exportSnapshot,
  found,
  go,
  joinWith,
  openReceipt,
  PATIENCE,
  sendAtOnce,
  unlock,
  upToDate,
  write,
} from "../src/person.ts";
import { startRelay, type Relay } from "../src/relay.ts";

const ANA = { name: "Anouschka Quillfeather", passphrase: "violet harbour lantern 27" };
const BEN = { name: "Benedikt Thistlewood", passphrase: "copper meadow whistle 64" };
/** The receipt: a picture of one row whose grey points are the letters, not packed, so that they stand in the file as they are. */
const RECEIPT = greyPng("quittung nummer 8841 bezahlt");

let relay: Relay;
let desktop: Desktop;
let a: Page;
let browser: BrowserContext;
let b: Page;
let profile: string;
let userData: string;
let link: string;
/** What each app that was started wrote to its console. */
const consoles: (() => string)[] = [];
/** The words of both recovery sheets. */
const sheets: (readonly string[])[] = [];
const work = tempFolder("story");
const receipt = path.join(work, "zahnarzt-rechnung.png");
const snapshot = path.join(work, "snapshot.zip");
const snapshotOfB = path.join(work, "snapshot-of-b.zip");
const unpacked = path.join(work, "unpacked");
/** Copies in which one character of a table is another; in the second the manifest was made to fit. */
const spoilt = path.join(work, "spoilt.zip");
const relisted = path.join(work, "relisted.zip");
const TABLE = "data/csv/messages.csv";

test.describe.configure({ mode: "serial" });
test.setTimeout(240_000);

async function openA(): Promise<void> {
  desktop = await launchDesktop({ userData });
  consoles.push(desktop.output);
  a = await desktop.app.firstWindow();
}

async function openB(): Promise<void> {
  browser = await launchBrowser({ folder: profile });
  b = browser.pages()[0] ?? (await browser.newPage());
  let said = "";
  b.on("console", (message) => (said += `${message.text()}\n`));
  consoles.push(() => said);
  await b.goto(relay.url);
}

test.beforeAll(async () => {
  test.setTimeout(240_000);
  writeFileSync(receipt, RECEIPT);
  userData = tempFolder("ana");
  profile = tempFolder("ben");
  relay = await startRelay();
});

test.afterAll(async () => {
  // A story that failed early has not started all of them.
  const started: Partial<{ desktop: Desktop; browser: BrowserContext; relay: Relay }> = { desktop, browser, relay };
  await started.desktop?.app.close().catch(() => undefined);
  await started.browser?.close().catch(() => undefined);
  await started.relay?.kill();
});

test("[C4] Ana founds, prints her sheet, writes alone, makes a link, and closes the app", async () => {
  await openA();
  await found(a, { ...ANA, relay: relay.url });
  sheets.push(await confirmSheet(a));
  await expect(a.locator("h1")).toHaveText("Today", PATIENCE);
  await sendAtOnce(a);
  await addExpense(a, { title: "School shoes", amount: "49.90", own: true });
  await go(a, "Today");
  await a.getByText("Invite the other parent").first().click();
  await a.getByLabel("A name for the household, for you alone").fill("Nest at Ferndale");
  await a.getByRole("button", { name: "Make the link" }).click();
  const field = a.getByLabel("Link for the other parent");
  await expect(field).toHaveValue(/#join=/, PATIENCE);
  link = await field.inputValue();
  await desktop.app.close();
});

test("[C2] Ben joins by the link while Ana's app is closed, and can write", async () => {
  await openB();
  await joinWith(b, link, BEN);
  sheets.push(await confirmSheet(b));
  await expect(b.locator("h1")).toHaveText("Today", PATIENCE);
  await sendAtOnce(b);
  await write(b, { subject: "Hello from Ferndale", text: "I have joined. Shall we keep everything here?" });
});

test("[C2a] Ana confirms, both compare the same words, and Ana shares what she wrote alone", async () => {
  await openA();
  await unlock(a, ANA.passphrase);
  await expect(a.locator("h1")).toHaveText("Today", PATIENCE);
  await a
    .getByText(/Confirm that it is .* who joined/)
    .first()
    .click(PATIENCE);
  await expect(a.locator(".cs-words li")).toHaveCount(6, PATIENCE);
  const wordsOfA = await a.locator(".cs-words li").allInnerTexts();
  await go(b, "Settings");
  await b.getByText("Names and household").click();
  await b.getByText("Compare safety words").first().click();
  await expect(b.locator(".cs-words li")).toHaveCount(6, PATIENCE);
  expect(await b.locator(".cs-words li").allInnerTexts()).toEqual(wordsOfA);
  await a.getByRole("button", { name: "They are the same" }).click();
  await expect(a.locator("h1")).toHaveText("Today", PATIENCE);
  await b.getByRole("button", { name: "They are the same" }).click();
  await expect(b.locator("h1")).toHaveText("Today", PATIENCE);
  await go(a, "Expenses");
  if ((await a.getByText("School shoes").count()) === 0) await a.getByText("Just for you").first().click();
  await a.getByText("School shoes").first().click();
  await a.getByRole("button", { name: /^Share with/ }).click();
  await a.getByLabel("I understand that it can't be taken back").check();
  await a.getByRole("button", { name: "Share it" }).click();
  await expect(a.getByText(/First logged/).first()).toBeAttached(PATIENCE);
  await go(b, "Expenses");
  await expect(b.getByText("School shoes").first()).toBeVisible(PATIENCE);
});

/** Opens the one message of a thread and reads it. */
async function readMessage(page: Page, subject: string, text: string): Promise<void> {
  await go(page, "Messages");
  await page.getByText(subject, { exact: true }).first().click(PATIENCE);
  await expect(page.getByRole("article").getByText(text).first()).toBeVisible(PATIENCE);
}

test("[offline] the relay stops; both write messages and expenses with a receipt, restart, and see all of it", async () => {
  await relay.kill();
  await write(a, { subject: "Dentist on Monday", text: "She has an appointment at 9. I will take her." });
  await addExpense(a, { title: "Bus pass", amount: "31", file: receipt });
  await write(b, { subject: "August at Lake Morrow", text: "Could we split August in two halves?" });
  await addExpense(b, { title: "Dentist", amount: "120", category: "Kieferorthopäde", note: "Paid in cash at the desk", file: receipt });
  // Half a sentence stays behind in the form.
  await go(b, "Messages");
  await b.getByRole("link", { name: "New message" }).first().click();
  await b.locator("#compose").fill("I never sent this half sentence");
  await expect(b.getByText("Draft kept on this device")).toBeVisible(PATIENCE);
  await desktop.app.close();
  await browser.close();
  await openA();
  await unlock(a, ANA.passphrase);
  await openB();
  await unlock(b, BEN.passphrase);
  for (const [page, subject, text, title] of [
    [a, "Dentist on Monday", "She has an appointment at 9. I will take her.", "Bus pass"],
    [b, "August at Lake Morrow", "Could we split August in two halves?", "Dentist"],
  ] as const) {
    await expect(page.locator("h1")).toHaveText("Today", PATIENCE);
    await readMessage(page, "Hello from Ferndale", "I have joined. Shall we keep everything here?");
    await readMessage(page, subject, text);
    await go(page, "Expenses");
    await expect(page.getByText("School shoes").first()).toBeVisible(PATIENCE);
    await openReceipt(page, title, "zahnarzt-rechnung.png");
  }
});

const SUBJECTS = ["Dentist on Monday", "Hello from Ferndale", "August at Lake Morrow"];
const TITLES = ["Bus pass", "Dentist", "School shoes"];

/** Narrows lists by one's own words: a browser writes addresses down, and they must not stand in one. */
async function lookFor(page: Page): Promise<void> {
  await go(page, "Expenses");
  await page.getByLabel("Category", { exact: true }).selectOption("Kieferorthopäde");
  await page.getByRole("searchbox", { name: "Search", exact: true }).fill("Paid in cash at the desk");
  await expect(page.getByText("School shoes")).toHaveCount(0);
  await expect(page.getByText("Dentist", { exact: true }).first()).toBeVisible(PATIENCE);
  await go(page, "History");
  await page.getByRole("searchbox", { name: "Search", exact: true }).fill("August at Lake Morrow");
  await expect(page.getByText("One line", { exact: true })).toBeVisible(PATIENCE);
  await page.getByRole("searchbox", { name: "Search", exact: true }).fill("");
}

const NEWEST = 6;

/** The newest lines of the history as the screen has them: who did what to which record. One's own accesses are nobody else's, and each calls the other by a name of one's own. */
async function historyOf(page: Page, other: string): Promise<readonly string[]> {
  await go(page, "History");
  await expect(page.locator(".cs-line-words").first()).toBeVisible(PATIENCE);
  const lines = page.locator("details.cs-row > summary").filter({ hasNotText: "Only you see this" });
  const words = await lines.locator(".cs-line-words, [data-clamp]").allInnerTexts();
  expect(words.length).toBeGreaterThanOrEqual(2 * NEWEST);
  return words.slice(0, 2 * NEWEST).map((line) => line.replace("Other parent", other));
}

test("[sync] the relay comes back and both hold the same", async () => {
  await relay.restart();
  for (const page of [a, b]) {
    await go(page, "Messages");
    for (const subject of SUBJECTS) await expect(page.getByText(subject, { exact: true }).first()).toBeVisible({ timeout: 90_000 });
    await go(page, "Expenses");
    for (const title of TITLES) await expect(page.getByText(title, { exact: true }).first()).toBeVisible({ timeout: 90_000 });
  }
  await readMessage(a, "August at Lake Morrow", "Could we split August in two halves?");
  await readMessage(b, "Dentist on Monday", "She has an appointment at 9. I will take her.");
  // Each opens the file that the other attached: sent by the desktop app and by the browser, fetched and opened on the other side.
  for (const [page, title] of [
    [a, "Dentist"],
    [b, "Bus pass"],
  ] as const) {
    await go(page, "Expenses");
    await openReceipt(page, title, "zahnarzt-rechnung.png");
  }
  for (const page of [a, b]) await lookFor(page);
  await upToDate(a);
  await upToDate(b);
  await expect(async () => {
    expect(await historyOf(a, BEN.name)).toEqual(await historyOf(b, ANA.name));
  }).toPass(PATIENCE);
});

test("[R3] Ana refuses one with a reason; Ben approves and pays the other, Ana confirms", async () => {
  await go(a, "Expenses");
  await a.getByText("Dentist", { exact: true }).first().click();
  await a.getByRole("button", { name: "Refuse" }).click(PATIENCE);
  await a.getByLabel("Reason").fill("The insurance pays for the dentist");
  await a.getByRole("button", { name: "Refuse" }).last().click();
  await expect(a.getByText("The insurance pays for the dentist").first()).toBeVisible(PATIENCE);
  await go(b, "Expenses");
  await b.getByText("Bus pass", { exact: true }).first().click();
  await b.getByRole("button", { name: "Approve" }).click(PATIENCE);
  await b.getByRole("button", { name: "Approve" }).last().click();
  await b.getByRole("button", { name: "I have paid" }).click(PATIENCE);
  await b.getByLabel(/^How/).fill("Standing order 7731");
  await b.getByRole("button", { name: "I have paid" }).last().click();
  await expect(b.getByText("Paid, to be confirmed").first()).toBeVisible(PATIENCE);
  await go(a, "Expenses");
  await a.getByText("Bus pass", { exact: true }).first().click();
  await a.getByRole("button", { name: "Confirm the payment" }).click(PATIENCE);
  await a.getByRole("button", { name: "Confirm the payment" }).last().click();
  await expect(a.getByText("Settled").first()).toBeVisible(PATIENCE);
  await expect(b.getByText("Settled").first()).toBeVisible(PATIENCE);
});

test("[S7] Ana exports; the command line and stock tools check it, and each says where a copy was spoilt", async () => {
  await exportSnapshot(a, ANA.passphrase, snapshot, desktop);
  const verified = countersign("verify", snapshot);
  expect(verified.status, verified.said).toBe(0);
  // A browser laid the pages out, and Node came to the same bytes.
  expect(verified.said).toContain("The PDF pages say what the signed changes say");
  const good = stockTools(snapshot, unpacked);
  expect(good).toMatchObject({ sha256sum: { status: 0 }, openssl: { status: 0 } });
  for (const report of ["START-HERE", "report/messages", "report/expenses", "report/history", "certificate"])
    expect(qpdfCheck(unpacked, `data/${report}.pdf`)).toMatchObject({ status: 0 });

  spoil(snapshot, spoilt, TABLE);
  const failed = countersign("verify", spoilt);
  expect(failed.status, failed.said).toBe(1);
  expect(failed.said).toContain(`x ${TABLE}: This file is not the one that the manifest lists.`);
  const bad = stockTools(spoilt, path.join(work, "unpacked-spoilt"));
  expect(bad.sha256sum).toMatchObject({ status: 1, said: expect.stringContaining(`${TABLE}: FAILED`) });
  expect(bad.openssl.status).toBe(0);

  // Whoever lists the file anew has spoilt the list, and has no key to sign it.
  spoil(snapshot, relisted, TABLE, "relist");
  const unsigned = countersign("verify", relisted);
  expect(unsigned.status, unsigned.said).toBe(1);
  expect(unsigned.said).toContain("x signatures/manifest.sig: The manifest is not signed by the exporter's device key.");
  const forged = stockTools(relisted, path.join(work, "unpacked-relisted"));
  expect(forged.sha256sum.status).toBe(0);
  expect(forged.openssl).toMatchObject({ status: 1, said: expect.stringContaining("Signature Verification Failure") });
});

test("[S11] Ben exports too, and the two hold the very same changes", async () => {
  await upToDate(b);
  await exportSnapshot(b, BEN.passphrase, snapshotOfB);
  const compared = countersign("compare", snapshot, snapshotOfB, "--json");
  expect(compared.status, compared.said).toBe(0);
  const { agrees, counts, fork } = JSON.parse(compared.said) as {
    agrees: boolean;
    fork?: unknown;
    counts: Record<string, { a: number; b: number }>;
  };
  expect({ agrees, fork }).toEqual({ agrees: true, fork: undefined });
  expect(counts["same"]?.a).toBeGreaterThan(0);
  expect(counts["same"]?.a).toBe(counts["same"]?.b);
  // A receipt may have been logged between the two; nothing that was there for both is in one alone.
  for (const [is, count] of Object.entries(counts))
    if (is !== "same" && is !== "later") expect({ is, ...count }).toEqual({ is, a: 0, b: 0 });
});

test("[S7] a lawyer's Chromium without an account and without a network says the same, and where the copies were spoilt", async () => {
  const lawyer = await launchBrowser();
  const page = lawyer.pages()[0] ?? (await lawyer.newPage());
  await page.goto(`${relay.url}/verify`);
  await expect(page.locator("h1")).toHaveText("Check a snapshot", PATIENCE);
  // Once the browser has kept the app, its page needs no network any more, the first visit's page too.
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null), PATIENCE).toBe(true);
  await lawyer.setOffline(true);
  const check = async (file: string, says: string): Promise<void> => {
    await page.goto(`${relay.url}/verify`);
    await page.locator("input[type=file]").setInputFiles(file);
    await expect(page.getByText(says).first()).toBeVisible({ timeout: 120_000 });
  };
  await check(snapshot, "Nothing in this file was changed after it was signed.");
  await expect(page.getByText("Dentist").first()).toBeVisible();
  await check(spoilt, "This file is not the one that the manifest lists.");
  await expect(page.getByText(`Where: ${TABLE}`).first()).toBeVisible();
  await expect(page.getByText("Nothing in this file was changed after it was signed.")).toHaveCount(0);
  await check(relisted, "The manifest is not signed by the exporter's device key.");
  await expect(page.getByText("Where: signatures/manifest.sig").first()).toBeVisible();
  await lawyer.close();
});

/** What was written in every kind, and whatever else only a person should read. */
const planted = (): readonly string[] => [
  // messages, threads, drafts
  "Hello from Ferndale",
  "Shall we keep everything here",
  "Dentist on Monday",
  "She has an appointment",
  "August at Lake Morrow",
  "Could we split August",
  "I never sent this half sentence",
  // expenses with all that was said of them
  "School shoes",
  "Kieferorthopäde",
  "Paid in cash at the desk",
  "The insurance pays for the dentist",
  "Standing order 7731",
  // files: name and content
  "zahnarzt-rechnung.png",
  "quittung nummer 8841",
  // people and labels
  ANA.name,
  BEN.name,
  "Nest at Ferndale",
  // secrets: passphrases, the invitation, and any three words of a sheet that follow each other
  ANA.passphrase,
  BEN.passphrase,
  link.slice(-24),
  ...sheets.flatMap((words) => [" ", "\n", '","'].flatMap((between) => words.slice(2).map((_, i) => words.slice(i, i + 3).join(between)))),
];

test("[threats] the desktop app and the browser show one fingerprint of the app's files, and both have what the list says", async () => {
  const prints: (string | undefined)[] = [];
  for (const page of [a, b]) {
    await go(page, "Settings");
    await page.getByText("About this app").first().click(PATIENCE);
    const print = page.getByText(/^(?:[0-9a-f]{8} ?){8}$/);
    await expect(print).toBeVisible(PATIENCE);
    prints.push(await print.innerText());
    await page.getByRole("button", { name: "Check the files on this device" }).click();
    await expect(page.getByText(/^All \d+ files are as the list says\.$/)).toBeVisible({ timeout: 120_000 });
  }
  expect(prints[0]).toBe(prints[1]);
});

test("[threats] nothing that was written is found on any disk or in any log, after use, after locking and after a crash", async () => {
  const words = planted();
  // The search finds what is there: the unpacked snapshot holds it all, by design, and what is put on a disk on purpose is found there.
  expect(findPlanted(unpacked, ["Dentist on Monday"]).length).toBeGreaterThan(0);
  const onPurpose = path.join(profile, "on-purpose.log");
  writeFileSync(onPurpose, `GET /?text=${encodeURIComponent("I never sent this half sentence")}`);
  expect(findPlanted(profile, words)).toEqual([{ word: "I never sent this half sentence", form: "url", file: onPurpose }]);
  rmSync(onPurpose);
  const clean = new Set<string>();
  const places = (): readonly unknown[] => [
    ...[userData, profile, relay.dataDir].flatMap((folder) => [...findPlanted(folder, words, clean)]),
    ...plantedIn(Buffer.from(relay.output() + consoles.map((output) => output()).join("")), words),
  ];
  const locked = async (): Promise<void> => {
    for (const page of [a, b]) {
      await page.getByRole("button", { name: "Lock now" }).first().click();
      await expect(page.locator("h1")).toHaveText("Locked", PATIENCE);
    }
  };
  const crash = async (): Promise<void> => {
    await crashBrowser(browser);
    desktop.app.process().kill("SIGKILL");
    await relay.kill();
  };
  expect(places()).toEqual([]);
  // All three die while the record is open, and what a crash leaves behind is looked at before anything can tidy it.
  await crash();
  expect(places()).toEqual([]);
  await relay.restart();
  await openA();
  await unlock(a, ANA.passphrase);
  await openB();
  await unlock(b, BEN.passphrase);
  for (const page of [a, b]) await expect(page.locator("h1")).toHaveText("Today", PATIENCE);
  await locked();
  expect(places()).toEqual([]);
  await crash();
  expect(places()).toEqual([]);
});
