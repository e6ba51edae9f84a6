/**
 * Another app shares into the installed web app: the real build with its service worker, which is given what a phone's system would post. It comes to the person, who
 * says where it goes, and nothing of it stays on the disk outside the sealed record.
 */
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { launchBrowser } from "../src/browser.ts";
import { tempFolder } from "../src/paths.ts";
import { ANA, confirmSheet, found, PATIENCE, unlock } from "../src/person.ts";
import { findPlanted } from "../src/planted.ts";
import { startRelay, type Relay } from "../src/relay.ts";
import { stopAll } from "../src/stop.ts";

interface Shared {
  readonly text: string;
  readonly file: string;
  readonly contents: string;
}

const FIRST: Shared = {
  text: "zephyr marmalade orchard",
  file: "walnut-invoice-quartz.txt",
  contents: "tangerine ledger 5523 hummingbird",
};
const SECOND: Shared = {
  text: "cobalt raincoat semaphore",
  file: "thimble-receipt-ochre.txt",
  contents: "juniper bicycle 9081 lighthouse",
};
const LOST: Shared = { text: "paprika lantern viaduct", file: "saffron-letter-gable.txt", contents: "meadow xylophone 3317 harbourside" };

/** What the system of a phone does: a navigation of nobody's page, with what is shared as its body. A field of a form would be kept by the browser. */
async function share(page: Page, to: string, shared: Shared, at = "about:blank"): Promise<void> {
  await page.goto(at);
  const went = page.waitForURL(/\/incoming$/, PATIENCE);
  await page.evaluate(
    ([address, { text, file, contents }]) => {
      const form = document.createElement("form");
      form.method = "post";
      form.enctype = "multipart/form-data";
      form.action = address;
      form.addEventListener("formdata", ({ formData }) => {
        formData.append("text", text);
        formData.append("files", new File([contents], file, { type: "text/plain" }));
      });
      document.body.append(form);
      // After the call has its answer: the page is gone then.
      setTimeout(() => form.submit(), 0);
    },
    [`${to}/share-target`, shared] as const,
  );
  await went;
}

const title = (page: Page): ReturnType<Page["locator"]> => page.locator("h1");
const files = (page: Page): ReturnType<Page["locator"]> => page.getByRole("list", { name: "Files" });

/** A page of another site, which can say or hide who it is. */
async function otherSite(policy: string): Promise<{ readonly address: string; close(): void }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "text/html", "Referrer-Policy": policy }).end("<!doctype html><title>Another site</title>");
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  return { address: `http://localhost:${String((server.address() as AddressInfo).port)}/`, close: () => server.close() };
}

test.describe.configure({ mode: "serial" });
test.setTimeout(240_000);

let relay: Relay;
let context: BrowserContext;
let page: Page;
const profile = tempFolder("incoming");

test.beforeAll(async () => {
  relay = await startRelay();
  context = await launchBrowser({ folder: profile });
  page = await context.newPage();
  await page.goto(relay.url);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await found(page, ANA);
  await confirmSheet(page);
  await expect(title(page)).toHaveText("Today", PATIENCE);
});
test.afterAll(async () => {
  await stopAll([context], [relay]);
});

test("[incoming] a file and a text of another app come to the person, and go into the message that they choose; nothing goes by itself", async () => {
  const other = await context.newPage();
  await share(other, relay.url, FIRST);
  await expect(title(other)).toHaveText("From another app", PATIENCE);
  await expect(files(other)).toContainText(FIRST.file, PATIENCE);
  await expect(other.getByText(FIRST.text)).toBeVisible();
  await other.getByRole("button", { name: "A note just for me" }).click();
  await expect(title(other)).toHaveText("New message", PATIENCE);
  await expect(other.locator("#compose")).toHaveValue(FIRST.text, PATIENCE);
  await expect(files(other)).toContainText(FIRST.file);
  await other.getByLabel("Subject").fill("From the school");
  await other.getByRole("button", { name: "Keep", exact: true }).click();
  await other.waitForURL(/\/messages\/[0-9a-f]{32}$/, PATIENCE);
  await other.getByRole("button", { name: new RegExp(`^${FIRST.file.replaceAll(".", "\\.")}`) }).click(PATIENCE);
  await expect(other.getByText(FIRST.contents).or(other.getByText("This kind of file is not shown"))).toBeVisible(PATIENCE);
  await other.close();
});

test("[incoming] locked, it waits behind the lock and says no more than that; without the relay too", async () => {
  await relay.stop();
  await page.getByRole("button", { name: "Lock now" }).first().click();
  await expect(title(page)).toHaveText("Locked", PATIENCE);
  await share(page, relay.url, SECOND);
  await expect(page.getByText("What you shared waits here until you unlock.", { exact: false })).toBeVisible(PATIENCE);
  await expect(page.getByText(SECOND.file)).toHaveCount(0);
  await unlock(page, ANA.passphrase);
  await expect(title(page)).toHaveText("From another app", PATIENCE);
  await page.getByRole("button", { name: "Receipt of a new expense" }).click();
  await expect(title(page)).toHaveText("Add an expense", PATIENCE);
  await expect(files(page)).toContainText(SECOND.file, PATIENCE);
  await expect(page.getByLabel(/^Note/)).toHaveValue(SECOND.text);
  await relay.restart();
});

test("[incoming] what was lost on the way is said to be lost", async () => {
  await share(page, relay.url, LOST);
  await expect(page.getByText("What you shared waits here until you unlock.", { exact: false })).toBeVisible(PATIENCE);
  await page.reload();
  await expect(page.getByText("What you shared is no longer here", { exact: false })).toBeVisible(PATIENCE);
});

test("[incoming] a page of another site puts nothing in; one that hides who it is gets no further than the person's eyes", async () => {
  const open = await otherSite("unsafe-url");
  const hidden = await otherSite("no-referrer");
  try {
    await share(page, relay.url, LOST, open.address);
    await expect(page.getByText("A website tried to put something in here.", { exact: false })).toBeVisible(PATIENCE);
    await share(page, relay.url, LOST, hidden.address);
    await unlock(page, ANA.passphrase);
    await expect(title(page)).toHaveText("From another app", PATIENCE);
    await expect(page.getByText(LOST.text)).toBeVisible(PATIENCE);
    await page.getByRole("button", { name: "Put it away" }).click();
    await expect(title(page)).toHaveText("Today", PATIENCE);
    await page.goto(`${relay.url}/messages/new`);
    await unlock(page, ANA.passphrase);
    await expect(page.locator("#compose")).toHaveValue("", PATIENCE);
    await expect(files(page)).toHaveCount(0);
  } finally {
    open.close();
    hidden.close();
  }
});

/** What a drag from another window, or a paste, does to an element of the page. Gives whether the page took it, so that the browser does nothing of its own. */
const give = (kind: "drop" | "paste", selector: string, [name, contents]: readonly [string, string]): Promise<boolean> =>
  page.locator(selector).evaluate(
    (element, [type, file, text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text], file, { type: "text/plain" }));
      const about = { bubbles: true, cancelable: true };
      return !element.dispatchEvent(
        type === "drop"
          ? new DragEvent(type, { ...about, dataTransfer: data })
          : new ClipboardEvent(type, { ...about, clipboardData: data }),
      );
    },
    [kind, name, contents] as const,
  );

test("[files] are dropped and pasted where files are asked for, and a file that misses the place does not take the app away", async () => {
  const picked: readonly (readonly [string, string])[] = [
    ["dropped.txt", "one"],
    ["pasted.txt", "two"],
  ];
  for (const [address, field] of [
    ["/messages/new", "#compose"],
    ["/expenses/new", "textarea"],
  ] as const) {
    await page.goto(`${relay.url}${address}`);
    await unlock(page, ANA.passphrase);
    await page.locator(field).first().waitFor();
    expect(await give("drop", field, picked[0] ?? ["", ""])).toBe(true);
    expect(await give("paste", field, picked[1] ?? ["", ""])).toBe(true);
    await expect(files(page).getByRole("listitem")).toHaveText([/^dropped\.txt/, /^pasted\.txt/], PATIENCE);
    expect(await give("drop", "h1", ["stray.txt", "three"])).toBe(true);
    await expect(files(page).getByRole("listitem")).toHaveCount(2);
  }
  for (const kind of ["drop", "paste"] as const) {
    await page.goto(`${relay.url}/verify`);
    await page.getByRole("button", { name: "Choose a snapshot file" }).waitFor();
    expect(await give("drop", "h1", ["stray.txt", "three"])).toBe(true);
    await expect(page.getByRole("alert")).toHaveCount(0);
    expect(await give(kind, kind === "drop" ? ".cs-drop" : "body", ["broken.zip", "no snapshot"])).toBe(true);
    await expect(page.getByRole("alert")).toBeVisible(PATIENCE);
  }
});

test("[incoming] nothing of it is found on the disk", async () => {
  await context.close();
  await relay.stop();
  const words = [FIRST, SECOND, LOST].flatMap(({ text, file, contents }) => [text, file, contents]);
  expect(findPlanted(profile, words)).toEqual([]);
  expect(findPlanted(relay.dataDir, words)).toEqual([]);
});
