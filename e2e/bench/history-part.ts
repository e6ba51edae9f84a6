/**
 * The history screen over 100,000 lines: a real Chromium, the app as a relay serves it, the engine in its worker. What is measured is the work of
 * the interface thread, from the browser's trace. It throws where the screen shows other rows or another count than it should.
 */
import type { Page } from "@playwright/test";
import { launchBrowser } from "../src/browser.ts";
import { chooseSample, openSample } from "../src/sample.ts";
import { startRelay } from "../src/relay.ts";
import { busyOf, traced, type Busy } from "./browser/trace.ts";

export interface HistoryPhase extends Busy {
  readonly what: string;
  readonly found: number;
  /** From the last key or choice to the count and rows on the screen; typing is waited for 150 ms. */
  readonly shownMs?: number;
}

export interface HistoryPart {
  readonly lines: number;
  readonly phases: readonly HistoryPhase[];
}

const LINES = 100_000;
const WAIT = 300_000;

const count = (text: string | null): number => (/^one line$/i.test(text ?? "") ? 1 : Number((text ?? "").replaceAll(/[^0-9]/g, "") || 0));

/** The count that the screen says, once the list below it stands on it. */
async function settledCount(page: Page, before: number | undefined): Promise<number> {
  const line = page.locator("main [role=status]", { hasText: /line/i }).first();
  const began = Date.now();
  for (;;) {
    const found = count(await line.textContent({ timeout: WAIT }));
    if (found > 0 && found !== before) return found;
    if (Date.now() - began > WAIT) throw new Error(`the count stayed at ${String(before)}`);
    await page.waitForTimeout(20);
  }
}

export async function historyPart(say: (line: string) => void): Promise<HistoryPart> {
  const relay = await startRelay();
  const context = await launchBrowser();
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT);
    // A short life suffices: its history is repeated until it is long.
    await chooseSample(page, { years: 0.25, seed: 1, lines: LINES });
    say("history: a sample household is made");
    await openSample(page, relay.url, WAIT);
    const cdp = await context.newCDPSession(page);
    const phases: HistoryPhase[] = [];
    let found: number | undefined;
    const phase = async (what: string, act: () => Promise<void>, changes: boolean): Promise<void> => {
      let shownMs: number | undefined;
      const { tasks } = await traced(cdp, page, async () => {
        await act();
        const began = performance.now();
        if (!changes) return;
        found = await settledCount(page, found);
        await page.locator("main [role=listitem] summary").first().waitFor();
        shownMs = performance.now() - began;
      });
      const busy = busyOf(tasks);
      phases.push({
        ...{ what, found: found ?? 0 },
        ...busy,
        ...(shownMs === undefined ? {} : { shownMs }),
      });
      say(`history, ${what}: ${String(found)} lines, longest task ${busy.longestCpuMs.toFixed(1)} ms`);
    };
    const choose = async (label: string, value: string): Promise<void> => {
      await page.getByLabel(label, { exact: true }).selectOption(value);
    };
    await phase(
      "open the screen for the first time (the index is built)",
      () => page.getByRole("link", { name: "History" }).first().click(),
      true,
    );
    // One's own openings and exports stand among those of the household.
    const all = found ?? 0;
    if (all < LINES) throw new Error(`${String(all)} lines, not ${LINES}`);
    const parts: number[] = [];
    for (const kind of ["message", "receipt", "expense", "charter", "set-aside", "own"]) {
      await phase(`filter by kind: ${kind}`, () => choose("Show", kind), true);
      parts.push(found ?? 0);
    }
    // One fault would make it more: a sample has none.
    const sum = parts.reduce((a, b) => a + b, 0);
    if (sum !== all) throw new Error(`the kinds have ${String(sum)} lines together, not ${String(all)}`);
    await phase("back to everything", () => choose("Show", ""), true);
    await phase("filter by person", async () => choose("By", await personValue(page)), true);
    await phase("both again", () => choose("By", ""), true);
    await phase("search: type a word", () => page.getByLabel("Search").pressSequentially("dentist", { delay: 60 }), true);
    const titles = await page.locator("main [role=listitem] summary").allTextContents();
    if (titles.length === 0) throw new Error("the search shows no rows");
    await phase("clear the search", () => page.getByLabel("Search").fill(""), true);
    if (found !== all) throw new Error("not all lines are back");
    await phase("scroll 60 screens", () => scroll(page), false);
    return { lines: all, phases };
  } finally {
    await context.close();
    await relay.stop();
  }
}

/** The value of the second parent in the choice of people. */
const personValue = async (page: Page): Promise<string> =>
  (await page.getByLabel("By", { exact: true }).locator("option").nth(2).getAttribute("value")) ?? "";

async function scroll(page: Page): Promise<void> {
  await page.mouse.move(700, 500);
  for (let i = 0; i < 60; i++) {
    await page.mouse.wheel(0, 700);
    await page.waitForTimeout(40);
  }
}
