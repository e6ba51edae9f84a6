/** Every device of one parent is gone: the sheet and the relay give back everything, to that parent alone, and both write on. */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { initCrypto } from "@countersign/shared/crypto/init";
import { readSheetWords, recoveryKeys, type SheetPurpose } from "@countersign/shared/charter/recovery-sheet";
import { nodePorts } from "@countersign/shared/node/ports";
import { findLogs } from "@countersign/shared/sync/found";
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { opened } from "../src/browser.ts";
import { tempFolder } from "../src/paths.ts";
import {
  addExpense,
  AGAIN,
  ANA,
  BEN,
  confirmJoin,
  confirmSheet,
  found,
  go,
  invite,
  joinWith,
  PATIENCE,
  restore,
  sendAtOnce,
  unlock,
  upToDate,
  write,
} from "../src/person.ts";
import { startRelay, type Relay } from "../src/relay.ts";
import { stopAll } from "../src/stop.ts";

const HOUR = 3_600_000;
/** A small real PNG. */
const PICTURE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

test.describe.configure({ mode: "serial" });
test.setTimeout(240_000);

let relay: Relay;
let ana: BrowserContext;
let ben: BrowserContext;
let a: Page;
let b: Page;
let sheetOfAna: readonly string[];
let sheetOfBen: readonly string[];
const folders = { ana: tempFolder("wiped-ana"), ben: tempFolder("wiped-ben") };
const receipt = path.join(tempFolder("wiped"), "glasses.png");

test.beforeAll(async () => {
  await initCrypto();
  writeFileSync(receipt, PICTURE);
  relay = await startRelay();
});

test.afterAll(async () => {
  await stopAll([ana, ben], [relay]);
});

/** Opens the picture that is attached to what the page shows. */
async function opensPicture(page: Page): Promise<void> {
  await page
    .getByRole("button", { name: /^glasses\.png/ })
    .first()
    .click(PATIENCE);
  await expect(page.locator("img[src^='blob:']").first()).toBeVisible(PATIENCE);
  await page.keyboard.press("Escape");
}

test("[C9] two parents write, for both and for themselves; then every device of one is wiped", async () => {
  [ana, a] = await opened(folders.ana, relay.url);
  await found(a, ANA);
  sheetOfAna = await confirmSheet(a);
  await write(a, { subject: "Just mine", text: "What the doctor told me alone.", own: true, file: receipt });
  const link = await invite(a);
  [ben, b] = await opened(folders.ben, relay.url);
  await joinWith(b, link, BEN);
  sheetOfBen = await confirmSheet(b);
  await expect(b.locator("h1")).toHaveText("Today", PATIENCE);
  await confirmJoin(a);
  for (const page of [a, b]) await sendAtOnce(page);
  await write(a, { subject: "Summer weeks", text: "The first two weeks of July would suit us." });
  await addExpense(a, { title: "New glasses", amount: "184.50", note: "Broken at school", file: receipt });
  await write(b, { subject: "School trip", text: "I have signed the form." });
  // Her own name for him, which no one else sees; it comes back with the sheet as all that she wrote does.
  await go(a, "Settings");
  await a.getByText("Names and household").click();
  await a.getByLabel("Name of the other parent").fill("Benjamin");
  await a.getByRole("button", { name: "Save" }).click();
  await go(a, "Messages");
  await expect(a.getByText("School trip").first()).toBeVisible(PATIENCE);
  await go(b, "Expenses");
  await b.getByText("New glasses").first().click(PATIENCE);
  await opensPicture(b);
  await upToDate(a);
  await ana.close();
  rmSync(folders.ana, { recursive: true });
});

test("[C9] the other parent's sheet opens nothing of hers, on the screen or at the relay", async () => {
  const logsOf = async (words: readonly string[], purpose: SheetPurpose): Promise<readonly string[]> => {
    const seed = readSheetWords(words);
    if (!seed.ok) throw new Error("the sheet can't be read");
    const logs = await findLogs(nodePorts, relay.url, recoveryKeys(seed.value, purpose).sign);
    return logs.ok ? logs.value.logs : [];
  };
  const hers = await logsOf(sheetOfAna, "personal");
  const his = await logsOf(sheetOfBen, "personal");
  expect(hers).toHaveLength(1);
  expect(his).toHaveLength(1);
  expect(his).not.toEqual(hers);
  // Nor do words that are no sheet, and what was typed is still there.
  const [empty, blank] = await opened(tempFolder("wiped-blank"), relay.url);
  try {
    const wrong = [...sheetOfAna.slice(1), sheetOfAna[0] ?? ""];
    await restore(blank, { words: wrong, relay: relay.url, passphrase: AGAIN, name: "Ben" });
    await expect(blank.getByRole("alert")).toContainText(
      /These are not the words of a recovery sheet|knows no record for this sheet/,
      PATIENCE,
    );
    await expect(blank.getByLabel("Words of the sheet")).toHaveValue(wrong.join(" "));
  } finally {
    await empty.close();
  }
});

test("[C9] the sheet and the relay give back everything to an empty device, at once to read", async () => {
  folders.ana = tempFolder("wiped-ana-again");
  [ana, a] = await opened(folders.ana, relay.url);
  await restore(a, { words: sheetOfAna, relay: relay.url, passphrase: AGAIN, name: "" });
  await expect(a.locator("h1")).toHaveText("Today", PATIENCE);
  await expect(a.getByText(/Your record was restored for reading. Writing here begins/)).toBeVisible(PATIENCE);
  await go(a, "Messages");
  for (const subject of ["Summer weeks", "School trip"]) await expect(a.getByText(subject).first()).toBeVisible(PATIENCE);
  await a.getByText("Summer weeks").first().click();
  await expect(a.getByText("The first two weeks of July would suit us.").first()).toBeVisible(PATIENCE);
  await go(a, "Expenses");
  await a.getByText("New glasses").first().click(PATIENCE);
  await expect(a.getByText("Broken at school").first()).toBeVisible(PATIENCE);
  await opensPicture(a);
  await go(a, "Messages");
  await a.getByText("Just for you").first().click();
  await a.getByText("Just mine").first().click(PATIENCE);
  await expect(a.getByText("What the doctor told me alone.").first()).toBeVisible(PATIENCE);
  await opensPicture(a);
  await go(a, "Settings");
  await a.getByText("Names and household").click();
  await expect(a.getByLabel("Your name")).toHaveValue("Ana", PATIENCE);
  // What she called him was on her devices and in her own log alone.
  await expect(a.getByLabel("Name of the other parent")).toHaveValue("Benjamin", PATIENCE);
  await go(a, "Messages");
  await a.getByText("School trip").first().click();
  await expect(a.getByText("Benjamin").first()).toBeVisible(PATIENCE);
  await expect(a.getByText("Up to date").first()).toBeVisible(PATIENCE);
  await ana.close();
});

test("[C9] after its 72 hours both write on, and each has what the other wrote", async () => {
  await relay.stop();
  // Three days later: only the relay's clock counts.
  relay = await startRelay({ dataDir: relay.dataDir, port: relay.port, clockAhead: 73 * HOUR });
  [ana, a] = await opened(folders.ana, relay.url);
  await unlock(a, AGAIN);
  await expect(a.locator("h1")).toHaveText("Today", PATIENCE);
  // The relay's clock is three days ahead of this device's: the person is told whose clock differs, and by how much.
  await expect(a.getByText(/The clock of this device is .* minutes behind the relay's/)).toBeVisible(PATIENCE);
  await expect(a.getByText(/Writing here begins/)).toBeHidden(PATIENCE);
  await sendAtOnce(a);
  await write(a, { subject: "New phone", text: "Written on the new phone." });
  await go(b, "Messages");
  await expect(b.getByText("New phone").first()).toBeVisible(PATIENCE);
  await write(b, { subject: "Good to hear", text: "Then we can go on as before." });
  await go(a, "Messages");
  await expect(a.getByText("Good to hear").first()).toBeVisible(PATIENCE);
  await write(a, { subject: "Mine again", text: "A note on the new phone.", own: true });
});

test("[C9] what the other parent restores with his sheet is himself, and nothing of hers alone", async () => {
  const [context, page] = await opened(tempFolder("wiped-other"), relay.url);
  try {
    await restore(page, { words: sheetOfBen, relay: relay.url, passphrase: AGAIN, name: "Ben" });
    await expect(page.locator("h1")).toHaveText("Today", PATIENCE);
    await go(page, "Messages");
    await expect(page.getByText("Summer weeks").first()).toBeVisible(PATIENCE);
    await page.getByText("Just for you").first().click();
    await expect(page.getByText("Notes for yourself can stand here already.")).toBeVisible(PATIENCE);
    await expect(page.getByText("Just mine")).toHaveCount(0);
    await go(page, "Settings");
    await page.getByText("Names and household").click();
    await expect(page.getByLabel("Your name")).toHaveValue("Ben", PATIENCE);
    await expect(page.getByText(/Writing here begins/)).toBeVisible();
  } finally {
    await context.close();
  }
});
