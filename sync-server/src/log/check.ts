import type { Hex32 } from "@countersign/shared/base/ids";
import { err, type Result } from "@countersign/shared/base/result";
import { authorPartId, type AuthorPart } from "@countersign/shared/entry/header";
import type { PushEntry, WireCode } from "@countersign/shared/wire/messages";
import { checkEntry } from "./admit.ts";

/** An entry that waits for its turn, and what it is whatever comes before it. */
export interface Checked {
  readonly entry: PushEntry;
  /** Hash of the author part (rule L3). */
  readonly id: Hex32;
  /** Where it stands already. */
  readonly known: number | undefined;
  /** Missing for one that stands already. */
  readonly alone?: Result<AuthorPart, WireCode>;
}

/**
 * What can be said of entries before it is their turn: signatures of many logs are checked beside each other while the log's places are still
 * given one after another. Nothing after one over the rate is looked at, since nothing after it is taken.
 */
export async function checkAll(
  entries: readonly PushEntry[],
  ask: {
    readonly seen: (id: Hex32, author: Uint8Array) => Promise<number | undefined>;
    readonly withinRate: (entry: PushEntry) => boolean;
  },
): Promise<readonly Checked[]> {
  const named = await Promise.all(
    entries.map(async (entry) => {
      const id = authorPartId(entry.a);
      return { entry, id, known: await ask.seen(id, entry.a) };
    }),
  );
  const checks: Promise<Checked>[] = [];
  for (const one of named) {
    if (one.known !== undefined) checks.push(Promise.resolve(one));
    else if (ask.withinRate(one.entry)) checks.push(checkEntry(one.entry.a, one.entry.b).then((alone) => ({ ...one, alone })));
    else {
      checks.push(Promise.resolve({ ...one, alone: err<WireCode>("rate") }));
      break;
    }
  }
  return Promise.all(checks);
}
