import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

/** The script that the service worker loads first, in the web build. */
export const SHARE_WORKER = "share-worker.js";

/** Builds the part of the service worker that takes what other apps share, as one classic script. */
export function shareWorker(): Plugin {
  return {
    name: "countersign-share-worker",
    apply: "build",
    async generateBundle() {
      const output = await build({
        configFile: false,
        logLevel: "warn",
        publicDir: false,
        build: {
          write: false,
          target: ["chrome114", "firefox121", "safari17"],
          sourcemap: false,
          modulePreload: false,
          lib: { entry: fileURLToPath(new URL("src/incoming/share.worker.ts", import.meta.url)), formats: ["iife"], name: "share" },
        },
      });
      const [first] = Array.isArray(output) ? output : [output];
      const chunk = first && "output" in first ? first.output.find((o) => o.type === "chunk") : undefined;
      if (chunk?.type !== "chunk") throw new Error("the share worker was not built into one script");
      this.emitFile({ type: "asset", fileName: SHARE_WORKER, source: chunk.code });
    },
  };
}
