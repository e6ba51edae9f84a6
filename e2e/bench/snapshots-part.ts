/**
 * Snapshots in the app: a generated household's vault in a real Chromium, all of it exported and the file checked there, without and with printed pages;
 * then both stopped at random times, and the page for the lawyer opened from a folder. A year stands beside ten, so that it can be read what grows with the record. It throws where a check fails.
 */
import { statSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { firstScreen, inBrowser, openLocked, PASSPHRASE, unlock, WAIT, type InBrowser } from "./browser/profile.ts";
import { barDuring, stopNow, type Bar, type Stopped } from "./browser/progress.ts";
import { busyOf, traced, type Busy } from "./browser/trace.ts";
import { viewerPhases, type ViewerPhase } from "./browser/viewer.ts";
import { cpuSeconds, forgetPeak, peakBytes, residentBytes } from "./proc.ts";
import { sayWhy } from "./why.ts";

export interface SnapshotPhase extends Busy {
  readonly what: string;
  /** From the press to the result on the screen. */
  readonly wallMs: number;
  /** Of the page's process, its worker in it. */
  readonly cpuMs: number;
  readonly beforeBytes: number;
  readonly peakBytes: number;
  readonly bar: Bar;
}

export interface SnapshotStop extends Stopped {
  readonly what: string;
}

interface Found {
  readonly phases: SnapshotPhase[];
  readonly stops: SnapshotStop[];
  /** The page for the lawyer that is in the file. */
  readonly viewer: ViewerPhase[];
  /** Bytes of the file, without and with printed pages. */
  readonly sizes: number[];
}

export interface SnapshotYears extends Readonly<Found> {
  readonly years: number;
  /** Why there is no more. */
  readonly failure?: string;
}

/** Times that each job is stopped, each in another part of its way. */
const STOPS = 3;
const STOPPED = "Stopped. Nothing was changed.";

export async function snapshotsPart(years: readonly number[], say: (line: string) => void): Promise<SnapshotYears[]> {
  const parts: SnapshotYears[] = [];
  for (const n of years) {
    const found: Found = { phases: [], stops: [], viewer: [], sizes: [] };
    const tell = (line: string): void => say(`snapshots in the app, ${String(n)} sample years, ${line}`);
    tell("a vault is made and put into a profile");
    try {
      await inBrowser({ years: n, grown: { records: 0 } }, async (browser) => {
        const bench = await Bench.begin(browser, found, tell);
        await bench.make(false);
        const made = await bench.make(true);
        await bench.stopBoth(made);
        await bench.view(made);
      });
      parts.push({ years: n, ...found });
    } catch (problem) {
      tell(`no further result (${sayWhy(problem)})`);
      parts.push({ years: n, ...found, failure: sayWhy(problem) });
    }
  }
  return parts;
}

interface Made {
  readonly file: string;
  /** How long it took to make and to check, ms. */
  readonly madeIn: number;
  readonly checkedIn: number;
}

class Bench {
  readonly #browser: InBrowser;
  readonly #page: Page;
  readonly #pid: number;
  readonly #found: Found;
  readonly #say: (line: string) => void;

  private constructor(browser: InBrowser, pid: number, found: Found, say: (line: string) => void) {
    this.#browser = browser;
    this.#page = browser.page;
    this.#pid = pid;
    this.#found = found;
    this.#say = say;
  }

  static async begin(browser: InBrowser, found: Found, say: (line: string) => void): Promise<Bench> {
    const { page, cdp } = browser;
    await openLocked(browser);
    // The trace says which process is the page's.
    const { pid } = await traced(cdp, page, async () => {
      await unlock(page);
      await firstScreen(page);
    });
    return new Bench(browser, pid, found, say);
  }

  async make(withPages: boolean): Promise<Made> {
    const page = this.#page;
    const how = withPages ? "with printed pages" : "without pages";
    await this.#choose(withPages);
    await this.#askToMake();
    const ready = page.getByRole("heading", { name: "The snapshot is ready", exact: true });
    const exported = await this.#phase(`export everything, ${how}`, this.#dialogButton(), ready);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save the file", exact: true }).click();
    const file = await (await download).path();
    this.#found.sizes.push(statSync(file).size);
    const check = page.getByRole("button", { name: "Check it as your lawyer would" });
    const verdict = page.getByRole("heading", { name: "Verdict", exact: true });
    const checked = await this.#phase(`check it, ${how}`, check, verdict);
    if ((await page.locator("section[aria-labelledby=verdict] [data-tone=bad]").count()) > 0) throw new Error("the snapshot does not hold");
    return { file, madeIn: exported.wallMs, checkedIn: checked.wallMs };
  }

  /** Stops making and checking of what was made, with pages. */
  async stopBoth({ file, madeIn, checkedIn }: Made): Promise<void> {
    const page = this.#page;
    const stop = async (what: string, begin: () => Promise<void>, button: string, wallMs: number): Promise<void> => {
      for (let n = 0; n < STOPS; n++) {
        await begin();
        await page.getByRole("progressbar").waitFor();
        // Not to the very end: it may be quicker this time.
        await page.waitForTimeout((0.7 * wallMs * (n + Math.random())) / STOPS);
        const stopped = await stopNow(page, button, STOPPED, WAIT);
        this.#say(
          `${what}, ${stopped ? `stopped at ${String(Math.round(100 * stopped.at))} % in ${String(Math.round(stopped.ms))} ms` : "was done before"}`,
        );
        if (stopped) this.#found.stops.push({ what, ...stopped });
      }
    };
    const makeAgain = async (): Promise<void> => {
      await this.#openNew();
      await this.#askToMake();
      await this.#dialogButton().click();
    };
    await stop("export with printed pages", makeAgain, "Stop", madeIn);
    const checkAgain = async (): Promise<void> => {
      await this.#openNew();
      await page.getByRole("link", { name: "Check a snapshot" }).first().click();
      await page.locator("input[type=file]").setInputFiles(file);
    };
    await stop("check with printed pages", checkAgain, "Stop checking", checkedIn);
  }

  /** Opens the page that is in the file, as a lawyer does. */
  async view({ file }: Made): Promise<void> {
    this.#found.viewer.push(...(await viewerPhases(file)));
    for (const { what, shownMs, longestCpuMs } of this.#found.viewer)
      this.#say(`verify.html, ${what}: ${String(Math.round(shownMs))} ms, longest task ${longestCpuMs.toFixed(1)} ms`);
  }

  /** Presses a button and waits for what it leads to. */
  async #phase(what: string, button: Locator, shown: Locator): Promise<SnapshotPhase> {
    const { page, cdp } = this.#browser;
    await cdp.send("HeapProfiler.collectGarbage");
    forgetPeak(this.#pid);
    const [beforeBytes, used] = [residentBytes(this.#pid), cpuSeconds(this.#pid)];
    let wallMs = 0;
    let bar: Bar | undefined;
    const { tasks } = await traced(cdp, page, async () => {
      bar = await barDuring(page, async () => {
        const began = performance.now();
        await button.click();
        await shown.waitFor();
        wallMs = performance.now() - began;
      });
    });
    if (!bar) throw new Error("the bar was not looked at");
    const cpuMs = 1_000 * (cpuSeconds(this.#pid) - used);
    const phase = { what, ...busyOf(tasks), wallMs, cpuMs, beforeBytes, peakBytes: peakBytes(this.#pid), bar };
    this.#found.phases.push(phase);
    this.#say(
      `${what}: ${String(Math.round(wallMs))} ms, longest task ${phase.longestCpuMs.toFixed(1)} ms, bar moved ${String(bar.moves)} times, longest still ${String(Math.round(bar.longestStillMs))} ms`,
    );
    return phase;
  }

  /** With everything chosen, and what will be in it looked through. */
  async #choose(withPages: boolean): Promise<void> {
    const page = this.#page;
    await this.#openNew();
    await page.getByLabel("Include messages marked as settlement talk").check();
    if (!withPages) await page.getByLabel("No PDF pages").check();
    // Nothing is left out once what is shown is of this choice; with pages it says how many.
    const preview = page.locator("section[aria-labelledby=preview]");
    await preview.getByText("Nothing is left out.").waitFor();
    if (withPages) await preview.getByText(/in print/).waitFor();
    else await preview.filter({ hasNotText: "in print" }).getByText("Nothing is left out.").waitFor();
  }

  /** The screen as it is when it is new: printed pages are chosen, and settlement talk is left out. */
  async #openNew(): Promise<void> {
    await this.#leave();
    await this.#page.getByRole("link", { name: "Exports" }).first().click();
  }

  async #leave(): Promise<void> {
    await this.#page.keyboard.press("Escape");
    await this.#page.getByRole("dialog").waitFor({ state: "detached" });
    await this.#page.getByRole("link", { name: "Today" }).first().click();
    await this.#page.locator("h1", { hasText: "Today" }).waitFor();
  }

  #dialogButton(): Locator {
    return this.#page.getByRole("dialog").getByRole("button", { name: "Make the snapshot", exact: true });
  }

  /** As far as the passphrase. */
  async #askToMake(): Promise<void> {
    await this.#page.getByRole("button", { name: "Make the snapshot", exact: true }).click();
    await this.#page.getByRole("dialog").locator("input").first().fill(PASSPHRASE);
  }
}
