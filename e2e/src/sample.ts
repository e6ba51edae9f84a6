import type { Page } from "@playwright/test";

export interface SampleSize {
  readonly years: number;
  readonly seed: number;
  /** Repeats lines of the history until there are so many. */
  readonly lines?: number;
}

/** Makes the sample household that this page opens one of another size: the app itself offers one size. Before the page is loaded. */
export async function chooseSample(page: Page, size: SampleSize): Promise<void> {
  await page.addInitScript((chosen: SampleSize) => {
    const send = Reflect.get(Worker.prototype, "postMessage") as (this: Worker, message: unknown) => void;
    Worker.prototype.postMessage = function (this: Worker, message: unknown): void {
      const call = message as { method?: string; args?: unknown[] };
      send.call(this, call.method === "openSample" ? { ...call, args: [chosen] } : message);
    } as Worker["postMessage"];
  }, size);
}

/** Opens the sample from the start screen. */
export async function openSample(page: Page, url: string, timeout: number): Promise<void> {
  await page.goto(`${url}/start`);
  await page.getByText("Look at a sample household").click();
  await page.getByText("made up").waitFor({ timeout });
}
