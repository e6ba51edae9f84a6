import { toHex, utf8 } from "../base/bytes.ts";
import type { FileId, LogId, Millis } from "../base/ids.ts";
import { sha256 } from "../crypto/hash.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { originalCommitment } from "../kinds/original.ts";
import { accessDraft, expenseDraft, messageDraft, nameDraft, originalDraft } from "./acts.ts";
import { found } from "./charter-steps.ts";
import type { Family } from "./family.ts";
import { makeFile, type SampleFile } from "./files.ts";
import { makeDevice, makeRecovery, type DeviceSecrets, type RecoverySecrets } from "./keys.ts";
import { LogBuilder, type DraftWithFiles } from "./log-builder.ts";
import { receiptPng, withText } from "./papers.ts";
import type { Dice } from "./seeded.ts";

/** What the first parent of a generated household keeps for themselves, as a relay would send it. */
export interface PersonalSample {
  readonly builder: LogBuilder;
  readonly device: DeviceSecrets;
  readonly recovery: RecoverySecrets;
  readonly files: ReadonlyMap<FileId, SampleFile>;
}

interface Options {
  readonly random: RandomBytes;
  readonly dice: Dice;
  readonly start: Millis;
  readonly end: Millis;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The record was opened on so many of its last days. The shortest sample has a few more. */
const OPENED_DAYS = 25;

/**
 * The personal log of the first parent: what was written before the other one was invited, a photo with its original, names, openings and
 * exports: every kind that only such a log has. It draws from random bytes of its own, so that the household is the same without it.
 */
export function personalSample(family: Family, { random, dice, start, end }: Options): PersonalSample {
  let now = start;
  const builder = new LogBuilder({ random, clock: { now: () => now }, relay: family.builder.relay });
  const device = makeDevice(random);
  const recovery = makeRecovery(random);
  found(builder, "personal", device, recovery);
  const files = new Map<FileId, SampleFile>();
  const keep = (file: SampleFile): SampleFile => {
    files.set(file.record.id, file);
    return file;
  };
  const write = (at: Millis, ...drafts: readonly ((at: Millis) => DraftWithFiles)[]): void => {
    now = at;
    builder.write(
      device,
      drafts.map((draft) => draft(at - 1_500)),
    );
  };

  // Before anybody was invited.
  const picture = receiptPng(dice);
  const whole = keep(makeFile("handover-note.png", "image/png", withText(picture, "Location", "48.2082 N 16.3738 E"), random));
  const salt = random(32);
  const original = originalCommitment(salt, whole.plain);
  const bare = makeFile("handover-note.png", "image/png", picture, random);
  const photo = keep({ ...bare, record: { ...bare.record, original } });
  write(start + HOUR, (at) => originalDraft(at, original, salt, whole));
  write(start + HOUR + 2_000, (at) =>
    messageDraft({
      at,
      subject: "Note to myself",
      text: "The bag came back without the medicine. A photo of the note is attached.",
      files: [photo],
    }),
  );
  write(start + 3 * HOUR, (at) =>
    expenseDraft({
      ...{ at, amount: 3_490, currency: "EUR", category: "Clothes", title: "Rain trousers" },
      ...{ spent: new Date(at).toISOString().slice(0, 10), share: 5_000, note: "Asked for later, when the record is shared.", files: [] },
    }),
  );
  // Once the household was there.
  const { log } = family.builder;
  const both = [family.a, family.b];
  const people = both.map((p) => ({ log, of: "member", who: p.member, name: p.name }));
  const devices = both.flatMap((p) => p.allDevices.map((d) => ({ log, of: "device", who: d.device.id, name: d.name })));
  const name = (at: Millis, named: readonly Parameters<typeof nameDraft>[1][]): void => {
    write(at, ...named.map((one) => (claimed: Millis) => nameDraft(claimed, one)));
  };
  name(start + 4 * DAY, [{ log, of: "household", name: "Sample household" }, ...people]);
  accesses(log, end, write);
  name(end - 2 * HOUR, devices);
  return { builder, device, recovery, files };
}

/** Opened every day of the last weeks; once an export, a table of the history and a new passphrase. */
function accesses(log: LogId, end: Millis, write: (at: Millis, draft: (at: Millis) => DraftWithFiles) => void): void {
  const made = (name: string): { log: LogId; hash: string; size: number } => ({ log, hash: toHex(sha256(utf8(name))), size: 184_320 });
  for (let day = OPENED_DAYS; day > 0; day--) {
    const morning = end - day * DAY;
    write(morning, (at) => accessDraft(at, "opened"));
    if (day === 20) write(morning + HOUR, (at) => accessDraft(at, "passphrase"));
    if (day === 14) write(morning + HOUR, (at) => accessDraft(at, "snapshot", { ...made("a snapshot"), scope: "{}" }));
    if (day === 9) write(morning + HOUR, (at) => accessDraft(at, "history-csv", { ...made("a table"), scope: "{}" }));
  }
}
