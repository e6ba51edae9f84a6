/** Builds what is missing or older than its sources: `node scripts/build.mjs ["web app" "desktop app" "test build"]`, all of them by default. */
import { ensureBuilt } from "./lib/build.mjs";

const names = process.argv.slice(2);
await ensureBuilt(names.length > 0 ? names : undefined);
