import { chromium, expect, test, type Browser, type Locator, type Page } from "@playwright/test";
import { CHROMIUM, CHROMIUM_ARGS } from "../src/browser.ts";
import { FAKE_ORIGIN, serveFake } from "../src/fakeServer.ts";

/** The main paths with the keyboard alone. */

const PASSPHRASE = "correct horse battery staple";
let browser: Browser;
let page: Page;
let stop: (() => void) | undefined;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  stop = await serveFake();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS });
});

test.afterAll(async () => {
  await browser.close();
  stop?.();
});

test.beforeEach(async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", timezoneId: "Europe/London" });
  page = await context.newPage();
});

test.afterEach(async () => {
  await page.context().close();
});

const open = async (path: string, scenario = "home"): Promise<void> => {
  await page.goto(`${FAKE_ORIGIN}${path}${path.includes("?") ? "&" : "?"}fake=${scenario}`);
  await page.locator("h1").waitFor();
};

/** Presses Tab until the element has the focus, and checks on the way that one can see where the focus is. */
async function tabTo(target: Locator): Promise<void> {
  await target.first().waitFor();
  for (let i = 0; i < 90; i++) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return true;
      const style = getComputedStyle(element);
      // Fields show the focus with their border; everything else with an outline.
      return element.matches("input, textarea, select") || (style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2);
    });
    expect(seen, "the focus can be seen").toBe(true);
    if (await target.first().evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error("the keyboard does not reach it");
}

test("[keyboard] unlocks, and comes back to the address that was open", async () => {
  await open("/expenses", "locked");
  await expect(page.getByLabel("Passphrase", { exact: true })).toBeFocused();
  await page.keyboard.type(PASSPHRASE);
  await page.keyboard.press("Enter");
  await expect(page.locator("h1")).toHaveText("Expenses");
});

test("[keyboard] skips to the content", async () => {
  await open("/history");
  await page.locator("body").press("Shift+Tab");
  await tabTo(page.getByRole("link", { name: "Skip to the content" }));
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
});

test("[keyboard] writes and sends a message", async () => {
  await open("/messages");
  await tabTo(page.getByRole("link", { name: "New message" }));
  await page.keyboard.press("Enter");
  await expect(page.locator("h1")).toHaveText("New message");
  await tabTo(page.getByLabel("Subject"));
  await page.keyboard.type("Swimming on Tuesday");
  await tabTo(page.getByLabel("Message", { exact: true }));
  await page.keyboard.type("It begins at 16:30 this week.");
  await tabTo(page.getByRole("button", { name: "Send" }));
  await page.keyboard.press("Enter");
  await expect(page.locator("h1")).toHaveText("Swimming on Tuesday");
  await expect(page.getByRole("article")).toContainText("Saved on this device");
});

test("[lists] a thread of 5,000 letters opens at the newest, and the address of a letter at that letter", async () => {
  await open("/messages", "long");
  await page.getByRole("link", { name: "A very long thread" }).press("Enter");
  const place = (n: number): Locator => page.locator(`[role=listitem][aria-posinset="${String(n)}"]`);
  await expect(place(5_000)).toBeInViewport();
  await expect(place(5_000)).toHaveAttribute("aria-setsize", "5000");
  await page.keyboard.press("Home");
  await expect(place(1)).toBeInViewport();
  const link = await place(4).getByRole("link", { name: "Link to this message" }).getAttribute("href");
  await open(link ?? "", "long");
  await expect(place(4)).toBeInViewport();
  await expect(place(4).locator("article")).toHaveAttribute("data-marked", "true");
  await expect(place(1)).not.toBeInViewport();
  await expect(place(5_000)).toHaveCount(0);
  await tabTo(place(4).locator("summary"));
  await page.keyboard.press("Enter");
  await expect(place(4).getByText("Place in the log")).toBeVisible();
});

test("[drafts] half a sentence is still there after leaving the screen and coming back", async () => {
  await open("/messages/new");
  await tabTo(page.getByLabel("Message", { exact: true }));
  await page.keyboard.type("Half a sentence");
  await page.getByRole("link", { name: "Today" }).press("Enter");
  await expect(page.locator("h1")).toHaveText("Today");
  await page.goBack();
  await expect(page.getByLabel("Message", { exact: true })).toHaveValue("Half a sentence");
});

test("[keyboard] refuses an expense with a reason", async () => {
  await open("/");
  await tabTo(page.getByRole("link", { name: /Black shoes/ }));
  await page.keyboard.press("Enter");
  await tabTo(page.getByRole("button", { name: "Refuse" }));
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Reason")).toBeFocused();
  await page.keyboard.type("We agreed on second-hand shoes.");
  await tabTo(page.getByRole("button", { name: "Refuse" }));
  await page.keyboard.press("Enter");
  await expect(page.getByText("Alex refused it")).toBeVisible();
  await expect(page.getByText("We agreed on second-hand shoes.")).toBeVisible();
});

test("[keyboard] a dialog holds the focus, closes with Escape and gives the focus back", async () => {
  await open("/settings/devices");
  const remove = page.getByRole("button", { name: "Remove Laptop" });
  await tabTo(remove);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByLabel("Your passphrase")).toBeFocused();
  for (let i = 0; i < 8; i++) await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.closest("[role=dialog]") !== null)).toBe(true);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(remove).toBeFocused();
});

test("[keyboard] makes a snapshot and checks it", async () => {
  await open("/exports");
  await tabTo(page.getByRole("button", { name: "Make the snapshot" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByLabel("Your passphrase")).toBeFocused();
  await page.keyboard.type(PASSPHRASE);
  await page.keyboard.press("Enter");
  await tabTo(page.getByRole("button", { name: "Check it as your lawyer would" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Verdict" })).toBeVisible();
});

test("[keyboard] Shift three times leaves, once it is switched on", async () => {
  await page.route("https://www.bbc.com/**", (route) => route.fulfill({ contentType: "text/html", body: "<h1>Weather</h1>" }));
  await open("/settings/lock");
  for (let i = 0; i < 3; i++) await page.keyboard.press("Shift");
  await expect(page.locator("h1")).toHaveText("Lock and passphrase");
  await page.getByLabel("Show the button Exit this page").focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("button", { name: "Exit this page" })).toBeVisible();
  for (let i = 0; i < 3; i++) await page.keyboard.press("Shift");
  await expect(page.locator("h1")).toHaveText("Weather");
});

test("[keyboard] a name of 300 characters is kept and refused with a sentence, and one that fits is taken", async () => {
  await open("/settings/people");
  const field = page.getByRole("textbox").first();
  await field.waitFor();
  await field.fill("N".repeat(300));
  await expect(page.getByText("80 characters fit here, and this has 300. Please shorten it.")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("N".repeat(300));
  await expect(page.getByText("Saved", { exact: true })).toHaveCount(0);
  await field.fill("N".repeat(80));
  await expect(page.getByText("Please shorten it.")).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
});

test("[search] the key / opens it from a screen but not from a field, Escape leads back, and it can be switched off", async () => {
  await open("/history");
  await page.getByLabel("Search", { exact: true }).focus();
  await page.keyboard.type("a/b");
  await expect(page.getByLabel("Search", { exact: true })).toHaveValue("a/b");
  await page.locator("h1").focus();
  await page.keyboard.press("/");
  const field = page.getByLabel("Search messages and expenses");
  await expect(field).toBeFocused();
  await page.keyboard.type("seats");
  await expect(page.getByRole("status").filter({ hasText: "found" })).toHaveText("2 messages and no expense found.");
  await tabTo(page.getByRole("list", { name: "What was found" }).getByRole("link").nth(1));
  // From a result it leads to the field again, and what stands there is typed over.
  await page.keyboard.press("/");
  await expect(field).toBeFocused();
  await page.keyboard.type("nothing of the kind");
  await expect(field).toHaveValue("nothing of the kind");
  await expect(page.getByText("Nothing was found. Try fewer or shorter words.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.locator("h1")).toHaveText("History");
  await page.keyboard.press("/");
  await field.fill("");
  await page.getByLabel("The key / opens the search from any screen").press("Space");
  await page.keyboard.press("Escape");
  await expect(page.locator("h1")).toHaveText("History");
  await page.locator("h1").focus();
  await page.keyboard.press("/");
  await expect(page.locator("h1")).toHaveText("History");
});

test("[tone] a hint that was wished for says how a message may read, and holds nothing up", async () => {
  await open("/settings/writing");
  await tabTo(page.getByLabel("Tell me when a message may read harder than I mean it"));
  await page.keyboard.press("Space");
  await page.getByRole("link", { name: "Messages" }).first().press("Enter");
  await tabTo(page.getByRole("link", { name: "New message" }));
  await page.keyboard.press("Enter");
  await tabTo(page.getByLabel("Subject"));
  await page.keyboard.type("Sunday");
  await tabTo(page.getByLabel("Message", { exact: true }));
  await page.keyboard.type("You never answer. Where are they");
  await expect(page.getByText("“You never” may read as an accusation. You may want to look at it once more.")).toBeVisible();
  await tabTo(page.getByRole("button", { name: "Send" }));
  await page.keyboard.press("Enter");
  await expect(page.locator("h1")).toHaveText("Sunday");
});
