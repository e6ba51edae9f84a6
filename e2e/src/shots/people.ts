import type { Page } from "@playwright/test";
import { scan } from "./around.ts";
import { refused, shot, type Shot } from "./shot.ts";

const openCards = async (page: Page): Promise<void> => {
  await page.getByText("Compare printed cards instead").click();
  await page.getByLabel(/Text of .* card/).waitFor();
};

const readCard = async (page: Page, text: string): Promise<void> => {
  await openCards(page);
  await page.getByLabel(/Text of .* card/).fill(text);
  await page.getByRole("button", { name: "Check the card" }).click();
};

/** Inviting the other parent, and comparing keys. */
export const PEOPLE: readonly Shot[] = [
  shot("invite", "/invite", "alone"),
  shot("invite-open", "/invite", "invited"),
  refused("invite-refused", "/invite", "alone!invite=relay-unreachable", (page) =>
    page.getByRole("button", { name: "Make the link" }).click(),
  ),
  shot("compare", "/compare", "confirm"),
  shot("compare-uncompared", "/compare", "uncompared"),
  shot("compare-done", "/compare"),
  shot("compare-none", "/compare", "alone"),
  shot("compare-waiting", "/compare", "waiting"),
  shot("compare-cards", "/compare", "confirm", openCards),
  shot("compare-cards-scan", "/compare", "confirm", async (page) => {
    await openCards(page);
    await scan(page, true);
  }),
  shot("compare-cards-match", "/compare", "confirm", async (page) => {
    await readCard(page, "countersign-card:1:oWFs");
    await page.getByText("The card shows the keys").waitFor();
  }),
  refused("compare-cards-wrong", "/compare", "confirm", (page) => readCard(page, "my card")),
  shot("compare-differ", "/compare", "confirm", async (page) => {
    await page.getByRole("button", { name: "They differ" }).click();
  }),
  shot("compare-differ-joined", "/compare", "uncompared", async (page) => {
    await page.getByRole("button", { name: "They differ" }).click();
  }),
];
