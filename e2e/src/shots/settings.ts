import { shot, type Shot } from "./shot.ts";

/** Settings that have no file of their own here. */
export const SETTINGS: readonly Shot[] = [
  shot("settings", "/settings"),
  shot("settings-people", "/settings/people"),
  shot("settings-lock", "/settings/lock"),
  shot("settings-way", "/settings/lock", "home", async (page) => {
    await page.getByRole("button", { name: "Add face, finger" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  shot("settings-sheet", "/settings/sheet"),
  shot("settings-sheet-new", "/settings/sheet", "home", async (page) => {
    await page.getByRole("button", { name: "Make a new sheet" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  shot("settings-receipts", "/settings/receipts"),
  shot("settings-about", "/settings/about"),
  shot("settings-about-checked", "/settings/about", "home", async (page) => {
    await page.getByRole("button", { name: "Check the files on this device" }).click();
    await page.getByText("as the list says").waitFor({ timeout: 60_000 });
  }),
  shot("settings-leave", "/settings/leave", "offline"),
];
