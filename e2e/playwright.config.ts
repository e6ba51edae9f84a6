import { defineConfig } from "@playwright/test";

/** Specs that look at screens with an in-memory replica behind them: light, and each test stands alone. */
const SCREENS = /(axe|keyboard)\.spec\.ts$/;

/**
 * Each spec starts its own relay and browsers (src/), so there is no web server here. Two workers, for the machine that must pass has two
 * cores; one of them at most runs stories, where a relay, two browsers and a test already share a core and much of the time is waiting.
 */
export default defineConfig({
  timeout: 90_000,
  expect: { timeout: 15_000 },
  workers: 2,
  // A test that passes only the second time has failed.
  retries: 0,
  forbidOnly: process.env["CI"] !== undefined,
  outputDir: "test-results",
  reporter: [["list"]],
  use: { trace: "off" },
  globalSetup: "./src/testBuild.ts",
  testDir: "./tests",
  projects: [
    { name: "stories", testIgnore: SCREENS, workers: 1 },
    { name: "screens", testMatch: SCREENS, fullyParallel: true },
  ],
});
