/** What goes wrong in a parent's day, in a real browser against a real relay: each gets a sentence, and nothing that was typed is lost. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test, type BrowserContext, type CDPSession, type Page } from "@playwright/test";
import { launchBrowser } from "../src/browser.ts";
import { startOtherVersion } from "../src/otherVersion.ts";
import { ROOT, tempFolder } from "../src/paths.ts";
import { ANA, BEN, confirmSheet, found, go, invite, joinWith, PATIENCE, unlock, upToDate } from "../src/person.ts";
import { startRelay, type Relay } from "../src/relay.ts";
import { stopAll } from "../src/stop.ts";
import { invoicePdf } from "@countersign/shared/sample/papers";

const DAY = 86_400_000;
const TEXT = "A long note that took me the whole evening to write.";

test.describe.configure({ mode: "serial" });
test.setTimeout(180_000);

let relay: Relay;
let ana: BrowserContext;
let a: Page;
let devtools: CDPSession;
let visitor: BrowserContext;
let v: Page;
let link = "";
const work = tempFolder("trouble");
const profile = tempFolder("trouble-ana");

async function openAna(): Promise<void> {
  ana = await launchBrowser({ folder: profile });
  a = ana.pages()[0] ?? (await ana.newPage());
  devtools = await ana.newCDPSession(a);
}

test.beforeAll(async () => {
  relay = await startRelay();
  await openAna();
  visitor = await launchBrowser();
  v = visitor.pages()[0] ?? (await visitor.newPage());
});

test.afterAll(async () => {
  await stopAll([ana, visitor], [relay]);
});

/** Begins a note to oneself and leaves it half way, with everything typed. */
async function beginNote(): Promise<void> {
  await go(a, "Messages");
  await a.getByRole("link", { name: "New message" }).first().click();
  await expect(a.locator("h1")).toHaveText("New message", PATIENCE);
  await a.getByLabel("Subject").fill("Evening");
  await a.locator("#compose").fill(TEXT);
}

/** The page says this, where it says what went wrong. */
const told = (page: Page, text: string): Promise<void> => expect(page.getByRole("alert").filter({ hasText: text })).toBeVisible(PATIENCE);

/** Does with the link what an invited person does. */
async function tryToJoin(page: Page): Promise<void> {
  await page.getByLabel("Link", { exact: true }).fill(link);
  await page.getByRole("button", { name: "Look at the link" }).click();
  await page.getByLabel("Your name").fill(BEN.name);
  await page.getByLabel("Passphrase", { exact: true }).fill(BEN.passphrase);
  await page.getByRole("button", { name: "Join", exact: true }).click();
}

const typed = async (): Promise<void> => {
  await expect(a.locator("#compose")).toHaveValue(TEXT);
  await expect(a.getByLabel("Subject")).toHaveValue("Evening");
};

test("[bad input] a relay that is not there, one of another version: the form keeps what was typed", async () => {
  await a.goto(relay.url);
  const stop = await startOtherVersion(relay.port + 1).catch(() => undefined);
  await found(a, { ...ANA, relay: "http://localhost:9" });
  await told(a, "The relay can't be reached.");
  if (stop === undefined) throw new Error("the port beside the relay's is taken");
  await a.getByLabel("Relay address").fill(`http://localhost:${String(relay.port + 1)}`);
  await a.getByRole("button", { name: "Start", exact: true }).click();
  await told(a, "The relay speaks another version.");
  await stop();
  await expect(a.getByLabel("Your name")).toHaveValue(ANA.name);
  await expect(a.getByLabel("Passphrase", { exact: true })).toHaveValue(ANA.passphrase);
  await a.getByLabel("Relay address").fill(relay.url);
  await a.getByRole("button", { name: "Start", exact: true }).click();
  await confirmSheet(a);
  await expect(a.locator("h1")).toHaveText("Today", PATIENCE);
});

test("[storage] the browser is asked to keep the record; what it answers is shown, and it can be asked again", async () => {
  await a.goto(`${relay.url}/settings/storage`);
  await unlock(a, ANA.passphrase);
  // A browser that has never seen this site does not promise anything yet.
  await expect(a.getByText("Kept in this browser for now").first()).toBeVisible(PATIENCE);
  await a.getByRole("button", { name: "Ask the browser to keep it" }).click();
  await expect(a.getByText("The browser does not promise it yet.")).toBeVisible();
  await devtools.send("Browser.grantPermissions", { origin: relay.url, permissions: ["durableStorage"] });
  // The app asks by itself as soon as there is something to keep.
  await a.reload();
  await unlock(a, ANA.passphrase);
  await expect(a.getByText("The browser has promised to keep the record until you erase it.")).toBeVisible(PATIENCE);
});

test("[storage] a full disk: the text stays, and is kept once there is room", async () => {
  // A browser counts what is left when it first opens the storage: so from its start.
  await ana.close();
  await openAna();
  // A place of the relay that is no page of the app, so that nothing is open yet.
  await a.goto(`${relay.url}/health`);
  await devtools.send("Storage.overrideQuotaForOrigin", { origin: relay.url, quotaSize: 1 });
  await a.goto(relay.url);
  await unlock(a, ANA.passphrase);
  await beginNote();
  // The draft can't be kept either, and the person is told while typing.
  await expect(a.getByRole("status").getByText("This device has no room left")).toBeVisible(PATIENCE);
  await a.getByRole("button", { name: "Keep", exact: true }).click();
  await told(a, "This device has no room left");
  await typed();
  await devtools.send("Storage.overrideQuotaForOrigin", { origin: relay.url });
  await a.getByRole("button", { name: "Keep", exact: true }).click();
  await a.waitForURL(/\/messages\/[0-9a-f]{32}$/, PATIENCE);
});

test("[R6] a file that is too large is refused by itself, before it is read", async () => {
  const film = path.join(work, "film.mp4");
  writeFileSync(film, "");
  truncateSync(film, 25_000_001);
  const paper = path.join(work, "paper.pdf");
  writeFileSync(paper, "%PDF-1.4");
  await beginNote();
  await a.locator("input[type=file]").first().setInputFiles([film, paper]);
  await told(a, "This file is larger than 25");
  await expect(a.getByRole("list", { name: "Files" })).toContainText("paper.pdf");
  await expect(a.getByRole("list", { name: "Files" })).not.toContainText("film.mp4");
  await typed();
});

test("[R6] a PDF that needs a password says so, and can still be saved", async () => {
  const [plain, locked] = [path.join(work, "plain.pdf"), path.join(work, "locked.pdf")];
  writeFileSync(plain, invoicePdf(["Private"]));
  expect(spawnSync("qpdf", ["--encrypt", "secret", "owner", "256", "--", plain, locked]).status).toBe(0);
  await beginNote();
  await a.locator("input[type=file]").first().setInputFiles(locked);
  await expect(a.getByRole("list", { name: "Files" })).toContainText("locked.pdf", PATIENCE);
  await a.getByRole("button", { name: "Keep", exact: true }).click();
  await a.waitForURL(/\/messages\/[0-9a-f]{32}$/, PATIENCE);
  await a.getByRole("button", { name: /locked\.pdf/ }).click(PATIENCE);
  const shown = a.getByRole("dialog");
  await expect(shown.getByText(/^This PDF asks for a password/)).toBeVisible(PATIENCE);
  const download = a.waitForEvent("download");
  await shown.getByRole("button", { name: "Save the file" }).click();
  await (await download).saveAs(path.join(work, "saved.pdf"));
  expect(readFileSync(path.join(work, "saved.pdf")).equals(readFileSync(locked))).toBe(true);
  await shown.getByRole("button", { name: "Close" }).click();
  await beginNote();
});

test("[passphrase] wrong ones are told, then slowed down for longer each time, over a reload too; the draft is there afterwards", async () => {
  await a.getByRole("button", { name: "Lock now" }).first().click();
  await expect(a.locator("h1")).toHaveText("Locked", PATIENCE);
  for (const wrong of ["not this one at all", "nor this one either"]) {
    await unlock(a, wrong);
    await told(a, "That is not the passphrase of this device.");
  }
  const slowed = a.getByText("Too many tries in a row.");
  const waits: number[] = [];
  for (let i = 0; i < 2; i++) {
    await unlock(a, "the same again and again");
    await expect(slowed).toBeVisible(PATIENCE);
    waits.push(Number(/in (\d+) seconds/.exec(await slowed.innerText())?.[1]));
    await a.reload();
    await expect(slowed).toBeVisible(PATIENCE);
    await expect(slowed).toBeHidden(PATIENCE);
  }
  expect(waits[1]).toBeGreaterThan(waits[0] ?? Infinity);
  await unlock(a, ANA.passphrase);
  await expect(a.locator("h1")).toHaveText("New message", PATIENCE);
  await typed();
  await a.getByRole("button", { name: "Keep", exact: true }).click();
  await a.waitForURL(/\/messages\/[0-9a-f]{32}$/, PATIENCE);
});

test("[W6] the relay is replaced by one of another version: it is named, nothing is blamed, and all goes out when the old one is back", async () => {
  await upToDate(a);
  await relay.stop();
  const stop = await startOtherVersion(relay.port);
  await expect(a.getByText("The relay speaks another version. Update the app")).toBeVisible(PATIENCE);
  await beginNote();
  await a.getByRole("button", { name: "Keep", exact: true }).click();
  await a.waitForURL(/\/messages\/[0-9a-f]{32}$/, PATIENCE);
  await expect(a.getByText(/waits? on this device\./)).toBeVisible(PATIENCE);
  await stop();
  await relay.restart();
  await go(a, "Settings");
  await a.getByText("Relay and storage").click();
  await expect(a.getByText("None. Every answer of the relay")).toBeVisible(PATIENCE);
  await a.getByRole("button", { name: "Try now" }).click();
  await upToDate(a);
});

test("[C2] links: broken, run out, used", async () => {
  link = await invite(a);
  await v.goto(relay.url);
  await v.getByText("Join with a link", { exact: true }).click();
  const broken = link.slice(0, -20);
  await v.getByLabel("Link", { exact: true }).fill(broken);
  await v.getByRole("button", { name: "Look at the link" }).click();
  await told(v, "This link is not complete.");
  await expect(v.getByLabel("Link", { exact: true })).toHaveValue(broken);
  // Nine days later by the relay's clock, which is the one that counts (rule C2).
  await relay.stop();
  relay = await startRelay({ dataDir: relay.dataDir, port: relay.port, clockAhead: 9 * DAY });
  await tryToJoin(v);
  await told(v, "This link does not work any more");
  await expect(v.getByLabel("Your name")).toHaveValue(BEN.name);
  await expect(v.getByLabel("Passphrase", { exact: true })).toHaveValue(BEN.passphrase);
});

test("[L6] a clock that is wrong is named, with whose it is and by how much", async () => {
  await go(a, "Today");
  await expect(a.getByText(/The clock of this device is .* minutes behind the relay's/)).toBeVisible(PATIENCE);
  // Writing goes on.
  await beginNote();
  await a.getByRole("button", { name: "Keep", exact: true }).click();
  await a.waitForURL(/\/messages\/[0-9a-f]{32}$/, PATIENCE);
});

test("[C2] a link works once", async () => {
  link = await invite(a);
  await v.goto(`${relay.url}/start`);
  await joinWith(v, link, BEN);
  await confirmSheet(v);
  await expect(v.locator("h1")).toHaveText("Today", PATIENCE);
  const third = await launchBrowser();
  try {
    const page = third.pages()[0] ?? (await third.newPage());
    await page.goto(link);
    await expect(page.locator("h1")).toHaveText("Join with a link", PATIENCE);
    await tryToJoin(page);
    await told(page, "This link does not work any more");
  } finally {
    await third.close();
  }
});

test("[S1] a file that is no whole snapshot is refused with a sentence that says what to do, and the next one can be chosen", async () => {
  const whole = readFileSync(path.join(ROOT, "docs", "example", "whole.zip"));
  // Of files that no packer of ours would write: one that was packed by hand, one that climbs out, one name twice, and sixty megabytes of nothing.
  const packed = `import warnings, zipfile
warnings.simplefilter("ignore")
for name, files in [("other", ["letter.txt"]), ("climbs", ["../letter.txt"]), ("twice", ["letter.txt", "letter.txt"])]:
    with zipfile.ZipFile(name + ".zip", "w") as z:
        for file in files: z.writestr(file, "Dear Sir or Madam")
with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED) as z: z.writestr("letter.txt", bytes(60000000))`;
  expect(spawnSync("python3", ["-c", packed], { cwd: work }).status).toBe(0);
  writeFileSync(path.join(work, "empty.zip"), "");
  writeFileSync(path.join(work, "letter.zip"), "Dear Sir or Madam");
  writeFileSync(path.join(work, "cut.zip"), whole.subarray(0, whole.length >> 1));
  const again = "Ask for the file again, and copy it as a whole rather than through a program that repacks it.";
  const cases: readonly (readonly [string, string, string?])[] = [
    ["empty", "This file is not a ZIP archive, so it is no snapshot. Ask for the file as it was exported."],
    ["other", "This is a ZIP archive, but not a snapshot of a shared record.", again],
    ["cut", "The file ends too early. The download or copy was cut off; fetch it again."],
    ["climbs", "The archive holds file names that a snapshot never has. It was not unpacked.", again],
    ["letter", "This file is not a ZIP archive, so it is no snapshot. Ask for the file as it was exported."],
    ["twice", "The archive holds file names that a snapshot never has. It was not unpacked.", again],
    ["bomb", "A file in the archive unpacks to far more than it should. It was not unpacked.", again],
  ];
  await v.goto(`${relay.url}/verify`);
  for (const [name, sentence, next] of cases) {
    await v.locator("input[type=file]").setInputFiles(path.join(work, `${name}.zip`));
    await told(v, sentence);
    await expect(v.getByText(again)).toHaveCount(next === undefined ? 0 : 1);
    await expect(v.locator("h1")).toHaveText("Check a snapshot");
  }
});

test("[storage] a browser that stores nothing for this site says so before anything is typed in vain", async () => {
  const folder = tempFolder("refused");
  mkdirSync(path.join(folder, "Default"), { recursive: true });
  // What 'block all cookies' in the browser's settings writes.
  writeFileSync(
    path.join(folder, "Default", "Preferences"),
    JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }),
  );
  const context = await launchBrowser({ folder });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(relay.url);
    await expect(page.getByText(/does not let this page store|allowed to store data for this site/).first()).toBeVisible(PATIENCE);
  } finally {
    await context.close();
  }
});
