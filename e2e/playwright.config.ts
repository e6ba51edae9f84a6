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
  projects: [
    { name: "e2e", testDir: "./tests" },
    // Pictures of the screens for people to look at (npm run screens); they prove nothing by themselves, so npm test leaves them out.
    ...(process.argv.includes("screens") ? [{ name: "screens", testDir: "./screens" }] : []),
  ],
});
