import { utf8 } from "../base/bytes.ts";
import type { DeviceId, FileId, LogId, MemberId, Millis, SignPublicKey } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { sha256 } from "../crypto/hash.ts";
import type { EntriesItem } from "../wire/messages.ts";
import { Family, type Parent } from "./family.ts";
import type { SampleFile } from "./files.ts";
import type { DeviceSecrets, RecoverySecrets } from "./keys.ts";
import { Life } from "./life.ts";
import type { LogBuilder } from "./log-builder.ts";
import { personalSample, type PersonalSample } from "./personal.ts";
import { Dice, seededRandom } from "./seeded.ts";

export interface SampleOptions {
  /** How long the household has kept its record; fractions are possible, at least a few days. */
  readonly years: number;
  readonly seed: number;
  readonly progress?: (done: number, of: number) => void;
  readonly cancelled?: () => boolean;
  /** Lets other work run: a worker yields to its message queue. Awaited about every 50 ms. */
  readonly pause?: () => Promise<void>;
}

export interface SamplePerson {
  readonly member: MemberId;
  readonly name: string;
  readonly devices: readonly { readonly device: DeviceId; readonly name: string }[];
}

/** A generated household as a relay would send it, and what one parent's device holds, so that a replica can open it. */
export interface Sample {
  readonly log: LogId;
  readonly relay: string;
  readonly logKey: SignPublicKey;
  readonly zone: string;
  /** All entries from sequence 0, and the signed checkpoint over them. */
  readonly items: readonly EntriesItem[];
  readonly note: string;
  /** Relay time of the last entry. */
  readonly end: Millis;
  /** The first is the one whose device is in `me`. */
  readonly people: readonly [SamplePerson, SamplePerson];
  readonly me: { readonly member: MemberId; readonly device: DeviceSecrets; readonly recovery: RecoverySecrets };
  readonly files: ReadonlyMap<FileId, SampleFile>;
  /** What that parent keeps for themselves; only a household that was generated has it. */
  readonly personal?: PersonalSample;
  /** What made it, with every channel key. */
  readonly builder: LogBuilder;
}

const DAY = 86_400_000;
/** Every sample ends here, so that the same seed gives the same household in every year. */
export const SAMPLE_END: Millis = Date.UTC(2026, 5, 30, 6);
export const SAMPLE_RELAY = "sample.invalid";
export const SAMPLE_ZONE = "Europe/Vienna";
const NAMES = ["Maya", "Jonas"] as const;

/**
 * Makes a believable household of so many years: the same seed gives the same bytes. `initCrypto` and Automerge's wasm must be ready.
 * Errors: `cancelled`.
 */
export async function generateSample(options: SampleOptions): Promise<Result<Sample, Coded<"cancelled">>> {
  const days = Math.max(30, Math.round(options.years * 365.25));
  const random = seededRandom(sha256(utf8(`countersign sample ${String(options.seed)} ${String(days)}`)));
  const family = new Family({ random, dice: new Dice(options.seed), start: SAMPLE_END - days * DAY, relay: SAMPLE_RELAY, names: NAMES });
  family.bringTogether();
  const life = new Life(family, days);
  let rested = Date.now();
  for (let day = 0; day < days; day++) {
    if (options.cancelled?.() === true) return err(coded("cancelled"));
    life.live(day);
    if (Date.now() - rested < 50) continue;
    options.progress?.(day, days);
    await options.pause?.();
    rested = Date.now();
  }
  options.progress?.(days, days);
  const own = { random: seededRandom(sha256(utf8(`countersign sample ${String(options.seed)} personal`))), dice: new Dice(options.seed) };
  const personal = personalSample(family, { ...own, start: SAMPLE_END - days * DAY - 3 * DAY, end: SAMPLE_END });
  return ok({ ...sampleOf(family, SAMPLE_ZONE), personal });
}

/** What a relay and one device would hold of a family's log as it stands. */
export function sampleOf(family: Family, zone: string): Sample {
  const { builder, a, b } = family;
  return {
    log: builder.log,
    relay: builder.relay,
    logKey: builder.logKey.publicKey,
    zone,
    items: builder.wire(),
    note: builder.known().note,
    end: builder.entries.at(-1)?.time ?? 0,
    people: [personOf(a), personOf(b)],
    me: { member: a.member, device: family.first(a), recovery: a.recovery },
    files: family.files,
    builder,
  };
}

const personOf = (p: Parent): SamplePerson => ({
  member: p.member,
  name: p.name,
  devices: p.allDevices.map((d) => ({ device: d.device.id, name: d.name })),
});
