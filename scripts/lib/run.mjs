import { spawn } from "node:child_process";
import { ROOT } from "./paths.mjs";

/**
 * Runs a program with its output going straight to the terminal, or to `say` where other programs run at the same time. A program over
 * its time is ended with all its children.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string, minutes?: number, say?: (text: string) => void }} [options]
 * @returns {Promise<number>} the exit code; 124 when it ran out of time, 127 when it could not be started
 */
export function run(command, args, { env = {}, cwd = ROOT, minutes = 30, say } = {}) {
  const tell = say ?? ((/** @type {string} */ text) => process.stderr.write(text));
  return new Promise((resolve) => {
    // A group of its own, so that a browser or server that a test left behind ends too.
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: say === undefined ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", tell);
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // The group has ended already.
      }
    };
    const timer = setTimeout(() => {
      tell(`${command} was ended after ${String(minutes)} minutes.\n`);
      end();
      resolve(124);
    }, minutes * 60_000);
    child.on("error", (error) => {
      clearTimeout(timer);
      tell(`${command} could not be started: ${error.message}\n`);
      resolve(127);
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      end();
      resolve(code ?? 1);
    });
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
      const stop = () => {
        end();
        process.exit(130);
      };
      process.once(signal, stop);
      child.on("close", () => process.removeListener(signal, stop));
    }
  });
}

/** A tool of a dependency, started without npx (which would look it up on the network when it is missing). @param {string} name */
export const tool = (name) => `${ROOT}/node_modules/.bin/${name}`;
