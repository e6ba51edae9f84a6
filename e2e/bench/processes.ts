/** Servers and load generators as processes, each ended by the handle that started it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT, tempFolder } from "../src/paths.ts";
import { freePort } from "../src/relay.ts";
import { residentBytes } from "./proc.ts";
import type { ServerEntry } from "./servers/table.ts";

const GC_HOOK = path.join(ROOT, "e2e", "bench", "servers", "gc-on-signal.mjs");
const alive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

async function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (!alive(child)) return;
  const exited = once(child, "exit");
  child.kill(signal);
  const late = setTimeout(() => child.kill("SIGKILL"), 6_000);
  await exited;
  clearTimeout(late);
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

export interface RunningServer {
  readonly port: number;
  readonly pid: number;
  /** Resident bytes after two collections of garbage. */
  memory(): Promise<number>;
  /** A new process on the same port and data. */
  restart(): Promise<RunningServer>;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

/** Starts a server and waits until it takes connections. Throws with its output when it does not. */
export async function startServer(entry: ServerEntry): Promise<RunningServer> {
  return run(entry, await freePort(), tempFolder("bench"));
}

async function run(entry: ServerEntry, port: number, data: string): Promise<RunningServer> {
  const { args, env } = entry.command(port, data);
  const child = spawn(process.execPath, ["--expose-gc", "--import", GC_HOOK, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4_000)));
  const { pid } = child;
  if (pid === undefined) throw new Error(`${entry.name} could not be started`);
  for (let tries = 0; !(await answers(port)); tries++) {
    if (!alive(child) || tries > 600) {
      await end(child, "SIGKILL");
      throw new Error(`${entry.name} did not start:\n${output}`);
    }
    await sleep(50);
  }
  return {
    port,
    pid,
    memory: async () => {
      for (let i = 0; i < 2; i++) {
        process.kill(pid, "SIGUSR2");
        await sleep(250);
      }
      return residentBytes(pid);
    },
    restart: async () => {
      await end(child, "SIGTERM");
      return run(entry, port, data);
    },
    stop: async () => {
      await end(child, "SIGTERM");
      rmSync(data, { recursive: true, force: true });
    },
  };
}

export interface Worker<In, Out> {
  readonly pid: number;
  /** One question at a time. Throws when the worker fails or takes longer than `limitMs`. */
  ask(message: In, limitMs: number): Promise<Out>;
  stop(): Promise<void>;
}

/**
 * A script of the bench in a process of its own that answers each message with one message.
 * @param heapMb room for the objects that live longer; left out, as much as Node takes by itself
 */
export function startWorker<In extends object, Out>(script: string, heapMb?: number): Worker<In, Out> {
  const file = path.join(ROOT, "e2e", "bench", script);
  const heap = heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`];
  const child = spawn(process.execPath, ["--expose-gc", ...heap, "--import", "tsx", file], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  return {
    pid: child.pid ?? -1,
    ask: (message, limitMs) =>
      new Promise((resolve, reject) => {
        const settle = (done: () => void): void => {
          clearTimeout(late);
          child.removeAllListeners("message");
          child.removeAllListeners("exit");
          done();
        };
        const late = setTimeout(() => settle(() => reject(new Error(`${script} took longer than ${limitMs} ms`))), limitMs);
        child.once("message", (answer) => settle(() => resolve(answer as Out)));
        child.once("exit", () => settle(() => reject(new Error(`${script} ended before it answered`))));
        child.send(message);
      }),
    stop: () => end(child, "SIGKILL"),
  };
}

/** The worker's side: answers messages one after another; an error ends the process with its text. */
export function answerMessages<In, Out>(answer: (message: In) => Promise<Out>): void {
  process.on("message", (message) => {
    answer(message as In).then(
      (value) => process.send?.(value as object),
      (problem: unknown) => {
        console.error(problem instanceof Error ? (problem.stack ?? problem.message) : problem);
        process.exit(1);
      },
    );
  });
  // Without its parent nobody would read the results.
  process.on("disconnect", () => process.exit(0));
}
