import { chromium, expect, test, type Browser, type CDPSession, type Page } from "@playwright/test";
import { axeFindings } from "../src/axe.ts";
import { CHROMIUM, CHROMIUM_ARGS } from "../src/browser.ts";
import { FAKE_ORIGIN, serveFake } from "../src/fakeServer.ts";
import { SHOTS } from "../src/screenList.ts";
import { openShot } from "../src/shots/shot.ts";
import { escape, tabThrough } from "../src/tabbing.ts";

/**
 * Every screen in every state, in light and dark, on a phone and on a desktop, without a finding of axe, and gone through with the keyboard alone. The two
 * looks that share their layout or their colours with another one are checked for contrast alone, and only where the screen stands as it opens: what is done on
 * it then adds nothing to its bars. So it is with the way by keyboard on a phone, but for dialogs, which have a layout of their own there.
 */

/** One page for all screens of a worker: a new context reads and compiles the whole app again, and so does a page that comes from another origin. */
let browser: Browser;
let page: Page;
let devtools: CDPSession;
let stop: (() => void) | undefined;
/** What the page complained of since it was last asked. */
let complaints: string[] = [];

test.beforeAll(async () => {
  test.setTimeout(180_000);
  stop = await serveFake();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS });
  const context = await browser.newContext({ viewport: LOOKS[0], locale: "en-GB", timezoneId: "Europe/London", reducedMotion: "reduce" });
  page = await context.newPage();
  devtools = await context.newCDPSession(page);
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(NOTHING);
});

test.afterAll(async () => {
  await browser.close();
  stop?.();
});

/** A place of the app's origin in which the app does not run. */
const NOTHING = `${FAKE_ORIGIN}/robots.txt`;

/** Forgets what the screen before left in the browser. */
async function startClean(): Promise<void> {
  await page.goto(NOTHING);
  await page.evaluate(() => {
    sessionStorage.clear();
  });
  complaints = [];
  await page.mouse.move(0, 0);
  await devtools.send("Storage.clearDataForOrigin", {
    origin: FAKE_ORIGIN,
    storageTypes: "cookies,indexeddb,local_storage,cache_storage,service_workers",
  });
  await page.setViewportSize(LOOKS[0]);
  await page.emulateMedia({ colorScheme: LOOKS[0].colorScheme });
}

const LOOKS = [
  { width: 360, height: 740, colorScheme: "light", whole: true },
  { width: 360, height: 740, colorScheme: "dark", whole: false },
  { width: 1280, height: 800, colorScheme: "dark", whole: true },
  { width: 1280, height: 800, colorScheme: "light", whole: false },
] as const;

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const CONTRAST = ["color-contrast"];

for (const shot of SHOTS) {
  test(`[accessibility] [keyboard] ${shot.name}`, async () => {
    await startClean();
    await openShot(page, FAKE_ORIGIN, shot);
    const isAsOpened = shot.before === undefined;
    for (const { width, height, colorScheme, whole } of LOOKS.filter((look) => look.whole || isAsOpened)) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      // Else axe may see half of the screen before the change and half after it.
      await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", colorScheme);
      await page.evaluate(() => new Promise<void>((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn()))));
      expect
        .soft(
          await axeFindings(page, whole ? { type: "tag", values: TAGS } : { type: "rule", values: CONTRAST }),
          `${colorScheme} ${String(width)}`,
        )
        .toEqual([]);
      expect.soft(await page.locator("h1").count(), `headings of the first level, ${String(width)}`).toBe(1);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(sideways, `pixels to scroll sideways, ${String(width)}`).toBe(0);
      const isOfItsOwn = width > 768 || isAsOpened || (await page.getByRole("dialog").count()) > 0;
      if (whole && isOfItsOwn) expect.soft(await tabThrough(page), `the way with Tab, ${String(width)}`).toEqual([]);
    }
    expect.soft(await escape(page), "the dialog").toEqual([]);
    // React says what made a screen fall; nothing else has anything to say.
    const fell = complaints.filter((text) => shot.scenario === "nonsense" && text.startsWith("TypeError"));
    expect
      .soft(
        complaints.filter((text) => !fell.includes(text)),
        "errors in the console",
      )
      .toEqual([]);
  });
}
