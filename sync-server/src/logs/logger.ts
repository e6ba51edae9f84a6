import { createHmac, randomBytes } from "node:crypto";
import { pino, type DestinationStream } from "pino";
import type { RelayLog } from "../relay/ports.ts";

export const LOG_LEVELS = ["error", "warn", "info", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * JSON lines on standard error; standard output has the one line that says where the relay listens. No content, name, address or key gets here: ids appear as eight hex digits of a hash under a key that
 * lives as long as the process, so that lines belong together and yet name nobody.
 */
export function makeLog(level: LogLevel, to?: DestinationStream): RelayLog {
  const key = randomBytes(32);
  const out = pino({ level, base: null }, to ?? pino.destination({ dest: 2, sync: true }));
  return {
    info: (event, facts) => out.info({ event, ...facts }),
    warn: (event, facts) => out.warn({ event, ...facts }),
    error: (event, problem, facts) => out.error({ event, ...facts, ...factsOf(problem) }),
    tag: (id) => createHmac("sha256", key).update(id).digest("hex").slice(0, 8),
  };
}

/** Name and place of a problem. Its message only where it is a system's or the database's, since ours could quote what came in. */
function factsOf(problem: unknown): Record<string, string> {
  if (!(problem instanceof Error)) return { problem: typeof problem };
  const code = (problem as { code?: unknown }).code;
  const place = /\((?:file:\/\/)?[^()]*?([^/()]+:\d+:\d+)\)/.exec(problem.stack ?? "")?.[1];
  return { problem: problem.name, ...(typeof code === "string" ? { code } : {}), ...(place === undefined ? {} : { at: place }) };
}
