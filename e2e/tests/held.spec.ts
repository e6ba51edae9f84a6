/** What was sent and has not left the device (rules U1 to U7): undone, reloaded and locked while its time runs, in two tabs. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { launchBrowser } from "../src/browser.ts";
import { openHeadless, until, type Headless } from "../src/headless.ts";
import { tempFolder } from "../src/paths.ts";
import { ANA, confirmJoin, confirmSheet, found, go, invite, PATIENCE, setUndoTime, unlock } from "../src/person.ts";
import { greyPng } from "../src/picture.ts";
import { startRelay, type Relay } from "../src/relay.ts";
import { stopAll } from "../src/stop.ts";

const BEN = { name: "Ben", passphrase: "copper meadow whistle 64", zone: "Europe/London" };

const receipt = path.join(tempFolder("held"), "receipt.png");

let relay: Relay;
let browser: BrowserContext;
let a: Page;
let ben: Headless;

test.describe.configure({ mode: "serial" });
test.setTimeout(180_000);

test.beforeAll(async () => {
  writeFileSync(receipt, greyPng("Paid in cash"));
  relay = await startRelay();
  ben = await openHeadless();
  browser = await launchBrowser();
  a = browser.pages()[0] ?? (await browser.newPage());
  await a.goto(relay.url);
  await found(a, ANA);
  await confirmSheet(a);
  const joined = await ben.replica.join({ link: await invite(a), ...BEN });
  if (!joined.ok) throw new Error(joined.error.code);
  await confirmJoin(a);
});

test.afterAll(async () => {
  await ben.replica.lock();
  await stopAll([browser], [relay]);
});

/** Fills in a new message and sends it; its thread is open then. */
async function send(subject: string, text: string, file?: string): Promise<void> {
  await go(a, "Messages");
  await a.getByRole("link", { name: "New message" }).first().click();
  await a.getByLabel("Subject").fill(subject);
  await a.locator("#compose").fill(text);
  if (file !== undefined) {
    await a.locator("input[type=file]").first().setInputFiles(file);
    await expect(a.getByRole("list", { name: "Files" })).toBeVisible(PATIENCE);
  }
  await a.getByRole("button", { name: "Send", exact: true }).click();
  await a.waitForURL(/\/messages\/[0-9a-f]{32}$/, PATIENCE);
}

/** Subjects of the threads that Ben has. */
async function atBens(): Promise<readonly string[]> {
  return (await ben.replica.threads(await ben.household(), 0, 100)).rows.map((r) => r.subject).sort();
}

const held = (page: Page): Locator => page.getByText("Leaves this device in a few seconds", { exact: true });
/** The whole of what a letter says of its way: "One change not sent yet" has the word as well. */
const sent = (page: Page): Locator => page.getByText("Sent · No receipt", { exact: true });

test("[U2] of itself it leaves when its time is over: nobody presses anything else", async () => {
  await send("Swimming on Tuesday", "It begins at half past four.");
  await expect(sent(a)).toBeVisible(PATIENCE);
  await expect(held(a)).toHaveCount(0);
  await until("Ben has it", async () => (await atBens()).includes("Swimming on Tuesday"));
});

test("[U4] undone it is in the form again, text and files, and never reaches anybody", async () => {
  await setUndoTime(a, 30);
  await send("Half-term", "What I would rather say otherwise.", receipt);
  await expect(held(a)).toBeVisible(PATIENCE);
  // A second tab of the same engine shows the same, and may undo it as well.
  const second = await browser.newPage();
  await second.goto(a.url());
  await expect(held(second)).toBeVisible(PATIENCE);
  await second.close();
  await a.getByRole("button", { name: "Undo" }).click();
  await expect(a.locator("h1")).toHaveText("New message", PATIENCE);
  await expect(a.getByLabel("Subject")).toHaveValue("Half-term");
  await expect(a.locator("#compose")).toHaveValue("What I would rather say otherwise.");
  await expect(a.locator("#compose")).toBeFocused();
  await expect(a.getByRole("list", { name: "Files" })).toContainText("receipt.png");
  await a.locator("#compose").fill("What I would say to a judge.");
  await a.getByRole("button", { name: "Send", exact: true }).click();
  await a.getByRole("button", { name: "Send now" }).click();
  await expect(sent(a)).toBeVisible(PATIENCE);
  await until("Ben has it", async () => (await atBens()).includes("Half-term"));
  const log = await ben.household();
  const thread = (await ben.replica.threads(log, 0, 100)).rows.find((r) => r.subject === "Half-term");
  if (!thread) throw new Error("a thread");
  expect((await ben.replica.messages(log, thread.id, 0, 10)).rows.map((m) => [m.text, m.files.length])).toEqual([
    ["What I would say to a judge.", 1],
  ]);
});

test("[U4] an expense and an answer can be undone as well", async () => {
  await go(a, "Expenses");
  await a.getByRole("link", { name: "Add an expense" }).first().click();
  await a.getByLabel("What was it for").fill("Winter coat");
  await a.getByLabel("Amount", { exact: true }).fill("62.50");
  await a.getByRole("combobox", { name: "Category" }).fill("Clothes");
  await a.keyboard.press("Tab");
  await a.getByRole("button", { name: /^Add and ask/ }).click();
  await a.waitForURL(/\/expenses\/[0-9a-f]{32}$/, PATIENCE);
  await a.getByRole("button", { name: "Undo" }).click();
  await expect(a.locator("h1")).toHaveText("Add an expense", PATIENCE);
  await expect(a.getByLabel("What was it for")).toHaveValue("Winter coat");
  await expect(a.getByLabel("Amount", { exact: true })).toHaveValue("62.50");

  const added = await ben.replica.addExpense({
    ...{ log: await ben.household(), title: "Bus pass", category: "Travel", amount: 3_100, currency: "GBP", share: 5_000 },
    ...{ spent: "2026-01-31", files: [] },
  });
  if (!added.ok) throw new Error(added.error.code);
  await go(a, "Expenses");
  await a.getByText("Bus pass", { exact: true }).click(PATIENCE);
  await a.getByRole("button", { name: "Approve" }).click(PATIENCE);
  await expect(a.getByText("Ana approved it")).toBeVisible(PATIENCE);
  await a.getByRole("button", { name: "Undo" }).click();
  await expect(a.getByText("Ana approved it")).toHaveCount(0, PATIENCE);
  await a.getByRole("button", { name: "Approve" }).click();
  await a.getByRole("button", { name: "Send now" }).click();
  await expect(a.getByText("Approved, to be paid").first()).toBeVisible(PATIENCE);
  const log = await ben.household();
  await until("Ben is told", async () => (await ben.replica.expense(log, added.value))?.state === "approved");
});

test("[U2] [U3] reloaded, and locked, while its time runs: what was shown is sent once", async () => {
  await send("Reloaded", "Sent, and then the page was loaded again.");
  await expect(held(a)).toBeVisible(PATIENCE);
  await a.reload();
  await unlock(a, ANA.passphrase);
  await expect(sent(a)).toBeVisible(PATIENCE);
  await expect(held(a)).toHaveCount(0);
  await send("Locked", "Sent, and then locked.");
  await expect(held(a)).toBeVisible(PATIENCE);
  await a.getByRole("banner").getByRole("button", { name: "Lock now" }).click();
  await unlock(a, ANA.passphrase);
  await until("Ben has both", async () => (await atBens()).length === 4);
  expect(await atBens()).toEqual(["Half-term", "Locked", "Reloaded", "Swimming on Tuesday"]);
});
