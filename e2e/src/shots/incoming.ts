import { shot, type Shot } from "./shot.ts";

/** What another app shared with this one. */
export const INCOMING: readonly Shot[] = [
  shot("incoming", "/incoming?given=receipt"),
  shot("incoming-photos", "/incoming?given=photos"),
  shot("incoming-alone", "/incoming?given=receipt", "alone"),
  shot("incoming-locked", "/incoming?given=receipt", "locked"),
  shot("incoming-nowhere", "/incoming?given=receipt", "none"),
  shot("incoming-gone", "/incoming?given=gone"),
  shot("incoming-large", "/incoming?given=large"),
  shot("incoming-foreign", "/incoming?given=foreign"),
  shot("incoming-message", "/incoming?given=receipt", "home", async (page) => {
    await page.getByRole("button", { name: "A new message to Sam" }).click();
    await page.getByRole("list", { name: "Files" }).waitFor();
  }),
  shot("incoming-expense", "/incoming?given=receipt", "home", async (page) => {
    await page.getByRole("button", { name: "Receipt of a new expense" }).click();
    await page.getByRole("list", { name: "Files" }).waitFor();
  }),
];
