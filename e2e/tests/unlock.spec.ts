/** Opening what is locked without the passphrase: a passkey, a forgotten passphrase and the sheet. In a real Chromium with its virtual authenticator. */
import { expect, test } from "@playwright/test";
import { launchBrowser } from "../src/browser.ts";
import { confirmSheet, found, go, PATIENCE, unlock } from "../src/person.ts";
import { startRelay } from "../src/relay.ts";

const PASSPHRASE = "violet harbour lantern 27";
const NEXT = "copper meadow whistle 64";

test("[vault] a passkey opens the record and never stands in for the passphrase; the sheet gives a new passphrase with no network", async () => {
  const relay = await startRelay();
  const context = await launchBrowser();
  try {
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send("WebAuthn.enable");
    const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        ctap2Version: "ctap2_1",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        hasPrf: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await page.goto(relay.url);
    await found(page, { name: "Ana", passphrase: PASSPHRASE });
    const words = await confirmSheet(page);
    await expect(page.locator("h1")).toHaveText("Today", PATIENCE);

    await go(page, "Settings");
    await page.getByRole("link", { name: /Lock/ }).first().click();
    await page.getByRole("button", { name: "Add face, finger or security key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Passphrase", { exact: false }).fill("not the passphrase");
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(dialog.getByRole("alert")).toContainText("not the passphrase of this device", PATIENCE);
    await dialog.getByLabel("Passphrase", { exact: false }).fill(PASSPHRASE);
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByText("Face, finger or security key, since")).toBeVisible(PATIENCE);

    await page.getByRole("button", { name: "Lock now" }).first().click();
    await page.getByRole("button", { name: "Unlock with face, finger or security key" }).click();
    await expect(page.locator("h1")).not.toHaveText("Locked", PATIENCE);

    // It survives a reload; an authenticator that says no leaves the passphrase as it was.
    await page.reload();
    await expect(page.locator("h1")).toHaveText("Locked", PATIENCE);
    await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await page.getByRole("button", { name: "Unlock with face, finger or security key" }).click();
    await expect(page.getByRole("alert")).toContainText("Your passphrase works as before", PATIENCE);
    await unlock(page, PASSPHRASE);
    await expect(page.locator("h1")).not.toHaveText("Locked", PATIENCE);

    // The passphrase is forgotten, and the relay is gone.
    await relay.stop();
    await page.getByRole("button", { name: "Lock now" }).first().click();
    await page.getByRole("button", { name: "Passphrase forgotten" }).click();
    await page.getByLabel("Words of the sheet").fill(words.toReversed().join(" "));
    await page.getByLabel("New passphrase", { exact: true }).fill(NEXT);
    await page.getByRole("button", { name: "Unlock", exact: true }).click();
    await expect(page.getByRole("alert")).toBeVisible(PATIENCE);
    await page.getByLabel("Words of the sheet").fill(words.map((w, i) => `${String(i + 1)}. ${w.toUpperCase()}`).join("\n"));
    await page.getByRole("button", { name: "Unlock", exact: true }).click();
    await expect(page.locator("h1")).not.toHaveText("Passphrase forgotten", PATIENCE);
    await page.getByRole("button", { name: "Lock now" }).first().click();
    await unlock(page, PASSPHRASE);
    await expect(page.getByRole("alert")).toContainText("not the passphrase of this device", PATIENCE);
    await unlock(page, NEXT);
    await expect(page.locator("h1")).not.toHaveText("Locked", PATIENCE);
  } finally {
    await context.close();
    await relay.kill();
  }
});
