/** Kills at random moments, with real processes: what a screen called saved is there afterwards. */
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { crashBrowser, launchBrowser } from "../src/browser.ts";
import { launchDesktop, type Desktop } from "../src/desktop.ts";
import { tempFolder } from "../src/paths.ts";
import { confirmSheet, found, go, PATIENCE, unlock } from "../src/person.ts";
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

/** Writes a note to oneself; resolves as soon as the screen shows it as kept. */
async function note(page: Page, subject: string): Promise<void> {
  await go(page, "Messages");
  await page.getByRole("link", { name: "New message" }).first().click();
  await page.getByLabel("Subject").fill(subject);
  await page.getByLabel("Note", { exact: true }).fill(`${subject}: written before a kill.`);
  await page.getByRole("button", { name: "Keep", exact: true }).click();
  // Its own address is shown only once it is kept; the form it was typed into would have its text as well.
  await page.waitForURL(/\/messages\/[0-9a-f]{32}$/, PATIENCE);
  await expect(page.getByText(`${subject}: written before a kill.`).first()).toBeVisible(PATIENCE);
}

async function sees(page: Page, subjects: readonly string[]): Promise<void> {
  await unlock(page, PASSPHRASE);
  await expect(page.locator("h1")).toHaveText(/Today|Messages/, PATIENCE);
  await go(page, "Messages");
  for (const subject of subjects) await expect(page.getByText(subject, { exact: true }).first()).toBeVisible(PATIENCE);
}

test("[durable] the browser and the relay are killed five times; nothing that was kept is lost", async () => {
  const random = dice(SEED);
  const folder = tempFolder("killed-browser");
  let context: BrowserContext = await launchBrowser({ folder });
  let page = context.pages()[0] ?? (await context.newPage());
  await page.goto(relay.url);
  await found(page, { name: "Ana", passphrase: PASSPHRASE });
  await confirmSheet(page);
  const kept: string[] = [];
  for (let round = 0; round < 5; round++) {
    const subject = `Round ${String(round + 1)}`;
    await note(page, subject);
    kept.push(subject);
    await page.waitForTimeout(random() * 400);
    if (random() < 0.5) {
      await relay.kill();
      await relay.restart();
    }
    await crashBrowser(context);
    context = await launchBrowser({ folder });
    page = context.pages()[0] ?? (await context.newPage());
    await page.goto(relay.url);
    await sees(page, kept);
  }
  await expect(page.getByText(/^Up to date/).first()).toBeVisible(PATIENCE);
  await context.close();
});

test("[durable] the desktop app is killed five times; nothing that was kept is lost", async () => {
  const random = dice(SEED + 1);
  const userData = tempFolder("killed-desktop");
  let desktop: Desktop = await launchDesktop({ userData });
  let page = await desktop.app.firstWindow();
  await found(page, { name: "Ana", passphrase: PASSPHRASE, relay: relay.url });
  await confirmSheet(page);
  const kept: string[] = [];
  for (let round = 0; round < 5; round++) {
    const subject = `Round ${String(round + 1)}`;
    await note(page, subject);
    kept.push(subject);
    await page.waitForTimeout(random() * 400);
    const process_ = desktop.app.process();
    const gone = new Promise((done) => process_.once("exit", done));
    process_.kill("SIGKILL");
    await gone;
    desktop = await launchDesktop({ userData });
    page = await desktop.app.firstWindow();
    await sees(page, kept);
  }
  await desktop.app.close();
});
