/** A vault of 100,000 records in a real Chromium's profile: from the passphrase to the first screen, and what a person then does on a phone. */
import type { Page } from "@playwright/test";
import { waitForPages } from "./browser/fill.ts";
import { firstScreen, inBrowser, openLocked, unlock, WAIT, type InBrowser } from "./browser/profile.ts";
import { busyOf, traced, type Busy } from "./browser/trace.ts";
import { residentBytes } from "./proc.ts";
import { sayWhy } from "./why.ts";

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
  /** Why there are no more phases. */
  readonly failure?: string;
}

const RECORDS = 100_000;
const IN_ONE_THREAD = 10_000;
const PHONE = { width: 360, height: 740 };
const SLOWED = [1, 4, 6];
/** Another one each time: the last one is still there. */
const sentence = (slowed: number): string => `Could you bring the swimming things at ${String(slowed)}, please?`;

export async function browserPart(say: (line: string) => void): Promise<BrowserPart> {
  const phases: BrowserPhase[] = [];
  const grown = { records: RECORDS, inOneThread: IN_ONE_THREAD };
  const part = { records: RECORDS, inOneThread: IN_ONE_THREAD, phases };
  say("browser: a vault is made and put into a profile");
  try {
    await inBrowser({ years: 1, grown, options: { viewport: PHONE } }, (browser) =>
      measure(browser, (phase) => {
        phases.push(phase);
        const { slowed, what, shownMs, longestCpuMs } = phase;
        say(`browser, ${slowed}x, ${what}: ${Math.round(shownMs)} ms, longest task ${longestCpuMs.toFixed(1)} ms`);
      }),
    );
    return part;
  } catch (problem) {
    say(`browser: no further result (${sayWhy(problem)})`);
    return { ...part, failure: sayWhy(problem) };
  }
}

async function measure(browser: InBrowser, done: (phase: BrowserPhase) => void): Promise<void> {
  const { page, cdp } = browser;
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
    done({ what, slowed, ...busyOf(tasks), shownMs, memoryBytes: residentBytes(pid) });
  };
  const unlocking = async (how: string, slowed: number): Promise<void> => {
    await openLocked(browser);
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: slowed });
    await phase(
      `unlock, ${how}`,
      slowed,
      () => unlock(page),
      () => firstScreen(page),
    );
  };
  await unlocking("from rows", 1);
  await waitForPages(page, WAIT);
  for (const slowed of SLOWED) {
    await unlocking("from pages", slowed);
    await usePhone(page, sentence(slowed), (what, act, shown) => phase(what, slowed, act, shown));
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  }
}

/** Waits until the composer holds a text. */
async function hasValue(page: Page, text: string): Promise<void> {
  await page.waitForFunction((wanted) => document.querySelector<HTMLTextAreaElement>("#compose")?.value === wanted, text);
}

type Phase = (what: string, act: () => Promise<void>, shown: () => Promise<void>) => Promise<void>;

/** The threads, the long one, a message in it, and the search over everything. */
async function usePhone(page: Page, text: string, phase: Phase): Promise<void> {
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
    () => page.keyboard.type(text, { delay: 80 }),
    () => hasValue(page, text),
  );
  await phase(
    "send it",
    () => page.getByRole("button", { name: "Send" }).click(),
    () => letters.filter({ hasText: text }).last().waitFor(),
  );
  const found = page.getByRole("list", { name: "What was found" }).getByRole("link");
  const field = page.getByLabel("Search messages and expenses");
  await page.locator("h1").focus();
  await phase(
    "open the search with its key",
    () => page.keyboard.press("/"),
    () => field.waitFor(),
  );
  await phase(
    "type a word for the first time, to the first that is found",
    () => page.keyboard.type("dentist", { delay: 80 }),
    () => found.first().waitFor(),
  );
  await page.getByText(/ found\.$/).waitFor();
  await field.fill("");
  await found.first().waitFor({ state: "detached" });
  // At once: on a busy machine a pause between two letters is long enough for what was typed so far to be looked for.
  await phase(
    "paste another word, until everything was looked at",
    () => page.keyboard.insertText("swimming"),
    () => page.getByText(/ found\.$/).waitFor(),
  );
}
