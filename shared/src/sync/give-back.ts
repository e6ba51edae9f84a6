import { equalBytes, utf8 } from "../base/bytes.ts";
import type { LogId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { ENTRY_KIND, readAuthorPart } from "../entry/header.ts";
import { LIMITS } from "../entry/limits.ts";
import type { Charter } from "../charter/state.ts";
import { MerkleTree } from "../log/tree.ts";
import type { RowStore } from "../vault/row-store.ts";
import type { RestoreMessage } from "../wire/messages.ts";
import type { Ports } from "./ports.ts";
import { RelayClient, type Ended, type SignIn, type Welcome } from "./relay-client.ts";
import { entryRowCodec, keys, type EntryRow } from "./rows.ts";
import { openLogCheckpoint } from "./log-checkpoint.ts";
import type { TailFault, Verified } from "./tail.ts";

export type GiveBackCode =
  | "relay-unreachable"
  | "relay-busy"
  | "relay-refused"
  /** The relay has gone on with another history: nothing can be put on top of it. */
  | "relay-fork"
  /** This device does not have all of what is missing, or no checkpoint over it. */
  | "not-held"
  | "cancelled";

export interface GiveBackProblem extends Coded<GiveBackCode> {
  /** For `relay-fork`: what proves it. */
  readonly fault?: TailFault;
}

/** What a device needs to give its relay back what that lost. */
export interface GiveBackSource {
  readonly log: LogId;
  readonly ports: Ports;
  readonly rows: RowStore;
  readonly signIn: SignIn;
  /** As far as it was verified. */
  readonly charter: Charter;
  /** The last checkpoint that this device recomputed: everything below it is given back, nothing above. */
  readonly verified: Verified | null;
  readonly onProgress: (done: number, of: number) => void;
  /** Looked at between messages. What was given back before a stop stays there. */
  readonly isCancelled: () => boolean;
}

/** Rows that are read at a time. */
const RUN = 256;
/** What the entries of one message may have together: a frame, without a note, a proof and the lengths in it. */
const ROOM = LIMITS.frame - LIMITS.note - 8_192;
/** After a refusal that passes. */
const WAIT = 2_000;

type Receipt = Extract<Parameters<ConstructorParameters<typeof RelayClient>[2]["onMessage"]>[0], { t: "receipt" }>;

/**
 * Gives a relay that went back to an older state the entries that it lost, word for word, with the headers that it made then, under the
 * last checkpoint that it signed over them (rule C8). The relay takes nothing on trust, and nothing is sent unless what it still has is the
 * beginning of what this device verified. May be cut at any place and called again.
 * @returns how many entries it took
 */
export async function giveBack(source: GiveBackSource): Promise<Result<number, GiveBackProblem>> {
  const { verified } = source;
  if (!verified) return err(coded("not-held"));
  const tree = await treeOf(source, verified.checkpoint.size);
  if (!tree) return err(coded("not-held"));
  const line = new Line(source);
  try {
    const welcome = await line.opened();
    if (!welcome.ok) return welcome;
    const from = checkStart(source, welcome.value, tree);
    return from.ok ? await sendAll(source, line, tree, verified, from.value) : from;
  } finally {
    line.close();
  }
}

/** The tree over the leaves of this device's own rows; undefined where one is missing. */
async function treeOf({ log, rows, ports }: GiveBackSource, size: number): Promise<MerkleTree | undefined> {
  const tree = MerkleTree.of();
  for (let from = 0; from < size; from += RUN) {
    for (const row of await rowsOf(rows, log, from, Math.min(from + RUN, size))) tree.append(row.leaf);
    await ports.pause();
  }
  return tree.size === size ? tree : undefined;
}

async function rowsOf(rows: RowStore, log: LogId, from: number, to: number): Promise<readonly EntryRow[]> {
  const found: EntryRow[] = [];
  for (const row of await rows.scan("entry", { from: keys.entry(log, from), to: keys.entry(log, to) })) {
    const entry = entryRowCodec.decode(row.value);
    if (entry.ok) found.push(entry.value);
  }
  return found;
}

/** Where the relay stands, if what it has is the beginning of what this device verified. */
function checkStart(source: GiveBackSource, welcome: Welcome, tree: MerkleTree): Result<number, GiveBackProblem> {
  const opened = welcome.note === null ? undefined : openLogCheckpoint(welcome.note, source.charter);
  if (!opened?.ok || opened.value.size !== welcome.size) return err(coded("relay-refused"));
  const { size, root } = opened.value;
  // It has more than this device knows, so it lost nothing that this device could give.
  if (size >= tree.size) return ok(tree.size);
  const own = tree.rootAt(size);
  if (own.ok && equalBytes(own.value, root)) return ok(size);
  const evidence = [utf8(welcome.note ?? ""), utf8(source.verified?.note ?? "")];
  return err({ ...coded("relay-fork"), fault: { code: "relay-fork", seq: size, evidence } });
}

async function sendAll(
  source: GiveBackSource,
  line: Line,
  tree: MerkleTree,
  verified: Verified,
  start: number,
): Promise<Result<number, GiveBackProblem>> {
  const end = tree.size;
  for (let from = start, id = 0; from < end; id++) {
    if (source.isCancelled()) return err(coded("cancelled"));
    source.onProgress(from - start, end - start);
    const entries = whole(await rowsOf(source.rows, source.log, from, Math.min(from + LIMITS.entriesInPush, end)));
    const proof = tree.consistency(from + entries.length);
    if (entries.length === 0 || !proof.ok) return err(coded("not-held"));
    const receipt = await line.send({ t: "restore", id, from, entries, note: verified.note, proof: proof.value });
    if (!receipt.ok) return receipt;
    const { error, n } = receipt.value;
    if (error?.retry === true) {
      await new Promise<void>((resolve) => source.ports.clock.after(WAIT, resolve));
      continue;
    }
    if (error || n.length !== entries.length) return err(coded("relay-refused", error?.code));
    from += entries.length;
  }
  source.onProgress(end - start, end - start);
  return ok(end - start);
}

/** The entries of a run up to the first of which this device lacks a part, as many as a frame holds. */
function whole(rows: readonly EntryRow[]): RestoreMessage["entries"] {
  const entries: RestoreMessage["entries"] = [];
  let bytes = 0;
  for (const { a, r, b } of rows) {
    if (a === null || r === null || b === null) break;
    bytes += a.length + r.length + b.length + 32;
    // The bundle that an acknowledgement is of has to stand in the relay's store before it.
    if (entries.length > 0 && (bytes > ROOM || isAck(a))) break;
    entries.push({ a, r, b });
  }
  return entries;
}

function isAck(author: Uint8Array): boolean {
  const read = readAuthorPart(author);
  return read.ok && read.value.author.kind === ENTRY_KIND.ack;
}

const problemOf = (ended: Ended): GiveBackProblem =>
  coded(
    ended.code === "network" || ended.code === "closed"
      ? "relay-unreachable"
      : ended.code === "relay-busy"
        ? "relay-busy"
        : "relay-refused",
  );

/** One connection on which every message is answered before the next is sent. */
class Line {
  readonly #client: RelayClient;
  #ended: GiveBackProblem | undefined;
  #welcome: Welcome | undefined;
  #receipts: Receipt[] = [];
  #wake: () => void = () => undefined;

  constructor({ ports, signIn }: GiveBackSource) {
    const wake = (): void => this.#wake();
    this.#client = new RelayClient(ports, signIn, {
      onWelcome: (welcome) => {
        this.#welcome = welcome;
        wake();
      },
      onMessage: (message) => {
        if (message.t === "receipt") this.#receipts.push(message);
        wake();
      },
      onEnd: (ended) => {
        this.#ended = problemOf(ended);
        wake();
      },
    });
    this.#client.open();
  }

  opened(): Promise<Result<Welcome, GiveBackProblem>> {
    return this.#until(() => this.#welcome);
  }

  send(message: RestoreMessage): Promise<Result<Receipt, GiveBackProblem>> {
    this.#receipts = [];
    this.#client.send(message);
    return this.#until(() => this.#receipts.find((r) => r.id === message.id));
  }

  close(): void {
    this.#client.close();
  }

  async #until<T>(find: () => T | undefined): Promise<Result<T, GiveBackProblem>> {
    for (;;) {
      const found = find();
      if (found !== undefined) return ok(found);
      if (this.#ended) return err(this.#ended);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
