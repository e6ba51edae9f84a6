/**
 * A relay told two parents two histories, each under its own key. One of them finds it out, and is led from there to make the record whole on another relay; the other
 * agrees; and both have everything of both histories, with the times that the old relay had given it. Pictures of what each of them sees are kept in
 * e2e/screens-out.
 */
import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { opened } from "../src/browser.ts";
import { countersign } from "../src/lawyer.ts";
import { tempFolder } from "../src/paths.ts";
import {
  addExpense,
  ANA,
  BEN,
  confirmJoin,
  confirmSheet,
  exportSnapshot,
  found,
  go,
  invite,
  joinWith,
  PATIENCE,
  sendAtOnce,
  toRelay,
  unlock,
  upToDate,
  write,
} from "../src/person.ts";
import { startRelay, type Relay } from "../src/relay.ts";
import { shoot } from "../src/shoot.ts";
import { stopAll } from "../src/stop.ts";

const COMMON = "Summer weeks";
const OF_ANA = "Only told to Ana";
const OF_BEN = "Only told to Ben";
const FIRST_LOGGED = /^First logged on .* by relay .*, in a history that was given up\.$/;
const EXPENSE = "Winter boots";

test.describe.configure({ mode: "serial" });
test.setTimeout(300_000);

let old: Relay;
let next: Relay;
let ana: BrowserContext;
let ben: BrowserContext;
let a: Page;
let b: Page;
const work = tempFolder("heal");
const folders = { ana: tempFolder("heal-ana"), ben: tempFolder("heal-ben") };
const history = (name: string): string => path.join(work, name);

/** The operator of the relay keeps the history that it serves, and serves another. */
async function serve(shown: string, kept: string): Promise<void> {
  await old.stop();
  cpSync(old.dataDir, kept, { recursive: true });
  rmSync(old.dataDir, { recursive: true });
  cpSync(shown, old.dataDir, { recursive: true });
  await old.restart();
}

/** Opens a subject of a parent's messages, and what its entry says of its times. */
async function timesOf(page: Page, subject: string): Promise<void> {
  await go(page, "Messages");
  await page.getByText(subject).first().click(PATIENCE);
  await page.locator("summary").first().click(PATIENCE);
}

test.beforeAll(async () => {
  old = await startRelay();
  next = await startRelay();
});

test.afterAll(async () => {
  await stopAll([ana, ben], [old, next]);
});

test("[L2] each parent is told a history of its own, and one of them finds it out", async () => {
  [ana, a] = await opened(folders.ana, old.url);
  await found(a, ANA);
  await confirmSheet(a);
  const link = await invite(a);
  [ben, b] = await opened(folders.ben, old.url);
  await joinWith(b, link, BEN);
  await confirmSheet(b);
  await expect(b.locator("h1")).toHaveText("Today", PATIENCE);
  await confirmJoin(a);
  for (const page of [a, b]) await sendAtOnce(page);
  await write(a, { subject: COMMON, text: "The first two weeks of July would suit us." });
  await go(b, "Messages");
  await expect(b.getByText(COMMON).first()).toBeVisible(PATIENCE);
  for (const page of [a, b]) await upToDate(page);

  // From here on there are two copies of the relay's data, and only Ben is there while the one is served, only Ana while the other is.
  await ana.close();
  await old.stop();
  cpSync(old.dataDir, history("ana"), { recursive: true });
  await old.restart();
  await write(b, { subject: OF_BEN, text: "Could you take them on Friday?" });
  await addExpense(b, { title: EXPENSE, amount: "64.90" });
  await upToDate(b);
  await ben.close();

  await serve(history("ana"), history("ben"));
  [ana, a] = await opened(folders.ana, old.url);
  await unlock(a, ANA.passphrase);
  await write(a, { subject: OF_ANA, text: "I can take them on Friday." });
  await upToDate(a);
  await toRelay(a);
  await serve(history("ben"), history("ana-after"));
  await a.getByRole("button", { name: "Try now" }).click(PATIENCE);
  await expect(a.getByRole("heading", { name: "Contradictions found" })).toBeVisible(PATIENCE);
  await expect(a.getByText("The relay showed two different histories.").first()).toBeVisible(PATIENCE);
  await shoot(a, "heal-1-found-out");
});

test("[C8i] from there she asks to make the record whole on another relay, he agrees, and both go on there", async () => {
  await a.getByRole("button", { name: "Make the record whole on another relay" }).click();
  await a.getByLabel("Address of the new relay").fill(next.url);
  await a.getByRole("button", { name: "Look whether it answers" }).click();
  await expect(a.getByText(/answers, and speaks this version/)).toBeVisible(PATIENCE);
  await a.getByRole("dialog").getByLabel("Your passphrase").fill(ANA.passphrase);
  await a.getByRole("dialog").getByRole("button", { name: /^Ask / }).click();
  await expect(a.getByRole("dialog")).toHaveCount(0, PATIENCE);
  await expect(a.getByText(/^Tell .* to open Settings, Relay and storage/)).toBeVisible(PATIENCE);
  await shoot(a, "heal-2-asked");

  [ben, b] = await opened(folders.ben, old.url);
  await unlock(b, BEN.passphrase);
  await toRelay(b);
  await b.getByRole("button", { name: "The relay has moved" }).click();
  await b.getByLabel("Address of the new relay").fill(next.url);
  await b.getByRole("button", { name: "Look there" }).click();
  await expect(b.getByText(/^The other parent asks you to move there/)).toBeVisible(PATIENCE);
  await b.getByRole("dialog").getByText("Close", { exact: true }).click();
  await expect(b.getByText(/^Only in your copy: \d+ entr/)).toBeVisible(PATIENCE);
  await shoot(b, "heal-3-other-asked");
  await b.getByRole("button", { name: "Make the record whole", exact: true }).click();
  await b.getByRole("dialog").getByLabel("Your passphrase").fill(BEN.passphrase);
  await b.getByRole("dialog").getByRole("button", { name: "Make the record whole", exact: true }).click();
  await expect(b.getByRole("dialog")).toHaveCount(0, PATIENCE);
  // Her device looks there again, and his after it; they would do so by themselves as well, from time to time.
  for (const page of [a, b]) {
    await page.getByRole("button", { name: "Try now" }).click(PATIENCE);
    await expect(page.getByText(next.url, { exact: true }).first()).toBeVisible(PATIENCE);
  }
  await expect(b.getByText("The two records have become one").first()).toBeVisible(PATIENCE);
  await shoot(a, "heal-4-moved");
  await shoot(b, "heal-5-other-made-whole");
  await b.getByRole("button", { name: "I have read this" }).click(PATIENCE);
  await expect(b.getByText("The two records have become one")).toHaveCount(0, PATIENCE);
});

test("[C8k] both have everything of both histories, with the old relay's times beside it, and go on; a snapshot of it verifies", async () => {
  for (const page of [a, b]) {
    await go(page, "Messages");
    for (const subject of [COMMON, OF_ANA, OF_BEN]) await expect(page.getByText(subject).first()).toBeVisible(PATIENCE);
    await go(page, "Expenses");
    await expect(page.getByText(EXPENSE).first()).toBeVisible(PATIENCE);
    await timesOf(page, OF_BEN);
    await expect(page.getByText(FIRST_LOGGED).first()).toBeVisible(PATIENCE);
    await shoot(page, page === a ? "heal-6-both-have-it" : "heal-7-other-has-it");
  }
  await timesOf(a, OF_ANA);
  await expect(a.getByText(/^Stamped by /).first()).toBeVisible(PATIENCE);
  await expect(a.getByText(FIRST_LOGGED)).toHaveCount(0);
  await write(b, { subject: "On the new one", text: "Does this reach you?" });
  await go(a, "Messages");
  await expect(a.getByText("On the new one").first()).toBeVisible(PATIENCE);
  for (const page of [a, b]) await upToDate(page);

  const snapshot = path.join(work, "snapshot.zip");
  await exportSnapshot(a, ANA.passphrase, snapshot);
  const verified = countersign("verify", snapshot);
  expect(verified.status, verified.said).toBe(0);
  expect(verified.stdout).toContain("entries were first logged in a history that the people here gave up");
});
