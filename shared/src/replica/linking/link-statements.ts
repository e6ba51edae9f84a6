import { idBytes, toId } from "../../base/bytes.ts";
import type { Hex32, LogId, Signature, StatementId } from "../../base/ids.ts";
import { encodeBody, parseBody } from "../../charter/codec.ts";
import { deviceAt, levelAt } from "../../charter/query.ts";
import { frameOn } from "../../charter/sign.ts";
import type { BoxKeyId, CheckpointRef, Statement } from "../../charter/types.ts";
import { boxKeyPair } from "../../crypto/box.ts";
import { isBoxKey, isSignKey } from "../../crypto/points.ts";
import { sign, signKeyPair, verify } from "../../crypto/sign.ts";
import type { PairCode } from "../../pair/channel.ts";
import { NAME_MAX } from "../../pair/messages.ts";
import type { KeysMessage } from "../../pair/old-side.ts";
import { FORMAT_LEVEL } from "../../sync/found.ts";
import type { LogSession } from "../../sync/session.ts";
import type { OpenLog } from "../core.ts";
import type { NewKeys } from "./vault-contents.ts";

/** A `link` statement on a known head. */
export type LinkStatement = Extract<Statement, { type: "link" }> & { readonly prev: StatementId };

/** Why the keys of a new device are not taken for these logs, or undefined where they are. */
export function refuseKeys(of: readonly OpenLog[], keys: KeysMessage): Exclude<PairCode, "pair-ended"> | undefined {
  const logs = new Set<LogId>([...keys.d, ...keys.h].map((d) => d.l));
  if (logs.size !== keys.d.length + keys.h.length || logs.size !== of.length) return "pair-contents";
  if (!of.every((l) => logs.has(l.session.log))) return "pair-contents";
  // A device may say that it is in a log already: then it is another one of this member's there.
  const isThere = keys.h.every(({ l, d }) => {
    const session = of.find((o) => o.session.log === l)?.session;
    const known = session?.charter && deviceAt(session.charter, d, session.now());
    return known !== undefined && known.member === session?.identity.member && d !== session.device;
  });
  if (!isThere) return "pair-contents";
  const all: Hex32[] = keys.d.flatMap((d) => [d.s, d.x]);
  if (new Set(all).size !== all.length || keys.name.length > NAME_MAX) return "pair-contents";
  if (!keys.d.every((d) => isSignKey(idBytes(d.s)) && isBoxKey(idBytes(d.x)))) return "pair-contents";
  const level = Math.max(...of.map(({ session }) => (session.charter ? levelAt(session.charter, session.now()) : FORMAT_LEVEL)));
  return keys.level < level ? "pair-level" : undefined;
}

/** The next statement of this log, on what is its head now. */
export function propose(session: LogSession, keys: KeysMessage): LinkStatement {
  const { charter, state, device } = session;
  const found = keys.d.find((d) => d.l === session.log);
  if (!charter || !found) throw new Error("a live log, and keys for it");
  const { verified } = state.tail;
  const checkpoint: CheckpointRef | null = verified && {
    size: verified.checkpoint.size,
    root: toId<Hex32>(verified.checkpoint.root),
    time: verified.checkpoint.time,
  };
  return { ...frameOn(charter, device, checkpoint), type: "link", device: { sign: found.s, box: found.x }, level: keys.level };
}

/** Whether the new device has countersigned this statement. */
export const holds = (statement: LinkStatement, signature: Signature | undefined): boolean =>
  signature !== undefined && verify("statement", encodeBody(statement), signature, idBytes(statement.device.sign));

/** This device's signature under a statement that links these very keys into one of the logs that were offered, and under nothing else. */
export function countersign(body: Uint8Array, made: ReadonlyMap<LogId, NewKeys>): Signature | undefined {
  const statement = parseBody(body);
  if (!statement.ok || statement.value.type !== "link") return undefined;
  const { log, device, level } = statement.value;
  const mine = log === null ? undefined : made.get(log);
  if (!mine) return undefined;
  if (device.sign !== mine.device || device.box !== toId<BoxKeyId>(boxKeyPair(mine.box).publicKey) || level !== FORMAT_LEVEL)
    return undefined;
  return sign("statement", body, signKeyPair(mine.sign).secretKey);
}
