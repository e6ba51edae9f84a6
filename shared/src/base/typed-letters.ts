/** Letters of codes that people type: Crockford's base32 has no I, L, O and U, so that nothing is misread. */
import { base32crockford } from "@scure/base";

/** Small letters, spaces and dashes do not matter, and O, I and L are read as the digits that they look like. What no code has stays as it is. */
export const plainLetters = (text: string): string => text.replace(/[\s-]/g, "").toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");

export const lettersOf = (bytes: Uint8Array): string => base32crockford.encode(bytes);

/** What letters stand for; undefined for those that no bytes are written as. */
export function bytesOf(letters: string): Uint8Array | undefined {
  try {
    return base32crockford.decode(letters);
  } catch {
    // A letter that no code has, or bits left over at the end that are not zero.
    return undefined;
  }
}

/** Letters in groups with something between, so that they can be read out. */
export const inGroups = (letters: string, size: number, between: string): string =>
  (letters.match(new RegExp(`.{1,${String(size)}}`, "g")) ?? []).join(between);
