/** A real relay in a process of its own, as a person would start it; it can be killed like a machine that loses power. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT, WEB_BUILD, tempFolder } from "./paths.ts";

/** Loaded before the relay: gives it a machine whose clock is off. */
const SHIFTED_CLOCK = new URL("./shiftedClock.mjs", import.meta.url).href;

export interface RelayOptions {
  /** Kept over restarts; a new folder by default. */
  readonly dataDir?: string;
  /** A free one by default. */
  readonly port?: number;
  /** The web build to serve; `false` for none. */
  readonly web?: string | false;
  /** By how many milliseconds its machine's clock is ahead of the true time. */
  readonly clockAhead?: number;
  /** More settings of the relay, such as `{ "member-rate": "1000" }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Relay {
  readonly port: number;
  readonly dataDir: string;
  /** `http://localhost:PORT` (localhost, so that pages count as secure and passkeys have a name). */
  readonly url: string;
  readonly pid: () => number | undefined;
  /** What it wrote to its log, over all its starts. */
  readonly output: () => string;
  /** SIGKILL: no goodbye, nothing flushed. */
  kill(): Promise<void>;
  /** SIGTERM, as a service manager would. Gives the exit code. */
  stop(): Promise<number | null>;
  /** Starts it again on the same port and folder (stopping it first when it runs). */
  restart(): Promise<void>;
}

/** A port that nothing listens on just now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("the probe has no port");
  return address.port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** Throws with the relay's output when it ends before it listens, or does not listen within half a minute. */
export async function startRelay(options: RelayOptions = {}): Promise<Relay> {
  const port = options.port ?? (await freePort());
  const dataDir = options.dataDir ?? tempFolder("relay");
  const web = options.web ?? WEB_BUILD;
  const settings = { host: "127.0.0.1", port: String(port), data: dataDir, ...(web === false ? {} : { web }), ...options.settings };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);

  const clock =
    options.clockAhead === undefined
      ? {}
      : { NODE_OPTIONS: `--import ${SHIFTED_CLOCK}`, COUNTERSIGN_CLOCK_AHEAD: String(options.clockAhead) };

  let child: ChildProcess | undefined;
  let output = "";
  const running = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;

  async function start(): Promise<void> {
    const started = spawn(process.execPath, [path.join(ROOT, "sync-server", "bin", "countersign-relay.mjs"), ...flags], {
      stdio: "pipe",
      env: { ...process.env, ...clock },
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    for (let tries = 0; tries < 300; tries++) {
      if (!running()) break;
      if (await answers(port)) return;
      await sleep(100);
    }
    started.kill("SIGKILL");
    throw new Error(`the relay did not start:\n${output}`);
  }

  async function end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    if (child === undefined) return null;
    if (running()) {
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  }

  await start();
  return {
    port,
    dataDir,
    url: `http://localhost:${port}`,
    pid: () => child?.pid,
    output: () => output,
    kill: async () => {
      await end("SIGKILL");
    },
    stop: () => end("SIGTERM"),
    restart: async () => {
      await end("SIGTERM");
      await start();
    },
  };
}
