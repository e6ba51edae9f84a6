/**
 * A household moves to another relay while one parent is away; the old relay is stopped, and everything goes on. Then that relay too is gone, without a goodbye:
 * a parent names a third one, the other follows by hand, and the recovery sheet and a snapshot still hold.
 */
import path from "node:path";
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { opened } from "../src/browser.ts";
import { countersign, ran, unpack } from "../src/lawyer.ts";
import { tempFolder } from "../src/paths.ts";
import {
  AGAIN,
  ANA,
  BEN,
  confirmJoin,
  confirmSheet,
  exportSnapshot,
  found,
  go,
  invite,
  joinWith,
  PATIENCE,
  restore,
  sendAtOnce,
  toRelay,
  unlock,
  upToDate,
  write,
} from "../src/person.ts";
import { startRelay, type Relay } from "../src/relay.ts";
import { stopAll } from "../src/stop.ts";

test.describe.configure({ mode: "serial" });
test.setTimeout(300_000);

let old: Relay;
let next: Relay;
let third: Relay;
let ana: BrowserContext;
let ben: BrowserContext;
let a: Page;
let b: Page;
const folders = { ana: tempFolder("move-ana"), ben: tempFolder("move-ben") };

test.beforeAll(async () => {
  old = await startRelay();
  next = await startRelay();
  third = await startRelay();
});

test.afterAll(async () => {
  await stopAll([ana, ben], [old, next, third]);
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
  for (const page of [a, b]) await sendAtOnce(page);
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

test("[C8e] the relay is gone for good: a parent names a third one, the other follows by hand and agrees, and both see everything", async () => {
  await next.kill();
  await write(a, { subject: "Nobody passes this on", text: "Is the relay still there?" });
  await toRelay(a);
  await a.getByRole("button", { name: "Move to another relay" }).click();
  await a.getByLabel("Address of the new relay").fill(third.url);
  await a.getByRole("button", { name: "Look whether it answers" }).click();
  await expect(a.getByText(/answers, and speaks this version/)).toBeVisible(PATIENCE);
  await a.getByRole("radio", { name: "It is gone for good: go on without it" }).check(PATIENCE);
  await a.getByRole("dialog").getByLabel("Your passphrase").fill(ANA.passphrase);
  await a.getByRole("dialog").getByRole("button", { name: /^Ask / }).click();
  await expect(a.getByRole("dialog")).toHaveCount(0, PATIENCE);
  await expect(a.getByText(/^Tell .* to open Settings, Relay and storage/)).toBeVisible(PATIENCE);

  await toRelay(b);
  await b.getByRole("button", { name: "The relay has moved" }).click();
  await b.getByLabel("Address of the new relay").fill(third.url);
  await b.getByRole("button", { name: "Look there" }).click();
  await expect(b.getByText(/^The other parent asks you to move there/)).toBeVisible(PATIENCE);
  await b.getByRole("dialog").getByText("Close", { exact: true }).click();
  await b.getByRole("button", { name: "Agree to the move" }).click(PATIENCE);
  await b.getByRole("dialog").getByLabel("Your passphrase").fill(BEN.passphrase);
  await b.getByRole("dialog").getByRole("button", { name: "Agree to the move" }).click();
  await expect(b.getByRole("dialog")).toHaveCount(0, PATIENCE);
  for (const page of [a, b]) await expect(page.getByText(third.url, { exact: true }).first()).toBeVisible(PATIENCE);

  await go(b, "Messages");
  for (const subject of ["Summer weeks", "Through the new one", "It does", "Nobody passes this on"])
    await expect(b.getByText(subject).first()).toBeVisible(PATIENCE);
  await write(b, { subject: "The third one does", text: "It reached me this way." });
  await go(a, "Messages");
  await expect(a.getByText("The third one does").first()).toBeVisible(PATIENCE);
  for (const page of [a, b]) await upToDate(page);
});

test("[C9] the sheet gives everything back to an empty device from the third relay, and a snapshot over both moves verifies", async () => {
  const snapshot = path.join(tempFolder("move"), "snapshot.zip");
  await exportSnapshot(a, ANA.passphrase, snapshot);
  const verified = countersign("verify", snapshot);
  expect(verified.status, verified.said).toBe(0);
  // The second reader, which travels in the snapshot and shares no code with the first.
  const unpacked = tempFolder("move-unpacked");
  unpack(snapshot, unpacked);
  const second = ran("/usr/bin/python3", [path.join(unpacked, "data/proof/verify.py"), snapshot]);
  expect(second.status, second.said).toBe(0);

  await upToDate(a);
  await ana.close();
  [ana, a] = await opened(tempFolder("move-ana-again"), third.url);
  await restore(a, { words, relay: third.url, passphrase: AGAIN, name: "Ana" });
  await expect(a.locator("h1")).toHaveText("Today", PATIENCE);
  await go(a, "Messages");
  for (const subject of ["Summer weeks", "Through the new one", "It does", "Nobody passes this on", "The third one does"])
    await expect(a.getByText(subject).first()).toBeVisible(PATIENCE);
});
