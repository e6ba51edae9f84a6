/** Kills at random moments, with real processes: what a screen called saved is there afterwards. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { crashBrowser, launchBrowser } from "../src/browser.ts";
import { launchDesktop, type Desktop } from "../src/desktop.ts";
import { tempFolder } from "../src/paths.ts";
import { confirmSheet, found, go, PATIENCE, unlock, upToDate } from "../src/person.ts";
import { startRelay, type Relay } from "../src/relay.ts";

const SEED = Number(process.env["COUNTERSIGN_SEED"] ?? "20261122");
const PASSPHRASE = "silver orchard pencil 83";

/** Numbers below 1 that depend on the seed alone (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

let relay: Relay;
test.describe.configure({ mode: "serial" });
test.setTimeout(240_000);

test.beforeAll(async () => {
  console.log(`seed ${String(SEED)}`);
  relay = await startRelay();
});
test.afterAll(async () => {
  await relay.kill();
});

const textOf = (subject: string): string => `${subject}: written before a kill.`;

/** Types a note to oneself and presses what keeps it. */
async function begin(page: Page, subject: string): Promise<void> {
  await go(page, "Messages");
  await page.getByRole("link", { name: "New message" }).first().click();
  await page.getByLabel("Subject").fill(subject);
  await page.getByLabel("Note", { exact: true }).fill(textOf(subject));
  await page.getByRole("button", { name: "Keep", exact: true }).click();
}

/** Resolves as soon as the screen shows it as kept: its own address comes only then; the form it was typed into would have its text as well. */
async function isKept(page: Page, subject: string): Promise<void> {
  await page.waitForURL(/\/messages\/[0-9a-f]{32}$/, PATIENCE);
  await expect(page.getByText(textOf(subject)).first()).toBeVisible(PATIENCE);
}

/**
 * One round: a note that the screen shows as kept, then a second one that is being kept while `kill` comes. Gives what must be there afterwards: the
 * first always, the second too where the screen had shown it.
 */
async function round(page: Page, name: string, wait: number, kill: () => Promise<void>): Promise<string[]> {
  await begin(page, name);
  await isKept(page, name);
  const second = `${name} again`;
  await begin(page, second);
  const shown = isKept(page, second).then(
    () => true,
    () => false,
  );
  await sleep(wait);
  await kill();
  return (await shown) ? [name, second] : [name];
}

async function sees(page: Page, subjects: readonly string[]): Promise<void> {
  await unlock(page, PASSPHRASE);
  await expect(page.locator("h1")).toHaveText(/Today|Messages/, PATIENCE);
  await go(page, "Messages");
  for (const subject of subjects) await expect(page.getByText(subject, { exact: true }).first()).toBeVisible(PATIENCE);
}

test("[durable] the browser is killed five times while it writes, and the relay under it; nothing that was kept is lost", async () => {
  const random = dice(SEED);
  const folder = tempFolder("killed-browser");
  let context: BrowserContext = await launchBrowser({ folder });
  let page = context.pages()[0] ?? (await context.newPage());
  await page.goto(relay.url);
  await found(page, { name: "Ana", passphrase: PASSPHRASE });
  await confirmSheet(page);
  const kept: string[] = [];
  for (let number = 1; number <= 5; number++) {
    const isRelayFirst = random() < 0.5;
    const done = await round(page, `Round ${String(number)}`, random() * 250, async () => {
      if (isRelayFirst) await relay.kill();
      await crashBrowser(context);
      if (!isRelayFirst) await relay.kill();
    });
    kept.push(...done);
    await relay.restart();
    context = await launchBrowser({ folder });
    page = context.pages()[0] ?? (await context.newPage());
    await page.goto(relay.url);
    await sees(page, kept);
  }
  await upToDate(page);
  await context.close();
});

test("[durable] the desktop app is killed five times while it writes; nothing that was kept is lost", async () => {
  const random = dice(SEED + 1);
  const userData = tempFolder("killed-desktop");
  let desktop: Desktop = await launchDesktop({ userData });
  let page = await desktop.app.firstWindow();
  await found(page, { name: "Ana", passphrase: PASSPHRASE, relay: relay.url });
  await confirmSheet(page);
  const kept: string[] = [];
  for (let number = 1; number <= 5; number++) {
    const done = await round(page, `Round ${String(number)}`, random() * 250, async () => {
      const process_ = desktop.app.process();
      const gone = new Promise((ended) => process_.once("exit", ended));
      process_.kill("SIGKILL");
      await gone;
    });
    kept.push(...done);
    desktop = await launchDesktop({ userData });
    page = await desktop.app.firstWindow();
    await sees(page, kept);
  }
  await desktop.app.close();
});
