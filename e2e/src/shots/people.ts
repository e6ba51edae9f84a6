import { shot, type Shot } from "./shot.ts";

/** Inviting the other parent, and comparing keys. */
export const PEOPLE: readonly Shot[] = [
  shot("invite", "/invite", "alone"),
  shot("invite-open", "/invite", "invited"),
  shot("compare", "/compare", "confirm"),
  shot("compare-cards", "/compare", "confirm", async (page) => {
    await page.getByText("Compare printed cards instead").click();
    await page.getByLabel(/Text of .* card/).waitFor();
  }),
  shot("compare-differ", "/compare", "confirm", async (page) => {
    await page.getByRole("button", { name: "They differ" }).click();
  }),
];
