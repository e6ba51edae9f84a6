/** Two parents and a lawyer: the whole of it, on real parts (a relay process, Electron, Chromium, the command line, stock tools). */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { crashBrowser, launchBrowser } from "../src/browser.ts";
import { launchDesktop, type Desktop } from "../src/desktop.ts";
import { ROOT, tempFolder } from "../src/paths.ts";
import { findPlanted, plantedIn } from "../src/planted.ts";
import { addExpense, confirmSheet, exportSnapshot, found, go, joinWith, PATIENCE, unlock, write } from "../src/person.ts";
import { startRelay, type Relay } from "../src/relay.ts";

const ANA = { name: "Anouschka Quillfeather", passphrase: "violet harbour lantern 27" };
const BEN = { name: "Benedikt Thistlewood", passphrase: "copper meadow whistle 64" };
/** A small real PNG with a word behind its picture: the receipt. */
const RECEIPT = Buffer.concat([
  Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64"),
  Buffer.from("quittung nummer 8841 bezahlt"),
]);

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

test("[offline] the relay stops; both write with a receipt, restart, and see all of it", async () => {
  await relay.kill();
  await write(a, { subject: "Dentist on Monday", text: "She has an appointment at 9. I will take her." });
  await addExpense(a, { title: "Bus pass", amount: "31", file: receipt });
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
  await expect(a.locator("h1")).toHaveText("Today", PATIENCE);
  await go(a, "Messages");
  await expect(a.getByText("Dentist on Monday").first()).toBeVisible(PATIENCE);
  await openB();
  await unlock(b, BEN.passphrase);
  await expect(b.locator("h1")).toHaveText("Today", PATIENCE);
  await go(b, "Expenses");
  await b.getByText("Dentist").first().click();
  await expect(b.getByText("zahnarzt-rechnung.png").first()).toBeVisible(PATIENCE);
});

test("[sync] the relay comes back and both hold the same", async () => {
  await relay.restart();
  await go(a, "Expenses");
  await expect(a.getByText("Dentist").first()).toBeVisible({ timeout: 90_000 });
  await go(b, "Messages");
  await expect(b.getByText("Dentist on Monday").first()).toBeVisible({ timeout: 90_000 });
  // Each opens the file that the other attached: sent by the desktop app and by the browser, fetched and opened on the other side.
  for (const [page, title] of [
    [a, "Dentist"],
    [b, "Bus pass"],
  ] as const) {
    await go(page, "Expenses");
    await page.getByText(title).first().click();
    await page
      .getByRole("button", { name: /^zahnarzt-rechnung\.png/ })
      .first()
      .click(PATIENCE);
    await expect(page.locator("img[src^='blob:']").first()).toBeVisible(PATIENCE);
    await page.keyboard.press("Escape");
  }
  await go(a, "Expenses");
  await go(b, "Expenses");
});

test("[R3] Ben refuses one with a reason; Ana approves and pays the other, Ben confirms", async () => {
  await b.getByText("Bus pass").first().click();
  await b.getByRole("button", { name: "Refuse" }).click(PATIENCE);
  await b.getByLabel("Reason").fill("The school pays for the bus");
  await b.getByRole("button", { name: "Refuse" }).last().click();
  await expect(b.getByText("The school pays for the bus").first()).toBeVisible(PATIENCE);
  await a.getByText("Dentist").first().click();
  await a.getByRole("button", { name: "Approve" }).click();
  await a.getByRole("button", { name: "Approve" }).last().click();
  await a.getByRole("button", { name: "I have paid" }).click(PATIENCE);
  await a.getByLabel(/^How/).fill("Standing order 7731");
  await a.getByRole("button", { name: "I have paid" }).last().click();
  await expect(a.getByText("Paid, to be confirmed").first()).toBeVisible(PATIENCE);
  await go(b, "Expenses");
  await b.getByText("Dentist").first().click();
  await b.getByRole("button", { name: "Confirm the payment" }).click(PATIENCE);
  await b.getByRole("button", { name: "Confirm the payment" }).last().click();
  await expect(b.getByText("Settled").first()).toBeVisible(PATIENCE);
  await expect(a.getByText("Settled").first()).toBeVisible(PATIENCE);
});

test("[S7] Ben exports; a lawyer's Chromium, the command line and stock tools check it, and refuse a spoilt copy", async () => {
  await exportSnapshot(b, BEN.passphrase, snapshot);

  const cli = spawnSync(process.execPath, [path.join(ROOT, "shared/bin/countersign.mjs"), "verify", snapshot], { encoding: "utf8" });
  expect(cli.status, cli.stdout + cli.stderr).toBe(0);
  const folder = path.join(work, "unpacked");
  execFileSync("python3", ["-m", "zipfile", "-e", snapshot, folder]);
  // A browser laid the pages out, and Node came to the same bytes.
  expect(cli.stdout).toContain("The PDF pages say what the signed changes say");
  for (const report of ["START-HERE", "report/messages", "report/expenses", "report/history", "certificate"])
    execFileSync("qpdf", ["--check", `data/${report}.pdf`], { cwd: folder });
  execFileSync("sha256sum", ["-c", "--quiet", "manifest-sha256.txt"], { cwd: folder });
  execFileSync(
    "openssl",
    [
      "pkeyutl",
      "-verify",
      "-pubin",
      "-inkey",
      "signatures/signer.pem",
      "-rawin",
      "-in",
      "manifest-sha256.txt",
      "-sigfile",
      "signatures/manifest.sig",
    ],
    { cwd: folder },
  );

  const spoilt = path.join(work, "spoilt.zip");
  const bytes = readFileSync(snapshot);
  // A byte in the middle of the archive: inside a stored or deflated file.
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(spoilt, bytes);
  expect(spawnSync(process.execPath, [path.join(ROOT, "shared/bin/countersign.mjs"), "verify", spoilt]).status).not.toBe(0);

  const lawyer = await launchBrowser();
  const page = lawyer.pages()[0] ?? (await lawyer.newPage());
  await page.goto(`${relay.url}/verify`);
  await expect(page.locator("h1")).toHaveText("Check a snapshot", PATIENCE);
  // Once the browser has kept the app, its page needs no network any more, the first visit's page too.
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null), PATIENCE).toBe(true);
  await lawyer.setOffline(true);
  await page.locator("input[type=file]").setInputFiles(snapshot);
  await expect(page.getByText("Nothing in this file was changed after it was signed.")).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText("Dentist").first()).toBeVisible();
  await lawyer.close();
});

/** What was written in every kind, and whatever else only a person should read. */
const planted = (): readonly string[] => [
  // messages, threads, drafts
  "Hello from Ferndale",
  "Shall we keep everything here",
  "Dentist on Monday",
  "She has an appointment",
  "I never sent this half sentence",
  // expenses with all that was said of them
  "School shoes",
  "Kieferorthopäde",
  "Paid in cash at the desk",
  "The school pays for the bus",
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
  expect(findPlanted(path.join(work, "unpacked"), ["Dentist on Monday"]).length).toBeGreaterThan(0);
  const onPurpose = path.join(profile, "on-purpose.log");
  writeFileSync(onPurpose, `GET /?text=${encodeURIComponent("I never sent this half sentence")}`);
  expect(findPlanted(profile, words)).toEqual([{ word: "I never sent this half sentence", form: "url", file: onPurpose }]);
  rmSync(onPurpose);
  const clean = new Set<string>();
  const places = (): readonly unknown[] => [
    ...[userData, profile, relay.dataDir].flatMap((folder) => [...findPlanted(folder, words, clean)]),
    ...plantedIn(Buffer.from(relay.output() + consoles.map((output) => output()).join("")), words),
  ];
  expect(places()).toEqual([]);
  await a.getByRole("button", { name: "Lock now" }).first().click();
  await expect(a.locator("h1")).toHaveText("Locked", PATIENCE);
  await b.getByRole("button", { name: "Lock now" }).first().click();
  await expect(b.locator("h1")).toHaveText("Locked", PATIENCE);
  expect(places()).toEqual([]);
  await crashBrowser(browser);
  desktop.app.process().kill("SIGKILL");
  await relay.kill();
  expect(places()).toEqual([]);
});
