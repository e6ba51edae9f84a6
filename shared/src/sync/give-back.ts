import { equalBytes, utf8 } from "../base/bytes.ts";
import type { LogId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import type { Charter } from "../charter/state.ts";
import type { MerkleTree } from "../log/tree.ts";
import type { RowStore } from "../vault/row-store.ts";
import type { Ports } from "./ports.ts";
import type { SignIn, Welcome } from "./relay-client.ts";
import { bringPiece } from "./bring-piece.ts";
import { Line, type LineProblem } from "./line.ts";
import { ownTree } from "./own-entries.ts";
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

/** After a refusal that passes. */
const WAIT = 2_000;

/**
 * Gives a relay that went back to an older state the entries that it lost, word for word, with the headers that it made then, under the
 * last checkpoint that it signed over them (rule C8). The relay takes nothing on trust, and nothing is sent unless what it still has is the
 * beginning of what this device verified. May be cut at any place and called again.
 * @returns how many entries it took
 */
export async function giveBack(source: GiveBackSource): Promise<Result<number, GiveBackProblem>> {
  const { verified } = source;
  if (!verified) return err(coded("not-held"));
  const tree = await ownTree(source.rows, source.log, verified.checkpoint.size, () => source.ports.pause());
  if (!tree) return err(coded("not-held"));
  const line = new Line(source.ports, source.signIn);
  try {
    const opened = await line.opened();
    if (!opened.ok) return giveBackProblem(opened.error);
    const from = checkStart(source, opened.value.welcome, tree);
    return from.ok ? await sendAll(source, line, tree, verified, from.value) : from;
  } finally {
    line.close();
  }
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
  const bringing = { log: source.log, rows: source.rows, line, tree, note: verified.note, mayLack: false };
  for (let from = start, id = 0; from < end; id++) {
    if (source.isCancelled()) return err(coded("cancelled"));
    source.onProgress(from - start, end - start);
    const piece = await bringPiece(bringing, id, from);
    if (!piece.ok) return giveBackProblem(piece.error);
    const { taken, refused } = piece.value;
    if (refused?.retry === true) await new Promise<void>((resolve) => source.ports.clock.after(WAIT, resolve));
    else if (taken === 0) return err(coded("relay-refused", refused?.code));
    else from += taken;
  }
  source.onProgress(end - start, end - start);
  return ok(end - start);
}

const giveBackProblem = ({ code }: LineProblem | Coded<"not-held">): Result<never, GiveBackProblem> =>
  err(coded(code === "relay-unreachable" || code === "relay-busy" || code === "not-held" ? code : "relay-refused"));
