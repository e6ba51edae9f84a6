/** Chromium as a person has it: a profile on disk that outlives the browser. */
import { chromium, type BrowserContext, type BrowserContextOptions, type Page } from "@playwright/test";
import { tempFolder } from "./paths.ts";

/** As root Chromium has no sandbox; without the others it calls hosts of its maker, which a closed network refuses one by one. */
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const CHROMIUM = process.env["COUNTERSIGN_CHROMIUM"] ?? "/usr/bin/chromium";

export interface Profile {
  /** A second launch with it finds the first one's storage. A new one by default. */
  readonly folder?: string;
  readonly options?: BrowserContextOptions;
  /** More of Chromium's own switches. */
  readonly args?: readonly string[];
}

/** Opens a browser with a persistent profile. Close the context to end the browser. */
export async function launchBrowser({ folder = tempFolder("profile"), options = {}, args = [] }: Profile = {}): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath: CHROMIUM,
    args: [...CHROMIUM_ARGS, ...args],
    locale: "en-GB",
    timezoneId: "Europe/London",
    viewport: { width: 1280, height: 800 },
    acceptDownloads: true,
    ...options,
  });
}

/** A browser with this profile, and its page at an address. */
export async function opened(folder: string, url: string): Promise<[BrowserContext, Page]> {
  const context = await launchBrowser({ folder });
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(url);
  return [context, page];
}

/** Kills the browser's process without a goodbye, as a crash or an empty battery does. */
export async function crashBrowser(context: BrowserContext): Promise<void> {
  const browser = context.browser();
  const cdp = await (browser === null
    ? context.newCDPSession(context.pages()[0] ?? (await context.newPage()))
    : browser.newBrowserCDPSession());
  const closed = context.waitForEvent("close");
  // The answer never comes: the process that would send it is gone.
  cdp.send("Browser.crash").catch(() => undefined);
  await closed;
}
