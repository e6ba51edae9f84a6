import type { Page } from "@playwright/test";
import { withPassphrase } from "../passphrase.ts";

/** One picture: an address, a scenario of the in-memory replica, and what to do before it is taken. */
export interface Shot {
  readonly name: string;
  readonly path: string;
  readonly scenario: string;
  readonly before?: (page: Page) => Promise<void>;
}

export const shot = (name: string, path: string, scenario = "home", before?: Shot["before"]): Shot =>
  before === undefined ? { name, path, scenario } : { name, path, scenario, before };

/** Of the in-memory replica. */
export const PASSPHRASE = "correct horse battery staple";

/** A code of another device, which that replica takes. */
export const CODE = "4K7Q-9TXA-0MBC-Z2RH-W6EV-31NP-8G";

/** Waits for the sentence that says what went wrong. */
export const alerted = (page: Page): Promise<void> => page.getByRole("alert").first().waitFor();

/** A shot of what an act is refused with: `refuse` does what somebody does up to there, and the fake answers `call` with the code. */
export const refused = (name: string, path: string, scenario: string, refuse: (page: Page) => Promise<void>): Shot =>
  shot(name, path, scenario, async (page) => {
    await refuse(page);
    await alerted(page);
  });

/** What the button of this name does, after the passphrase. */
export const afterPassphrase = (page: Page, name: string): Promise<void> => withPassphrase(page, name, PASSPHRASE);

/** Opens a shot: the scenario is set by the address and kept for the tab. */
export async function openShot(page: Page, origin: string, { path, scenario, before }: Shot): Promise<void> {
  const url = new URL(path, origin);
  url.searchParams.set("fake", scenario);
  await page.goto(url.href);
  await page.locator("h1").first().waitFor();
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  // What takes the pictures is compiled so that it names each function with this helper, which the page has not.
  await page.evaluate("globalThis.__name ??= (named) => named");
  await before?.(page);
  // What a screen puts in after its first drawing is there.
  await page.waitForFunction(() => document.querySelector("[data-later]") === null);
  // A picture of the whole page, and who looks through all of it, has what is out of sight as well.
  await page.evaluate(() => {
    for (const portion of document.querySelectorAll<HTMLElement>(".cs-portion")) portion.style.contentVisibility = "visible";
  });
  if (scenario === "slow") await page.locator(".mantine-Skeleton-root").first().waitFor();
  await page.waitForTimeout(100);
}
