/** The code that one's old device shows and the new one reads (docs/protocol.md section 8, P1). */
import type { Brand } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { bytesOf, inGroups, lettersOf, plainLetters } from "../base/typed-letters.ts";
import { isRelayAddress } from "../charter/relay-address.ts";
import type { RandomBytes } from "../crypto/random.ts";

/** The 16 random bytes that a code stands for. */
export type PairSecret = Brand<Uint8Array, "PairSecret">;

export type PairCodeFault =
  /** No code: another text, a wrong length, or letters that no code has. */
  | "code-not-code"
  /** A code of another version. */
  | "code-other-version";

const SECRET = 16;
/** Base32 of 16 bytes. */
const LENGTH = 26;
const GROUP = 4;

export const newPairSecret = (random: RandomBytes): PairSecret => random(SECRET) as PairSecret;

/** In groups of four, so that it can be read out. */
export const pairCodeText = (secret: PairSecret): string => inGroups(lettersOf(secret), GROUP, "-");

/** Text of the QR code: `countersign-device:1:<relay>:<26 letters>`. Throws on a relay address that no reader would take. */
export function pairCodeLink(relay: string, secret: PairSecret): string {
  if (!isRelayAddress(relay)) throw new Error("not a relay address");
  return `countersign-device:1:${relay}:${lettersOf(secret)}`;
}

/** Reads a code as it was typed, pasted or scanned. A scanned one names its relay. */
export function readPairCode(text: string): Result<{ readonly secret: PairSecret; readonly relay?: string }, Coded<PairCodeFault>> {
  const plain = text.trim();
  if (plain.length > 512) return err(coded("code-not-code"));
  const [, version, rest] = /^countersign-device:([0-9]+):(.*)$/s.exec(plain) ?? [];
  if (version === undefined || rest === undefined) {
    const secret = readLetters(plain);
    return secret ? ok({ secret }) : err(coded("code-not-code"));
  }
  if (version !== "1") return err(coded("code-other-version"));
  const colon = rest.lastIndexOf(":");
  const relay = rest.slice(0, Math.max(0, colon));
  const secret = readLetters(rest.slice(colon + 1));
  return secret && isRelayAddress(relay) ? ok({ secret, relay }) : err(coded("code-not-code"));
}

function readLetters(text: string): PairSecret | undefined {
  const letters = plainLetters(text);
  // The last letter holds three bits; other ones are no code.
  const secret = letters.length === LENGTH ? bytesOf(letters) : undefined;
  return secret?.length === SECRET ? (secret as PairSecret) : undefined;
}
