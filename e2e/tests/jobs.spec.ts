import { expect, test, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { launchBrowser } from "../src/browser.ts";
import { countersign } from "../src/lawyer.ts";
import { go, PATIENCE, write } from "../src/person.ts";
import { startRelay, type Relay } from "../src/relay.ts";
import { chooseSample, openSample } from "../src/sample.ts";

/**
 * Long work in the app, by keyboard, over a household of a year: a letter is looked for among all of them, a snapshot is made and checked, each stopped once
 * and then done, and one that is limited to a child.
 */

let relay: Relay;
let context: BrowserContext;
let page: Page;

test.describe.configure({ mode: "serial", timeout: 300_000 });

test.beforeAll(async () => {
  test.setTimeout(180_000);
  relay = await startRelay();
  context = await launchBrowser();
  page = await context.newPage();
  await chooseSample(page, { years: 1, seed: 3 });
  await openSample(page, relay.url, 150_000);
});

test.afterAll(async () => {
  await context.close();
  await relay.stop();
});

const STOPPED = "Stopped. Nothing was changed.";
const ready = () => page.getByRole("heading", { name: "The snapshot is ready", exact: true });

/** Presses what stops a job once the job has got somewhere. It has the focus before that, and the page itself looks: a fast machine is not done meanwhile. */
async function stopUnderWay(stop: Locator, progress: Locator): Promise<void> {
  await stop.focus();
  await progress.evaluate(
    (bar) =>
      new Promise<void>((begun) => {
        const look = (): void => {
          if (Number(bar.getAttribute("aria-valuenow")) > 0) begun();
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
  await page.keyboard.press("Enter");
}

/** Asks for the snapshot, as far as its progress. */
async function make(): Promise<void> {
  await page.getByRole("button", { name: "Make the snapshot" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("it needs no passphrase");
  await dialog.getByRole("button", { name: "Make the snapshot" }).press("Enter");
  await expect(dialog.getByRole("progressbar")).toBeVisible();
}

test("[search] one key finds the letter that was just written, whatever its accents, and leads to it", async () => {
  await write(page, { subject: "Appointments", text: "La Zahn\u00e4rztin hat ma\u00f1ana frei.\nCould you take her on Thursday?" });
  await go(page, "Today");
  await page.keyboard.press("/");
  await expect(page.locator("h1")).toHaveText("Search", PATIENCE);
  const field = page.getByLabel("Search messages and expenses");
  await expect(field).toBeFocused();
  await page.keyboard.type("MANANA zahnarztin");
  await expect(page.getByText("One message and no expense found.", { exact: true })).toBeVisible(PATIENCE);
  const found = page.getByRole("list", { name: "What was found" }).getByRole("link");
  await expect(found).toHaveCount(1, PATIENCE);
  await expect(found.locator("mark")).toHaveText(["Zahn\u00e4rztin", "ma\u00f1ana"]);
  await found.press("Enter");
  await expect(page.locator("h1")).toHaveText("Appointments", PATIENCE);
  const letter = page.locator("article[data-marked=true]");
  await expect(letter).toContainText("Could you take her on Thursday?");
  await expect(letter).toBeInViewport();
  // On the way back it still stands there; nothing of it is in an address.
  await page.goBack();
  await expect(field).toHaveValue("MANANA zahnarztin", PATIENCE);
  expect(page.url()).toMatch(/\/search$/);
  await field.fill("e");
  const status = page.getByText(/ found\.$/);
  await expect(status).toHaveText(/^[1-9][0-9,]+ messages and [1-9][0-9,]+ expenses found\.$/, PATIENCE);
  const count = (await status.innerText()).replace(/ messages.*$/, "").replaceAll(",", "");
  await expect(found.first()).toBeVisible(PATIENCE);
  await expect(page.getByRole("listitem").first()).toHaveAttribute("aria-setsize", count, PATIENCE);
  await page.keyboard.press("Escape");
  await expect(page.locator("h1")).toHaveText("Today", PATIENCE);
});

test("[money] what was spent by month and category: the bars' list and the table say the same", async () => {
  await go(page, "Expenses");
  await page.getByText("By month and category", { exact: true }).press("Enter");
  const sum = page.getByText(/ in \d{4}, (one expense|\d+ expenses)$/);
  await expect(sum).toBeVisible(PATIENCE);
  const amount = (await sum.innerText()).replace(/ in \d{4},.*$/, "");
  await page.getByText("The figures as a table").press("Enter");
  const together = page.getByRole("row", { name: /^Together/ }).getByRole("cell");
  await expect(together.last()).toHaveText(amount);
  const categories = page.getByRole("list", { name: "Category" }).locator("strong");
  expect(await together.allInnerTexts()).toEqual([...(await categories.allInnerTexts()), amount]);
  // What is chosen stands in the address: there again after a reload of the page or on the way back.
  await page.getByLabel("What counts").selectOption("Everything that was added");
  await expect(page).toHaveURL(/[?&]sum=all/);
  await expect(sum).not.toHaveText(new RegExp(`^${amount.replace(/[.$]/g, "\\$&")} `), PATIENCE);
});

test("[jobs] making a snapshot tells how far it is, and stops when asked", async () => {
  await page.getByRole("link", { name: "Exports" }).first().press("Enter");
  await make();
  const dialog = page.getByRole("dialog");
  await stopUnderWay(dialog.getByRole("button", { name: "Stop", exact: true }), dialog.getByRole("progressbar"));
  await expect(dialog).toContainText(STOPPED, { timeout: 60_000 });
  await expect(dialog.getByRole("progressbar")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(ready()).toHaveCount(0);
});

test("[jobs] closing the dialog stops it too, and the next one is whole", async () => {
  await make();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await make();
  await expect(ready()).toBeVisible({ timeout: 240_000 });
});

test("[jobs] checking a snapshot stops when asked, and is done when asked again", async () => {
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the file", exact: true }).press("Enter");
  const file = await (await download).path();
  await page.getByRole("button", { name: "Check it as your lawyer would" }).press("Enter");
  const progress = page.locator("main").getByRole("progressbar");
  await stopUnderWay(page.getByRole("button", { name: "Stop checking", exact: true }), progress);
  await expect(page.locator("main")).toContainText(STOPPED, { timeout: 60_000 });
  await expect(progress).toHaveCount(0);
  await page.locator("input[type=file]").setInputFiles(file);
  await expect(page.getByRole("heading", { name: "Verdict", exact: true })).toBeVisible({ timeout: 240_000 });
});

test("[S45] a snapshot of what is about one child says so before and after it is made, and holds on the command line", async () => {
  await page.getByRole("link", { name: "Exports" }).first().press("Enter");
  await page.getByRole("radio", { name: "No PDF pages", exact: true }).check();
  await page.getByRole("checkbox", { name: "Lina", exact: true }).check();
  const unnamed = page.getByText(/^\d+ messages and expenses name no child and are not in it\.$/);
  await expect(unnamed).toBeVisible({ timeout: 120_000 });
  const [count = ""] = /^\d+/.exec((await unnamed.textContent()) ?? "") ?? [];
  await make();
  await expect(ready()).toBeVisible({ timeout: 240_000 });
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the file", exact: true }).press("Enter");
  const checked = countersign("verify", await (await download).path());
  expect(checked.stdout).toContain(`children: Lina. Messages and expenses that name no child, and so are not in it: ${count}.`);
  expect(checked.status).toBe(0);
});
