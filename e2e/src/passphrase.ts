import type { Page } from "@playwright/test";

/** Presses a button that asks for the passphrase before it does what it says, and gives it. */
export async function withPassphrase(page: Page, button: string, passphrase: string): Promise<void> {
  await page.getByRole("button", { name: button }).click();
  await page.getByRole("dialog").getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("dialog").getByRole("button", { name: button }).click();
}
