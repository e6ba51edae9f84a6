import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { filesList } from "./web/files-list.config.ts";
import { SHARE_WORKER, shareWorker } from "./web/share-worker.config.ts";
import { viewerPage } from "./web/viewer.config.ts";
import { PAGE_HEADERS } from "./shared/src/base/csp.ts";
import { SHARE_ADDRESS } from "./shared/src/base/incoming.ts";
import { FAMILIES } from "./shared/src/snapshot/pdf/ports.ts";

/** Fonts of scripts that most records never need. */
const OTHER_SCRIPTS = [...FAMILIES.filter((family) => family !== "noto-sans"), "noto-sans-devanagari"];

/** Builds the web app from web/ into web/dist. The relay serves that folder, and the desktop app copies it. */
export default defineConfig({
  root: fileURLToPath(new URL("./web", import.meta.url)),
  plugins: [
    react(),
    viewerPage(),
    shareWorker(),
    filesList(),
    VitePWA({
      // The person decides when an update takes effect: it must never reload a page in which something is being written.
      registerType: "prompt",
      injectRegister: false,
      strategies: "generateSW",
      manifest: {
        id: "/",
        name: "Countersign",
        short_name: "Countersign",
        description: "The shared record of two separated parents.",
        lang: "en",
        start_url: "/",
        scope: "/",
        display: "standalone",
        background_color: "#fbfaf8",
        theme_color: "#17616b",
        icons: [
          { src: "icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "icon-512.png", sizes: "512x512", type: "image/png" },
          { src: "icon-512-maskable.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
        share_target: {
          action: SHARE_ADDRESS,
          method: "POST",
          enctype: "multipart/form-data",
          params: { title: "title", text: "text", url: "url", files: [{ name: "files", accept: ["*/*"] }] },
        },
      },
      workbox: {
        // Everything that a page, a worker or a PDF needs is in the cache after the first visit, the wasm too.
        globPatterns: ["**/*.{js,mjs,css,html,wasm,svg,png,woff2,webmanifest}", "files.txt"],
        // Letters for the PDF pages of exports: the common ones at once, the other scripts when a record needs them.
        globIgnores: ["**/node_modules/**", ...OTHER_SCRIPTS.map((name) => `**/${name}-*.woff2`)],
        runtimeCaching: [
          {
            urlPattern: /\/assets\/noto-[^/]+\.woff2$/,
            handler: "CacheFirst",
            options: { cacheName: "letters", cacheableResponse: { statuses: [200] } },
          },
        ],
        maximumFileSizeToCacheInBytes: 12 * 1024 * 1024,
        importScripts: [SHARE_WORKER],
        navigateFallback: "/index.html",
        // The relay's own paths are never answered from the cache.
        navigateFallbackDenylist: [/^\/v1\//, /^\/metrics/, /^\/health/],
        cleanupOutdatedCaches: true,
        // Also the page that brought it in: whoever comes once to check a snapshot may be without a network a minute later.
        clientsClaim: true,
      },
    }),
  ],
  worker: { format: "es" },
  build: {
    // Chrome 114 is the oldest engine that the desktop tests run on.
    target: ["chrome114", "firefox121", "safari17"],
    outDir: "dist",
    emptyOutDir: true,
    sourcemap: false,
    modulePreload: { polyfill: false },
    // A file inlined as data: would need a wider policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
  },
  server: { host: "127.0.0.1" },
  preview: { host: "127.0.0.1", port: 4173, strictPort: true, headers: PAGE_HEADERS },
});
