/**
 * Fork, roll-back, backdating and countersigning, end to end: a relay whose operator swaps its data for an older copy, and a parent with a modified client. What
 * each parent sees, then what the lawyer sees in the app and on the command line. Pictures of it are kept in e2e/screens-out.
 */
import { execFile } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { makeAuthority, serveAuthority } from "../../shared/test/time-stamp-authority.ts";
import { launchBrowser } from "../src/browser.ts";
import { openHeadless, until, type Headless } from "../src/headless.ts";
import { CLI, countersign, ran } from "../src/lawyer.ts";
import { tempFolder } from "../src/paths.ts";
import { ANA, confirmSheet, exportSnapshot, found, go, PATIENCE, sendAtOnce } from "../src/person.ts";
import { startRelay, type Relay } from "../src/relay.ts";
import { shoot } from "../src/shoot.ts";

const BEN = { name: "Ben", passphrase: "copper meadow whistle 64", zone: "Europe/London" };
const DAY = 86_400_000;

let relay: Relay;
let browser: BrowserContext;
let a: Page;
let ben: Headless;
const work = tempFolder("evidence");
const file = (name: string): string => path.join(work, name);

test.describe.configure({ mode: "serial" });
test.setTimeout(240_000);

test.beforeAll(async () => {
  relay = await startRelay();
  ben = await openHeadless();
});

test.afterAll(async () => {
  const started: Partial<{ browser: BrowserContext; relay: Relay; ben: Headless }> = { browser, relay, ben };
  await started.browser?.close().catch(() => undefined);
  await started.ben?.replica.lock();
  await started.relay?.kill();
});

/** Beside which this process goes on, so that it can answer meanwhile. */
const run = promisify(execFile);

/** The names in a later archive that are not in the earlier one. Throws where a file of the earlier one is not there, byte for byte. */
function added(earlier: string, later: string): unknown {
  const script = `import json, sys, zipfile
a, b = (zipfile.ZipFile(f) for f in sys.argv[1:])
assert all(a.read(n) == b.read(n) for n in a.namelist())
print(json.dumps([n for n in b.namelist() if n not in a.namelist()]))`;
  const compared = ran("python3", ["-c", script, file(earlier), file(later)]);
  expect(compared.status, compared.said).toBe(0);
  return JSON.parse(compared.stdout);
}

/** The operator of the relay puts another copy of its data in place. */
async function swap(from: string, keep?: string): Promise<void> {
  await relay.stop();
  if (keep !== undefined) cpSync(relay.dataDir, keep, { recursive: true });
  rmSync(relay.dataDir, { recursive: true });
  cpSync(from, relay.dataDir, { recursive: true });
  await relay.restart();
}

async function write(subject: string, text: string): Promise<void> {
  await go(a, "Messages");
  await a.getByRole("link", { name: "New message" }).first().click();
  await a.getByLabel("Subject").fill(subject);
  await a.getByLabel("Message", { exact: true }).fill(text);
  await a.getByRole("button", { name: "Send", exact: true }).click();
  await a.waitForURL(/\/messages\/[0-9a-f]{32}$/, PATIENCE);
}

async function bensMessage(subject: string): Promise<void> {
  const log = await ben.household();
  const sent = await ben.replica.sendMessage({ log, subject, text: subject, files: [] });
  if (!sent.ok) throw new Error(sent.error.code);
  await until(`${subject} is sent`, async () => (await ben.replica.sync(log)).state === "up-to-date");
}

/** The lawyer's browser: a fresh one, without an account. */
async function asLawyer(run: (page: Page) => Promise<void>): Promise<void> {
  const lawyer = await launchBrowser();
  const page = lawyer.pages()[0] ?? (await lawyer.newPage());
  await page.goto(`${relay.url}/verify`);
  await expect(page.locator("h1")).toHaveText("Check a snapshot", PATIENCE);
  await run(page);
  await lawyer.close();
}

test("[X7] backdating: a modified client says three days ago, and the interval by the relay's clock shows it", async () => {
  browser = await launchBrowser();
  a = browser.pages()[0] ?? (await browser.newPage());
  await a.goto(relay.url);
  await found(a, ANA);
  await confirmSheet(a);
  await a.getByText("Invite the other parent").first().click();
  await a.getByRole("button", { name: "Make the link" }).click();
  const field = a.getByLabel("Link for the other parent");
  await expect(field).toHaveValue(/#join=/, PATIENCE);
  const joined = await ben.replica.join({ link: await field.inputValue(), ...BEN });
  if (!joined.ok) throw new Error(joined.error.code);
  await go(a, "Today");
  await a
    .getByText(/Confirm that it is .* who joined/)
    .first()
    .click(PATIENCE);
  await a.getByRole("button", { name: "They are the same" }).click();
  await expect(a.locator("h1")).toHaveText("Today", PATIENCE);
  await sendAtOnce(a);
  ben.skew = -3 * DAY;
  await bensMessage("I told you on Monday");
  ben.skew = 0;
  await go(a, "Messages");
  await a.getByText("I told you on Monday").first().click(PATIENCE);
  await a.locator("summary").first().click();
  const chip = (page: Page) => page.locator(".cs-chip").filter({ hasText: "Their clock says 3 days earlier" }).first();
  await expect(chip(a)).toBeVisible(PATIENCE);
  await shoot(a, "evidence-backdated-parent");
  await exportSnapshot(a, ANA.passphrase, file("backdated.zip"));
  const checked = countersign("verify", file("backdated.zip"));
  expect(checked.status, checked.said).toBe(0);
  await asLawyer(async (page) => {
    await page.locator("input[type=file]").setInputFiles(file("backdated.zip"));
    await expect(page.getByText("Nothing in this file was changed after it was signed.")).toBeVisible({ timeout: 120_000 });
    await page.getByText("I told you on Monday").first().click();
    await expect(chip(page)).toBeVisible(PATIENCE);
    await shoot(page, "evidence-backdated-lawyer");
  });
});

test("[S10] countersigning: Ana opens the snapshot that Ben exported, checks and countersigns it; the command line shows both, and a stamp is added after that", async () => {
  const made = await ben.replica.exportSnapshot(
    await ben.household(),
    { threads: "all", expenses: "all", settlement: "include", files: false },
    BEN.passphrase,
    "to countersign",
  );
  if (!made.ok) throw new Error(made.error.code);
  writeFileSync(file("of-ben.zip"), new Uint8Array(await made.value.file.arrayBuffer()));
  const open = async (name: string): Promise<void> => {
    await go(a, "Exports");
    await a.getByRole("link", { name: "Check a snapshot" }).click();
    await a.locator("input[type=file]").setInputFiles(file(name));
    await expect(a.getByText("Nothing in this file was changed after it was signed.")).toBeVisible({ timeout: 120_000 });
  };
  const sign = async (): Promise<void> => {
    await a.getByRole("button", { name: "Countersign", exact: true }).click(PATIENCE);
    const asking = a.getByRole("dialog");
    await asking.getByLabel("Your passphrase").fill(ANA.passphrase);
    await asking.getByLabel("I understand that this is no agreement with the contents").check();
    await asking.getByRole("button", { name: "Countersign", exact: true }).click();
  };
  await open("of-ben.zip");
  await sign();
  await expect(a.getByText(/^Countersigned: /)).toBeVisible({ timeout: 120_000 });
  const download = a.waitForEvent("download");
  await a.getByRole("button", { name: "Save the file" }).click();
  await (await download).saveAs(file("countersigned.zip"));
  await shoot(a, "evidence-countersigned-parent");

  const tsa = await makeAuthority(file("authority"));
  const served = await serveAuthority(tsa.answer);
  try {
    const stamp = ["stamp", file("countersigned.zip"), "--authority", served.address, "--out", file("stamped.zip")];
    const stamped = await run(process.execPath, [CLI, ...stamp]);
    expect(stamped.stdout + stamped.stderr).not.toBe("");
  } finally {
    await served.close();
  }
  const checked = countersign("verify", file("stamped.zip"));
  expect(checked.status, checked.said).toBe(0);
  expect(checked.stdout).toContain("that their device holds the same entries of this scope");
  expect(checked.stdout).toContain("Test TSA, a time-stamp authority by its own certificate");
  // Each copy is the one before it and one file more: no earlier file was touched.
  expect(added("of-ben.zip", "countersigned.zip")).toEqual([expect.stringMatching(/^signatures\/countersign/)]);
  expect(added("countersigned.zip", "stamped.zip")).toEqual(["signatures/manifest.tsr"]);

  await open("stamped.zip");
  await expect(a.getByText(/signed on .* that their device holds the same entries of this scope/).first()).toBeVisible(PATIENCE);
  await sign();
  await expect(a.getByRole("dialog").getByText("This device has countersigned this snapshot already.")).toBeVisible({ timeout: 120_000 });
  await a.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
});

test("[L6] roll-back: the relay puts an older copy in place; the parent is told, and the proof holds without an account", async () => {
  // Ben is away meanwhile: his client still stands where the copy does.
  await ben.replica.lock();
  await relay.stop();
  cpSync(relay.dataDir, file("old"), { recursive: true });
  await relay.restart();
  await write("Only here", "This was logged before the relay went back.");
  // Exactly: "One change not sent yet" has the word as well, and a snapshot holds what is logged.
  await expect(a.getByText("Sent · No receipt", { exact: true }).first()).toBeVisible(PATIENCE);
  await exportSnapshot(a, ANA.passphrase, file("ana.zip"));
  await swap(file("old"));
  await go(a, "Settings");
  await a.getByText("Relay and storage").first().click();
  await expect(a.getByRole("heading", { name: "Contradictions found" })).toBeVisible(PATIENCE);
  const save = a.getByRole("button", { name: "Save the proof" }).first();
  await expect(save).toBeVisible(PATIENCE);
  await shoot(a, "evidence-rollback-parent");
  const download = a.waitForEvent("download");
  await save.click();
  await (await download).saveAs(file("rollback.countersign-proof"));
  const proof = countersign("proof", file("rollback.countersign-proof"));
  expect(proof.status, proof.said).toBe(0);
  expect(proof.stdout).toContain("The proof holds against relay");
  await asLawyer(async (page) => {
    await page.locator("input[type=file]").setInputFiles(file("rollback.countersign-proof"));
    await expect(page.getByText(/The proof holds against relay/)).toBeVisible(PATIENCE);
    await shoot(page, "evidence-rollback-lawyer");
  });
});

test("[S11] fork: the other parent is told another history; two snapshots side by side show it, and a proof comes out", async () => {
  const unlocked = await ben.replica.unlock(BEN.passphrase);
  if (!unlocked.ok) throw new Error(unlocked.error.code);
  // Ana is away: only Ben writes into the copy.
  await browser.setOffline(true);
  await bensMessage("Only told to Ben");
  const made = await ben.replica.exportSnapshot(
    await ben.household(),
    { threads: "all", expenses: "all", settlement: "include", files: false },
    BEN.passphrase,
    "export",
  );
  if (!made.ok) throw new Error(made.error.code);
  writeFileSync(file("ben.zip"), new Uint8Array(await made.value.file.arrayBuffer()));
  for (const name of ["ana.zip", "ben.zip"]) expect(countersign("verify", file(name)).status).toBe(0);
  const compared = countersign("compare", file("ana.zip"), file("ben.zip"), "--proof", file("fork.countersign-proof"));
  expect(compared.status, compared.said).toBe(1);
  expect(compared.stdout).toContain("two different histories");
  expect(countersign("proof", file("fork.countersign-proof")).status).toBe(0);
  await asLawyer(async (page) => {
    await page.locator("input[type=file]").setInputFiles(file("ana.zip"));
    await expect(page.getByText("Nothing in this file was changed after it was signed.")).toBeVisible({ timeout: 120_000 });
    await page.locator("input[type=file]").setInputFiles(file("ben.zip"));
    await expect(page.getByText("Two different histories")).toBeVisible({ timeout: 120_000 });
    await shoot(page, "evidence-fork-lawyer");
    await page.reload();
    await page.locator("input[type=file]").setInputFiles(file("fork.countersign-proof"));
    await expect(page.getByText(/The proof holds against relay/)).toBeVisible(PATIENCE);
    await shoot(page, "evidence-fork-proof-lawyer");
  });
});
