import AxeBuilder from "@axe-core/playwright";
import { chromium, expect, test, type Browser } from "@playwright/test";
import { CHROMIUM, CHROMIUM_ARGS } from "../src/browser.ts";
import { FAKE_ORIGIN, serveFake } from "../src/fakeServer.ts";
import { SHOTS, openShot } from "../src/screenList.ts";

/** Every screen in every state, in light and dark, on a phone and on a desktop, without a finding of axe. */

let browser: Browser;
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

const LOOKS = [
  { width: 360, height: 740, colorScheme: "light" },
  { width: 360, height: 740, colorScheme: "dark" },
  { width: 1280, height: 800, colorScheme: "dark" },
  { width: 1280, height: 800, colorScheme: "light" },
] as const;

for (const shot of SHOTS) {
  test(`[accessibility] ${shot.name}`, async () => {
    // A long list makes axe slow, not the screen.
    test.skip(shot.name.endsWith("-long"), "the same screen as its short one");
    const context = await browser.newContext({ viewport: LOOKS[0], locale: "en-GB", timezoneId: "Europe/London", reducedMotion: "reduce" });
    const page = await context.newPage();
    try {
      await openShot(page, FAKE_ORIGIN, shot);
      for (const { width, height, colorScheme } of LOOKS) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height });
        await page.waitForTimeout(100);
        const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
        const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(" | ")}`);
        expect.soft(found, `${colorScheme} ${String(width)}`).toEqual([]);
        expect.soft(await page.locator("h1").count(), `headings of the first level, ${String(width)}`).toBe(1);
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect.soft(sideways, `pixels to scroll sideways, ${String(width)}`).toBe(0);
      }
    } finally {
      await context.close();
    }
  });
}
