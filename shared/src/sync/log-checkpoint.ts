import { idBytes } from "../base/bytes.ts";
import type { LogId } from "../base/ids.ts";
import { coded, err, type Coded, type Result } from "../base/result.ts";
import { relaysOfCheckpoint, type RelayPin } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import { openCheckpoint, type Checkpoint, type CheckpointCode } from "../log/checkpoint.ts";
import { originOf } from "../log/origin.ts";

/**
 * Reads a checkpoint of a log whose charter is known up to its size: by name and key of the relay that logged its last entry, or of the one
 * that goes on from there (rule C8).
 */
export function openLogCheckpoint(note: string, charter: Charter): Result<Checkpoint, Coded<CheckpointCode>> {
  return openUnder(note, charter.log, relaysOfCheckpoint(charter, sizeIn(note)));
}

/** Under the first of these relays that signed it; the refusal is the first one's. */
export function openUnder(note: string, log: LogId, pins: readonly RelayPin[]): Result<Checkpoint, Coded<CheckpointCode>> {
  const tried = pins.map((pin) => openCheckpoint(note, originOf(pin.relay, log), idBytes(pin.logKey)));
  return tried.find((t) => t.ok) ?? tried[0] ?? err(coded("checkpoint-key"));
}

/** The size that a note speaks of, before anything in it is believed: it only says which keys to try. */
const sizeIn = (note: string): number => Number(/^[^\n]*\n([0-9]{1,15})\n/.exec(note)?.[1] ?? 0);
