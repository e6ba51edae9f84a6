import type { Millis } from "../base/ids.ts";
import type { ActError } from "./answer.ts";

/**
 * How far the linking of a second device is (docs/protocol.md section 8). `offline`: the relay can't be reached just now, and is tried again.
 *
 * On the device that has the record: `code` shows a code, `digits` asks for what the new device shows, `giving` hands over, `finishing` waits for
 * the new device's first act, `given` is done. On the new device: `looking`, `showing` its digits, `taking`, `syncing` (entries of all logs),
 * `taken`. `failed` says why, and nothing half linked stays.
 */
export type LinkView =
  | { readonly state: "off" }
  | { readonly state: "code"; readonly code: string; readonly text: string; readonly expires: Millis; readonly offline: boolean }
  | { readonly state: "digits"; readonly left: number; readonly expires: Millis; readonly offline: boolean }
  | { readonly state: "giving"; readonly done: number; readonly of: number; readonly offline: boolean }
  | { readonly state: "finishing"; readonly name: string; readonly offline: boolean }
  | { readonly state: "given"; readonly name: string }
  | { readonly state: "looking"; readonly offline: boolean }
  | { readonly state: "showing"; readonly digits: string; readonly offline: boolean }
  | { readonly state: "taking"; readonly done: number; readonly of: number; readonly offline: boolean }
  | { readonly state: "syncing"; readonly done: number; readonly of: number; readonly offline: boolean }
  | { readonly state: "taken" }
  | { readonly state: "failed"; readonly side: "old" | "new"; readonly error: ActError };
