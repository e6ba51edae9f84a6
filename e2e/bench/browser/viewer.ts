/** `verify.html` of a snapshot as a lawyer opens it: from a folder, in a browser of its own, with no network. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { chromium, type Page } from "@playwright/test";
import { openFileSource } from "@countersign/shared/node/file-io";
import { PATH } from "@countersign/shared/snapshot/paths";
import { openZip } from "@countersign/shared/snapshot/zip-read";
import { CHROMIUM, CHROMIUM_ARGS } from "../../src/browser.ts";
import { tempFolder } from "../../src/paths.ts";
import { peakBytes } from "../proc.ts";
import { WAIT } from "./profile.ts";
import { busyOf, traced, type Busy } from "./trace.ts";

export interface ViewerPhase extends Busy {
  readonly what: string;
  /** From the act to what it asked for. */
  readonly shownMs: number;
  /** The most that was resident so far in the page's process, its worker in it. */
  readonly peakBytes: number;
}

const COUNT = /^(?:One record|[\d,]+ records)$/;
const SCROLLS = 20;

/** Opens it, and does what somebody does who looks for something. Throws where the page does not say that the record holds. */
export async function viewerPhases(snapshot: string): Promise<ViewerPhase[]> {
  const folder = tempFolder("bench-viewer");
  const file = path.join(folder, PATH.viewer);
  mkdirSync(path.dirname(file));
  writeFileSync(file, await viewerOf(snapshot));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS });
  try {
    const context = await browser.newContext({ offline: true });
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT);
    const cdp = await context.newCDPSession(page);
    const phases: ViewerPhase[] = [];
    const phase = async (what: string, act: () => Promise<unknown>): Promise<void> => {
      let shownMs = 0;
      const { tasks, pid } = await traced(cdp, page, async () => {
        const began = performance.now();
        await act();
        shownMs = performance.now() - began;
      });
      phases.push({ what, ...busyOf(tasks), shownMs, peakBytes: peakBytes(pid) });
    };
    await phase("open, to the verdict and the record", async () => {
      await page.goto(`file://${file}`);
      await page.getByText(COUNT).waitFor();
    });
    await page.getByText("Complete in its scope: Good").waitFor();
    await phase("show expenses alone", () => counted(page, () => page.getByLabel("Kind").selectOption({ label: "Expenses" })));
    await phase("show all again", () => counted(page, () => page.getByLabel("Kind").selectOption({ index: 0 })));
    await phase("search for a word", () => counted(page, () => page.getByLabel("Search").fill("school")));
    await phase("empty the search", () => counted(page, () => page.getByLabel("Search").fill("")));
    await phase(`scroll ${String(SCROLLS)} screens`, async () => {
      for (let n = 0; n < SCROLLS; n++) {
        await page.mouse.wheel(0, 700);
        await page.waitForTimeout(50);
      }
    });
    return phases;
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Until another number of records is shown. */
async function counted(page: Page, act: () => Promise<unknown>): Promise<void> {
  const before = await page.getByText(COUNT).innerText();
  await act();
  await page
    .getByText(COUNT)
    .filter({ hasNotText: new RegExp(`^${before}$`) })
    .waitFor();
}

async function viewerOf(snapshot: string): Promise<Uint8Array> {
  const source = await openFileSource(snapshot);
  if (!source.ok) throw new Error(source.error.code);
  try {
    const zip = await openZip(source.value);
    const page = zip.ok ? await zip.value.read(PATH.viewer) : undefined;
    if (!page) throw new Error("the snapshot has no verify.html");
    return page;
  } finally {
    await source.value.close();
  }
}
