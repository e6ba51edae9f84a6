import { equalBytes, toHex } from "../base/bytes.ts";
import type { ChannelKey, LogId } from "../base/ids.ts";
import type { Charter } from "../charter/state.ts";
import { mayWrite } from "../charter/query.ts";
import { isSettled } from "../charter/settled.ts";
import { encodeBody, openSealed, type ChangesBody } from "../entry/body.ts";
import { bundleCommitment, openBundle } from "../entry/bundle.ts";
import { parseHeader, type Header } from "../entry/header.ts";
import { numbersIn, spansOf } from "../entry/runs.ts";
import type { RowStore } from "../vault/row-store.ts";
import type { BundleLedger } from "./bundle-ledger.ts";
import { entryRowCodec, keys, type BundleRow } from "./rows.ts";

/** An entry that is here, opened: from its row, or from the run that is just being taken in. */
export interface HeldEntry {
  readonly leaf: Uint8Array;
  readonly plain: Uint8Array;
  /** The relay had dropped it: what is here came in a bundle. */
  readonly fromBundle: boolean;
}

interface Here {
  readonly log: LogId;
  readonly rows: RowStore;
  readonly ledger: BundleLedger;
  /** Entries of the run at hand, whose rows are not committed yet. */
  readonly fresh: ReadonlyMap<number, HeldEntry>;
}

/**
 * Judges a bundle at its place (rule L8c) and notes it in the ledger. It is sound if it covers loose entries of its book and epoch alone, commits to their
 * headers, and gives back every one of their bodies to the byte, as this device has them. False: a false bundle is its maker's fault.
 */
export async function takeBundle(
  header: Header,
  body: Uint8Array,
  key: ChannelKey | undefined,
  charter: Charter,
  here: Here,
): Promise<"fine" | "false"> {
  const { author, relay, leaf } = header;
  const ahead = here.ledger.bundle(relay.seq);
  const covers = author.covers ?? [];
  const row = {
    seq: relay.seq,
    leaf,
    channel: author.channel as BundleRow["channel"],
    epoch: author.epoch,
    book: author.book,
    covers: [...covers],
    // What was shown ahead of this place must be what stands at it; else its use is laid at the relay's door.
    used: ahead?.used === true,
    settled: ahead !== undefined && ahead.state !== "ahead" && ahead.settled,
    devices: ahead && ahead.state !== "ahead" ? ahead.devices : [author.device],
  };
  const note = (state: BundleRow["state"], compared = false): void => {
    here.ledger.set({ ...row, state, compared });
  };
  if (!key) {
    note("sealed");
    return "fine";
  }
  const seqs = numbersIn(covers);
  if (seqs.every((seq) => seq < relay.seq) && here.ledger.areTaken(seqs, author.book)) {
    note("late");
    return "fine";
  }
  const isIts = author.channel !== "charter" && mayWrite(charter, author.device, author.channel, relay);
  if (!isIts || !here.ledger.areLoose(seqs, author.book, author.epoch)) {
    note("false");
    return "false";
  }
  const held = await heldEntries(seqs, key, covers, here);
  const opened = openBundle(author, body, key);
  const isTrue =
    opened.ok &&
    held.length === seqs.length &&
    bundleCommitment(held.map((h) => h.leaf)) === author.commitment &&
    opened.value.every((b, i) => isSame(b, held[i]));
  note(isTrue ? "sound" : "false", isTrue && held.every((h) => !h.fromBundle));
  return isTrue ? "fine" : "false";
}

const isSame = (body: ChangesBody, held: HeldEntry | undefined): boolean => held !== undefined && equalBytes(encodeBody(body), held.plain);

async function heldEntries(seqs: readonly number[], key: ChannelKey, covers: readonly number[], here: Here): Promise<readonly HeldEntry[]> {
  const stored = new Map<number, HeldEntry>();
  for (const { from, count } of spansOf(covers)) {
    const range = { from: keys.entry(here.log, from), to: keys.entry(here.log, from + count) };
    for (const row of await here.rows.scan("entry", range)) {
      const parsed = entryRowCodec.decode(row.value);
      if (!parsed.ok) throw new Error("a stored entry does not parse");
      const { a, r, b, p, leaf } = parsed.value;
      const header = a && r ? parseHeader(a, r) : undefined;
      const plain = p ?? (b && header?.ok ? openSealed(header.value.author, b, key) : undefined);
      if (plain && header?.ok) stored.set(header.value.relay.seq, { leaf, plain, fromBundle: p !== undefined });
    }
  }
  return seqs.flatMap((seq) => here.fresh.get(seq) ?? stored.get(seq) ?? []);
}

/** Notes an acknowledgement at its place (rule L8d), and whether the bundle is settled with it (L8e). */
export function takeAck(header: Header, charter: Charter, ledger: BundleLedger): void {
  const { author, relay } = header;
  const row = author.of === undefined ? undefined : ledger.bundle(author.of);
  if (!row || row.state === "ahead" || author.channel !== row.channel || author.book !== row.book) return;
  if (author.commitment !== toHex(row.leaf) || !mayWrite(charter, author.device, row.channel, relay)) return;
  const devices = [...new Set([...row.devices, author.device])];
  ledger.set({ ...row, devices, settled: row.settled || isSettled(charter, devices, relay) });
}

/** A bundle stands in for a body before its own place is reached. */
export function noteUse(bundle: Header, ledger: BundleLedger): void {
  const { author, relay, leaf } = bundle;
  const known = ledger.bundle(relay.seq);
  if (known) {
    if (!known.used) ledger.set({ ...known, used: true });
    return;
  }
  ledger.set({
    seq: relay.seq,
    leaf,
    channel: author.channel as BundleRow["channel"],
    epoch: author.epoch,
    book: author.book,
    covers: [...(author.covers ?? [])],
    state: "ahead",
    compared: false,
    used: true,
    settled: false,
    devices: [],
  });
}
