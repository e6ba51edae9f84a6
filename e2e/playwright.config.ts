import { defineConfig } from "@playwright/test";

/**
 * Each spec starts its own relay and browsers (src/), so there is no web server here. One worker: the machine that must pass has two
 * cores, and a relay, two browsers and a test already share them.
 */
export default defineConfig({
  timeout: 90_000,
  expect: { timeout: 15_000 },
  workers: 1,
  // A test that passes only the second time has failed.
  retries: 0,
  forbidOnly: process.env["CI"] !== undefined,
  outputDir: "test-results",
  reporter: [["list"]],
  use: { trace: "off" },
  testDir: "./tests",
});
