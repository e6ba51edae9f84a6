/** A parent brings in a second device of her own by code and digits, on real parts: two browsers with profiles of their own, one relay process. */
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { launchBrowser } from "../src/browser.ts";
import { confirmSheet, found, go, PATIENCE, unlock } from "../src/person.ts";
import { tempFolder } from "../src/paths.ts";
import { startRelay, type Relay } from "../src/relay.ts";

const LAPTOP = "violet harbour lantern 27";
const LAPTOP_NEXT = "granite pelican ribbon 51";
const PHONE = "copper meadow whistle 64";
const PHONE_SIZE = { viewport: { width: 390, height: 780 } };

let relay: Relay;
let old: BrowserContext;
let fresh: BrowserContext;
let laptop: Page;
let phone: Page;
const phoneFolder = tempFolder("phone");

test.describe.configure({ mode: "serial" });
test.setTimeout(180_000);

const pageOf = async (context: BrowserContext): Promise<Page> => context.pages()[0] ?? (await context.newPage());

test.beforeAll(async () => {
  relay = await startRelay();
  old = await launchBrowser();
  laptop = await pageOf(old);
  fresh = await launchBrowser({ folder: phoneFolder, options: PHONE_SIZE });
  phone = await pageOf(fresh);
});

test.afterAll(async () => {
  const started: Partial<{ old: BrowserContext; fresh: BrowserContext; relay: Relay }> = { old, fresh, relay };
  await started.old?.close().catch(() => undefined);
  await started.fresh?.close().catch(() => undefined);
  await started.relay?.kill();
});

async function note(page: Page, subject: string): Promise<void> {
  await go(page, "Messages");
  await page.getByRole("link", { name: "New message" }).first().click();
  await page.getByLabel("Subject").fill(subject);
  await page.getByLabel("Note", { exact: true }).fill(`${subject}, in full.`);
  await page.getByRole("button", { name: "Keep", exact: true }).click();
}

async function kept(page: Page, subject: string): Promise<void> {
  await note(page, subject);
  await page.waitForURL(/\/messages\/[0-9a-f]{32}$/, PATIENCE);
}

/** Subjects of the notes, as the list shows them. */
async function subjects(page: Page): Promise<string[]> {
  await go(page, "Messages");
  const rows = page.locator("[role=list] a.cs-row");
  return (await rows.allInnerTexts()).map((text) => /Note \w+/.exec(text)?.[0] ?? "").sort();
}

async function showCode(): Promise<string> {
  await laptop.getByRole("button", { name: /^Show a (new )?code$/ }).click();
  const asking = laptop.getByRole("dialog");
  await asking.getByLabel("Your passphrase").fill(LAPTOP);
  await asking.getByRole("button", { name: "Show a code" }).click();
  await expect(laptop.locator(".cs-code")).toBeVisible(PATIENCE);
  return laptop.locator(".cs-code").innerText();
}

test("[C3] wrong digits kill a code; a new one, and the right digits, bring the second device in", async () => {
  await laptop.goto(relay.url);
  await found(laptop, { name: "Ana", passphrase: LAPTOP });
  await confirmSheet(laptop);
  await expect(laptop.locator("h1")).toHaveText("Today", PATIENCE);
  await kept(laptop, "Note one");
  await go(laptop, "Settings");
  await laptop.getByRole("link", { name: /^Devices/ }).click();
  await laptop.getByRole("link", { name: "Add a device" }).click();
  const first = await showCode();

  await phone.goto(relay.url);
  await phone.getByText("I already use Countersign on another device").click();
  await phone.getByLabel("Code of your other device").fill(first);
  await phone.getByLabel("A name for this device").fill("Phone");
  await phone.getByLabel("Passphrase for this device").fill(PHONE);
  await phone.getByRole("button", { name: "Continue" }).click();
  await expect(phone.locator(".cs-digits")).toBeVisible(PATIENCE);
  for (const left of [2, 1, 0]) {
    await laptop.getByLabel("Six digits of the new device").fill("000000");
    await laptop.getByRole("button", { name: "Continue" }).click();
    await expect(laptop.getByText([/wrong three times/, /One try is left/, /2 tries are left/][left] ?? "").first()).toBeVisible(PATIENCE);
  }
  await expect(phone.getByText("wrong three times")).toBeVisible(PATIENCE);

  const second = await showCode();
  expect(second).not.toBe(first);
  await phone.getByRole("button", { name: "Start again" }).click();
  await phone.getByLabel("Code of your other device").fill(second.toLowerCase());
  await phone.getByLabel("A name for this device").fill("Phone");
  await phone.getByLabel("Passphrase for this device").fill(PHONE);
  await phone.getByRole("button", { name: "Continue" }).click();
  await expect(phone.locator(".cs-digits")).toBeVisible(PATIENCE);
  const digits = (await phone.locator(".cs-digits").innerText()).replace(/\D/g, "");
  // The relay restarts in the middle of it; both go on by themselves.
  await relay.restart();
  await laptop.getByLabel("Six digits of the new device").fill(digits);
  await laptop.getByRole("button", { name: "Continue" }).click();
  await expect(laptop.getByText("Phone is added")).toBeVisible(PATIENCE);
  await expect(phone.getByText("This device has your record")).toBeVisible(PATIENCE);
  await phone.getByRole("button", { name: "Open the record" }).click();
  await expect(phone.locator("h1")).toHaveText("Today", PATIENCE);
});

test("[C3][P10] both write, and both show the same", async () => {
  await kept(phone, "Note two");
  await kept(laptop, "Note three");
  for (const page of [laptop, phone]) await expect.poll(() => subjects(page), PATIENCE).toEqual(["Note one", "Note three", "Note two"]);
  // Each other device says for seven days that one was added, and leads to where it can be removed.
  await expect(laptop.getByText(/Phone was added to your devices/)).toBeVisible();
  await expect(phone.getByText(/was added to your devices/)).toHaveCount(0);
});

test("[R7] a passphrase that was changed on one device shows on both, with what to do where somebody else did it", async () => {
  await go(laptop, "Settings");
  await laptop.getByRole("link", { name: /Lock/ }).first().click();
  await laptop.getByLabel("Present passphrase", { exact: true }).fill(LAPTOP);
  await laptop.getByLabel("New passphrase", { exact: true }).fill(LAPTOP_NEXT);
  await laptop.getByRole("button", { name: "Change the passphrase" }).click();
  await expect(laptop.getByText("The passphrase is changed.")).toBeVisible(PATIENCE);
  await go(laptop, "Today");
  await expect(laptop.getByText(/^The passphrase of this device was changed, /)).toBeVisible(PATIENCE);
  await go(phone, "Today");
  await expect(phone.getByText(/^The passphrase of .+ was changed, /)).toBeVisible(PATIENCE);
  await expect(phone.getByText(/^The passphrase of this device/)).toHaveCount(0);
  await phone.getByRole("button", { name: "Not me" }).click();
  await phone.getByRole("link", { name: "Look at your devices" }).click();
  await expect(phone.locator("h1")).toHaveText("Devices", PATIENCE);
});

test("[K3] the second one is removed: it says so and writes nothing any more, also after a restart", async () => {
  await laptop.getByRole("link", { name: "Look at it and remove it" }).click();
  await laptop.getByRole("button", { name: "Remove Phone" }).click();
  const asking = laptop.getByRole("dialog");
  await asking.getByLabel("Your passphrase").fill(LAPTOP_NEXT);
  await asking.getByRole("button", { name: "Remove this device" }).click();
  await expect(laptop.getByText(/^Removed /)).toBeVisible(PATIENCE);
  await expect(phone.getByText("This device was removed from your devices").first()).toBeVisible(PATIENCE);
  await note(phone, "Note four");
  await expect(phone.getByText("nothing that it writes would reach anybody")).toBeVisible(PATIENCE);
  await kept(laptop, "Note five");
  await fresh.close();
  fresh = await launchBrowser({ folder: phoneFolder, options: PHONE_SIZE });
  phone = await pageOf(fresh);
  await phone.goto(relay.url);
  await unlock(phone, PHONE);
  await expect(phone.getByText("This device was removed from your devices").first()).toBeVisible(PATIENCE);
  await expect.poll(() => subjects(phone), PATIENCE).toEqual(["Note one", "Note three", "Note two"]);
  await expect.poll(() => subjects(laptop), PATIENCE).toEqual(["Note five", "Note one", "Note three", "Note two"]);
});
