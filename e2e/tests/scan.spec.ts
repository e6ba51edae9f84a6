/** A code that one device draws, held in front of the camera of another: a real Chromium reads it from the pictures that its camera gives. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { launchBrowser } from "../src/browser.ts";
import { ANA, BEN, confirmSheet, found, invite, PATIENCE } from "../src/person.ts";
import { tempFolder } from "../src/paths.ts";
import { startRelay, type Relay } from "../src/relay.ts";
import { stopAll } from "../src/stop.ts";

test.describe.configure({ mode: "serial" });
test.setTimeout(120_000);

/** What the camera of the second device sees: pictures one after the other, again and again. Read when it is switched on. */
const seen = path.join(tempFolder("camera"), "seen.mjpeg");

let relay: Relay;
let ana: BrowserContext;
let ben: BrowserContext;
let page: Page;
let link: string;

test.beforeAll(async () => {
  relay = await startRelay();
  ana = await launchBrowser();
  const drawing = ana.pages()[0] ?? (await ana.newPage());
  await drawing.goto(relay.url);
  await found(drawing, ANA);
  await confirmSheet(drawing);
  link = await invite(drawing);
  writeFileSync(seen, await pictureOf(drawing.getByRole("img", { name: "The same link as a code" })));
});

test.afterAll(async () => {
  await stopAll([ana, ben], [relay]);
});

/** A camera's picture of a code as the screen shows it, with some of the page around it. */
async function pictureOf(code: Locator): Promise<Buffer> {
  await code.scrollIntoViewIfNeeded();
  const box = await code.boundingBox();
  if (box === null) throw new Error("no code is drawn");
  const around = { x: Math.max(0, Math.floor(box.x) - 40), y: Math.max(0, Math.floor(box.y) - 40), width: 320, height: 320 };
  return code.page().screenshot({ clip: around, type: "jpeg", quality: 80 });
}

/** Ben's browser, with the camera or without one, at the way in with a link. */
async function toJoin(camera: boolean): Promise<void> {
  ben = await launchBrowser({ args: camera ? ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${seen}`] : [] });
  page = ben.pages()[0] ?? (await ben.newPage());
  await page.goto(`${relay.url}/join`);
  await expect(page.locator("h1")).toHaveText("Join with a link", PATIENCE);
}

/** What the person answered when the browser asked for the camera. */
async function answer(setting: "granted" | "denied"): Promise<void> {
  const cdp = await ben.newCDPSession(page);
  await cdp.send("Browser.setPermission", { permission: { name: "camera" }, setting, origin: relay.url });
}

async function pastedInstead(): Promise<void> {
  await page.getByRole("button", { name: "Scan a code" }).click();
  await expect(page.getByText("No camera can be used here")).toBeVisible(PATIENCE);
  await expect(page.getByRole("button", { name: "Scan a code" })).toBeVisible();
  await page.getByLabel("Link", { exact: true }).fill(link);
  await page.getByRole("button", { name: "Look at the link" }).click();
  await expect(page.locator("h1")).toHaveText("You are invited to a household", PATIENCE);
}

test("[scan] a device without a camera says so, and the link can be pasted", async () => {
  await toJoin(false);
  await answer("granted");
  await pastedInstead();
  await ben.close();
});

test("[C2b] Safari on an iPhone founds and joins nothing, and shows the invitation as groups to type; typed elsewhere, a wrong letter is found, and the right ones are the link", async () => {
  const iphone = await launchBrowser({
    options: {
      userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1",
    },
  });
  const shown = iphone.pages()[0] ?? (await iphone.newPage());
  await shown.goto(link);
  await expect(shown.getByText("Put the app on your Home Screen first")).toBeVisible(PATIENCE);
  await expect(shown.getByRole("textbox")).toHaveCount(0);
  const address = await shown.locator("p.cs-typed").innerText();
  const groups = (await shown.locator("ol.cs-typed span:not([aria-hidden])").allInnerTexts()).map((group) => group.toLowerCase());
  expect(groups).toHaveLength(40);
  await iphone.close();

  await toJoin(false);
  const type = async (all: readonly string[]): Promise<void> => {
    await page.getByLabel("Link", { exact: true }).fill(`${address.replace("https://", "")}\n${all.join("-")}`);
    await page.getByRole("button", { name: "Look at the link" }).click();
  };
  const wrong = groups[16] ?? "";
  await type(groups.with(16, (wrong.startsWith("0") ? "1" : "0") + wrong.slice(1)));
  await expect(page.getByRole("alert")).toContainText("Group 17 is not as it is shown", PATIENCE);
  await type(groups);
  await expect(page.locator("h1")).toHaveText("You are invited to a household", PATIENCE);
  await expect(page.getByText(address, { exact: true })).toBeVisible();
  await ben.close();
});

test("[scan] so does one whose camera was refused; once it may be used, it reads the code, and the link in it lets Ben join", async () => {
  await toJoin(true);
  await answer("denied");
  await pastedInstead();
  await page.reload();
  await answer("granted");
  await page.getByRole("button", { name: "Scan a code" }).click();
  await expect(page.locator("h1")).toHaveText("You are invited to a household", PATIENCE);
  await page.getByLabel("Your name").fill(BEN.name);
  await page.getByLabel("Passphrase", { exact: true }).fill(BEN.passphrase);
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await expect(page.locator(".cs-words li")).toHaveCount(12, PATIENCE);
});
