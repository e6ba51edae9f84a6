import type { Page } from "@playwright/test";
import { goTo, openSample } from "./around.ts";
import { inDesktop } from "./desktop.ts";
import { afterPassphrase, PASSPHRASE, refused, shot, type Shot } from "./shot.ts";

const change = async (page: Page, old: string): Promise<void> => {
  await page.getByLabel("Present passphrase").fill(old);
  await page.getByLabel("New passphrase").fill("four other words here");
  await page.getByRole("button", { name: "Change the passphrase" }).click();
};

const ask = async (page: Page, name: string): Promise<void> => {
  await page.getByRole("button", { name }).click();
  await page.getByRole("dialog").waitFor();
};

/** Settings that have no file of their own here. */
export const SETTINGS: readonly Shot[] = [
  shot("settings", "/settings"),
  shot("settings-people", "/settings/people"),
  shot("settings-lock", "/settings/lock"),
  shot("settings-lock-changed", "/settings/lock", "home", async (page) => {
    await change(page, PASSPHRASE);
    await page.getByText("The passphrase is changed").waitFor();
  }),
  refused("settings-lock-wrong", "/settings/lock", "home", (page) => change(page, "not this one at all")),
  shot("settings-lock-desktop", "/settings", "home", async (page) => {
    await inDesktop(page);
    await page.getByText("Lock and passphrase").first().click();
    await page.getByRole("button", { name: "Add your account on this computer" }).waitFor();
  }),
  shot("settings-people-long", "/settings/people", "home", async (page) => {
    await page.getByRole("textbox").first().fill("N".repeat(300));
    await page.getByText("80 characters fit here").waitFor();
  }),
  shot("settings-people-saved", "/settings/people", "home", async (page) => {
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.getByText("Saved", { exact: true }).waitFor();
  }),
  refused("settings-people-refused", "/settings/people", "home!rename=update-needed", (page) =>
    page.getByRole("button", { name: "Save" }).first().click(),
  ),
  shot("settings-way", "/settings/lock", "home", async (page) => {
    await page.getByRole("button", { name: "Add face, finger" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  shot("settings-sheet", "/settings/sheet"),
  shot("settings-sheet-unconfirmed", "/settings/sheet", "alone"),
  shot("settings-sheet-shown", "/settings/sheet", "home", async (page) => {
    await afterPassphrase(page, "Show the sheet");
    await page.getByText("The words, in this order").waitFor();
  }),
  refused("settings-sheet-wrong", "/settings/sheet", "home", async (page) => {
    await ask(page, "Show the sheet");
    await page.getByRole("dialog").getByLabel("Your passphrase").fill("not this one at all");
    await page.getByRole("dialog").getByRole("button", { name: "Show the sheet" }).click();
  }),
  refused("settings-sheet-senior", "/settings/sheet", "home!replaceSheet=senior-only", (page) => afterPassphrase(page, "Make a new sheet")),
  shot("settings-sheet-sample", "/start", "none", async (page) => {
    await openSample(page);
    await goTo(page, "/settings/sheet", "Recovery sheet");
  }),
  shot("settings-sheet-new", "/settings/sheet", "home", async (page) => {
    await page.getByRole("button", { name: "Make a new sheet" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  shot("settings-sending", "/settings/sending", "held"),
  shot("settings-receipts", "/settings/receipts"),
  shot("settings-receipts-alone", "/settings/receipts", "alone"),
  shot("settings-writing", "/settings/writing"),
  shot("settings-about", "/settings/about"),
  shot("settings-about-missing", "/settings", "home", async (page) => {
    await page.evaluate(() => {
      globalThis.fetch = () => Promise.reject(new TypeError("no network"));
    });
    await page.getByText("About this app").first().click();
    await page.getByText("The list of files can't be reached").waitFor();
  }),
  shot("settings-about-checked", "/settings/about", "home", async (page) => {
    await page.getByRole("button", { name: "Check the files on this device" }).click();
    await page.getByText("as the list says").waitFor({ timeout: 60_000 });
  }),
  shot("settings-leave", "/settings/leave", "offline"),
  shot("settings-leave-ask", "/settings/leave", "home", (page) => ask(page, "Leave the household")),
  shot("settings-leave-alone", "/settings/leave", "alone"),
  shot("settings-erase-ask", "/settings/leave", "home", (page) => ask(page, "Erase this device")),
];
