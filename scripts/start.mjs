// npm start: the relay with its built-in store, serving the web app from the same port. Needs Node and nothing else.
import "./lib/check-node.mjs";
import { spawn } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt } from "./lib/build.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { ROOT, inRoot } from "./lib/paths.mjs";
import { portAnswers, portTrouble } from "./lib/port.mjs";
import { Stop, mustWrite, program } from "./lib/stop.mjs";

const HELP = `npm start -- [--port 8420] [--host 127.0.0.1] [--data FOLDER]

Starts the relay and serves the web app from the same port.
  --port   the port to listen on (or the variable PORT)
  --host   the address to listen on; 0.0.0.0 lets other devices of the network in
  --data   where the relay keeps what it stores (default: .data/relay in this folder)

The relay's other settings are the variables RELAY_…; npx countersign-relay --help lists them.`;

function options() {
  try {
    const { values } = parseArgs({
      options: { port: { type: "string" }, host: { type: "string" }, data: { type: "string" }, help: { type: "boolean", short: "h" } },
    });
    return values;
  } catch (error) {
    throw new Stop(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

/** @param {string} host @param {number} port */
async function mustListen(host, port) {
  const trouble = await portTrouble(host, port);
  if (trouble === undefined) return;
  const other = `Give another one: npm start -- --port ${String(port < 65_535 ? port + 1 : 8420)}`;
  if (trouble === "EADDRINUSE") throw new Stop(`Port ${String(port)} is used by another program. ${other}`);
  if (trouble === "EACCES") throw new Stop(`This account may not listen on port ${String(port)}. ${other}`);
  throw new Stop(`The address ${host}, port ${String(port)}, can't be listened on (${trouble}).`);
}

program(async () => {
  const given = options();
  if (given.help === true) {
    console.log(HELP);
    return 0;
  }
  const port = Number(given.port ?? process.env["PORT"] ?? 8420);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Stop("The port is a whole number from 1 to 65535.");
  const host = given.host ?? "127.0.0.1";
  // npm changes to the package's folder; a relative path means the folder where the person typed it.
  const data = given.data === undefined ? inRoot(".data", "relay") : path.resolve(process.env["INIT_CWD"] ?? process.cwd(), given.data);
  await mustListen(host, port);
  await ensureInstalled();
  await ensureBuilt(["web app"]);
  mustWrite(data, "the relay keeps its log there");
  // Again: building took a while.
  await mustListen(host, port);

  const bin = inRoot("sync-server", "bin", "countersign-relay.mjs");
  const flags = ["--host", host, "--port", String(port), "--data", data, "--web", inRoot("web", "dist")];
  const relay = spawn(process.execPath, [bin, ...flags], { cwd: ROOT, stdio: "inherit" });
  let running = true;
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => relay.kill(signal));
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    relay.on("close", (code, signal) => {
      running = false;
      resolve(signal === null ? (code ?? 1) : 0);
    });
  });
  const reach = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  if (await portAnswers(reach, port, () => running)) {
    console.log(
      `\nCountersign is at http://${reach === "127.0.0.1" ? "localhost" : reach}:${String(port)}/ (stop it with Ctrl+C; data in ${data})\n`,
    );
  }
  const code = await ended;
  if (code !== 0) console.error("The relay ended; the reason is above.");
  return code;
});
