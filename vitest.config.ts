import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const node = (name: string, include: string[]) => ({ test: { name, environment: "node" as const, include } });

export default defineConfig({
  test: {
    projects: [
      node("shared", ["shared/{src,node,test}/**/*.test.ts"]),
      node("relay", ["sync-server/{src,test}/**/*.test.ts"]),
      node("desktop", ["desktop/{src,test}/**/*.test.ts"]),
      node("tools", ["scripts/**/*.test.mjs", "e2e/src/**/*.test.ts"]),
      { plugins: [react()], test: { name: "web", environment: "happy-dom" as const, include: ["web/{src,test}/**/*.test.{ts,tsx}"] } },
    ],
    // Argon2id at its real cost and books of thousands of records take seconds on two slow cores; this is a stop for hangs, not a measure.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    coverage: { provider: "v8" },
  },
});
