import type { Page } from "@playwright/test";
import { refused, shot, type Shot } from "./shot.ts";

const act =
  (title: string, name: string) =>
  async (page: Page): Promise<void> => {
    await page.getByText(title).first().click();
    await page.getByRole("button", { name, exact: true }).click();
  };

const fillNew = async (page: Page): Promise<void> => {
  await page.getByLabel("What was it for").fill("Winter boots");
  await page.getByLabel("Amount").fill("64.90");
  await page.getByRole("combobox", { name: "Category" }).fill("Clothes");
  await page.getByRole("button", { name: "Add and ask Sam" }).click();
};

/** Shares an expense of one's own while ten wait for an answer. */
const shareLater = async (page: Page): Promise<void> => {
  await act("Birthday present", "Share with Sam")(page);
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("I understand").check();
  await dialog.getByRole("button", { name: "Share it" }).click();
  await page.getByRole("button", { name: "Do not share it" }).waitFor();
};

const chart = async (page: Page): Promise<void> => {
  await page.getByRole("list", { name: "Category" }).waitFor();
};

/** Expenses and what is done with one. */
export const EXPENSES: readonly Shot[] = [
  shot("expenses", "/expenses"),
  shot("expenses-empty", "/expenses", "empty"),
  shot("expenses-filtered", "/expenses?text=nothing"),
  shot("expenses-own", "/expenses?in=own"),
  shot("expenses-long", "/expenses", "long"),
  shot("expenses-chart", "/expenses?chart=1&sum=all", "home", chart),
  shot("expenses-chart-table", "/expenses?chart=1", "home", async (page) => {
    await chart(page);
    await page.getByText("The figures as a table").click();
    await page.getByRole("table").waitFor();
  }),
  shot("expenses-chart-long", "/expenses?chart=1&year=2021", "long", chart),
  shot("expense-answer", "/expenses", "home", async (page) => {
    await page.getByText("Black shoes").click();
    await page.getByText("What happened").waitFor();
  }),
  shot("expenses-slow", "/expenses", "slow"),
  shot("expenses-broken", "/expenses", "broken"),
  shot("expenses-alone", "/expenses", "alone"),
  shot("expense-approve", "/expenses", "home", act("Black shoes", "Approve")),
  shot("expense-refuse", "/expenses", "home", act("Black shoes", "Refuse")),
  shot("expense-refuse-refused", "/expenses", "home", async (page) => {
    await act("Black shoes", "Refuse")(page);
    await page.getByRole("button", { name: "Refuse", exact: true }).click();
    await page.getByText("This is needed.").first().waitFor();
  }),
  shot("expense-changes", "/expenses", "home", act("Black shoes", "Ask for changes")),
  shot("expense-pay", "/expenses", "home", act("Swimming lessons", "I have paid")),
  shot("expense-confirm", "/expenses", "home", act("School trip", "Confirm the payment")),
  shot("expense-withdraw", "/expenses", "home", act("Dentist", "Withdraw")),
  refused("expense-moved-on", "/expenses", "home!hold=record-moved-on", async (page) => {
    await act("Black shoes", "Approve")(page);
    await page.getByRole("button", { name: "Approve", exact: true }).click();
  }),
  shot("expense-own", "/expenses?in=own", "home", async (page) => {
    await page.getByText("Birthday present").click();
    await page.getByText("What happened").waitFor();
  }),
  shot("expense-share", "/expenses?in=own", "home", async (page) => {
    await act("Birthday present", "Share with Sam")(page);
    await page.getByRole("dialog").waitFor();
  }),
  shot("expense-share-held", "/expenses?in=own", "held-ten", shareLater),
  shot("expense-unshare", "/expenses?in=own", "held-ten", async (page) => {
    await shareLater(page);
    await page.getByRole("button", { name: "Do not share it" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  shot("expense-unknown", "/expenses/00000000000000000000000000000000"),
  shot("expense-broken", "/expenses/00000000000000000000000000000000", "broken"),
  shot("expense-crossed", "/expenses?text=Football", "home", async (page) => {
    await page.getByText("Football boots").click();
    await page.getByText("What happened").waitFor();
  }),
  shot("expenses-held", "/expenses", "held"),
  shot("expenses-held-ten", "/expenses", "held-ten"),
  shot("expense-held", "/expenses", "held", async (page) => {
    await page.getByText("School trip to the coast").click();
    await page.getByRole("button", { name: "Undo" }).waitFor();
  }),
  shot("expense-held-ten", "/expenses", "held-ten", async (page) => {
    await page.getByText("School trip to the coast").click();
    await page.getByRole("button", { name: "Change it" }).waitFor();
  }),
  shot("expense-held-remove", "/expenses", "held-ten", async (page) => {
    await page.getByText("School trip to the coast").click();
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  shot("expense-answer-held", "/expenses", "held", async (page) => {
    await page.getByText("Black shoes").click();
    await page.getByRole("button", { name: "Undo" }).waitFor();
  }),
  shot("expense-answer-refused", "/expenses", "held-refused", async (page) => {
    await page.getByText("Black shoes").click();
    await page.getByRole("button", { name: "Change it" }).waitFor();
  }),
  shot("expenses-several", "/expenses?answer=several", "asks", async (page) => {
    await page.getByRole("checkbox").first().check();
  }),
  shot("expenses-several-refuse", "/expenses?answer=several", "asks", async (page) => {
    await page.getByRole("button", { name: "Choose all" }).click();
    await page.getByRole("button", { name: "Refuse the chosen ones" }).click();
    await page.getByLabel("One reason for all of them").waitFor();
  }),
  shot("expenses-several-done", "/expenses?answer=several", "asks", async (page) => {
    await page.getByRole("button", { name: "Choose all" }).click();
    await page.getByRole("button", { name: "Approve the chosen ones" }).click();
    await page.getByText("One was not answered").waitFor();
  }),
  shot("expense-new", "/expenses/new"),
  shot("expense-new-own", "/expenses/new?in=own"),
  refused("expense-full", "/expenses/new", "full", fillNew),
  shot("expense-new-refused", "/expenses/new", "home", async (page) => {
    await page.getByLabel("Amount").fill("1.2345");
    await page.getByRole("button", { name: "Add and ask Sam" }).click();
  }),
];
