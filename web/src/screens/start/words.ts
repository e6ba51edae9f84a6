/** What a person typed, pasted or scanned of a recovery sheet. */
export interface SheetText {
  /** Lower case, without numbers and punctuation. Whether they are a sheet's words is for the replica to say. */
  readonly words: readonly string[];
  /** Where the text is a sheet's code: the relay that stands in it. */
  readonly relay?: string;
}

const CODE = /^\s*countersign-sheet:\d+:(.*):([^:]*)$/s;

/** Reads a sheet's text. In a code the relay's address comes before the words, and the words hold no colon. */
export function readSheetText(text: string): SheetText {
  const [, relay, rest] = CODE.exec(text) ?? [];
  const words = (rest ?? text)
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== "");
  return relay === undefined ? { words } : { words, relay };
}
