import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { DesktopApi } from "@countersign/shared/base/desktop";
import { AUTHORITY_PATH } from "@countersign/shared/base/desktop";
import { CONTENT_SECURITY_POLICY } from "@countersign/shared/base/csp";
import { serveAuthority } from "../../shared/test/time-stamp-authority.ts";
import { expect, test, type ElectronApplication, type Page } from "@playwright/test";
import { choosePlace, launchDesktop, plainApp, startAgain, type Desktop } from "../src/desktop.ts";
import { ROOT, tempFolder } from "../src/paths.ts";

declare global {
  interface Window {
    readonly countersignDesktop?: DesktopApi;
  }
}

const names = (page: Page): Promise<readonly [string, number][]> =>
  page.evaluate(async () =>
    ((await window.countersignDesktop?.takeOpened()) ?? []).map((file) => [file.name, file.size] as [string, number]),
  );

test.describe("the desktop app", () => {
  let app: ElectronApplication;
  let page: Page;
  let desktop: Desktop;

  test.beforeAll(async () => {
    desktop = await launchDesktop({ appFolder: plainApp() });
    app = desktop.app;
    page = await app.firstWindow();
    await page.waitForLoadState();
  });
  test.afterAll(async () => {
    await app.close();
  });

  test("[desktop] serves its page on its own scheme, with the policy", async () => {
    expect(page.url()).toMatch(/^app:\/\/local\//);
    const policy = await page.evaluate(async () => (await fetch("/index.html")).headers.get("content-security-policy"));
    expect(policy).toBe(CONTENT_SECURITY_POLICY);
  });

  test("[desktop] the page has nothing of Node or Electron", async () => {
    const found = await page.evaluate(() => ({
      node: ["require", "process", "Buffer", "module", "__dirname", "global"].filter((name) => name in globalThis),
      secure: isSecureContext,
      origin: location.origin,
      api: Object.keys(window.countersignDesktop ?? {}).sort(),
    }));
    expect(found).toEqual({
      node: [],
      secure: true,
      origin: "app://local",
      api: ["about", "authority", "away", "keyStore", "openedSnapshots", "saving", "takeOpened", "versions"],
    });
  });

  test("[desktop] what an app of this kind needs works on the scheme", async () => {
    const works = await page.evaluate(async () => {
      const opened = await new Promise<boolean>((resolve) => {
        const request = indexedDB.open("probe");
        request.onsuccess = () => resolve(true);
        request.onerror = () => resolve(false);
      });
      const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(1));
      const wasm = await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
      return [opened, digest.byteLength, wasm instanceof WebAssembly.Module, typeof SharedWorker, typeof navigator.locks.request];
    });
    expect(works).toEqual([true, 32, true, "function", "function"]);
  });

  test("[desktop] text never becomes code", async () => {
    // Inside a timer: what evaluate runs directly is exempt from the policy.
    const tried = await page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          setTimeout(() => {
            const results: string[] = [];
            // Named by text, so that neither the bundler nor a linter reads them as our own calls.
            const evaluators = globalThis as unknown as Record<"eval" | "Function", (text: string) => unknown>;
            for (const name of ["eval", "Function"] as const) {
              try {
                evaluators[name]("1");
                results.push("ran");
              } catch (error) {
                results.push(error instanceof Error ? error.name : "refused");
              }
            }
            resolve(results);
          }, 0);
        }),
    );
    expect(tried).toEqual(["EvalError", "EvalError"]);
  });

  test("[desktop] the page can't go elsewhere, open a window or embed one", async () => {
    const before = page.url();
    const opened = await page.evaluate(() => {
      location.href = "https://example.invalid/";
      return window.open("https://example.invalid/") === null;
    });
    expect(opened).toBe(true);
    await page.evaluate(() => {
      const link = document.createElement("a");
      link.href = "file:///etc/passwd";
      document.body.append(link);
      link.click();
      link.remove();
    });
    await expect.poll(() => page.evaluate(() => document.readyState)).toBe("complete");
    expect(page.url()).toBe(before);
    expect(app.windows()).toHaveLength(1);
    const contents = await app.evaluate(
      ({ webContents }) => webContents.getAllWebContents().filter((one) => one.getType() !== "remote").length,
    );
    expect(contents).toBe(1);
  });

  test("[desktop] asks of the computer are refused unless the table allows them", async () => {
    const states = await page.evaluate(async () => {
      const asked: Record<string, string> = {};
      for (const name of ["geolocation", "notifications", "midi"])
        asked[name] = (await navigator.permissions.query({ name: name as PermissionName })).state;
      asked["notification"] = await Notification.requestPermission();
      for (const kind of ["audio", "video"]) {
        asked[kind] = await navigator.mediaDevices.getUserMedia({ [kind]: true }).then(
          () => "granted",
          (error: unknown) => (error instanceof DOMException ? error.name : "?"),
        );
      }
      return asked;
    });
    expect(states).toEqual({
      geolocation: "denied",
      notifications: "denied",
      midi: "denied",
      notification: "denied",
      audio: "NotAllowedError",
      video: "granted",
    });
  });

  test("[desktop] a second start hands over its snapshot and ends", async () => {
    const folder = tempFolder("second");
    writeFileSync(path.join(folder, "second.countersign.zip"), "12345");
    await names(page);
    await page.evaluate(() => {
      const arrivals = globalThis as { arrived?: number };
      arrivals.arrived = 0;
      window.countersignDesktop?.openedSnapshots(() => (arrivals.arrived = (arrivals.arrived ?? 0) + 1));
    });
    expect(await startAgain(desktop, ["second.countersign.zip"], folder)).toBe(0);
    await expect.poll(() => page.evaluate(() => (globalThis as { arrived?: number }).arrived)).toBe(1);
    expect(await names(page)).toEqual([["second.countersign.zip", 5]]);
    expect(await names(page)).toEqual([]);
  });

  test("[auto-lock] the page is told when the computer goes to sleep and when its screen is locked", async () => {
    await page.evaluate(() => {
      const told = globalThis as { away?: number };
      told.away = 0;
      window.countersignDesktop?.away(() => (told.away = (told.away ?? 0) + 1));
    });
    const away = (): Promise<number | undefined> => page.evaluate(() => (globalThis as { away?: number }).away);
    await app.evaluate(({ powerMonitor }) => powerMonitor.emit("suspend"));
    await expect.poll(away).toBe(1);
    await app.evaluate(({ powerMonitor }) => powerMonitor.emit("lock-screen"));
    await expect.poll(away).toBe(2);
  });

  test("[desktop] saves where the person says, and nowhere when they cancel", async () => {
    const file = path.join(tempFolder("save"), "chosen.zip");
    await choosePlace({ app }, file);
    const said = await page.evaluate(async () => {
      const saving = window.countersignDesktop?.saving;
      const begun = await saving?.begin("b.zip");
      if (begun === undefined || typeof begun === "string") return [begun];
      const answers: unknown[] = [];
      for (const piece of [[4], [5, 6]]) answers.push(await saving?.write(begun.save, new Uint8Array(piece)));
      return [...answers, await saving?.finish(begun.save)];
    });
    expect(said).toEqual([undefined, undefined, undefined]);
    expect([...readFileSync(file)]).toEqual([4, 5, 6]);
    await app.evaluate(({ dialog }) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: true, filePath: "" });
    });
    expect(await page.evaluate(() => window.countersignDesktop?.saving.begin("a.zip"))).toBeUndefined();
    expect([...readFileSync(file)]).toEqual([4, 5, 6]);
  });

  test("[desktop] asks the time-stamp authority that is set, by way of its own scheme", async () => {
    const served = await serveAuthority((request) => Promise.resolve(request.map((b) => b ^ 1)));
    try {
      const said = await page.evaluate(
        async ([address, place]) => {
          const { authority } = window.countersignDesktop ?? {};
          const status = async (): Promise<number> => (await fetch(place)).status;
          const before = await status();
          const kept = [await authority?.set("file:///etc/passwd"), await authority?.set(address), await authority?.get()];
          const answer = await fetch(place, { method: "POST", body: new Uint8Array([6, 7]) });
          const bytes = [...new Uint8Array(await answer.arrayBuffer())];
          return [before, ...kept, bytes, await authority?.set(undefined), await status()];
        },
        [served.address, AUTHORITY_PATH] as const,
      );
      expect(said).toEqual([404, false, true, served.address, [7, 6], true, 404]);
    } finally {
      await served.close();
    }
  });

  test("[desktop] a malformed message is refused", async () => {
    const refused = await page.evaluate(async () => {
      const saving = window.countersignDesktop?.saving as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
      const keys = window.countersignDesktop?.keyStore as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
      const attempts = [
        () => saving["begin"]?.(""),
        () => saving["begin"]?.({ path: "/etc/passwd" }),
        () => saving["write"]?.("1", "text"),
        () => keys["seal"]?.(new Uint8Array(31)),
      ];
      const answers: string[] = [];
      for (const attempt of attempts) answers.push((await attempt()?.then(() => "done", String)) ?? "no such call");
      return answers;
    });
    for (const answer of refused) expect(answer).toContain("refused: malformed message");
  });

  test("[desktop] without a real keyring no key is sealed", async () => {
    const real = await app.evaluate(({ safeStorage }) => {
      // The name of the older Electron's call; the types know the newer one's.
      const store = safeStorage as unknown as { getSelectedStorageBackend?: () => string };
      return !["basic_text", "unknown", undefined].includes(store.getSelectedStorageBackend?.());
    });
    const answers = await page.evaluate(async () => {
      const keys = window.countersignDesktop?.keyStore;
      return [await keys?.available(), (await keys?.seal(new Uint8Array(32))) !== undefined];
    });
    expect(answers).toEqual([real, real]);
  });
});

test("[desktop] a snapshot given as an argument waits for the page", async () => {
  const folder = tempFolder("argument");
  mkdirSync(path.join(folder, "sub"));
  const file = path.join(folder, "sub", "first.zip");
  writeFileSync(file, "123");
  const { app } = await launchDesktop({ appFolder: plainApp(), files: [file] });
  try {
    const page = await app.firstWindow();
    await page.waitForLoadState();
    expect(await names(page)).toEqual([["first.zip", 3]]);
  } finally {
    await app.close();
  }
});

test("[desktop] the web app runs in it, and breaks no rule of the policy", async () => {
  const { app } = await launchDesktop();
  try {
    const page = await app.firstWindow();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    // From the start again: the first load may have been over before anyone listened.
    await page.reload();
    await expect(page).toHaveURL("app://local/start");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(complaints).toEqual([]);
  } finally {
    await app.close();
  }
});

test("[desktop] the menu bar opens a snapshot, says what version this is, and can't begin the page again", async () => {
  const { app } = await launchDesktop();
  try {
    const page = await app.firstWindow();
    await expect(page).toHaveURL("app://local/start");
    const items = await app.evaluate(({ Menu }) => {
      const below = (menu: Electron.Menu | null | undefined): Electron.MenuItem[] =>
        menu?.items.flatMap((one) => [one, ...below(one.submenu)]) ?? [];
      return below(Menu.getApplicationMenu()).map(({ label, role, accelerator }) => ({
        label,
        role: String(role),
        keys: String(accelerator),
      }));
    });
    expect(items.map(({ label }) => label)).toEqual(expect.arrayContaining(["File", "Open snapshot…", "Edit", "View", "Window", "Help"]));
    expect(items.find(({ label }) => label === "Open snapshot…")?.keys).toBe("CmdOrCtrl+O");
    expect(items.filter(({ role }) => /reload|devtools/i.test(role))).toEqual([]);

    const press = (id: string): Promise<void> =>
      app.evaluate(({ Menu }, name) => {
        Menu.getApplicationMenu()?.getMenuItemById(name)?.click();
      }, id);
    await press("about");
    await expect(page.locator("h1")).toHaveText("About this app");
    const whole = path.join(ROOT, "docs", "example", "whole.zip");
    await app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    }, whole);
    await press("open");
    await expect(page).toHaveURL("app://local/verify");
    await expect(page.getByText(/^Unchanged: Good/)).toBeVisible({ timeout: 120_000 });
    // Whoever thinks better of it stays where they are.
    await page.goto("app://local/start");
    await app.evaluate(({ dialog }) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: true, filePaths: [] });
    });
    await press("open");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page).toHaveURL("app://local/start");
  } finally {
    await app.close();
  }
});

test("[desktop] a file opened with the app is looked at, the next one too", async () => {
  test.setTimeout(300_000);
  const folder = tempFolder("opened");
  const file = path.join(folder, "broken.countersign.zip");
  writeFileSync(file, "no zip");
  const desktop = await launchDesktop({ files: [file] });
  try {
    const page = await desktop.app.firstWindow();
    await expect(page).toHaveURL("app://local/verify");
    const problem = page.getByRole("alert");
    await expect(problem).toBeVisible();
    await page.goto("app://local/start");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(problem).toBeHidden();
    expect(await startAgain(desktop, [file], folder)).toBe(0);
    await expect(page).toHaveURL("app://local/verify");
    await expect(problem).toBeVisible();
    // A good one, read where it lies.
    await page.goto("app://local/start");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(await startAgain(desktop, [path.join(ROOT, "docs", "example", "whole.zip")], folder)).toBe(0);
    await expect(page.getByText(/^Unchanged: Good/)).toBeVisible({ timeout: 120_000 });
    // One that is larger than any memory it could be put into, which takes no room on the disk.
    await page.goto("app://local/start");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const large = path.join(folder, "large.countersign.zip");
    writeFileSync(large, "");
    truncateSync(large, 6 * 1024 ** 3);
    const memory = (): Promise<number> =>
      desktop.app.evaluate(({ app }) => app.getAppMetrics().reduce((kilobytes, one) => kilobytes + one.memory.workingSetSize, 0));
    const before = await memory();
    expect(await startAgain(desktop, [large], folder)).toBe(0);
    await expect(page).toHaveURL("app://local/verify");
    await expect(problem).toBeVisible();
    expect((await memory()) - before).toBeLessThan(512 * 1024);
  } finally {
    await desktop.app.close();
  }
});
