import type { Page } from "@playwright/test";
import { CODE, PASSPHRASE, shot, type Shot } from "./shot.ts";

const fillStart = async (page: Page): Promise<void> => {
  await page.getByLabel("Your name").fill("Alex");
  await page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
  await page.getByText(/strong/i).waitFor();
};

const fillTake = async (page: Page): Promise<void> => {
  await page.getByLabel("A name for this device").fill("Tablet");
  await page.getByLabel("Passphrase for this device").fill(PASSPHRASE);
  await page.getByText(/strong/i).waitFor();
};

const takeCode = async (page: Page): Promise<void> => {
  await page.getByLabel("Code of your other device").fill(CODE);
  await fillTake(page);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("Code of your other device").waitFor({ state: "detached" });
};

/** The ways into the app: a new record, another device, the sheet, a link; and the locked one. */
export const STARTING: readonly Shot[] = [
  shot("start", "/start", "none"),
  shot("new", "/start/new", "none", fillStart),
  shot("new-refused", "/start/new", "none", async (page) => {
    await page.getByLabel("Relay address").fill("relay");
    await page.getByRole("button", { name: "Start" }).click();
  }),
  shot("new-sheet", "/start/new", "none", async (page) => {
    await fillStart(page);
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByText("The words, in this order").waitFor();
  }),
  shot("new-sheet-confirm", "/start/new", "none", async (page) => {
    await fillStart(page);
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
  }),
  shot("take", "/start/device", "none"),
  shot("take-refused", "/start/device", "none", async (page) => {
    await page.getByLabel("Code of your other device").fill("4K7Q");
    await fillTake(page);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("alert").waitFor();
  }),
  shot("take-digits", "/start/device", "none", takeCode),
  shot("take-offline", "/start/device", "take-offline", takeCode),
  shot("take-taking", "/start/device", "take-taking", takeCode),
  shot("take-syncing", "/start/device", "take-syncing", takeCode),
  shot("take-taken", "/start/device", "take-taken", takeCode),
  shot("take-failed", "/start/device", "take-failed", takeCode),
  shot("restore", "/restore", "none"),
  shot("join", "/join", "none"),
  shot("join-broken", "/join", "none", async (page) => {
    await page.getByLabel("Link").fill("https://relay.example.org/");
    await page.getByRole("button", { name: "Look at the link" }).click();
    await page.getByRole("alert").waitFor();
  }),
  shot("join-preview", "/join", "none", async (page) => {
    await page.getByLabel("Link").fill("https://relay.example.org/#join=abc");
    await page.getByRole("button", { name: "Look at the link" }).click();
    await page.getByLabel("Your name").waitFor();
  }),
  shot("unlock", "/messages", "locked"),
  shot("unlock-wrong", "/", "locked", async (page) => {
    await page.getByLabel("Passphrase", { exact: true }).fill("wrong");
    await page.getByRole("button", { name: "Unlock" }).click();
    await page.getByRole("alert").waitFor();
  }),
  shot("unlock-wait", "/", "wait"),
  shot("unlock-ways", "/", "ways"),
  shot("unlock-forgotten", "/", "locked", async (page) => {
    await page.getByRole("button", { name: "Passphrase forgotten" }).click();
    await page.getByLabel("Words of the sheet").waitFor();
  }),
];
