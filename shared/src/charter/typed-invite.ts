/** An invitation as it is typed where no link can be brought along (rule C2b): the relay's address, and the bytes of the link in groups of letters. */
import { concat, idBytes, toId, utf8 } from "../base/bytes.ts";
import { crc32 } from "../base/crc32.ts";
import type { LogId, StatementId } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import { bytesOf, inGroups, lettersOf, plainLetters } from "../base/typed-letters.ts";
import type { InviteLink } from "./invite-link.ts";
import { isRelayAddress, plainAddress } from "./relay-address.ts";

/** In the order in which a reader notices. `group` counts from 1. */
export type TypedInviteError =
  /** No relay's address stands before the groups. */
  | { readonly code: "typed-relay" }
  /** The first group that can't be as it was shown. */
  | { readonly code: "typed-group"; readonly group: number }
  /** So far as it goes it is right; `groups` are missing. */
  | { readonly code: "typed-short"; readonly groups: number }
  | { readonly code: "typed-long" }
  /** Each group is one of a code, and together with the address they are none. */
  | { readonly code: "typed-whole" }
  | { readonly code: "typed-version" };

const VERSION = 1;
const ID = 32;
const CHECK = 3;
const BYTES = 1 + 3 * ID + CHECK;
/** Letters that say something, in a group. */
const SAYING = 4;
export const TYPED_GROUP = SAYING + 1;
export const TYPED_GROUPS = (BYTES * 8) / 5 / SAYING;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The address and the groups, each part with a space between. Throws on a relay address that no reader would take. */
export function typedInvite({ relay, log, invite, secret }: InviteLink): string {
  if (!isRelayAddress(relay)) throw new Error("not a relay address");
  const address = relay.toLowerCase();
  const said = concat(Uint8Array.of(VERSION), idBytes(log), idBytes(invite), secret);
  const groups = inGroups(lettersOf(concat(said, check(address, said))), SAYING, " ").split(" ");
  return [address, ...groups.map((group, i) => group + letterAfter(i, group))].join(" ");
}

/** Whether a text looks as if it was meant as one: it is no link, and has an address before letters, or many letters. */
export const looksTyped = (text: string): boolean => {
  const { address, letters } = parts(text);
  return !text.includes("#") && letters.length >= (address === undefined ? 4 : 1) * TYPED_GROUP;
};

/** Reads one as it was typed: small letters, spaces, dashes and line breaks do not matter, nor the `https://` before the address. */
export function readTypedInvite(text: string): Result<InviteLink, TypedInviteError> {
  const { address, letters } = parts(text);
  for (let n = 0; n * TYPED_GROUP < letters.length && n < TYPED_GROUPS; n++) {
    const group = letters.slice(n * TYPED_GROUP, (n + 1) * TYPED_GROUP);
    const isWhole = group.length === TYPED_GROUP;
    const isLetters = Array.from(group).every((letter) => ALPHABET.includes(letter));
    // The last one may not be typed to its end yet.
    if (!isLetters || (isWhole && group.at(-1) !== letterAfter(n, group.slice(0, SAYING))))
      return err({ code: "typed-group", group: n + 1 });
  }
  const missing = TYPED_GROUPS - Math.floor(letters.length / TYPED_GROUP);
  if (missing > 0) return err({ code: "typed-short", groups: missing });
  if (letters.length > TYPED_GROUPS * TYPED_GROUP) return err({ code: "typed-long" });
  if (address === undefined || !isRelayAddress(address)) return err({ code: "typed-relay" });
  const bytes = bytesOf(letters.replace(/(.{4})./g, "$1"));
  if (bytes?.length !== BYTES) return err({ code: "typed-whole" });
  if (bytes[0] !== VERSION) return err({ code: "typed-version" });
  const said = bytes.subarray(0, -CHECK);
  if (lettersOf(check(address, said)) !== lettersOf(bytes.subarray(-CHECK))) return err({ code: "typed-whole" });
  const id = (n: number): Uint8Array => said.slice(1 + n * ID, 1 + (n + 1) * ID);
  return ok({ relay: address, log: toId<LogId>(id(0)), invite: toId<StatementId>(id(1)), secret: id(2) });
}

/** What stands before the first space is the address, where it has a dot or a colon: no group has. */
function parts(text: string): { readonly address: string | undefined; readonly letters: string } {
  const [first = "", ...rest] = text.trim().split(/\s+/);
  if (!/[.:]/.test(first)) return { address: undefined, letters: plainLetters(text) };
  const address = plainAddress(first.toLowerCase());
  return { address: /^https?:/.test(address) ? address : `https://${address}`, letters: plainLetters(rest.join("")) };
}

const check = (address: string, said: Uint8Array): Uint8Array => {
  const sum = crc32(concat(utf8(address), said));
  return Uint8Array.of(sum >>> 16, sum >>> 8, sum);
};

/**
 * The last letter of a group: over GF(32) a sum of its letters and of its place, each times another power of 2. So one wrong letter, and any two that
 * changed places, are noticed for certain, and so is a group that stands where its neighbour should.
 */
function letterAfter(place: number, group: string): string {
  const values = [place >>> 5, place & 31, ...Array.from(group, (letter) => ALPHABET.indexOf(letter))];
  return ALPHABET[values.reduce((sum, value) => double(sum ^ value), 0)] ?? "";
}

/** Times 2 in GF(32), whose polynomial is x⁵ + x² + 1. */
const double = (value: number): number => (value << 1) ^ (value & 16 ? 0b100101 : 0);
