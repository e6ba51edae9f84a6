import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { WebFolder } from "../../sync-server/src/http/static.ts";
import { ROOT } from "./paths.ts";

/** Where the test build (with the in-memory replica) is served: each of Playwright's workers has a server of its own. */
const PORT = 4199 + Number(process.env["TEST_PARALLEL_INDEX"] ?? "0");
export const FAKE_ORIGIN = `http://127.0.0.1:${String(PORT)}`;

/** Serves the test build of the web app (testBuild.ts) as a relay serves the app, with the same headers and in the same process. Gives back what stops it. */
export async function serveFake(): Promise<() => void> {
  const folder = new WebFolder(join(ROOT, "web", "dist-test"));
  const server = createServer((request, response) => {
    void folder.serve({ request, response, url: new URL(request.url ?? "/", FAKE_ORIGIN), tls: false });
  });
  server.listen(PORT, "127.0.0.1");
  await once(server, "listening");
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
