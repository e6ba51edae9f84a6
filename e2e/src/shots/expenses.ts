import { shot, type Shot } from "./shot.ts";

/** Expenses and what is done with one. */
export const EXPENSES: readonly Shot[] = [
  shot("expenses", "/expenses"),
  shot("expenses-empty", "/expenses", "empty"),
  shot("expenses-filtered", "/expenses?text=nothing"),
  shot("expenses-own", "/expenses?in=own"),
  shot("expenses-long", "/expenses", "long"),
  shot("expense-answer", "/expenses", "home", async (page) => {
    await page.getByText("Black shoes").click();
    await page.getByText("What happened").waitFor();
  }),
  shot("expense-refuse", "/expenses", "home", async (page) => {
    await page.getByText("Black shoes").click();
    await page.getByRole("button", { name: "Refuse" }).click();
  }),
  shot("expense-pay", "/expenses", "home", async (page) => {
    await page.getByText("Swimming lessons").click();
    await page.getByRole("button", { name: "I have paid" }).click();
  }),
  shot("expense-crossed", "/expenses?text=Football", "home", async (page) => {
    await page.getByText("Football boots").click();
    await page.getByText("What happened").waitFor();
  }),
  shot("expense-new", "/expenses/new"),
  shot("expense-new-refused", "/expenses/new", "home", async (page) => {
    await page.getByLabel("Amount").fill("1.2345");
    await page.getByRole("button", { name: "Add and ask Sam" }).click();
  }),
];
