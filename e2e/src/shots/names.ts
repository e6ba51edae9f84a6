import type { Locator, Page } from "@playwright/test";
import { shot, type Shot } from "./shot.ts";

const WORD = "Hohenfelslichtenberg";

const opened =
  (shows: (page: Page) => Locator) =>
  async (page: Page): Promise<void> => {
    await page.locator("main .cs-row").getByText(WORD).first().click();
    await shows(page).first().waitFor();
  };

/** Everything has the longest name that it can have, in one word that no line can hold. */
export const NAMES: readonly Shot[] = [
  shot("names-today", "/", "names"),
  shot("names-messages", "/messages", "names"),
  shot(
    "names-thread",
    "/messages",
    "names",
    opened((page) => page.locator("article")),
  ),
  shot("names-expenses", "/expenses", "names"),
  shot(
    "names-expense",
    "/expenses",
    "names",
    opened((page) => page.getByText("What happened")),
  ),
  shot("names-people", "/settings/people", "names"),
  shot("names-history", "/history", "names"),
];
