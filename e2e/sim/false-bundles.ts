import { idBytes } from "@countersign/shared/base/bytes";
import type { Hex32 } from "@countersign/shared/base/ids";
import { bookId, type BookName } from "@countersign/shared/books/names";
import { pad } from "@countersign/shared/crypto/padme";
import { seal } from "@countersign/shared/crypto/seal";
import { bookKey, openBody, openSealed } from "@countersign/shared/entry/body";
import { bundleCommitment, sealBundle, type Covered } from "@countersign/shared/entry/bundle";
import { ENTRY_KIND, associatedData, makeAuthorPart, parseHeader, type Placement } from "@countersign/shared/entry/header";
import { runsOf } from "@countersign/shared/entry/runs";
import { keyName } from "@countersign/shared/sync/log-state";
import type { PushEntry } from "@countersign/shared/wire/messages";
import { household } from "./family.ts";
import type { Mallory } from "./mallory.ts";
import { logOf } from "./schedule.ts";
import type { World } from "./world.ts";

/** An entry with the epoch under which it was sealed. */
export interface Loose extends Covered {
  readonly epoch: number;
}

/** Loose entries of a channel's last epoch as the relay has them, opened with ana's keys: what whoever bundles has before them. */
export async function looseEntries(world: World, channel: "messages" | "expenses" = "messages"): Promise<readonly Loose[]> {
  const { state } = household(world.device("ana"));
  const page = await world.relayStore.page(logOf(world), 0, 10_000, 1e9, new Set([channel]));
  const all = page.flatMap((item): Loose[] => {
    const header = item.author && parseHeader(item.author, item.relay);
    if (!header?.ok || item.author === null || !item.body || header.value.author.kind !== ENTRY_KIND.changes) return [];
    const key = state.keys.get(keyName(channel, header.value.author.epoch));
    const body = key && openBody(header.value.author, item.body, key);
    return body?.ok ? [{ seq: item.seq, leaf: item.leaf, body: body.value, epoch: header.value.author.epoch }] : [];
  });
  return all.filter((e) => e.epoch === all.at(-1)?.epoch);
}

/** What a false bundle says, piece by piece; the rest is as an honest one has it. */
export interface Lie {
  readonly entries: readonly Loose[];
  /** Other places than the entries' own. */
  readonly seqs?: readonly number[];
  readonly leaves?: readonly Uint8Array[];
  readonly commitment?: Hex32;
  readonly body?: Uint8Array;
  /** Sealed over these bytes instead. */
  readonly plain?: Uint8Array;
}

/** A bundle of mallory's over messages, under a good signature. */
export function falseBundle(world: World, mallory: Mallory, lie: Lie): PushEntry {
  const { state } = household(world.device("ana"));
  const book: BookName = lie.entries[0]?.body.book ?? mallory.book("messages");
  const epoch = lie.entries[0]?.epoch ?? -1;
  const key = state.keys.get(keyName(book.channel, epoch));
  if (!key) throw new Error("a key");
  const seqs = lie.seqs ?? lie.entries.map((e) => e.seq);
  const placement: Placement = {
    log: mallory.log,
    kind: ENTRY_KIND.bundle,
    channel: book.channel,
    epoch,
    book: bookId(mallory.log, book),
    device: mallory.device,
    commitment: lie.commitment ?? bundleCommitment(lie.leaves ?? lie.entries.map((e) => e.leaf)),
    covers: runsOf(seqs),
  };
  const random = world.chance.bytes;
  // An honest bundle is sealed over its own header: here the header is what the lie says.
  const sealed = sealBundle({ log: mallory.log, device: mallory.device, book, epoch, key, entries: lie.entries, random });
  if (!sealed) throw new Error("too large");
  const author = { ...sealed.placement, bodyHash: placement.commitment, bodyLength: 0, signature: new Uint8Array(64) as never };
  const plain = lie.plain ?? openSealed(author, sealed.body, key);
  if (!plain) throw new Error("it opens");
  const body = lie.body ?? seal("body-seal", bookKey(key, idBytes(placement.book)), associatedData(placement), pad(plain), random);
  return { a: makeAuthorPart(placement, body, mallory.keys.secretKey), b: body };
}
