import type { BrowserContext } from "@playwright/test";
import type { Relay } from "./relay.ts";

/** Ends what a story had started, also where it failed before all of it was. */
export async function stopAll(browsers: readonly (BrowserContext | undefined)[], relays: readonly (Relay | undefined)[]): Promise<void> {
  for (const browser of browsers) await browser?.close().catch(() => undefined);
  for (const relay of relays) await relay?.kill();
}
