/** A household moves to another relay while one parent is away; the old relay is stopped, and everything goes on, the recovery sheet and a snapshot too. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { opened } from "../src/browser.ts";
import { ROOT, tempFolder } from "../src/paths.ts";
import {
  confirmJoin,
  confirmSheet,
  exportSnapshot,
  found,
  go,
  invite,
  joinWith,
  PATIENCE,
  restore,
  unlock,
  upToDate,
  write,
} from "../src/person.ts";
import { startRelay, type Relay } from "../src/relay.ts";

const ANA = { name: "Ana", passphrase: "violet harbour lantern 27" };
const BEN = { name: "Ben", passphrase: "copper meadow whistle 64" };
const AGAIN = "granite pelican ribbon 51";

test.describe.configure({ mode: "serial" });
test.setTimeout(300_000);

let old: Relay;
let next: Relay;
let ana: BrowserContext;
let ben: BrowserContext;
let a: Page;
let b: Page;
const folders = { ana: tempFolder("move-ana"), ben: tempFolder("move-ben") };

const toRelay = async (page: Page): Promise<void> => {
  await go(page, "Settings");
  await page.getByText("Relay and storage").click();
  await expect(page.locator("h1")).toHaveText("Relay and storage", PATIENCE);
};

test.beforeAll(async () => {
  old = await startRelay();
  next = await startRelay();
});

test.afterAll(async () => {
  const started: Partial<{ ana: BrowserContext; ben: BrowserContext; old: Relay; next: Relay }> = { ana, ben, old, next };
  await started.ana?.close().catch(() => undefined);
  await started.ben?.close().catch(() => undefined);
  await started.old?.kill();
  await started.next?.kill();
});

test("[C8c] one parent asks for the move, the other, who was away, agrees, and both go along", async () => {
  [ana, a] = await opened(folders.ana, old.url);
  await found(a, { ...ANA, relay: old.url });
  await confirmSheet(a);
  const link = await invite(a);
  [ben, b] = await opened(folders.ben, old.url);
  await joinWith(b, link, BEN);
  await confirmSheet(b);
  await expect(b.locator("h1")).toHaveText("Today", PATIENCE);
  await confirmJoin(a);
  await write(a, { subject: "Summer weeks", text: "The first two weeks of July would suit us." });
  await go(b, "Messages");
  await expect(b.getByText("Summer weeks").first()).toBeVisible(PATIENCE);
  await upToDate(b);
  await ben.close();

  await toRelay(a);
  await a.getByRole("button", { name: "Move to another relay" }).click();
  await a.getByLabel("Address of the new relay").fill(next.url);
  await a.getByRole("button", { name: "Look whether it answers" }).click();
  await expect(a.getByText(/answers, and speaks this version/)).toBeVisible(PATIENCE);
  await a.getByRole("dialog").getByLabel("Your passphrase").fill(ANA.passphrase);
  await a.getByRole("dialog").getByRole("button", { name: /^Ask / }).click();
  await expect(a.getByRole("dialog")).toHaveCount(0, PATIENCE);
  await expect(a.getByText(/^You asked .* to move to/)).toBeVisible(PATIENCE);

  [ben, b] = await opened(folders.ben, old.url);
  await unlock(b, BEN.passphrase);
  await b.getByText(/asks to move to another relay/).click(PATIENCE);
  await b.getByRole("button", { name: "Agree to the move" }).click();
  await b.getByRole("dialog").getByLabel("Your passphrase").fill(BEN.passphrase);
  await b.getByRole("dialog").getByRole("button", { name: "Agree to the move" }).click();
  await expect(b.getByRole("dialog")).toHaveCount(0, PATIENCE);
  for (const page of [a, b]) await expect(page.getByText(next.url, { exact: true }).first()).toBeVisible(PATIENCE);
  // What was printed names the old relay: both are told to print it anew, once their own log is at the new one as well.
  for (const page of [a, b]) {
    await go(page, "Today");
    await expect(page.getByRole("main").getByRole("link", { name: /recovery sheet/ })).toBeVisible(PATIENCE);
  }
});

let words: readonly string[];

test("[C8c] with the old relay stopped both write to each other through the new one, also after a reload, and a new sheet is printed", async () => {
  expect(await old.stop()).toBe(0);
  await write(a, { subject: "Through the new one", text: "Does this reach you?" });
  await go(b, "Messages");
  await expect(b.getByText("Through the new one").first()).toBeVisible(PATIENCE);
  // The app itself came from the old relay's address; it opens from what the browser keeps.
  await b.reload();
  await unlock(b, BEN.passphrase);
  await write(b, { subject: "It does", text: "It reached me." });
  await go(a, "Messages");
  await expect(a.getByText("It does").first()).toBeVisible(PATIENCE);
  await go(a, "Settings");
  await a.getByText("Recovery sheet").first().click();
  await a.getByRole("button", { name: "Show the sheet" }).click();
  await a.getByRole("dialog").getByLabel("Your passphrase").fill(ANA.passphrase);
  await a.getByRole("dialog").getByRole("button", { name: "Show the sheet" }).click();
  await expect(a.getByText(next.url).first()).toBeVisible(PATIENCE);
  words = await confirmSheet(a);
  await expect(a.locator("h1")).toHaveText("Settings", PATIENCE);
});

test("[C9] the new sheet gives everything back to an empty device, and a snapshot over the move verifies", async () => {
  const snapshot = path.join(tempFolder("move"), "snapshot.zip");
  await exportSnapshot(a, ANA.passphrase, snapshot);
  const cli = spawnSync(process.execPath, [path.join(ROOT, "shared/bin/countersign.mjs"), "verify", snapshot], { encoding: "utf8" });
  expect(cli.status, cli.stdout + cli.stderr).toBe(0);
  // The second reader, which travels in the snapshot and shares no code with the first.
  const unpacked = tempFolder("move-unpacked");
  spawnSync("python3", ["-m", "zipfile", "-e", snapshot, unpacked]);
  const second = spawnSync("/usr/bin/python3", [path.join(unpacked, "data/proof/verify.py"), snapshot], { encoding: "utf8" });
  expect(second.status, second.stdout + second.stderr).toBe(0);

  await upToDate(a);
  await ana.close();
  [ana, a] = await opened(tempFolder("move-ana-again"), next.url);
  await restore(a, { words, relay: next.url, passphrase: AGAIN, name: "Ana" });
  await expect(a.locator("h1")).toHaveText("Today", PATIENCE);
  await go(a, "Messages");
  for (const subject of ["Summer weeks", "Through the new one", "It does"])
    await expect(a.getByText(subject).first()).toBeVisible(PATIENCE);
});
