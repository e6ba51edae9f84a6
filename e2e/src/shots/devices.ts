import type { Page } from "@playwright/test";
import { goTo, openSample, scan } from "./around.ts";
import { afterPassphrase, CODE, PASSPHRASE, refused, shot, type Shot } from "./shot.ts";

/** Passphrase and code on the device that has the record; the scenario says how far it goes from there. */
const showCode = async (page: Page): Promise<void> => {
  await afterPassphrase(page, "Show a code");
  await page.getByRole("dialog").waitFor({ state: "detached" });
};

/** One's own devices: listed, linked, removed. */
export const DEVICES: readonly Shot[] = [
  shot("settings-devices", "/settings/devices"),
  shot("settings-devices-added", "/settings/devices", "added"),
  shot("settings-devices-used", "/settings/devices", "used"),
  shot("settings-devices-used-younger", "/settings/devices", "used-younger"),
  shot("settings-refuse", "/settings/devices", "used", async (page) => {
    await page.getByRole("button", { name: "Refuse it" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  shot("settings-devices-partial", "/settings/devices", "partial"),
  shot("settings-devices-removed", "/settings/devices", "removed"),
  shot("settings-devices-alone", "/settings/devices", "alone"),
  shot("link-fetch", "/settings/devices/fetch"),
  shot("link-fetch-scan", "/settings/devices/fetch", "home", (page) => scan(page, true)),
  refused("link-fetch-nothing", "/settings/devices/fetch", "home!fetchMore=pairing-nothing", async (page) => {
    await page.getByLabel("Code of your other device").fill(CODE);
    await page.getByRole("button", { name: "Continue" }).click();
  }),
  shot("link-fetch-digits", "/settings/devices/fetch", "home", async (page) => {
    await page.getByLabel("Code of your other device").fill(CODE);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("Type these six digits").waitFor();
  }),
  shot("link-add", "/settings/devices/add"),
  shot("link-code", "/settings/devices/add", "home", showCode),
  shot("link-sample", "/start", "none", async (page) => {
    await openSample(page);
    await goTo(page, "/settings/devices/add", "Add a device");
  }),
  shot("link-digits", "/settings/devices/add", "link-digits", showCode),
  shot("link-digits-wrong", "/settings/devices/add", "link-digits", async (page) => {
    await showCode(page);
    await page.getByLabel("Six digits of the new device").fill("000000");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("alert").waitFor();
  }),
  shot("link-giving", "/settings/devices/add", "link-giving", showCode),
  shot("link-finishing", "/settings/devices/add", "link-finishing", showCode),
  shot("link-given", "/settings/devices/add", "link-given", showCode),
  shot("link-failed", "/settings/devices/add", "link-failed", showCode),
  shot("settings-revoke", "/settings/devices", "home", async (page) => {
    await page.getByRole("button", { name: "Remove Laptop" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  refused("settings-revoke-refused", "/settings/devices", "home!revokeDevice=relay-unreachable", async (page) => {
    await page.getByRole("button", { name: "Remove Laptop" }).click();
    await page.getByRole("dialog").getByLabel("Your passphrase").fill(PASSPHRASE);
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  }),
];
