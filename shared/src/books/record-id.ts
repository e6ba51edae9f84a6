import { idBytes, toHex } from "../base/bytes.ts";
import type { DeviceId, RecordId } from "../base/ids.ts";
import { hash } from "../crypto/hash.ts";
import type { RandomBytes } from "../crypto/random.ts";

const HALF = 8;

/** The first 16 digits of every record id that this device may make (rule R2). */
export const recordPrefix = (device: DeviceId): string => toHex(hash("record-author", idBytes(device)).subarray(0, HALF));

/** A fresh record id of this device (rule R2). */
export const newRecordId = (device: DeviceId, random: RandomBytes): RecordId => (recordPrefix(device) + toHex(random(HALF))) as RecordId;

/** A fresh key for a later act (rule X8). */
export const newActKey = (random: RandomBytes): string => `a:${toHex(random(HALF))}`;

/** A fresh actor: one for each opening of a book for writing, so that a restored backup or a second window never repeats a sequence number. */
export const newActor = (random: RandomBytes): string => toHex(random(16));
