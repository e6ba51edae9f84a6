/** What a parent does in the app, through the screen and nothing else. */
import { expect, type Page } from "@playwright/test";
import { choosePlace, type Desktop } from "./desktop.ts";

export const PATIENCE = { timeout: 60_000 };
/** A stop for hangs, not a measure: every page of a snapshot is laid out. */
const LAID_OUT = { timeout: 240_000 };

/** The two parents of a story, and the passphrase of one who begins again. */
export const ANA = { name: "Ana", passphrase: "violet harbour lantern 27" };
export const BEN = { name: "Ben", passphrase: "copper meadow whistle 64" };
export const AGAIN = "granite pelican ribbon 51";

/** The main navigation: the left bar on wide screens, the bottom bar on phones. */
export async function go(page: Page, name: "Today" | "Messages" | "Expenses" | "History" | "Exports" | "Settings"): Promise<void> {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: false }).first().click();
  await expect(page.locator("h1")).toHaveText(name, PATIENCE);
}

/** The part of the settings about where the record is kept and who carries it. */
export async function toRelay(page: Page): Promise<void> {
  await go(page, "Settings");
  await page.getByText("Relay and storage").click();
  await expect(page.locator("h1")).toHaveText("Relay and storage", PATIENCE);
}

/** Reads the sheet that is on the screen and types two of its words back. Gives all words. */
export async function confirmSheet(page: Page): Promise<string[]> {
  const words = page.locator("ol.cs-words li, .cs-words li");
  await expect(words).toHaveCount(12, PATIENCE);
  const all = (await words.allInnerTexts()).map((w) => w.replace(/[^a-z]/g, ""));
  await page.getByRole("button", { name: "Continue" }).click();
  for (const field of await page.getByLabel(/^Word \d+$/).all()) {
    const label = (await field.evaluate((e: HTMLInputElement) => e.labels?.[0]?.textContent ?? "")).replace(/\D/g, "");
    await field.fill(all[Number(label) - 1] ?? "");
  }
  await page.getByRole("button", { name: "Check the words" }).click();

  return all;
}

export async function found(page: Page, who: { name: string; passphrase: string; relay?: string }): Promise<void> {
  await page.getByText("Start a household", { exact: true }).click();
  await page.getByLabel("Your name").fill(who.name);
  await page.getByLabel("Passphrase", { exact: true }).fill(who.passphrase);
  if (who.relay !== undefined) await page.getByLabel("Relay address").fill(who.relay);
  await page.getByRole("button", { name: "Start", exact: true }).click();
}

export async function joinWith(page: Page, link: string, who: { name: string; passphrase: string }): Promise<void> {
  await page.getByText("Join with a link", { exact: true }).click();
  await page.getByLabel("Link", { exact: true }).fill(link);
  await page.getByRole("button", { name: "Look at the link" }).click();
  await page.getByLabel("Your name").fill(who.name);
  await page.getByLabel("Passphrase", { exact: true }).fill(who.passphrase);
  await page.getByRole("button", { name: "Join", exact: true }).click();
}

export async function unlock(page: Page, passphrase: string): Promise<void> {
  await page.getByLabel("Passphrase", { exact: true }).fill(passphrase);
  await page.getByRole("button", { name: "Unlock", exact: true }).click();
}

/** For how long this person can undo what they send, in seconds. */
export async function setUndoTime(page: Page, seconds: number): Promise<void> {
  await go(page, "Settings");
  await page.getByRole("link", { name: /^Sending/ }).click();
  await expect(page.locator("h1")).toHaveText("Sending", PATIENCE);
  const time = page.getByLabel("Time to undo");
  await time.selectOption(String(seconds));
  // The field shows what the vault holds.
  await expect(time).toHaveValue(String(seconds), PATIENCE);
}

/** What this person sends leaves at once from now on: a story that is not about undoing would wait for each act. */
export const sendAtOnce = (page: Page): Promise<void> => setUndoTime(page, 0);

/** Writes a message in a thread of its own, or a note to oneself; comes back when it is kept. */
export async function write(page: Page, what: { subject: string; text: string; own?: boolean; file?: string }): Promise<void> {
  await go(page, "Messages");
  await page.getByRole("link", { name: "New message" }).first().click();
  await expect(page.locator("h1")).toHaveText("New message", PATIENCE);
  if (what.own === true && (await page.getByLabel("Just for me").count()) > 0) await page.getByLabel("Just for me").check();
  await page.getByLabel("Subject").fill(what.subject);
  await page.locator("#compose").fill(what.text);
  if (what.file !== undefined) {
    await page.locator("input[type=file]").first().setInputFiles(what.file);
    await expect(page.getByRole("list", { name: "Files" })).toBeVisible(PATIENCE);
  }
  await page.getByRole("button", { name: what.own === true ? "Keep" : "Send", exact: true }).click();
  // Its own address is shown only once it is kept; the form it was typed into would have its text as well.
  await page.waitForURL(/\/messages\/[0-9a-f]{32}$/, PATIENCE);
  await expect(page.getByRole("article").getByText(what.text).first()).toBeVisible(PATIENCE);
}

export async function addExpense(
  page: Page,
  what: { title: string; amount: string; own?: boolean; category?: string; note?: string; file?: string },
): Promise<void> {
  await go(page, "Expenses");
  await page.getByRole("link", { name: "Add an expense" }).first().click();
  await expect(page.locator("h1")).toHaveText("Add an expense", PATIENCE);
  if (what.own === true && (await page.getByLabel("Just for me").count()) > 0) await page.getByLabel("Just for me").check();
  await page.getByLabel("What was it for").fill(what.title);
  await page.getByLabel("Amount", { exact: true }).fill(what.amount);
  await page.getByRole("combobox", { name: "Category" }).fill(what.category ?? "Health");
  await page.keyboard.press("Tab");
  if (what.note !== undefined) await page.getByLabel(/^Note/).fill(what.note);
  if (what.file !== undefined) await page.locator("input[type=file]").first().setInputFiles(what.file);
  await page.getByRole("button", { name: what.own === true ? "Keep for me" : /^Add and ask/ }).click();
  await page.waitForURL(/\/expenses\/[0-9a-f]{32}$/, PATIENCE);
  await expect(page.getByText(what.title).first()).toBeVisible(PATIENCE);
}

/** Makes a link for the other parent. */
export async function invite(page: Page): Promise<string> {
  await go(page, "Today");
  await page.getByText("Invite the other parent").first().click();
  await page.getByRole("button", { name: "Make the link" }).click();
  const field = page.getByLabel("Link for the other parent");
  await expect(field).toHaveValue(/#join=/, PATIENCE);
  return field.inputValue();
}

/** Confirms that it is the other parent who joined. */
export async function confirmJoin(page: Page): Promise<void> {
  await go(page, "Today");
  await page
    .getByText(/Confirm that it is .* who joined/)
    .first()
    .click(PATIENCE);
  await expect(page.locator(".cs-words li")).toHaveCount(6, PATIENCE);
  await page.getByRole("button", { name: "They are the same" }).click();
  await expect(page.locator("h1")).toHaveText("Today", PATIENCE);
}

/** Waits until nothing waits to be sent or fetched. */
export async function upToDate(page: Page): Promise<void> {
  await go(page, "Today");
  await expect(page.getByText(/^Up to date/).first()).toBeVisible(PATIENCE);
}

/** Opens a file of an expense and closes it again. The list of expenses is on the screen. */
export async function openReceipt(page: Page, title: string, name: string): Promise<void> {
  await page.getByText(title, { exact: true }).first().click(PATIENCE);
  await page
    .getByRole("button", { name: new RegExp(`^${name.replaceAll(".", "\\.")}`) })
    .first()
    .click(PATIENCE);
  await expect(page.locator("img[src^='blob:']").first()).toBeVisible(PATIENCE);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0, PATIENCE);
}

/** Makes a snapshot of what is chosen already, and saves it: as the browser's download, or with the desktop app's dialog. */
export async function exportSnapshot(page: Page, passphrase: string, to: string, desktop?: Desktop): Promise<void> {
  await go(page, "Exports");
  await page.getByRole("button", { name: "Make the snapshot" }).click(PATIENCE);
  const asking = page.getByRole("dialog");
  await asking.locator("input").first().fill(passphrase);
  await asking.getByRole("button", { name: "Make the snapshot" }).click();
  const save = page.getByRole("button", { name: "Save the file" });
  if (desktop) {
    await choosePlace(desktop, to);
    await save.click(LAID_OUT);
    await expect(page.getByText("The file is saved.")).toBeVisible(PATIENCE);
    return;
  }
  const download = page.waitForEvent("download", LAID_OUT);
  await save.click(LAID_OUT);
  await (await download).saveAs(to);
}

export async function restore(
  page: Page,
  what: { words: readonly string[]; relay: string; passphrase: string; name: string },
): Promise<void> {
  await page.getByRole("link", { name: "Restore from a recovery sheet" }).click();
  await page.getByLabel("Words of the sheet").fill(what.words.join(" "));
  await page.getByLabel("Relay address").fill(what.relay);
  await page.getByLabel("Your name").fill(what.name);
  await page.getByLabel("New passphrase", { exact: true }).fill(what.passphrase);
  await page.getByRole("button", { name: "Restore", exact: true }).click();
}
