/** What both devices derive from the code and from their one-time keys (docs/protocol.md section 8, P2 to P4). */
import { concat, toId, utf8, u64, idBytes } from "../base/bytes.ts";
import type { Brand } from "../base/ids.ts";
import { sharedSecret } from "../crypto/exchange.ts";
import { hash, sha256 } from "../crypto/hash.ts";
import { keyed } from "../crypto/keyed.ts";
import { pad, unpad } from "../crypto/padme.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { seal, unseal } from "../crypto/seal.ts";
import type { MailboxId } from "../wire/messages.ts";
import type { PairSecret } from "./code.ts";

/** Seals the items of one stage. */
export type PairKey = Brand<Uint8Array, "PairKey">;

const BYTE = { toOld: 0, toNew: 1, commitment: 2, transcript: 3, digits: 4 } as const;
const derive = (byte: number, ...parts: readonly Uint8Array[]): Uint8Array => hash("mailbox", Uint8Array.of(byte), ...parts);

export interface Boxes {
  readonly toOld: MailboxId;
  readonly toNew: MailboxId;
}

/** The two mailboxes of a code, one a direction. */
export const boxesOf = (secret: PairSecret): Boxes => ({
  toOld: toId<MailboxId>(derive(BYTE.toOld, secret)),
  toNew: toId<MailboxId>(derive(BYTE.toNew, secret)),
});

/** The key before there is a session: who has the code has it. */
export const firstKey = (secret: PairSecret): PairKey => keyed("mailbox", sha256(secret), utf8("link")) as PairKey;

/** What the new device puts on the table before it sees the old one's key. */
export const commitmentOf = (key: Uint8Array, nonce: Uint8Array): Uint8Array => derive(BYTE.commitment, key, nonce);

export interface Transcript {
  readonly secret: PairSecret;
  readonly commitment: Uint8Array;
  readonly oldKey: Uint8Array;
  readonly newKey: Uint8Array;
  readonly nonce: Uint8Array;
}

export interface PairSession {
  readonly key: PairKey;
  /** Six decimal digits. */
  readonly digits: string;
}

/** Session key and digits, or undefined where the other side's key is of small order (rule K1). */
export function sessionOf(transcript: Transcript, ownSecret: Uint8Array, theirKey: Uint8Array): PairSession | undefined {
  const shared = sharedSecret(ownSecret, theirKey);
  if (!shared) return undefined;
  const { secret, commitment, oldKey, newKey, nonce } = transcript;
  const bound = derive(BYTE.transcript, secret, commitment, oldKey, newKey, nonce);
  const [a = 0, b = 0, c = 0, d = 0] = derive(BYTE.digits, bound);
  const digits = (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) % 1_000_000;
  return { key: keyed("mailbox", shared, bound) as PairKey, digits: String(digits).padStart(6, "0") };
}

/** An item: sealed for one box and one place in its sender's order, so that it cannot stand in for another. */
export const sealItem = (key: PairKey, box: MailboxId, n: number, message: Uint8Array, random: RandomBytes): Uint8Array =>
  seal("mailbox", key, concat(idBytes(box), u64(n)), pad(message), random);

export function openItem(key: PairKey, box: MailboxId, n: number, item: Uint8Array): Uint8Array | undefined {
  const plain = unseal("mailbox", key, concat(idBytes(box), u64(n)), item);
  return plain && unpad(plain);
}
