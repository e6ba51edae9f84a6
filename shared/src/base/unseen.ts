/** Controls, and marks that turn the direction of what follows. Tab and the ends of a line are not among them. */
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;
const LINE_ENDS = /[\t\n\r]/g;

/** The number of a character as people write it, e.g. `U+202E`. */
export const codeOf = (c: number): string => `U+${c.toString(16).toUpperCase().padStart(4, "0")}`;

const code = (c: string): string => `[${codeOf(c.codePointAt(0) ?? 0)}]`;

/** Text in which controls and marks of direction are shown by their number, never obeyed and never left out. */
export const showUnseen = (text: string): string => text.replace(UNSEEN, code);

/** The same for a name among words of ours, where an end of a line would let it speak for us. Twice is as once. */
export const onOneLine = (text: string): string => showUnseen(text).replace(LINE_ENDS, code);
