import { builtinModules } from "node:module";
import { defineConfig } from "vite";

/** Bundles main and preload as CommonJS, which every Electron loads; a sandboxed preload can load nothing else. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    target: "node18",
    outDir: "build",
    emptyOutDir: true,
    minify: false,
    ssr: true,
    rolldownOptions: {
      input: { main: "src/main.ts", preload: "src/preload.ts" },
      external: ["electron", ...builtinModules, ...builtinModules.map((name) => `node:${name}`)],
      output: { format: "cjs", entryFileNames: "[name].cjs" },
    },
  },
  ssr: { noExternal: true },
});
