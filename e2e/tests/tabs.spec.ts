/** Several tabs of one browser: one engine, one lock that comes by itself, and an update that no tab misses and none is torn by. */
import { appendFileSync, cpSync } from "node:fs";
import path from "node:path";
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { launchBrowser } from "../src/browser.ts";
import { tempFolder, WEB_BUILD } from "../src/paths.ts";
import { ANA, confirmSheet, found, go, PATIENCE, unlock, write } from "../src/person.ts";
import { startRelay, type Relay } from "../src/relay.ts";
import { stopAll } from "../src/stop.ts";

/** A copy of the build: it is replaced by another version while it is in use. */
const web = tempFolder("web");

test.describe.configure({ mode: "serial" });
test.setTimeout(120_000);

let relay: Relay;
let context: BrowserContext;
let first: Page;
let second: Page;

test.beforeAll(async () => {
  cpSync(WEB_BUILD, web, { recursive: true });
  relay = await startRelay({ web });
  context = await launchBrowser();
  first = context.pages()[0] ?? (await context.newPage());
  await first.goto(relay.url);
  await found(first, ANA);
  await confirmSheet(first);
  await expect(first.locator("h1")).toHaveText("Today", PATIENCE);
});

test.afterAll(async () => {
  await stopAll([context], [relay]);
});

/** How many workers run an engine, and how many wait for their turn. */
const engines = (page: Page): Promise<readonly [held: number, waiting: number]> =>
  page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const ours = (locks: readonly LockInfo[]): number => locks.filter((lock) => lock.name === "countersign-engine").length;
    return [ours(held), ours(pending)];
  });

test("[tabs] a second tab shares the engine: no second passphrase, and each sees at once what the other writes", async () => {
  second = await context.newPage();
  await second.goto(relay.url);
  await expect(second.locator("h1")).toHaveText("Today", PATIENCE);
  await expect.poll(() => engines(second), PATIENCE).toEqual([1, 1]);
  await go(first, "Messages");
  await write(second, { subject: "From the second tab", text: "Both tabs show it.", own: true });
  await expect(first.getByText("From the second tab").first()).toBeVisible(PATIENCE);
});

test("[tabs] when the tab with the engine goes, another one takes over, locked, with nothing lost", async () => {
  await go(second, "Messages");
  await second.getByRole("link", { name: "New message" }).first().click();
  await second.locator("#compose").fill("Half a sentence in the second tab");
  await expect(second.getByText("Draft kept on this device")).toBeVisible(PATIENCE);
  await first.close();
  await expect(second.locator("h1")).toHaveText("Locked", PATIENCE);
  await expect.poll(() => engines(second), PATIENCE).toEqual([1, 0]);
  await unlock(second, ANA.passphrase);
  await expect(second.locator("#compose")).toHaveValue("Half a sentence in the second tab", PATIENCE);
  await go(second, "Messages");
  await expect(second.getByText("From the second tab").first()).toBeVisible(PATIENCE);
});

test("[update] a new version waits until the person agrees, in one tab; the other is told to reload, with what was typed in it", async () => {
  first = await context.newPage();
  await first.goto(relay.url);
  await expect(first.locator("h1")).toHaveText("Today", PATIENCE);
  await go(second, "Messages");
  await second.getByRole("link", { name: "New message" }).first().click();
  await expect(second.locator("#compose")).toHaveValue("Half a sentence in the second tab", PATIENCE);
  await first.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  // The relay's operator installs another version.
  appendFileSync(path.join(web, "sw.js"), "\n// another version\n");
  await first.evaluate(async () => {
    await (await navigator.serviceWorker.ready).update();
  });
  const ready = "A new version of the app is ready.";
  await expect(first.getByText(ready)).toBeVisible(PATIENCE);
  await expect(second.getByText(ready)).toBeVisible(PATIENCE);
  await second.locator("#compose").fill("Half a sentence, and a little more");
  const reloaded = first.waitForEvent("load", PATIENCE);
  await first.getByRole("button", { name: "Reload" }).click();
  await reloaded;
  await expect(second.getByText("A newer version of the app is running in another tab.")).toBeVisible(PATIENCE);
  await expect(second.locator("#compose")).toHaveValue("Half a sentence, and a little more");
  await second.getByRole("button", { name: "Reload" }).click();
  await unlock(second, ANA.passphrase);
  await expect(second.locator("#compose")).toHaveValue("Half a sentence, and a little more", PATIENCE);
  await expect(second.getByText("A newer version of the app")).toBeHidden();
});

test("[auto-lock] left alone, all tabs lock by themselves; what is done in one keeps the other open, and what was typed is kept", async () => {
  const tabs = [first, second] as const;
  // Both go by a clock that the test turns, as a laptop's goes on while it sleeps.
  await context.clock.install();
  for (const tab of tabs) await tab.reload();
  await unlock(first, ANA.passphrase);
  await go(first, "Settings");
  await first.getByRole("link", { name: /Lock/ }).first().click();
  await first.getByLabel("Lock by itself after").selectOption({ label: "30 minutes" });
  await expect(first.getByLabel("Lock by itself after")).toHaveValue("30");
  await expect(second.locator("#compose")).toHaveValue("Half a sentence, and a little more", PATIENCE);
  const text = "A sentence that nobody finished";
  await second.locator("#compose").fill(text);
  await expect(second.getByText("Draft kept on this device")).toBeVisible(PATIENCE);

  // 50 minutes in all, but never 30 without a hand on one of the two.
  await context.clock.fastForward("25:00");
  await go(first, "Messages");
  await expect(first.getByText("From the second tab").first()).toBeVisible(PATIENCE);
  await context.clock.fastForward("25:00");
  await go(first, "Today");
  await expect(first.getByText(/^Up to date/).first()).toBeVisible(PATIENCE);
  await expect(second.locator("#compose")).toHaveValue(text);

  // Letters that no pause has kept yet, and then nobody is there.
  await second.locator("#compose").pressSequentially(", to the last letter");
  await context.clock.fastForward("30:01");
  for (const tab of tabs) {
    await expect(tab.locator("h1")).toHaveText("Locked", PATIENCE);
    await expect(tab).toHaveTitle(/^Locked/);
    expect(await tab.content()).not.toMatch(/sentence|From the second tab/);
  }
  await unlock(second, ANA.passphrase);
  await expect(second.locator("#compose")).toHaveValue(`${text}, to the last letter`, PATIENCE);
  await expect(first.locator("h1")).toHaveText("Today", PATIENCE);
});
