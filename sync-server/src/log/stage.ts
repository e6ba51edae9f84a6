import { structCodec, zBytes } from "@countersign/shared/cbor/struct";
import { relayNow, relaysOf } from "@countersign/shared/charter/query";
import type { Charter } from "@countersign/shared/charter/state";
import { LIMITS } from "@countersign/shared/base/limits";
import { parseCheckpoint, type Checkpoint } from "@countersign/shared/log/checkpoint";
import { parseNote } from "@countersign/shared/log/note";
import { openLogCheckpoint, openUnder } from "@countersign/shared/sync/log-checkpoint";
import { MOST_OFFERED, type PushEntry } from "@countersign/shared/wire/messages";
import type { Hex32, Millis } from "@countersign/shared/base/ids";
import { z } from "zod";
import type { Stage, Write } from "../store/store.ts";
import type { LogState } from "./state.ts";

/**
 * A log that moves here is brought piece by piece and founded at the moment at which all of it is here and its charter names this relay
 * (rules C8d, C8e). Until then nobody but who moves it sees it, and nothing of it is signed here.
 */
export interface Staging {
  /** What was here before, from an earlier time of the log on this relay. */
  readonly floor: number;
  /** The checkpoint of the relay that it comes from, under which the pieces came. */
  readonly note: string | null;
  /** Statements that would move it here and wait for a consent. */
  readonly offer: readonly PushEntry[];
  /** Entries without a body, for which a bundle has to stand. May be many: changed in place with each piece. */
  readonly missing: Set<number>;
}

/** One of which nothing has come yet. */
export const newStaging = (floor = 0): Staging => ({ floor, note: null, offer: [], missing: new Set() });
/** A move waits so long for its consent, and a stage a little longer. */
export const STAGE_LIFE: Millis = 40 * 86_400_000;

const offerCodec = structCodec(
  z.strictObject({ o: z.array(z.strictObject({ a: zBytes(LIMITS.author), b: zBytes(LIMITS.body) })).max(MOST_OFFERED) }),
  LIMITS.frame,
);

export const stageOf = (s: Staging, touched: Millis): Stage => ({
  touched,
  floor: s.floor,
  note: s.note,
  offer: s.offer.length === 0 ? new Uint8Array() : offerCodec.encode({ o: s.offer.map(({ a, b }) => ({ a, b })) }),
});

/** @throws where what is stored does not parse */
export function stagingOf(stage: Stage, missing: readonly number[]): Staging {
  const offer = stage.offer.length === 0 ? undefined : offerCodec.decode(stage.offer);
  if (offer && !offer.ok) throw new Error("a stored offer cannot be read");
  return { floor: stage.floor, note: stage.note, offer: offer?.value.o ?? [], missing: new Set(missing) };
}

/** What a note says, its signature not yet looked at. */
export function claimedCheckpoint(note: string): Checkpoint | undefined {
  const parsed = parseNote(note);
  return parsed.ok ? parseCheckpoint(parsed.value.text) : undefined;
}

/** Whether a relay that the charter names signed this note. */
export const isSure = (charter: Charter, note: string): boolean => openUnder(note, charter.log, relaysOf(charter)).ok;

/**
 * Whether a note counts for a piece that ends here. Over the last entry it has to be the right relay's (rule C8). Before that a key may be
 * named further on, where the log has moved before: then it is known only at the end.
 */
export function noteCounts({ charter, size }: LogState, note: string, checkpoint: Checkpoint): boolean {
  return checkpoint.size > size || openLogCheckpoint(note, charter).ok;
}

/** Whether all of it is here, and its charter says that it goes on here. */
export function hasArrived(state: LogState, staging: Staging, here: { readonly relay: string; readonly logKey: Hex32 }): boolean {
  const { note, missing } = staging;
  const now = relayNow(state.charter);
  if (now.relay !== here.relay || now.logKey !== (here.logKey as string) || note === null || missing.size > 0) return false;
  const checkpoint = openLogCheckpoint(note, state.charter);
  return checkpoint.ok && checkpoint.value.size <= state.size;
}

/** Takes out what a bundle stands for from now on. */
export function takeDropped(missing: Set<number>, writes: readonly Write[]): void {
  for (const { from, count } of writes.flatMap((w) => (w.t === "drop" ? w.spans : [])))
    for (let n = from; n < from + count; n++) missing.delete(n);
}
