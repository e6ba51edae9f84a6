import { toId } from "../base/bytes.ts";
import type { LogId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import type { LogKeyId } from "../charter/types.ts";
import type { SignKeyPair } from "../crypto/sign.ts";
import type { MerkleTree } from "../log/tree.ts";
import type { RowStore } from "../vault/row-store.ts";
import type { PushEntry, WireCode } from "../wire/messages.ts";
import { bringPiece } from "./bring-piece.ts";
import { withLine, type Line, type LineProblem } from "./line.ts";
import { ownTree } from "./own-entries.ts";
import type { Ports } from "./ports.ts";
import type { Verified } from "./tail.ts";

export type CarryCode =
  | LineProblem["code"]
  /** The relay keeps another key for this log than the move names: it lost what it had. */
  | "relay-key"
  /** What is there of the log already is longer than what this device has. */
  | "less-here"
  /** This device lacks a part of what is to be brought. */
  | "not-held"
  | "cancelled";

export interface CarryProblem extends Coded<CarryCode> {
  readonly wire?: WireCode;
}

/** What a device needs to bring a log to a relay that does not know it. */
export interface CarrySource {
  readonly log: LogId;
  readonly ports: Ports;
  readonly rows: RowStore;
  readonly address: string;
  /** Who is expected there; undefined where the person named an address alone. */
  readonly relayName?: string;
  readonly keys: SignKeyPair;
  /** The key that the move names; undefined where it is still to be made. */
  readonly logKey?: LogKeyId;
  /** The last checkpoint that this device recomputed: all below it is brought. */
  readonly verified: Verified | null;
  /** Where the old relay is gone: the statements that move the log, once the new relay is known (rule C8e). */
  readonly statements?: (relay: { readonly name: string; readonly logKey: LogKeyId }) => readonly PushEntry[];
  readonly onProgress: (done: number, of: number) => void;
  readonly isCancelled: () => boolean;
}

/** After a refusal that passes. */
const WAIT = 1_000;
const TRIES = 4;

/**
 * Brings a log to another relay: every entry with the header that it was given, under the old relay's last checkpoint (rule C8d). May be cut at any
 * place and called again; two devices may do it at once.
 * @returns `here` when the log lives there, `offered` where the other parent has still to consent
 */
export async function carryLog(
  source: CarrySource,
): Promise<Result<{ readonly state: "here" | "offered"; readonly name: string }, CarryProblem>> {
  const { log, verified, ports, rows } = source;
  if (!verified) return err(coded("not-held"));
  const tree = await ownTree(rows, log, verified.checkpoint.size, () => ports.pause());
  if (!tree) return err(coded("not-held"));
  for (let tries = 0; ; tries++) {
    const brought = await bringOnce(source, tree, verified, tries);
    // Another device may bring the same, and be quicker: it goes on from where that has come to, or finds the log there.
    const isOvertaken = !brought.ok && (brought.error.wire === "restore" || brought.error.wire === "log-exists");
    if (!isOvertaken || tries >= TRIES) return brought;
    await new Promise<void>((resolve) => ports.clock.after(WAIT, resolve));
  }
}

async function bringOnce(source: CarrySource, tree: MerkleTree, verified: Verified, tries: number): ReturnType<typeof carryLog> {
  const brought = await onLine(source, async (line, size, name) => {
    const reserved = await line.reserve();
    if (!reserved.ok) return reserved;
    const logKey = toId<LogKeyId>(reserved.value);
    if (source.logKey !== undefined && source.logKey !== logKey) return err(coded("relay-key"));
    const all = await bringAll(source, line, tree, verified, size, tries);
    if (!all.ok) return all;
    const statements = source.statements?.({ name, logKey });
    if (!statements) return ok(undefined);
    const receipt = await line.push(statements);
    if (!receipt.ok) return receipt;
    const { error, n } = receipt.value;
    if (error) return err({ ...coded<CarryCode>(error.retry ? "relay-busy" : "relay-refused"), wire: error.code });
    return ok(n.length > 0 ? undefined : { state: "offered" as const, name });
  });
  if (!brought.ok || brought.value) return brought as Awaited<ReturnType<typeof carryLog>>;
  // It is founded when its last entry is there, and whoever asks for it then is told that nothing is to be brought.
  return onLine(source, () => Promise.resolve(err<CarryProblem>(coded("not-held"))));
}

/** `here` where the log lives at the address; what is to be done else does `bring`. */
function onLine<T>(
  { address, relayName, log, keys, ports }: CarrySource,
  bring: (line: Line, size: number, name: string) => Promise<Result<T, CarryProblem>>,
): Promise<Result<T | { readonly state: "here"; readonly name: string }, CarryProblem>> {
  const { publicKey, secretKey } = keys;
  return withLine(
    ports,
    { address, relayName, log, as: "move", publicKey, secretKey },
    async (line, { welcome, name }): Promise<Result<T | { readonly state: "here"; readonly name: string }, CarryProblem>> =>
      welcome.stage ? bring(line, welcome.size, name) : ok({ state: "here", name }),
  );
}

async function bringAll(
  source: CarrySource,
  line: Line,
  tree: MerkleTree,
  verified: Verified,
  there: number,
  tries: number,
): Promise<Result<void, CarryProblem>> {
  const end = tree.size;
  if (there > end) return err(coded("less-here"));
  const bringing = { log: source.log, rows: source.rows, line, tree, note: verified.note, mayLack: true };
  let from = there;
  for (let id = 0; from < end; id++) {
    if (source.isCancelled()) return err(coded("cancelled"));
    source.onProgress(from, end);
    const piece = await bringPiece(bringing, id, from);
    if (!piece.ok) return piece;
    const { taken, refused } = piece.value;
    if (refused?.retry === true) await new Promise<void>((resolve) => source.ports.clock.after(WAIT, resolve));
    // What somebody began there is not the beginning of this log: from the start, if the relay lets it.
    else if (refused?.code === "restore" && id === 0 && there > 0 && tries === TRIES - 1) from = 0;
    else if (taken === 0) return err({ ...coded("relay-refused"), ...(refused ? { wire: refused.code } : {}) });
    else from += taken;
  }
  source.onProgress(end, end);
  return ok(undefined);
}
