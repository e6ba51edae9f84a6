/**
 * What a person sees of a job in the app: its bar, and how it stops. What runs in the page names no function inside: the compiler would have it call a
 * helper that the page does not have.
 */
import type { Page } from "@playwright/test";

/** What the bar of a job did. */
export interface Bar {
  /** How often it was seen farther than before. */
  readonly moves: number;
  /** The longest that it stood at one place, from its appearing to its going, ms. */
  readonly longestStillMs: number;
  /** By how much it ever fell back, as a part of the whole. */
  readonly fellBack: number;
}

interface Watch {
  moves: number;
  longestStillMs: number;
  fellBack: number;
  /** Where it stands, 0 to 100, and since when; undefined before there is one. */
  at: number | undefined;
  since: number;
}

/** Begins to look at the page's bar. Runs in the page. */
function begin(): void {
  const seen: Watch = { moves: 0, longestStillMs: 0, fellBack: 0, at: undefined, since: 0 };
  const observer = new MutationObserver(() => {
    const bar = document.querySelector("[role=progressbar]");
    const value = bar === null ? undefined : Number(bar.getAttribute("aria-valuenow"));
    if (value === seen.at) return;
    const now = performance.now();
    if (seen.at !== undefined) seen.longestStillMs = Math.max(seen.longestStillMs, now - seen.since);
    if (seen.at !== undefined && value !== undefined) {
      if (value > seen.at) seen.moves += 1;
      seen.fellBack = Math.max(seen.fellBack, (seen.at - value) / 100);
    }
    seen.at = value;
    seen.since = now;
  });
  observer.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-valuenow"] });
  Reflect.set(globalThis, "barSeen", { seen, observer });
}

/** Says what was seen since. Runs in the page. */
function end(): Bar {
  const { seen, observer } = Reflect.get(globalThis, "barSeen") as { seen: Watch; observer: MutationObserver };
  observer.disconnect();
  return { moves: seen.moves, longestStillMs: seen.longestStillMs, fellBack: seen.fellBack };
}

/** What the bar does while `act` is under way. */
export async function barDuring(page: Page, act: () => Promise<void>): Promise<Bar> {
  await page.evaluate(begin);
  await act();
  return page.evaluate(end);
}

/** How a job was stopped. */
export interface Stopped {
  /** Where the bar stood, as a part of the whole. */
  readonly at: number;
  /** From the press to the sentence that it has stopped. */
  readonly ms: number;
}

/** Presses a button and waits for a sentence. Runs in the page, so that nothing on the way to it counts. Null where the button is gone. */
function press({ name, said, limit }: { readonly name: string; readonly said: string; readonly limit: number }): Promise<Stopped | null> {
  const button = [...document.querySelectorAll("button")].find((b) => b.textContent.trim() === name);
  if (!button) return Promise.resolve(null);
  const at = Number(document.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow") ?? 0) / 100;
  const began = performance.now();
  return new Promise((done) => {
    const late = setTimeout(() => done(null), limit);
    new MutationObserver((_, observer) => {
      if (!document.body.textContent.includes(said)) return;
      observer.disconnect();
      clearTimeout(late);
      done({ at, ms: performance.now() - began });
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
    button.click();
  });
}

/** Undefined where the job was done before it could be stopped, or did not stop within the limit. */
export async function stopNow(page: Page, name: string, said: string, limit: number): Promise<Stopped | undefined> {
  return (await page.evaluate(press, { name, said, limit })) ?? undefined;
}
