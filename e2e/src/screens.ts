/**
 * Takes a picture of every screen in every state, narrow and wide, light and dark, into e2e/screens-out (not kept in git).
 * `npx tsx e2e/src/screens.ts [part of a name] [360|1280] [light|dark]`
 */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { CHROMIUM, CHROMIUM_ARGS } from "./browser.ts";
import { FAKE_ORIGIN, serveFake } from "./fakeServer.ts";
import { SHOTS } from "./screenList.ts";
import { openShot } from "./shots/shot.ts";
import ensureTestBuild from "./testBuild.ts";

const OUT = fileURLToPath(new URL("../screens-out/", import.meta.url));
const SIZES = [
  { width: 360, height: 740 },
  { width: 1280, height: 800 },
] as const;

const [part = "", onlyWidth = "", onlyScheme = ""] = process.argv.slice(2);
mkdirSync(OUT, { recursive: true });
ensureTestBuild();
const stop = await serveFake();
const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS });
let failed = 0;
try {
  for (const viewport of SIZES) {
    if (onlyWidth !== "" && onlyWidth !== String(viewport.width)) continue;
    for (const colorScheme of ["light", "dark"] as const) {
      if (onlyScheme !== "" && onlyScheme !== colorScheme) continue;
      for (const shot of SHOTS.filter((s) => s.name.includes(part))) {
        const context = await browser.newContext({
          viewport,
          colorScheme,
          locale: "en-GB",
          timezoneId: "Europe/London",
          reducedMotion: "reduce",
        });
        const page = await context.newPage();
        page.setDefaultTimeout(8_000);
        page.on("pageerror", (error) => {
          console.error(`${shot.name}: ${error.message}`);
        });
        page.on("console", (message) => {
          if (message.type() === "error") console.error(`${shot.name}: ${message.text()}`);
        });
        try {
          await openShot(page, FAKE_ORIGIN, shot);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
          if (wide) console.error(`${shot.name} ${String(viewport.width)}: scrolls sideways`);
          // A dialog stands in the window, not in the page.
          const full = !shot.name.endsWith("-long") && (await page.getByRole("dialog").count()) === 0;
          await page.screenshot({ path: `${OUT}${shot.name}-${String(viewport.width)}-${colorScheme}.png`, fullPage: full });
        } catch (error) {
          failed++;
          console.error(
            `${shot.name} ${String(viewport.width)} ${colorScheme}: ${error instanceof Error ? error.message.slice(0, 400) : "failed"}`,
          );
          await page.screenshot({ path: `${OUT}FAILED-${shot.name}.png` });
        }
        await context.close();
      }
    }
  }
} finally {
  await browser.close();
  stop();
}
process.exitCode = failed === 0 ? 0 : 1;
