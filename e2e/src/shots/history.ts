import type { Page } from "@playwright/test";
import { goTo, withExit } from "./around.ts";
import { afterPassphrase, refused, shot, type Shot } from "./shot.ts";

const lookBack = async (page: Page): Promise<void> => {
  await page.getByLabel("As it stood on").fill("2026-11-10T12:00");
  await page.getByRole("button", { name: "Show it as it stood then" }).click();
  await page.getByRole("button", { name: "Back to now" }).waitFor();
};

/** The history, and the record as it stood. */
export const HISTORY: readonly Shot[] = [
  shot("history", "/history"),
  shot("history-open", "/history?type=set-aside", "home", async (page) => {
    await page.locator("summary").first().click();
  }),
  shot("history-empty", "/history?text=nothing+of+the+kind"),
  shot("history-slow", "/history", "slow"),
  shot("history-broken", "/history", "broken"),
  shot("history-alone", "/history", "alone"),
  shot("history-charter", "/history?type=charter", "home", async (page) => {
    await page.locator("summary").first().click();
    await page.locator("details[open]").waitFor();
  }),
  shot("history-fault", "/history?type=fault", "home", async (page) => {
    await page.locator("summary").first().click();
    await page.locator("details[open]").waitFor();
  }),
  shot("history-table-making", "/history", "home!stand", async (page) => {
    await afterPassphrase(page, "Save as a table (CSV)");
    await page.getByRole("progressbar").waitFor();
  }),
  refused("history-table-refused", "/history", "home!exportHistory=storage-full", (page) => afterPassphrase(page, "Save as a table (CSV)")),
  shot("thread-then-not-yet", "/history?from=2026-11-01", "home", async (page) => {
    await lookBack(page);
    await goTo(page, "/messages/00000000000000000000000000000000", "Not there yet");
  }),
  shot("history-before-after", "/history?type=expense&text=Swimming", "home", async (page) => {
    await page.locator("summary", { hasText: "approved an expense" }).click();
    await page.getByRole("columnheader", { name: "Before" }).waitFor();
  }),
  shot("history-clock", "/history?type=message&text=School", "home", async (page) => {
    await page.locator("summary", { hasText: "3 days earlier" }).click();
    await page.getByText("Stamped by").waitFor();
  }),
  shot("history-own", "/history?type=own", "home", async (page) => {
    await page.locator("summary", { hasText: "made a snapshot" }).click();
    await page.getByText("SHA-256").waitFor();
  }),
  shot("history-filters", "/history?from=2026-11-01&to=2026-11-20"),
  shot("history-table", "/history?type=expense", "home", async (page) => {
    await afterPassphrase(page, "Save as a table (CSV)");
    await page.getByText("The table is ready").waitFor();
  }),
  shot("history-then", "/history?from=2026-11-01", "home", lookBack),
  shot("history-then-exit", "/history?from=2026-11-01", "home", async (page) => {
    await withExit(page);
    await lookBack(page);
  }),
  shot("messages-then", "/history?from=2026-11-01", "home", async (page) => {
    await lookBack(page);
    await page.getByRole("link", { name: "Messages", exact: true }).first().click();
    await page.locator("[role=list] a.cs-row").first().waitFor();
  }),
  shot("expenses-then", "/history?from=2026-11-01", "home", async (page) => {
    await lookBack(page);
    await page.getByRole("link", { name: "Expenses", exact: true }).first().click();
    await page.locator("[role=list] a.cs-row").first().waitFor();
  }),
  shot("history-long", "/history", "long", async (page) => {
    await page.mouse.wheel(0, 400_000);
    await page.waitForTimeout(500);
  }),
];
