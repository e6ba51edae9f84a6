import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Argon2id at its real cost and books of thousands of records take seconds on two slow cores; this is a stop for hangs, not a measure.
// Projects do not take these from the root.
const LIMIT = { testTimeout: 30_000, hookTimeout: 30_000 };
/** The simulator runs hundreds of schedules in one test. */
const SIM_LIMIT = { testTimeout: 900_000, hookTimeout: 120_000 };

const node = (name: string, include: string[], more: object = LIMIT) => ({
  test: { name, environment: "node" as const, include, ...more },
});

export default defineConfig({
  test: {
    projects: [
      // shared has no state of its own beside a WebAssembly that is ready: its files share one, and need half the time.
      node("shared", ["shared/{src,node,test}/**/*.test.ts"], { ...LIMIT, isolate: false }),
      node("relay", ["sync-server/{src,test}/**/*.test.ts"]),
      node("desktop", ["desktop/{src,test}/**/*.test.ts"]),
      node("tools", ["scripts/**/*.test.mjs", "e2e/src/**/*.test.ts"]),
      node("sim", ["e2e/sim/**/*.test.ts"], SIM_LIMIT),
      {
        plugins: [react()],
        test: { ...LIMIT, name: "web", environment: "happy-dom" as const, include: ["web/{src,test}/**/*.test.{ts,tsx}"] },
      },
    ],
    // As many files at once as there are cores: the default leaves one for the terminal, half of a small machine.
    maxWorkers: "100%",
    coverage: { provider: "v8" },
  },
});
