/** A generated household's vault in a real Chromium's profile, sealed as ever; the app opens it as it would its own. */
import { rmSync } from "node:fs";
import path from "node:path";
import type { BrowserContextOptions, CDPSession, Page } from "@playwright/test";
import { launchBrowser } from "../../src/browser.ts";
import { tempFolder } from "../../src/paths.ts";
import { startRelay } from "../../src/relay.ts";
import { startWorker } from "../processes.ts";
import type { Grown } from "../sample/large.ts";
import type { SampleAnswer, SampleTask } from "../sample/worker.ts";
import { fillVault } from "./fill.ts";

/** Other than a sample the vault has a passphrase, at the app's own cost. */
export const PASSPHRASE = "a long walk by the river";

/** The longest that anything may take, ms: more than the slowest thing on a busy machine. */
export const WAIT = 300_000;

export interface InBrowser {
  readonly page: Page;
  readonly cdp: CDPSession;
  /** Where the app is. */
  readonly url: string;
}

interface Vault {
  readonly years: number;
  readonly grown: Omit<Grown, "passphrase">;
  readonly options?: BrowserContextOptions;
}

/** Grows the vault in Node, puts it into the database of a new profile, and hands over a page; what it started is ended again. */
export async function inBrowser<T>({ years, grown, options = {} }: Vault, use: (browser: InBrowser) => Promise<T>): Promise<T> {
  const folder = tempFolder("bench-browser");
  const file = path.join(folder, "vault.db");
  const relay = await startRelay();
  const context = await launchBrowser({ folder: path.join(folder, "profile"), options });
  try {
    const worker = startWorker<SampleTask, SampleAnswer>("sample/worker.ts");
    try {
      await worker.ask({ t: "grow", years, grown: { ...grown, passphrase: PASSPHRASE }, file }, 2 * WAIT);
    } finally {
      await worker.stop();
    }
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT);
    // The app makes its database, and is gone when it is filled.
    await page.goto(`${relay.url}/start`);
    await page.getByText("Look at a sample household").waitFor();
    await page.goto(`${relay.url}/robots.txt`);
    await fillVault(page, file);
    return await use({ page, cdp: await context.newCDPSession(page), url: relay.url });
  } finally {
    await context.close();
    await relay.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As far as the passphrase, which is typed. */
export async function openLocked({ page, url }: InBrowser): Promise<void> {
  await page.goto(url);
  await page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
}

export const unlock = (page: Page): Promise<void> => page.getByRole("button", { name: "Unlock" }).click();

/** What waits, what is unread, who owes. */
export async function firstScreen(page: Page): Promise<void> {
  await page.locator("h1", { hasText: "Today" }).waitFor();
  await page.locator("section[aria-labelledby=unread] a").first().waitFor();
  await page.locator("section[aria-labelledby=balance]").getByText(/\d/).first().waitFor();
}
