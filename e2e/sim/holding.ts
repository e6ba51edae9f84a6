import type { LogId } from "@countersign/shared/base/ids";
import type { HeldId, HeldView, Sent } from "@countersign/shared/replica/held-view";
import { quiet, twoParents } from "./family.ts";
import { World, type Device } from "./world.ts";

export const PAPER = { name: "receipt.txt", type: "text/plain", bytes: new TextEncoder().encode("Paid in cash") };
export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A message that is held. */
export const messageTo = (log: LogId, subject = "Swimming", files = [PAPER]) =>
  ({ do: "message", log, subject, text: `${subject} is on Monday.`, files }) as const;
/** An expense that is held, or added at once. */
export const expenseOf = (log: LogId, title: string) =>
  ({
    do: "expense",
    log,
    title,
    category: "School",
    amount: 4_000,
    currency: "GBP",
    share: 5_000,
    spent: "2026-03-30",
    files: [],
  }) as const;

/** Titles or subjects of what a device has of a household, each as often as it is there. */
export async function there({ replica }: Device, log: LogId): Promise<readonly string[]> {
  const threads = await replica.threads(log, 0, 500);
  const expenses = await replica.expenses(log, {}, 0, 500);
  return [...threads.rows.map((r) => r.subject), ...expenses.rows.map((r) => r.title)].sort();
}

export function idOf({ held }: Sent): HeldId {
  if (held === undefined) throw new Error("it is held");
  return held;
}

export const whys = (held: readonly HeldView[]): readonly string[] => held.map((h) => h.state.why);

/** A household of two, asleep; each test wakes a copy of it. */
export async function asleep(): Promise<{
  readonly log: LogId;
  readonly awake: (seed: number) => Promise<{ world: World; ana: Device; ben: Device }>;
}> {
  const first = await World.make(5);
  const log = await twoParents(first);
  await quiet(first);
  for (const device of first.devices.values()) device.kill();
  first.relayDown();
  const saved = first.save();
  const awake = async (seed: number): Promise<{ world: World; ana: Device; ben: Device }> => {
    const world = await World.from(saved, seed);
    const [ana, ben] = [world.device("ana"), world.device("ben")];
    await ana.boot();
    await ben.boot();
    await quiet(world);
    return { world, ana, ben };
  };
  return { log, awake };
}
