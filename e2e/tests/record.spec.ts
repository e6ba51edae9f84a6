/**
 * What a parent does with a record that they have: looking back in the history, taking out a part of it sealed for its reader, and keeping the recovery sheet from
 * somebody who found it. One parent at a real browser, the other one without a screen.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { PYTHON, TYPED } from "../../shared/test/typed.ts";
import { opened } from "../src/browser.ts";
import { openHeadless, until, type Headless } from "../src/headless.ts";
import { countersign, ran, unpack } from "../src/lawyer.ts";
import { tempFolder } from "../src/paths.ts";
import { greyPng } from "../src/picture.ts";
import { findPlanted } from "../src/planted.ts";
import {
  addExpense,
  AGAIN,
  ANA,
  BEN,
  confirmJoin,
  confirmSheet,
  exportSnapshot,
  found,
  go,
  invite,
  PATIENCE,
  restore,
  sendAtOnce,
  upToDate,
  write,
} from "../src/person.ts";
import { withPassphrase } from "../src/passphrase.ts";
import { startRelay, type Relay } from "../src/relay.ts";
import { stopAll } from "../src/stop.ts";

const DAY = 86_400_000;
const ZONE = "Europe/London";
const EXPENSE = "Winter boots";
const KEPT = { subject: "Summer weeks", text: "The first two weeks of July would suit us." };
const WITHHELD = { subject: "What the school says", text: "Her friend Tilda was there as well." };
/** The picture goes, and the message that it came with stays. */
const DRAWN = "a drawing by Tilda that nobody else has to see";
const REASON = "It names somebody else's child.";
const FOR_READER = "twelve wooden lanterns";

test.describe.configure({ mode: "serial" });
test.setTimeout(240_000);

let relay: Relay;
let ana: BrowserContext;
let a: Page;
let ben: Headless;
let sheet: readonly string[];
const others: BrowserContext[] = [];
const work = tempFolder("record");
const file = (name: string): string => path.join(work, name);

test.beforeAll(async () => {
  // A day behind: what is written now is of yesterday once the relay's clock is put right.
  relay = await startRelay({ clockAhead: -DAY });
  ben = await openHeadless();
  writeFileSync(file("drawing.png"), greyPng(DRAWN));
});

test.afterAll(async () => {
  await (ben as Headless | undefined)?.replica.lock();
  await stopAll([ana, ...others], [relay]);
});

/** The app on a device that has nothing yet. */
async function emptyDevice(): Promise<Page> {
  const [context, page] = await opened(tempFolder("record-other"), relay.url);
  others.push(context);
  return page;
}

/** The lines of the history are these. */
const expectLines = (...lines: string[]): Promise<void> => expect(a.locator("details.cs-row .cs-line-words")).toHaveText(lines, PATIENCE);

/** What the household's clock on the wall showed so many milliseconds ago, as the field for a moment takes it. */
const wallAgo = (ms: number): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short", timeStyle: "short" }).format(Date.now() - ms).replace(" ", "T");

test("[history] both write; the history is narrowed to what one of them did, and says how it was before and after", async () => {
  [ana, a] = await opened(tempFolder("record-ana"), relay.url);
  await found(a, ANA);
  sheet = await confirmSheet(a);
  await expect(a.locator("h1")).toHaveText("Today", PATIENCE);
  await sendAtOnce(a);
  const joined = await ben.replica.join({ link: await invite(a), ...BEN, zone: ZONE });
  if (!joined.ok) throw new Error(joined.error.code);
  await confirmJoin(a);
  await go(a, "Settings");
  await a.getByText("Names and household").click();
  await a.getByLabel("Name of the other parent").fill(BEN.name);
  await a.getByRole("button", { name: "Save the names" }).click();
  await expect(a.getByText("Saved", { exact: true })).toBeVisible(PATIENCE);
  await write(a, { ...KEPT, file: file("drawing.png") });
  await addExpense(a, { title: EXPENSE, amount: "64.90", category: "Clothes" });
  await upToDate(a);

  await relay.stop();
  relay = await startRelay({ dataDir: relay.dataDir, port: relay.port });
  await write(a, WITHHELD);
  const log = await ben.household();
  const theirs = async () => (await ben.replica.expenses(log, {}, 0, 10)).rows[0];
  await until("Ben has the expense", async () => (await theirs()) !== undefined);
  const expense = (await theirs())?.id;
  if (expense === undefined) throw new Error("no expense");
  const approved = await ben.replica.answerExpense({ log, expense, act: "approve" });
  expect(approved).toMatchObject({ ok: true });
  await go(a, "Expenses");
  await expect(a.getByRole("listitem").filter({ hasText: EXPENSE }).getByText("Approved, to be paid")).toBeVisible(PATIENCE);

  await go(a, "History");
  await a.getByLabel("Show", { exact: true }).selectOption("Expenses");
  await expect(a.getByText("2 lines", { exact: true })).toBeVisible(PATIENCE);
  await expectLines("Ben approved an expense", "Ana added an expense");
  await a.getByLabel("By", { exact: true }).selectOption("Ben");
  await expect(a.getByText("One line", { exact: true })).toBeVisible(PATIENCE);
  await a.locator("summary", { hasText: "Ben approved an expense" }).click();
  await expect(a.getByRole("row", { name: /^State/ })).toHaveText("StateWaiting for an answerApproved, to be paid", PATIENCE);
  await a.getByLabel("By", { exact: true }).selectOption("Both");
});

test("[history] the lines in sight are saved as a table, the oldest first, with names, times and places in the log", async () => {
  await expect(a.getByText("2 lines", { exact: true })).toBeVisible(PATIENCE);
  await withPassphrase(a, "Save as a table", ANA.passphrase);
  await expect(a.getByText(/^The table is ready/)).toBeVisible(PATIENCE);
  const download = a.waitForEvent("download");
  await a.getByRole("button", { name: "Save the table" }).click();
  await (await download).saveAs(file("history.csv"));
  const [head, ...rows] = readFileSync(file("history.csv"), "utf8")
    // What tells a spreadsheet that this is UTF-8.
    .replace(/^\uFEFF/, "")
    .trimEnd()
    .split("\r\n")
    .map((line) => line.split(","));
  const column = (name: string): (string | undefined)[] => rows.map((row) => row[head?.indexOf(name) ?? -1]);
  expect(column("number")).toEqual(["1", "2"]);
  expect(column("act")).toEqual(["expense.submit", "expense.approve"]);
  expect(column("by")).toEqual(["Ana", "Ben"]);
  expect(column("title")).toEqual([EXPENSE, EXPENSE]);
  const [submitted = NaN, answered = NaN] = column("logged_not_after_relay").map((time) => Date.parse(time ?? ""));
  // By the relay's clock, which was a day behind for the first.
  expect(answered - submitted).toBeGreaterThan(DAY - 3_600_000);
  const [first = NaN, second = NaN] = column("entry").map(Number);
  expect(second).toBeGreaterThan(first);
});

test("[history] as it stood twelve hours ago: the expense waits, and what was written since is not there", async () => {
  await a.getByText("Device, days, another time").click();
  await a.getByLabel("As it stood on").fill(wallAgo(DAY / 2));
  // A line that is open offers it too, for its own moment.
  await a.getByRole("button", { name: "Show it as it stood then" }).first().click();
  await expect(a.getByText("One line", { exact: true })).toBeVisible(PATIENCE);
  await expectLines("Ana added an expense");
  await go(a, "Expenses");
  await expect(a.getByRole("listitem").filter({ hasText: EXPENSE }).getByText("Waiting for an answer")).toBeVisible(PATIENCE);
  await go(a, "Messages");
  await expect(a.getByText(KEPT.subject).first()).toBeVisible(PATIENCE);
  await expect(a.getByText(WITHHELD.subject)).toHaveCount(0);
  await a.getByRole("button", { name: "Back to now" }).click();
  await expect(a.getByText(WITHHELD.subject).first()).toBeVisible(PATIENCE);
});

test("[S9] [S41] a message and a file are left out, the rest is sealed under a passphrase; age opens it, it verifies, and nothing of either is in it", async () => {
  await go(a, "Exports");
  await a.getByLabel("Leave out single messages, expenses or files").check(PATIENCE);
  await a.getByRole("button", { name: WITHHELD.subject }).click(PATIENCE);
  const within = a.getByRole("list", { name: "Leave out of this thread" });
  await within.getByRole("checkbox").first().check();
  await a.getByRole("button", { name: "All threads" }).click();
  await a.getByRole("button", { name: KEPT.subject }).click();
  await within.getByLabel("Only the file drawing.png").check();
  await a.getByLabel("Your reason, printed in the snapshot").fill(REASON);
  await a.getByLabel("Whoever knows a passphrase").check();
  await a.getByLabel("Passphrase for the reader").fill(FOR_READER);
  await exportSnapshot(a, ANA.passphrase, file("sealed.zip.age"));

  const age = (passphrase: string, to: string) =>
    ran(PYTHON, ["-c", TYPED, passphrase, "age", "-d", "-o", file(to), file("sealed.zip.age")]);
  expect(age("twelve wooden lantern", "wrong.zip").status).not.toBe(0);
  expect(age(FOR_READER, "opened.zip").status).toBe(0);
  const verified = countersign("verify", file("opened.zip"));
  expect(verified.status, verified.said).toBe(0);
  expect(verified.stdout).toContain(REASON);

  unpack(file("opened.zip"), file("opened"));
  const standing = (word: string) => findPlanted(file("opened"), [word]).map((f) => f.form);
  expect(standing(KEPT.text)).not.toEqual([]);
  for (const word of [WITHHELD.text, WITHHELD.subject]) expect(standing(word)).toEqual([]);
  // The row of the picture stands in its file letter by letter.
  expect(standing(DRAWN)).toEqual([]);
});

test("[C9] somebody restores from the sheet: her device is told, refuses it, and they write nothing; a new sheet takes its place", async () => {
  const finder = await emptyDevice();
  await restore(finder, { words: sheet, relay: relay.url, passphrase: AGAIN, name: "" });
  await expect(finder.locator("h1")).toHaveText("Today", PATIENCE);
  await expect(finder.getByText(/Writing here begins/)).toBeVisible(PATIENCE);

  await go(a, "Today");
  await a.getByRole("link", { name: "Look at it and refuse it" }).click(PATIENCE);
  await expect(a.getByRole("button", { name: "Refuse it" })).toBeVisible(PATIENCE);
  await withPassphrase(a, "Refuse it", ANA.passphrase);
  await expect(a.locator("h1")).toHaveText("Recovery sheet", PATIENCE);
  await expect(finder.getByText(/^A device of yours refused the recovery that brought this device in/)).toBeVisible(PATIENCE);

  await withPassphrase(a, "Make a new sheet", ANA.passphrase);
  const renewed = await confirmSheet(a);
  await expect(a.locator("h1")).toHaveText("Settings", PATIENCE);
  expect(renewed).not.toEqual(sheet);
  await upToDate(a);

  const late = await emptyDevice();
  await restore(late, { words: sheet, relay: relay.url, passphrase: AGAIN, name: "" });
  await expect(late.getByRole("alert")).toContainText("The relay knows no record for this sheet.", PATIENCE);
  await late.getByLabel("Words of the sheet").fill(renewed.join(" "));
  await late.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(late.locator("h1")).toHaveText("Today", PATIENCE);
  await go(late, "Messages");
  for (const { subject } of [KEPT, WITHHELD]) await expect(late.getByText(subject).first()).toBeVisible(PATIENCE);
});
