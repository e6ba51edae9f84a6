import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

/**
 * Builds data/verify.html's template and puts it into the web build as `viewer.html`: one file, everything inlined, with a policy that lets this
 * one script and this one style run and nothing be loaded. The same sources give the same bytes.
 */
export function viewerPage(): Plugin {
  return {
    name: "countersign-viewer",
    apply: "build",
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: "viewer.html", source: await viewerTemplate() });
    },
  };
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

async function viewerTemplate(): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: "warn",
    // Nothing is found by the script's own address: it has none.
    define: { "import.meta.url": JSON.stringify("about:blank"), "process.env.NODE_ENV": JSON.stringify("production") },
    root: here("."),
    build: {
      write: false,
      target: ["chrome114", "firefox121", "safari17"],
      sourcemap: false,
      modulePreload: false,
      // The wasm travels inside the script, as text.
      assetsInlineLimit: 16 * 1024 * 1024,
      lib: { entry: here("src/viewer/main.ts"), formats: ["iife"], name: "viewer" },
      rollupOptions: { output: { codeSplitting: false } },
    },
  });
  const [first] = Array.isArray(output) ? output : [output];
  const chunk = first && "output" in first ? first.output.find((o) => o.type === "chunk") : undefined;
  if (chunk?.type !== "chunk") throw new Error("the viewer was not built into one script");
  // What would end the script early, or begin a comment in it, is written another way; inside a text or pattern it means the same.
  const script = chunk.code.replaceAll("</script", "<\\/script").replaceAll("<script", "\\x3cscript").replaceAll("<!--", "<\\!--");
  const style = readFileSync(here("src/viewer/style.css"), "utf8");
  const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = [
    "default-src 'none'",
    `script-src ${hash(script)} 'wasm-unsafe-eval'`,
    `style-src ${hash(style)}`,
    // The worker is made from this very script, which is why a blob is enough.
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>A snapshot of a shared record</title>
<style>${style}</style>
</head>
<body>
<noscript><p>This page checks a snapshot with a script that it holds itself, and scripts are switched off. START-HERE.html says how to check with other tools.</p></noscript>
<script type="application/octet-stream" id="bundle"></script>
<script>${script}</script>
</body>
</html>
`;
}
