import { wordlist } from "@scure/bip39/wordlists/english.js";
import { idBytes } from "../base/bytes.ts";
import type { Hex32 } from "../base/ids.ts";
import { safetyDigestOf } from "./safety-digest.ts";
import type { Charter } from "./state.ts";

const WORDS = 6;
const BITS = 11;

/** The first 66 bits of a digest as six words of the BIP-39 English list, 11 bits each, first bits first (rule C2a). */
export function safetyWords(digest: Hex32): readonly string[] {
  const bits = Array.from(idBytes(digest), (b) => b.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: WORDS }, (_, i) => wordlist[Number.parseInt(bits.slice(i * BITS, (i + 1) * BITS), 2)] ?? "");
}

/** The words that the two present parents compare, or undefined if there are not two. */
export function safetyWordsOf(charter: Charter): readonly string[] | undefined {
  const digest = safetyDigestOf(charter);
  return digest && safetyWords(digest);
}
