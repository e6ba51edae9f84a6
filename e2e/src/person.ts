/** What a parent does in the app, through the screen and nothing else. */
import { expect, type Page } from "@playwright/test";

export const PATIENCE = { timeout: 60_000 };

/** The main navigation: the left bar on wide screens, the bottom bar on phones. */
export async function go(page: Page, name: "Today" | "Messages" | "Expenses" | "History" | "Exports" | "Settings"): Promise<void> {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: false }).first().click();
  await expect(page.locator("h1")).toHaveText(name, PATIENCE);
}

/** Reads the sheet that is on the screen and types two of its words back. Gives all words. */
export async function confirmSheet(page: Page): Promise<string[]> {
  const words = page.locator("ol.cs-words li, .cs-words li");
  await expect(words).toHaveCount(12, PATIENCE);
  const all = (await words.allInnerTexts()).map((w) => w.replace(/[^a-z]/g, ""));
  await page.getByRole("button", { name: "Continue" }).click();
  for (const field of await page.getByLabel(/^Word \d+$/).all()) {
    const label = (await field.evaluate((e: HTMLInputElement) => e.labels?.[0]?.textContent ?? "")).replace(/\D/g, "");
    await field.fill(all[Number(label) - 1] ?? "");
  }
  await page.getByRole("button", { name: "Check the words" }).click();

  return all;
}

export async function found(page: Page, who: { name: string; passphrase: string; relay?: string }): Promise<void> {
  await page.getByText("Start a household", { exact: true }).click();
  await page.getByLabel("Your name").fill(who.name);
  await page.getByLabel("Passphrase", { exact: true }).fill(who.passphrase);
  if (who.relay !== undefined) await page.getByLabel("Relay address").fill(who.relay);
  await page.getByRole("button", { name: "Start", exact: true }).click();
}

export async function joinWith(page: Page, link: string, who: { name: string; passphrase: string }): Promise<void> {
  await page.getByText("Join with a link", { exact: true }).click();
  await page.getByLabel("Link", { exact: true }).fill(link);
  await page.getByRole("button", { name: "Look at the link" }).click();
  await page.getByLabel("Your name").fill(who.name);
  await page.getByLabel("Passphrase", { exact: true }).fill(who.passphrase);
  await page.getByRole("button", { name: "Join", exact: true }).click();
}

export async function unlock(page: Page, passphrase: string): Promise<void> {
  await page.getByLabel("Passphrase", { exact: true }).fill(passphrase);
  await page.getByRole("button", { name: "Unlock", exact: true }).click();
}
