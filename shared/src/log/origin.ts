import type { LogId } from "../base/ids.ts";

/** The name of a log in its checkpoints (rule L5). */
export const originOf = (relayName: string, log: LogId): string => `${relayName}/${log}`;
