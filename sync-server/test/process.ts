import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { SUBPROTOCOL, WS_PATH } from "@countersign/shared/wire/messages";
import type { Dial } from "./client.ts";

const BIN = fileURLToPath(new URL("../bin/countersign-relay.mjs", import.meta.url));

/** A relay in a process of its own. */
export interface RelayProcess {
  readonly origin: string;
  readonly child: ChildProcess;
  /** Everything that it wrote. */
  output(): string;
  /** Ends it with a signal and gives its exit code, null after SIGKILL. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null>;
}

/** Starts a relay and waits for its line; rejects with what it said if it ends instead. */
export async function startRelay(...args: string[]): Promise<RelayProcess> {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, RELAY_LOG: "warn" } });
  let said = "";
  const listening = new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      said += chunk.toString();
      const origin = /listening on (\S+)/.exec(said)?.[1];
      if (origin !== undefined) resolve(origin);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => reject(new Error(`ended with ${code ?? "a signal"}: ${said}`)));
  });
  const origin = await listening;
  return {
    origin,
    child,
    output: () => said,
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exited = once(child, "exit");
      child.kill(signal);
      return (await exited)[0] as number | null;
    },
  };
}

/** Dials over a real WebSocket. */
export const dialSocket =
  (origin: string): Dial =>
  (events) => {
    const ws = new WebSocket(`${origin.replace("http", "ws")}${WS_PATH}`, SUBPROTOCOL, { perMessageDeflate: false });
    const early: Uint8Array[] = [];
    ws.on("open", () => {
      for (const bytes of early.splice(0)) ws.send(bytes);
    });
    ws.on("message", (data) => {
      if (data instanceof Buffer) events.onMessage(new Uint8Array(data));
    });
    ws.on("error", () => undefined);
    ws.on("close", (code) => events.onClose(code));
    return {
      send: (bytes) => {
        if (ws.readyState === ws.OPEN) ws.send(bytes);
        else early.push(bytes);
      },
      close: () => ws.close(),
    };
  };
