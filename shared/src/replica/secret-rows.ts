import { z } from "zod";
import type { DeviceId, LogId, RecordId } from "../base/ids.ts";
import { structCodec, zExact, zId, zText, zUint } from "../cbor/struct.ts";
import { SEED_BYTES, type SheetSeed } from "../charter/recovery-sheet.ts";

/** Where the vault keeps, in its table `secret`, what is this device's and no log's. Identities and channel keys have theirs in `sync/rows.ts`. */
export const secretKeys = {
  sheet: "sheet",
  /** Seeds of the sheets before this one, the latest first, one behind the other. */
  earlierSheets: "sheets-before",
  settings: "settings",
  devices: "devices",
  /** Stands until this device has said in a log, whose id it holds, that it is there. */
  hello: "hello",
  names: (log: LogId): string => `names/${log}`,
  /** With what this device signs in while it is no member's: the secret of an invitation, the seed of a recovery sheet before the present one, or empty for that. */
  guise: (log: LogId): string => `guise/${log}`,
  /** Messages that this person has seen. */
  allSeen: (log: LogId): string => `seen/${log}/`,
  seen: (log: LogId, message: RecordId): string => `seen/${log}/${message}`,
} as const;

/** The recovery sheet, whether the person has typed words of it back, and when it was made. */
export interface SheetRow {
  readonly seed: SheetSeed;
  readonly relay: string;
  readonly confirmed: boolean;
  readonly made: number;
}

export const sheetCodec = structCodec<SheetRow>(
  z.strictObject({ seed: zExact<SheetSeed>(SEED_BYTES), relay: zText(255), confirmed: z.boolean(), made: zUint() }),
  1_000,
);

/** With what this device reads a log until its recovery stands. `seed`: of the earlier sheet that is still in force in this log, if it is not the present one (rule C9a). */
export interface SheetGuise {
  readonly as: "recovery";
  readonly seed?: SheetSeed;
}

/** What a row of `guise` says of a sheet. */
export const decodeGuise = (row: Uint8Array | undefined): SheetGuise | undefined =>
  row && { as: "recovery", ...(row.length === SEED_BYTES ? { seed: row as SheetSeed } : {}) };

/** Seeds of earlier sheets, as their row holds them. */
export const decodeSeeds = (row: Uint8Array | undefined): readonly SheetSeed[] =>
  Array.from(
    { length: Math.floor((row?.length ?? 0) / SEED_BYTES) },
    (_, i) => row?.slice(i * SEED_BYTES, (i + 1) * SEED_BYTES) as SheetSeed,
  );

/** `autoLock` in minutes; `undo` in seconds, for which what is sent can be taken back (rule U2). */
export const settingsCodec = structCodec(z.strictObject({ autoLock: zUint(), undo: zUint().optional() }), 200);

/** One device of this person: which id it has in which log. Kept on the person's own devices alone, since nothing else ties the logs together. */
export type DeviceGroup = readonly { readonly l: LogId; readonly d: DeviceId }[];

const groupsCodec = structCodec(
  z.strictObject({ groups: z.array(z.array(z.strictObject({ l: zId<LogId>(), d: zId<DeviceId>() })).max(32)).max(200) }),
  1_048_576,
);

export const encodeGroups = (groups: readonly DeviceGroup[]): Uint8Array => groupsCodec.encode({ groups: groups.map((g) => [...g]) });

/** A row that can't be read, or is not there, knows of none. */
export function decodeGroups(row: Uint8Array | undefined): readonly DeviceGroup[] {
  const parsed = row && groupsCodec.decode(row);
  return parsed?.ok ? parsed.value.groups : [];
}
