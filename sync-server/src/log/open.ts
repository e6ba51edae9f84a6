import { toId, utf8 } from "@countersign/shared/base/bytes";
import type { Hex32, LogId, Signature } from "@countersign/shared/base/ids";
import { parseSigned } from "@countersign/shared/charter/codec";
import { extendCharter, foundCharter } from "@countersign/shared/charter/evaluate";
import type { Charter } from "@countersign/shared/charter/state";
import { signerLater } from "@countersign/shared/crypto/later";
import { signKeyPair, signRaw } from "@countersign/shared/crypto/sign";
import { formatCheckpoint } from "@countersign/shared/log/checkpoint";
import { formatNote, formatVerifierKey, noteKey } from "@countersign/shared/log/note";
import { originOf } from "@countersign/shared/log/origin";
import type { RelayStore, StoredEntry } from "../store/store.ts";
import { stagingOf, type Staging } from "./stage.ts";
import { LogState } from "./state.ts";
import type { CheckpointSigner } from "./actor-ports.ts";

/** Signs the checkpoints of one log with the key of a 32-byte seed (rule L5). */
export function checkpointSigner(name: string, log: LogId, seed: Uint8Array): CheckpointSigner {
  const { publicKey, secretKey } = signKeyPair(seed);
  const origin = originOf(name, log);
  const key = noteKey(origin, publicKey);
  if (!key) throw new Error("this relay's name cannot stand in a note");
  // Made of parts that are known to be right, so without reading back what was written.
  const note = (text: string, signature: Signature): string => formatNote({ text, signatures: [{ name: origin, id: key.id, signature }] });
  let later: ReturnType<typeof signerLater> | undefined;
  return {
    publicKey: toId<Hex32>(publicKey),
    seed,
    verifierKey: formatVerifierKey(key),
    sign: (size, root, time) => {
      const text = formatCheckpoint({ origin, size, root, time });
      return note(text, signRaw(utf8(text), secretKey));
    },
    signLater: async (size, root, time) => {
      const text = formatCheckpoint({ origin, size, root, time });
      return note(text, await (later ??= signerLater(secretKey))(utf8(text)));
    },
  };
}

/** Reads a log's end from the store. Undefined where there is no such log; throws where what is stored does not hold together. */
export async function openState(
  store: RelayStore,
  log: LogId,
): Promise<{ readonly state: LogState; readonly keySeed: Uint8Array; readonly staging?: Staging } | undefined> {
  const record = await store.log(log);
  if (!record || record.size === 0) return undefined;
  const charter = readCharter(await store.charter(log));
  const last = await store.lastMilestone(log);
  const state = LogState.restore(charter, last?.state);
  for (const entry of await store.outline(log, state.size)) state.replay(entry);
  if (state.size !== record.size) throw new Error("a log in the store has a gap");
  const staging = record.stage && stagingOf(record.stage, await store.bodyless(log));
  return { state, keySeed: record.keySeed, ...(staging ? { staging } : {}) };
}

/** The charter of a log from its statements. They were judged when they came, so one that does not stand now is damage or a bug. */
export function readCharter(entries: readonly StoredEntry[]): Charter {
  let charter: Charter | undefined;
  for (const entry of entries) {
    if (!entry.body) throw new Error("a statement in the store has lost its body");
    const signed = parseSigned(entry.body);
    if (!signed.ok) throw new Error(`a statement in the store cannot be read: ${signed.error.code}`);
    const at = { seq: entry.seq, time: entry.time };
    const next: ReturnType<typeof foundCharter> = charter ? extendCharter(charter, signed.value, at) : foundCharter(signed.value, at);
    if (!next.ok) throw new Error(`a statement in the store does not stand: ${next.error.code}`);
    charter = next.value;
  }
  if (!charter) throw new Error("a log in the store has no founding statement");
  return charter;
}
