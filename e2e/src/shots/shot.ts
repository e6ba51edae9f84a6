import type { Page } from "@playwright/test";

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

/** Presses a button that asks for the passphrase before it does what it says, and gives it. */
export const afterPassphrase = async (page: Page, name: string): Promise<void> => {
  await page.getByRole("button", { name }).click();
  await page.getByRole("dialog").getByLabel("Your passphrase").fill(PASSPHRASE);
  await page.getByRole("dialog").getByRole("button", { name }).click();
};

/** Opens a shot: the scenario is set by the address and kept for the tab. */
export async function openShot(page: Page, origin: string, { path, scenario, before }: Shot): Promise<void> {
  await page.goto(`${origin}${path}${path.includes("?") ? "&" : "?"}fake=${scenario}`);
  await page.locator("h1").first().waitFor();
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await before?.(page);
  // What a screen puts in after its first drawing is there.
  await page.locator("[data-later]").waitFor({ state: "detached" });
  await page.waitForTimeout(250);
}
