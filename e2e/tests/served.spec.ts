import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { CONTENT_SECURITY_POLICY } from "@countersign/shared/base/csp";
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { launchBrowser } from "../src/browser.ts";
import { ROOT } from "../src/paths.ts";
import { startRelay, type Relay } from "../src/relay.ts";

test.describe("the web app, served by a relay", () => {
  let relay: Relay;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  test.beforeAll(async () => {
    relay = await startRelay();
    context = await launchBrowser();
    page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
  });
  test.afterAll(async () => {
    await context.close();
    await relay.stop();
  });

  test("[served] opens, with the policy and without a complaint of the browser", async () => {
    const response = await page.goto(relay.url);
    expect(response?.headers()["content-security-policy"]).toBe(CONTENT_SECURITY_POLICY);
    await expect(page).toHaveURL(`${relay.url}/start`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(complaints).toEqual([]);
  });

  test("[served] text never becomes code", async () => {
    const tried = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          // Inside a timer: what evaluate runs directly is exempt from the policy.
          setTimeout(() => {
            try {
              (globalThis as unknown as Record<string, (text: string) => unknown>)["eval"]?.("1");
              resolve("ran");
            } catch (error) {
              resolve(error instanceof Error ? error.name : "refused");
            }
          }, 0);
        }),
    );
    expect(tried).toBe("EvalError");
  });

  test("[served] can be installed", async () => {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const cdp = await context.newCDPSession(page);
    const { installabilityErrors } = await cdp.send("Page.getInstallabilityErrors");
    expect(installabilityErrors).toEqual([]);
  });

  test("[served] opens again with the relay gone, at any of its addresses", async () => {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await relay.kill();
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.goto(`${relay.url}/verify`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await relay.restart();
    expect((await fetch(relay.url)).status).toBe(200);
  });

  test("[npm start] says in one sentence that a port is taken", async () => {
    const started = spawn(process.execPath, [path.join(ROOT, "scripts", "start.mjs"), "--port", String(relay.port)], { stdio: "pipe" });
    let said = "";
    for (const stream of [started.stdout, started.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(started, "close")) as [number | null];
    expect(said.trim()).toBe(`Port ${relay.port} is used by another program. Give another one: npm start -- --port ${relay.port + 1}`);
    expect(code).toBe(1);
  });
});
