import { OBJECT, toPlain } from "./unseen.ts";

const MAX = 120;

/** A text as a bookmark's title: one line, what can't be seen by its number, cut where it is long. */
export function plainTitle(text: string): string {
  const plain = toPlain(text.replace(/[\r\n\t]+/g, " "), () => true);
  let next = 0;
  const shown = plain.text.replaceAll(OBJECT, () => `[${plain.codes[next++] ?? ""}]`);
  const points = Array.from(shown);
  return points.length <= MAX ? shown : `${points.slice(0, MAX).join("")}…`;
}
