/**
 * The desktop app with a time-stamp authority of its own: a snapshot that openssl can date, and what a parent sees when the authority talks nonsense, is slow
 * or is gone; and a disk that fills up while the snapshot is saved.
 */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { makeAuthority, serveAuthority, type Authority } from "../../shared/test/time-stamp-authority.ts";
import { choosePlace, launchDesktop, type Desktop } from "../src/desktop.ts";
import { countersign, ran, unpack } from "../src/lawyer.ts";
import { tempFolder } from "../src/paths.ts";
import { ANA, confirmSheet, found, go, PATIENCE, write } from "../src/person.ts";
import { startRelay, type Relay } from "../src/relay.ts";

const MAKING = { timeout: 240_000 };
const work = tempFolder("authority");

let relay: Relay;
let desktop: Desktop;
let page: Page;
let authority: Authority;
let served: Awaited<ReturnType<typeof serveAuthority>>;
/** What the authority answers from now on; openssl makes one answer at a time. */
let answer: Authority["answer"];
let last: Promise<unknown> = Promise.resolve();

test.describe.configure({ mode: "serial" });
test.setTimeout(300_000);

test.beforeAll(async () => {
  authority = await makeAuthority(path.join(work, "authority"));
  const oneByOne: Authority["answer"] = (request) => {
    const next = last.then(() => authority.answer(request));
    last = next.catch(() => undefined);
    return next;
  };
  answer = oneByOne;
  served = await serveAuthority((request) => answer(request));
  relay = await startRelay({ web: false });
  desktop = await launchDesktop();
  page = await desktop.app.firstWindow();
});

test.afterAll(async () => {
  const started: Partial<{ desktop: Desktop; relay: Relay; served: typeof served }> = { desktop, relay, served };
  await started.desktop?.app.close().catch(() => undefined);
  await started.served?.close();
  await started.relay?.kill();
});

/** Up to the moment at which the snapshot is being made. */
async function beginExport(): Promise<void> {
  await go(page, "Exports");
  const another = page.getByRole("button", { name: "Make another" });
  const make = page.getByRole("button", { name: "Make the snapshot" });
  await expect(another.or(make).first()).toBeVisible(PATIENCE);
  if (await another.isVisible()) await another.click();
  await page.getByRole("radio", { name: "No PDF pages" }).check();
  await make.click(PATIENCE);
  const asking = page.getByRole("dialog");
  await asking.getByLabel("Your passphrase").fill(ANA.passphrase);
  await asking.getByRole("button", { name: "Make the snapshot" }).click();
}

async function exported(): Promise<void> {
  await beginExport();
  await expect(page.getByRole("heading", { name: "The snapshot is ready" })).toBeVisible(MAKING);
}

test("[S14] a snapshot made on this computer carries a stamp of the authority that was set in Settings, and openssl dates it", async () => {
  await found(page, { ...ANA, relay: relay.url });
  await confirmSheet(page);
  await write(page, { subject: "School trip", text: "The trip is on Friday.", own: true });
  await go(page, "Settings");
  await page.getByText("Relay and storage").first().click();
  const field = page.getByLabel("Time-stamp authority of this computer");
  await field.fill("stamp.example");
  await page.getByRole("button", { name: "Use this authority" }).click();
  await expect(page.getByText(/^That can't be used/)).toBeVisible(PATIENCE);
  await field.fill(served.address);
  await page.getByRole("button", { name: "Use this authority" }).click();
  await expect(page.getByText("It is asked from now on.")).toBeVisible(PATIENCE);

  await exported();
  await expect(page.getByText(/^With a time stamp: Test TSA states/)).toBeVisible();
  const file = path.join(work, "stamped.zip");
  await choosePlace(desktop, file);
  await page.getByRole("button", { name: "Save the file" }).click();
  await expect(page.getByText("The file is saved.")).toBeVisible(PATIENCE);
  const verified = countersign("verify", file);
  expect(verified.status, verified.said).toBe(0);
  const unpacked = path.join(work, "unpacked");
  unpack(file, unpacked);
  const verify = ["ts", "-verify", "-data", "manifest-sha256.txt", "-in", "signatures/manifest.tsr", "-CAfile", authority.root];
  const dated = ran("openssl", verify, unpacked);
  expect(dated.status, dated.said).toBe(0);
});

test("[S14] an authority that answers nonsense costs the stamp and nothing else", async () => {
  answer = () => Promise.resolve(new TextEncoder().encode("<html>Welcome to our shop</html>"));
  await exported();
  await expect(page.getByText(/^What the time-stamp authority answered is no time stamp\. The snapshot is whole/)).toBeVisible();
});

test("[S14] nobody waits for a slow authority who stops, and a snapshot is made without one that is gone", async () => {
  let asked: () => void = () => undefined;
  const waits = new Promise<void>((done) => (asked = done));
  answer = () => {
    asked();
    return new Promise<never>(() => undefined);
  };
  await beginExport();
  await waits;
  await page.getByRole("dialog").getByRole("button", { name: "Stop", exact: true }).click();
  await expect(page.getByRole("dialog").getByText("Stopped. Nothing was changed.")).toBeVisible(PATIENCE);
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await served.close();
  await exported();
  await expect(page.getByText(/^The time-stamp authority could not be reached\. The snapshot is whole/)).toBeVisible();
});

test("[desktop] a disk that fills up while a snapshot is saved says so and leaves no half file", async () => {
  const full = tempFolder("full-disk");
  await choosePlace(desktop, path.join(full, "snapshot.zip"));
  await desktop.app.evaluate(({ ipcMain }) => {
    ipcMain.removeHandler("countersign:save-write");
    ipcMain.handle("countersign:save-write", () => "disk-full");
  });
  await page.getByRole("button", { name: "Save the file" }).click();
  await expect(page.getByRole("alert").getByText(/There is no room left in that place/)).toBeVisible(PATIENCE);
  expect(existsSync(path.join(full, "snapshot.zip"))).toBe(false);
  // The write that main refused here was made up, so that its draft is still begun: leaving ends it, as it ends every save.
  await desktop.app.close();
  expect(readdirSync(full)).toEqual([]);
});
