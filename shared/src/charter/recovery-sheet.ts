/** The recovery sheet: twelve words on paper, and the keys that they give (docs/protocol.md section 3, rule C9). */
import { entropyToMnemonic, mnemonicToEntropy, validateMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { toId, utf8 } from "../base/bytes.ts";
import type { Brand, VaultKey } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { boxKeyPair, type BoxKeyPair } from "../crypto/box.ts";
import { sha256 } from "../crypto/hash.ts";
import { keyed } from "../crypto/keyed.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { signKeyPair, type SignKeyPair } from "../crypto/sign.ts";
import { isRelayAddress } from "./relay-address.ts";
import type { BoxKeyId, RecoveryKeyId, RecoveryKeys } from "./types.ts";

/** The 16 bytes that the words stand for. */
export type SheetSeed = Brand<Uint8Array, "SheetSeed">;
/** What a sheet's keys are for: the personal log, or the household with a number of the vault's own. */
export type SheetPurpose = "personal" | `household/${number}`;

export type SheetCode =
  /** Not twelve words. */
  | "sheet-count"
  /** Words that are not in the list, at `at`. */
  | "sheet-word"
  /** All words are in the list, but together they are no sheet; `at` names words that were easily misread for another that would fit. */
  | "sheet-checksum"
  /** Another text than a sheet's code. */
  | "sheet-not-sheet"
  | "sheet-other-version";

/** `at`: positions of the words to look at again, from 0. */
export interface SheetError extends Coded<SheetCode> {
  readonly at: readonly number[];
}

/** How many bytes a sheet stands for. */
export const SEED_BYTES = 16;
const COUNT = 12;
const fault = (code: SheetCode, at: readonly number[] = []): Result<never, SheetError> => err({ ...coded(code), at });
const known = new Set(wordlist);

export const newSheetSeed = (random: RandomBytes): SheetSeed => random(SEED_BYTES) as SheetSeed;

/** The twelve words of a seed, BIP-39 English. */
export const sheetWords = (seed: SheetSeed): readonly string[] => entropyToMnemonic(seed, wordlist).split(" ");

/** The seed of twelve words as a person typed them: case and spaces around a word do not matter. */
export function readSheetWords(typed: readonly string[]): Result<SheetSeed, SheetError> {
  const words = typed.map((w) => w.trim().toLowerCase());
  if (words.length !== COUNT) return fault("sheet-count");
  const unknown = words.flatMap((word, i) => (known.has(word) ? [] : [i]));
  if (unknown.length > 0) return fault("sheet-word", unknown);
  const text = words.join(" ");
  if (!validateMnemonic(text, wordlist)) return fault("sheet-checksum", misread(words));
  return ok(mnemonicToEntropy(text, wordlist) as Uint8Array as SheetSeed);
}

/** Positions at which a word one letter away from the typed one would make a sheet of the twelve. */
function misread(words: readonly string[]): readonly number[] {
  return words.flatMap((word, i) => {
    const fits = wordlist.some((other) => isOneAway(word, other) && validateMnemonic(words.with(i, other).join(" "), wordlist));
    return fits ? [i] : [];
  });
}

/** Whether one letter put in, left out or replaced makes one word of the other. */
function isOneAway(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  const rest = (word: string, from: number): string => word.slice(from);
  return rest(a, head + 1) === rest(b, head + 1) || rest(a, head) === rest(b, head + 1) || rest(a, head + 1) === rest(b, head);
}

/** A member's recovery keys for one log: the secret halves, and the public ones as the charter names them. */
export interface RecoveryKeyPairs {
  readonly sign: SignKeyPair;
  readonly box: BoxKeyPair;
  readonly keys: RecoveryKeys;
}

const derived = (seed: SheetSeed, what: string): Uint8Array => keyed("recovery", sha256(seed), utf8(what));

/** The keys that a sheet gives for a purpose. */
export function recoveryKeys(seed: SheetSeed, purpose: SheetPurpose): RecoveryKeyPairs {
  const sign = signKeyPair(derived(seed, `${purpose}/sign`));
  const box = boxKeyPair(derived(seed, `${purpose}/box`));
  return { sign, box, keys: { sign: toId<RecoveryKeyId>(sign.publicKey), box: toId<BoxKeyId>(box.publicKey) } };
}

/** The key with which a sheet opens its slot of the vault. */
export const sheetUnlockKey = (seed: SheetSeed): VaultKey => derived(seed, "vault") as VaultKey;

const HEAD = "countersign-sheet:";

/** Text of the sheet's QR code: `countersign-sheet:1:<relay>:<words>`. Throws on a relay address that no reader would take. */
export function sheetCode(relay: string, seed: SheetSeed): string {
  if (!isRelayAddress(relay)) throw new Error("not a relay address");
  return `${HEAD}1:${relay}:${sheetWords(seed).join(" ")}`;
}

/** Reads a scanned sheet. The words hold no colon, so what stands before the last one is the address. */
export function parseSheetCode(text: string): Result<{ readonly relay: string; readonly seed: SheetSeed }, SheetError> {
  const plain = text.trim();
  const [, version, rest] = (plain.length <= 1024 && /^countersign-sheet:([0-9]+):(.*)$/.exec(plain)) || [];
  if (version === undefined || rest === undefined) return fault("sheet-not-sheet");
  if (version !== "1") return fault("sheet-other-version");
  const colon = rest.lastIndexOf(":");
  const relay = rest.slice(0, Math.max(0, colon));
  if (!isRelayAddress(relay)) return fault("sheet-not-sheet");
  const seed = readSheetWords(rest.slice(colon + 1).split(" "));
  return seed.ok ? ok({ relay, seed: seed.value }) : seed;
}
