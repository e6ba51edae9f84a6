/** Pictures that a story keeps for a person to look at, beside those of all screens. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Page } from "@playwright/test";
import { ROOT } from "./paths.ts";

const FOLDER = path.join(ROOT, "e2e", "screens-out");

/** The whole page as it stands. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`), fullPage: true });
}
