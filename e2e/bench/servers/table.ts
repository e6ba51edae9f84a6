/** The servers that are measured, each as a process of its own. */
import { createRequire } from "node:module";
import path from "node:path";
import { ROOT } from "../../src/paths.ts";

export type DriverName = "plain" | "countersign" | "y-websocket" | "hocuspocus";

export interface ServerEntry {
  readonly name: string;
  /** What the reader of a table should know of it. */
  readonly what: string;
  readonly version: string;
  readonly driver: DriverName;
  /** The sender hears when its message is durable, and a message counts only then. */
  readonly acknowledges: boolean;
  /** Logs must be founded before anyone can connect to them. */
  readonly founds: boolean;
  command(port: number, data: string): { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> };
}

const require = createRequire(import.meta.url);
const HERE = path.join(ROOT, "e2e", "bench", "servers");
const LIMITLESS = "1000000000";

/** Limits are off: the load generator is one address that founds and fills many logs. */
const RELAY_FLAGS = [
  ...["--member-rate", LIMITLESS, "--member-burst", LIMITLESS, "--frame-rate", LIMITLESS, "--frame-burst", LIMITLESS],
  ...["--address-connections", LIMITLESS, "--address-rate", LIMITLESS, "--address-burst", LIMITLESS],
  ...["--found-rate", LIMITLESS, "--found-burst", LIMITLESS, "--log", "warn", "--host", "127.0.0.1"],
];

// Not every package exports its package.json, so it is looked up beside the entry point.
function versionOf(name: string): string {
  const folder = (require.resolve.paths(name) ?? []).map((p) => path.join(p, name, "package.json"));
  for (const file of folder) {
    try {
      return (require(file) as { version: string }).version;
    } catch {
      continue;
    }
  }
  return "unknown";
}

const ours = (file: string) => ({ args: ["--import", "tsx", path.join(HERE, file)] });
const base = { acknowledges: false, founds: false };

export const SERVERS: readonly ServerEntry[] = [
  {
    ...{ name: "countersign", driver: "countersign", acknowledges: true, founds: true, version: "this tree" },
    what: "our relay: one signature verified, one leaf hashed, stored with FULL sync before receipt and fan-out, for each entry",
    command: (port, data) => ({
      args: [
        path.join(ROOT, "sync-server", "bin", "countersign-relay.mjs"),
        "--port",
        String(port),
        "--data",
        data,
        "--name",
        "bench.relay",
        ...RELAY_FLAGS,
      ],
      env: {},
    }),
  },
  {
    ...{
      ...base,
      name: "sqlite-turn",
      driver: "plain",
      acknowledges: true,
      version: `ws ${versionOf("ws")}, libsql ${versionOf("libsql")}`,
    },
    what: "ws and libsql: one transaction for each turn of the event loop, FULL sync before acknowledgement and fan-out; no cryptography",
    command: (port, data) => ({ ...ours("sqlite-turn.ts"), env: { PORT: String(port), DATA: data } }),
  },
  {
    ...{ ...base, name: "ws", driver: "plain", version: `ws ${versionOf("ws")}` },
    what: "bare fan-out: nothing stored, nothing checked",
    command: (port) => ({ ...ours("ws-fanout.ts"), env: { PORT: String(port) } }),
  },
  {
    ...{
      ...base,
      name: "y-websocket",
      driver: "y-websocket",
      version: `@y/websocket-server ${versionOf("@y/websocket-server")}, yjs ${versionOf("yjs")}`,
    },
    what: "a Yjs document for each room, in memory only",
    command: (port) => ({
      args: [path.join(path.dirname(require.resolve("@y/websocket-server/package.json")), "src", "server.js")],
      env: { PORT: String(port), HOST: "127.0.0.1" },
    }),
  },
  {
    ...{ ...base, name: "hocuspocus", driver: "hocuspocus", version: `@hocuspocus/server ${versionOf("@hocuspocus/server")}` },
    what: "a Yjs document for each room, in memory only",
    command: (port) => ({ ...ours("hocuspocus.ts"), env: { PORT: String(port) } }),
  },
];

export function serverNamed(name: string): ServerEntry {
  const found = SERVERS.find((s) => s.name === name);
  if (!found) throw new Error(`no server '${name}'; there are ${SERVERS.map((s) => s.name).join(", ")}`);
  return found;
}
