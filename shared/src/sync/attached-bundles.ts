import type { ChannelKey, LogId } from "../base/ids.ts";
import { openBundle } from "../entry/bundle.ts";
import { encodeBody, readBody, type ChangesBody } from "../entry/body.ts";
import { bodyMatches, ENTRY_KIND, parseHeader, type Header } from "../entry/header.ts";
import { placeIn } from "../entry/runs.ts";
import type { EntriesMessage } from "./link.ts";
import type { TailFault } from "./tail.ts";

interface Attached {
  readonly header: Header;
  readonly body: Uint8Array;
  /** What is in it, once it was opened; null where it does not open or is in no form that one would know. */
  contents?: readonly ChangesBody[] | null;
}

/** A body that came in a bundle. */
export interface Filled {
  readonly bundle: Header;
  readonly body: ChangesBody;
  readonly plain: Uint8Array;
}

/**
 * Bundles that the relay gave ahead of their places, because they stand for bodies that it dropped (rule L8f). Kept for one connection: on the next the
 * relay gives again what is still wanted.
 */
export class AttachedBundles {
  readonly #log: LogId;
  readonly #bundles = new Map<number, Attached>();

  constructor(log: LogId) {
    this.#log = log;
  }

  clear(): void {
    this.#bundles.clear();
  }

  /** Takes what came with a message. A header or a body that does not hold is the relay's fault (rule L2). */
  take(bundle: NonNullable<EntriesMessage["bundle"]>, from: number): TailFault | undefined {
    const header = parseHeader(bundle.a, bundle.r);
    const isOne = header.ok && header.value.author.kind === ENTRY_KIND.bundle && header.value.author.log === this.#log;
    if (!isOne || !bodyMatches(header.value.author, bundle.b)) {
      return { code: "relay-body", detail: "bundle", seq: from, evidence: [bundle.a, bundle.r, bundle.b] };
    }
    this.add(header.value, bundle.b);
    return undefined;
  }

  add(header: Header, body: Uint8Array): void {
    this.#bundles.set(header.relay.seq, { header, body });
  }

  /** The body of a bundle whose place is reached now: it came before. */
  bodyAt(seq: number): Uint8Array | undefined {
    return this.#bundles.get(seq)?.body;
  }

  /** Whether some bundle says that it holds this entry. */
  covers(seq: number): boolean {
    return [...this.#bundles.values()].some((b) => placeIn(b.header.author.covers ?? [], seq) >= 0);
  }

  /** The body of an entry from a bundle that covers it and reproduces its commitment. */
  bodyOf(header: Header, key: ChannelKey): Filled | undefined {
    for (const bundle of this.standingFor(header)) {
      const place = placeIn(bundle.header.author.covers ?? [], header.relay.seq);
      const found = this.#contents(bundle, key)?.[place];
      const plain = found && encodeBody(found);
      const body = plain && readBody(header.author, plain);
      if (plain && body?.ok) return { bundle: bundle.header, body: body.value, plain };
    }
    return undefined;
  }

  /** The bundles that the relay gave in the place of this entry's body, whether or not they hold it. */
  standingFor({ author: { book, epoch }, relay }: Header): readonly Attached[] {
    return [...this.#bundles.values()].filter(({ header: { author } }) => {
      return author.book === book && author.epoch === epoch && placeIn(author.covers ?? [], relay.seq) >= 0;
    });
  }

  #contents(bundle: Attached, key: ChannelKey): readonly ChangesBody[] | null {
    if (bundle.contents === undefined) {
      const opened = openBundle(bundle.header.author, bundle.body, key);
      bundle.contents = opened.ok ? opened.value : null;
    }
    return bundle.contents;
  }
}
