import AxeBuilder from "@axe-core/playwright";
import { chromium, expect, test, type Browser } from "@playwright/test";
import { CHROMIUM, CHROMIUM_ARGS } from "../src/browser.ts";
import { FAKE_ORIGIN, serveFake } from "../src/fakeServer.ts";
import { SHOTS, openShot } from "../src/screenList.ts";

/**
 * Every screen, in light and dark, on a phone and on a desktop, without a finding of axe. The two looks that share their layout or their
 * colours with another one are checked for contrast alone.
 */

/** States of a screen that add no elements to it, and lists too long for axe. */
const SAME = /^today-(empty|invited|waiting|offline|full|left|update)$|-(slow|long|empty|none)$|^expenses-own$|^messages-own$/;

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
  { width: 360, height: 740, colorScheme: "light", whole: true },
  { width: 360, height: 740, colorScheme: "dark", whole: false },
  { width: 1280, height: 800, colorScheme: "dark", whole: true },
  { width: 1280, height: 800, colorScheme: "light", whole: false },
] as const;

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

for (const shot of SHOTS.filter(({ name }) => !SAME.test(name))) {
  test(`[accessibility] ${shot.name}`, async () => {
    const context = await browser.newContext({ viewport: LOOKS[0], locale: "en-GB", timezoneId: "Europe/London", reducedMotion: "reduce" });
    const page = await context.newPage();
    try {
      await openShot(page, FAKE_ORIGIN, shot);
      for (const { width, height, colorScheme, whole } of LOOKS) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height });
        // Else axe may see half of the screen before the change and half after it.
        await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", colorScheme);
        await page.evaluate(() => new Promise<void>((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn()))));
        const axe = new AxeBuilder({ page });
        const { violations } = await (whole ? axe.withTags(TAGS) : axe.withRules(["color-contrast"])).analyze();
        const found = violations.map(
          (v) =>
            `${v.id}: ${v.nodes
              .map((n) => n.target.join(" "))
              .slice(0, 3)
              .join(" | ")}`,
        );
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
