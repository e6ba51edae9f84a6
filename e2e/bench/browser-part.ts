/**
 * A vault of 100,000 records in a real Chromium's profile: from the passphrase to the first screen, and what a person then does on a phone. The
 * vault is a generated household's, grown in Node and put into the browser's own database, sealed as ever; the app opens it as it would its own.
 * Other than a sample it has a passphrase at the app's own cost.
 */
import { rmSync } from "node:fs";
import path from "node:path";
import type { Page } from "@playwright/test";
import { launchBrowser } from "../src/browser.ts";
import { tempFolder } from "../src/paths.ts";
import { startRelay } from "../src/relay.ts";
import { fillVault, waitForPages } from "./browser/fill.ts";
import { busyOf, traced, type Busy } from "./browser/trace.ts";
import { residentBytes } from "./proc.ts";
import { startWorker } from "./processes.ts";
import type { SampleAnswer, SampleTask } from "./sample/worker.ts";

export interface BrowserPhase extends Busy {
  readonly what: string;
  /** By how much the interface thread was slowed down. */
  readonly slowed: number;
  /** From the last key or tap to what it asked for. */
  readonly shownMs: number;
  /** Resident memory of the page's process, its worker in it, bytes. */
  readonly memoryBytes: number;
}

export interface BrowserPart {
  readonly records: number;
  readonly inOneThread: number;
  readonly phases: readonly BrowserPhase[];
}

const RECORDS = 100_000;
const IN_ONE_THREAD = 10_000;
const PASSPHRASE = "a long walk by the river";
const PHONE = { width: 360, height: 740 };
const SLOWED = [1, 4, 6];
const WAIT = 600_000;
const TEXT = "Could you bring the swimming things on Friday, please?";

export async function browserPart(say: (line: string) => void): Promise<BrowserPart> {
  const folder = tempFolder("bench-browser");
  const file = path.join(folder, "vault.db");
  const worker = startWorker<SampleTask, SampleAnswer>("sample/worker.ts");
  say("browser: a vault is made");
  await worker.ask({ t: "grow", years: 1, grown: { records: RECORDS, inOneThread: IN_ONE_THREAD, passphrase: PASSPHRASE }, file }, WAIT);
  await worker.stop();
  const relay = await startRelay();
  const context = await launchBrowser({ options: { viewport: PHONE } });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT);
    await page.goto(`${relay.url}/start`);
    await page.getByText("Look at a sample household").waitFor();
    await page.goto(`${relay.url}/robots.txt`);
    say("browser: the profile is filled");
    await fillVault(page, file);
    const phases: BrowserPhase[] = [];
    const cdp = await context.newCDPSession(page);
    const phase = async (what: string, slowed: number, act: () => Promise<void>, shown: () => Promise<void>): Promise<void> => {
      let shownMs = 0;
      const { tasks, pid } = await traced(cdp, page, async () => {
        const began = performance.now();
        await act();
        const acted = performance.now();
        await shown();
        // Of typing only the last key counts.
        shownMs = performance.now() - (what.startsWith("type") ? acted : began);
      });
      const done = { what, slowed, ...busyOf(tasks), shownMs, memoryBytes: residentBytes(pid) };
      phases.push(done);
      say(`browser, ${slowed}x, ${what}: ${Math.round(shownMs)} ms, longest task ${done.longestCpuMs.toFixed(1)} ms`);
    };
    await open(page, relay.url);
    await phase(
      "unlock, from rows",
      1,
      () => unlock(page),
      () => firstScreen(page),
    );
    await waitForPages(page);
    for (const slowed of SLOWED) {
      await open(page, relay.url);
      await cdp.send("Emulation.setCPUThrottlingRate", { rate: slowed });
      await phase(
        "unlock, from pages",
        slowed,
        () => unlock(page),
        () => firstScreen(page),
      );
      await usePhone(page, (what, act, shown) => phase(what, slowed, act, shown));
      await cdp.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    }
    return { records: RECORDS, inOneThread: IN_ONE_THREAD, phases };
  } finally {
    await context.close();
    await relay.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
}

const unlock = (page: Page): Promise<void> => page.getByRole("button", { name: "Unlock" }).click();

/** What waits, what is unread, who owes. */
async function firstScreen(page: Page): Promise<void> {
  await page.locator("h1", { hasText: "Today" }).waitFor();
  await page.locator("section[aria-labelledby=unread] a").first().waitFor();
  await page.locator("section[aria-labelledby=balance]").getByText(/\d/).first().waitFor();
}

type Phase = (what: string, act: () => Promise<void>, shown: () => Promise<void>) => Promise<void>;

/** The threads, the long one, a message in it. */
async function usePhone(page: Page, phase: Phase): Promise<void> {
  const letters = page.getByRole("article");
  const box = page.locator("#compose");
  await phase(
    "open the list of threads",
    () => page.getByRole("link", { name: "Messages" }).first().click(),
    () => page.locator("main [role=listitem] a").first().waitFor(),
  );
  await phase(
    `open the thread of ${IN_ONE_THREAD.toLocaleString("en-US")} messages`,
    // Of all threads it alone has a number of five digits.
    () => page.locator("main [role=listitem] a", { hasText: /\b\d{2},\d{3} messages/ }).click(),
    () => letters.first().waitFor(),
  );
  await box.scrollIntoViewIfNeeded();
  await page.waitForTimeout(1_000);
  await box.focus();
  await phase(
    "type a sentence",
    () => page.keyboard.type(TEXT, { delay: 80 }),
    () => box.filter({ hasText: TEXT }).waitFor(),
  );
  await phase(
    "send it",
    () => page.getByRole("button", { name: "Send" }).click(),
    () => letters.filter({ hasText: TEXT }).last().waitFor(),
  );
}
