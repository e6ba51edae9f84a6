import { z } from "zod";
import type { DeviceId, LogId, RecordId } from "../base/ids.ts";
import { structCodec, zExact, zId, zText, zUint } from "../cbor/struct.ts";
import type { SheetSeed } from "../charter/recovery-sheet.ts";

/** Where the vault keeps, in its table `secret`, what is this device's and no log's. Identities and channel keys have theirs in `sync/rows.ts`. */
export const secretKeys = {
  sheet: "sheet",
  settings: "settings",
  devices: "devices",
  /** Stands until this device has said in a log, whose id it holds, that it is there. */
  hello: "hello",
  names: (log: LogId): string => `names/${log}`,
  /** With what this device signs in while it is no member's: the secret of an invitation, or empty for the recovery sheet. */
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
  z.strictObject({ seed: zExact<SheetSeed>(16), relay: zText(255), confirmed: z.boolean(), made: zUint() }),
  1_000,
);

/** `autoLock` in minutes. */
export const settingsCodec = structCodec(z.strictObject({ autoLock: zUint() }), 200);

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
